"""The SQL tables of a catalog, and how a row becomes a noun of the schema."""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from rag_app.index.reports import report_in
from rag_app.receipts import Failure, Receipt
from rag_app.schema import Chunk, Heading, Placement, Source, Stamp

_PARAMETERS = 512  # values in one statement
_read_json = json.JSONDecoder().raw_decode  # a third of the time of `json.loads`

TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (
    id TEXT PRIMARY KEY, collection TEXT NOT NULL, root TEXT NOT NULL, root_label TEXT NOT NULL, name TEXT NOT NULL,
    title TEXT NOT NULL, digest TEXT NOT NULL, format TEXT NOT NULL, encoding TEXT NOT NULL, chars INTEGER NOT NULL,
    metadata TEXT NOT NULL, chunker TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE texts (source_id TEXT PRIMARY KEY, body BLOB NOT NULL, outline TEXT NOT NULL);
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, headings TEXT NOT NULL,
    text TEXT NOT NULL, language TEXT NOT NULL
);
CREATE TABLE evidence (row INTEGER PRIMARY KEY, language TEXT NOT NULL, terms TEXT NOT NULL, vector BLOB NOT NULL);
CREATE TABLE placements (
    source_id TEXT NOT NULL, ordinal INTEGER NOT NULL, row INTEGER NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL, line INTEGER NOT NULL, locator TEXT NOT NULL, PRIMARY KEY (source_id, ordinal)
) WITHOUT ROWID;
CREATE INDEX placements_by_row ON placements (row);
CREATE TABLE members (
    collection TEXT NOT NULL, row INTEGER NOT NULL, names TEXT NOT NULL, PRIMARY KEY (collection, row)
) WITHOUT ROWID;
"""
# evidence.terms: " title terms \n heading terms \n text terms ", one space on each side of each term, so that a term is
# contained exactly when " term " is found; evidence.vector: half-precision floats.
# members: which chunk belongs to which collection, with the terms of file names its BM25 row was made with.
# facts: "stamp" and "receipt" in JSON; "tombstones", the vectors deleted since Chroma's files were last made afresh.

SOURCE_COLUMNS = "id, collection, root, root_label, name, title, digest, format, encoding, chars, metadata"
CHUNK_COLUMNS = "id, title, headings, text, language"
PLACEMENT_COLUMNS = "source_id, ordinal, start, end, line, locator"


def source_row(source: Source) -> tuple[object, ...]:
    """The values of SOURCE_COLUMNS."""
    return (
        source.id,
        source.collection,
        source.root,
        source.root_label,
        source.name,
        source.title,
        source.digest,
        source.format,
        source.encoding,
        source.chars,
        json.dumps(dict(source.metadata), ensure_ascii=False, sort_keys=True),
    )


def source_of(row: tuple[Any, ...]) -> Source:
    """The source in values of SOURCE_COLUMNS."""
    return Source(
        id=row[0],
        collection=row[1],
        root=row[2],
        root_label=row[3],
        name=row[4],
        title=row[5],
        digest=row[6],
        format=row[7],
        encoding=row[8],
        chars=row[9],
        metadata=json.loads(row[10]) if row[10] != "{}" else {},
    )


def chunk_of(row: tuple[Any, ...]) -> Chunk:
    """The chunk in values of CHUNK_COLUMNS."""
    return Chunk(
        id=row[0],
        title=row[1],
        heading_path=tuple(_read_json(row[2])[0]) if row[2] != "[]" else (),
        text=row[3],
        language=row[4],
    )


def placement_of(chunk_id: str, row: tuple[Any, ...]) -> Placement:
    """The placement of a chunk in values of PLACEMENT_COLUMNS."""
    return Placement(chunk_id, *row)


def pack_text(text: str) -> bytes:
    """A source's text as it is stored."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def unpack_text(body: bytes) -> str:
    """The text of `pack_text`, code point for code point."""
    return zlib.decompress(body).decode("utf-8", "surrogatepass")


def pack_outline(outline: tuple[Heading, ...]) -> str:
    """The headings of a source as they are stored; the last value stands only where it is true, as in older indexes."""
    rows = [[h.level, h.title, h.start, h.line, *([True] if h.opens_document else [])] for h in outline]
    return json.dumps(rows, ensure_ascii=False)


def unpack_outline(body: str) -> tuple[Heading, ...]:
    """The headings of `pack_outline`."""
    return tuple(Heading(*values) for values in json.loads(body))


def receipt_of(body: str) -> Receipt:
    """The receipt in its JSON form (`dataclasses.asdict`)."""
    values: Mapping[str, Any] = json.loads(body)
    failed = tuple(Failure(**item) for item in values["failed"])
    files = tuple(map(report_in, values["files"]))
    return Receipt(**{**values, "failed": failed, "files": files})


def stamp_of(body: str) -> Stamp:
    """The stamp in its JSON form."""
    return Stamp(**json.loads(body))


def fact(connection: sqlite3.Connection, name: str) -> str | None:
    """One of the facts a generation holds about itself; None when it is not there."""
    found = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if found is None else str(found[0])


def each(
    connection: sqlite3.Connection, sql: str, values: Iterable[object], *, before: Sequence[object] = ()
) -> list[tuple[Any, ...]]:
    """Rows of a statement whose `%s` takes question marks, for any number of values; `before` fills earlier marks."""
    wanted = list(values)
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(wanted), _PARAMETERS):
        batch = wanted[start : start + _PARAMETERS]
        batch += batch[-1:] * (_next_power(len(batch)) - len(batch))  # few different statements, each parsed once
        found += connection.execute(sql % marks(len(batch)), (*before, *batch)).fetchall()
    return found


def _next_power(count: int) -> int:
    return 1 << (count - 1).bit_length()


@lru_cache(64)
def marks(count: int) -> str:
    """Question marks for as many values."""
    return ",".join("?" * count)
