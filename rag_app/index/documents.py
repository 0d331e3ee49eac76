"""Documents of a catalog while it is written: put in and taken out, each chunk that this concerns noted as touched."""

import json
import sqlite3

from rag_app.errors import IndexFault
from rag_app.index import reports, tables
from rag_app.index.change import SourceContent


def put(db: sqlite3.Connection, content: SourceContent, chunker: str) -> bool:
    """Put a document in, replacing what it said before; False when nothing about it is different.

    Raises:
        IndexFault: a placement does not hold its chunk's text.
    """
    _check_spans(content)
    row, source_id = tables.source_row(content.source), content.source.id
    body, outline = tables.pack_text(content.text), tables.pack_outline(content.outline)
    if _holds(db, content, row, chunker, body, outline):
        return False
    take_out(db, source_id)
    db.execute(
        f"INSERT INTO sources ({tables.SOURCE_COLUMNS}, chunker) VALUES ({tables.marks(len(row) + 1)})",  # noqa: S608 - constants
        (*row, chunker),
    )
    db.execute("INSERT INTO texts VALUES (?, ?, ?)", (source_id, body, outline))
    db.executemany(
        f"INSERT OR IGNORE INTO chunks ({tables.CHUNK_COLUMNS}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - constants
        [(c.id, c.title, json.dumps(c.heading_path, ensure_ascii=False), c.text, c.language) for c in content.chunks],
    )
    rows = dict(tables.each(db, "SELECT id, row FROM chunks WHERE id IN (%s)", [chunk.id for chunk in content.chunks]))
    db.executemany(
        "INSERT INTO placements VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(source_id, p.ordinal, rows[p.chunk_id], p.start, p.end, p.line, p.locator) for p in content.placements],
    )
    reports.put(db, source_id, content.marks, content.report)
    _touch(db, source_id)
    return True


def take_out(db: sqlite3.Connection, source_id: str) -> bool:
    """Take a document out; False when it was not there."""
    _touch(db, source_id)
    db.execute("DELETE FROM placements WHERE source_id = ?", (source_id,))
    db.execute("DELETE FROM texts WHERE source_id = ?", (source_id,))
    reports.take_out(db, source_id)
    return db.execute("DELETE FROM sources WHERE id = ?", (source_id,)).rowcount > 0


def _holds(
    db: sqlite3.Connection, content: SourceContent, row: tuple[object, ...], chunker: str, body: bytes, outline: str
) -> bool:
    source_id = content.source.id
    found = db.execute(
        f"SELECT {tables.SOURCE_COLUMNS}, chunker, outline, body FROM sources JOIN texts ON source_id = id WHERE id = ?",  # noqa: S608 - constants
        (source_id,),
    ).fetchone()
    if found is None or found[:-1] != (*row, chunker, outline):
        return False
    if found[-1] != body and tables.unpack_text(found[-1]) != content.text:
        return False
    if not reports.hold(db, source_id, content.marks, content.report):
        return False
    places = db.execute(
        "SELECT id, ordinal, start, end, line, locator FROM placements JOIN chunks USING (row)"
        " WHERE source_id = ? ORDER BY ordinal",
        (source_id,),
    ).fetchall()
    return places == [(p.chunk_id, p.ordinal, p.start, p.end, p.line, p.locator) for p in content.placements]


def _touch(db: sqlite3.Connection, source_id: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO touched SELECT collection, row FROM placements JOIN sources ON id = source_id"
        " WHERE source_id = ?",
        (source_id,),
    )


def _check_spans(content: SourceContent) -> None:
    if len(content.chunks) != len(content.placements):
        raise IndexFault(
            f"{content.source.name} came with {len(content.chunks)} chunks at {len(content.placements)} placements; "
            "nothing was published: report this with the file"
        )
    for chunk, place in zip(content.chunks, content.placements, strict=True):
        if place.chunk_id != chunk.id or content.text[place.start : place.end] != chunk.text:
            raise IndexFault(
                f"chunk {chunk.id} of {content.source.name} is not the text at {place.start}:{place.end}; "
                "nothing was published: report this with the file"
            )
