"""The catalog of one published generation: sources, chunks, placements and texts, read-only, for any number of threads."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, LifoQueue

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import DamagedIndex
from rag_app.index import tables, wordbook
from rag_app.index.folder import REBUILD
from rag_app.schema import Chunk, Heading, Language, Placement, Receipt, Source, Stamp

_IDLE_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Evidence:
    """What ranking needs of some chunks, one entry each: language, packed terms (see `tables`), and `(n, dimension)` vectors."""

    rows: tuple[int, ...]
    languages: tuple[Language, ...]
    terms: tuple[str, ...]
    vectors: NDArray[np.float32]


class Catalog:
    """A catalog file that nobody writes any more. Each call takes a connection of its own; safe between threads.

    Every method raises DamagedIndex when the file turns out not to be a sound database.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue(_IDLE_CONNECTIONS)
        self._closed = False
        with self._reading() as connection:
            if tables.fact(connection, "stamp") is None:
                raise DamagedIndex(f"{path} is no finished catalog; {REBUILD}")
            self._has_wordbook = tables.fact(connection, "wordbook") == wordbook.RULES

    def close(self) -> None:
        """Close every idle connection; a search still under way closes its own when it ends."""
        self._closed = True
        with contextlib.suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    def stamp(self) -> Stamp:
        """What made this index."""
        with self._reading() as connection:
            return tables.stamp_of(tables.fact(connection, "stamp") or "{}")

    def receipt(self) -> Receipt | None:
        """The receipt of the run that published this generation."""
        with self._reading() as connection:
            body = tables.fact(connection, "receipt")
        return None if body is None else tables.receipt_of(body)

    def collections(self) -> tuple[str, ...]:
        """The names of the collections that hold a source, in alphabetical order."""
        with self._reading() as connection:
            return tuple(name for (name,) in connection.execute("SELECT DISTINCT collection FROM sources ORDER BY 1"))

    def counts(self, collection: str | None = None) -> tuple[int, int]:
        """How many sources and how many different chunks there are, in all or in one collection."""
        with self._reading() as connection:
            if collection is None:
                found = connection.execute("SELECT (SELECT count(*) FROM sources), (SELECT count(*) FROM chunks)")
            else:
                found = connection.execute(
                    "SELECT (SELECT count(*) FROM sources WHERE collection = ?1),"
                    " (SELECT count(*) FROM members WHERE collection = ?1)",
                    (collection,),
                )
            sources, chunks = found.fetchone()
        return int(sources), int(chunks)

    def sources(self, collection: str | None = None) -> tuple[Source, ...]:
        """The sources, by collection, name, root."""
        where, values = ("", ()) if collection is None else ("WHERE collection = ?", (collection,))
        sql = f"SELECT {tables.SOURCE_COLUMNS} FROM sources {where} ORDER BY collection, name, root"  # noqa: S608 - constants
        with self._reading() as connection:
            return tuple(tables.source_of(row) for row in connection.execute(sql, values))

    def source(self, source_id: str) -> Source | None:
        """One source; None when this generation does not hold it."""
        return self.sources_by_id([source_id]).get(source_id)

    def sources_by_id(self, ids: Sequence[str]) -> dict[str, Source]:
        """The sources with these ids; unknown ids are left out."""
        sql = f"SELECT {tables.SOURCE_COLUMNS} FROM sources WHERE id IN (%s)"  # noqa: S608 - constants
        with self._reading() as connection:
            return {row[0]: tables.source_of(row) for row in tables.each(connection, sql, ids)}

    def chunkers(self) -> dict[str, str]:
        """By source id, the chunker version that cut it."""
        with self._reading() as connection:
            return dict(connection.execute("SELECT id, chunker FROM sources"))

    def text_of(self, source_id: str) -> str:
        """The clean text of a source; empty when this generation does not hold it."""
        with self._reading() as connection:
            found = connection.execute("SELECT body FROM texts WHERE source_id = ?", (source_id,)).fetchone()
        return "" if found is None else tables.unpack_text(found[0])

    def outline_of(self, source_id: str) -> tuple[Heading, ...]:
        """The headings of a source, in order."""
        with self._reading() as connection:
            found = connection.execute("SELECT outline FROM texts WHERE source_id = ?", (source_id,)).fetchone()
        return () if found is None else tables.unpack_outline(found[0])

    def chunk_ids(self, collection: str | None = None) -> frozenset[str]:
        """The ids of all chunks, or of those of one collection."""
        with self._reading() as connection:
            if collection is None:
                found = connection.execute("SELECT id FROM chunks")
            else:
                found = connection.execute(
                    "SELECT id FROM chunks JOIN members USING (row) WHERE collection = ?", (collection,)
                )
            return frozenset(chunk_id for (chunk_id,) in found)

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """The chunks with these ids; unknown ids are left out."""
        sql = f"SELECT {tables.CHUNK_COLUMNS} FROM chunks WHERE id IN (%s)"  # noqa: S608 - constants
        with self._reading() as connection:
            return {row[0]: tables.chunk_of(row) for row in tables.each(connection, sql, ids)}

    def chunks_by_row(self, rows: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these rows; unknown rows are left out."""
        sql = f"SELECT row, {tables.CHUNK_COLUMNS} FROM chunks WHERE row IN (%s)"  # noqa: S608 - constants
        with self._reading() as connection:
            return {row[0]: tables.chunk_of(row[1:]) for row in tables.each(connection, sql, rows)}

    def placements_of_chunks(self, ids: Sequence[str]) -> dict[str, tuple[Placement, ...]]:
        """Where each chunk stands, by source id and ordinal; unknown ids are left out."""
        sql = (
            f"SELECT id, {tables.PLACEMENT_COLUMNS} FROM chunks JOIN placements USING (row) WHERE id IN (%s)"  # noqa: S608 - constants
            " ORDER BY source_id, ordinal"
        )
        found: dict[str, list[Placement]] = {}
        with self._reading() as connection:
            for chunk_id, *values in tables.each(connection, sql, ids):
                found.setdefault(chunk_id, []).append(tables.placement_of(chunk_id, tuple(values)))
        return {chunk_id: tuple(places) for chunk_id, places in found.items()}

    def standings(
        self, rows: Sequence[int], collections: Sequence[str]
    ) -> dict[int, tuple[tuple[Placement, Source], ...]]:
        """Where each chunk stands within these collections, by source name, root and ordinal; unknown rows are left out."""
        columns = ", ".join(f"s.{name}" for name in tables.SOURCE_COLUMNS.split(", "))
        sql = (
            f"SELECT p.row, c.id, {tables.PLACEMENT_COLUMNS}, {columns} FROM placements p"  # noqa: S608 - constants
            " JOIN chunks c ON c.row = p.row JOIN sources s ON s.id = p.source_id WHERE p.row IN (%s)"
            " ORDER BY s.name, s.root, p.ordinal"
        )
        wanted = frozenset(collections)
        found: dict[int, list[tuple[Placement, Source]]] = {}
        with self._reading() as connection:
            for row, chunk_id, *values in tables.each(connection, sql, rows):
                source = tables.source_of(tuple(values[6:]))
                if source.collection in wanted:
                    found.setdefault(row, []).append((tables.placement_of(chunk_id, tuple(values[:6])), source))
        return {row: tuple(places) for row, places in found.items()}

    def placements_of_source(self, source_id: str) -> tuple[Placement, ...]:
        """The chunks of a source in reading order."""
        sql = (
            f"SELECT id, {tables.PLACEMENT_COLUMNS} FROM placements JOIN chunks USING (row)"  # noqa: S608 - constants
            " WHERE source_id = ? ORDER BY ordinal"
        )
        with self._reading() as connection:
            return tuple(tables.placement_of(row[0], row[1:]) for row in connection.execute(sql, (source_id,)))

    def evidence(self, rows: Sequence[int]) -> Evidence:
        """What ranking needs of these chunks, in no particular order; unknown rows are left out."""
        sql = "SELECT row, language, terms, vector FROM evidence WHERE row IN (%s)"
        with self._reading() as connection:
            found = list(tables.each(connection, sql, rows))
        if not found:
            return Evidence((), (), (), np.zeros((0, 0), dtype=np.float32))
        known, languages, terms, blobs = zip(*found, strict=True)
        vectors = np.frombuffer(b"".join(blobs), dtype=np.float16).reshape(len(known), -1)
        return Evidence(known, languages, terms, vectors.astype(np.float32))

    def member_rows(self, collection: str) -> frozenset[int]:
        """The rows of the chunks of a collection."""
        with self._reading() as connection:
            found = connection.execute("SELECT row FROM members WHERE collection = ?", (collection,))
            return frozenset(row for (row,) in found)

    def words_like(self, collection: str, skeletons: Sequence[str], most: int) -> list[tuple[str, int]]:
        """The words of a collection that may be heard with these consonants (`transliteration`), frequent ones first,
        and in how many chunks each stands."""
        if not self._has_wordbook or not skeletons:
            return []
        with self._reading() as connection:
            return wordbook.words_like(connection, collection, skeletons, most)

    def names_of(self, collection: str, heads: Sequence[str]) -> list[tuple[str, str, int]]:
        """(terms of a name, terms of another name for it, chunks that say so) of the names that begin with these terms."""
        if not self._has_wordbook or not heads:
            return []
        with self._reading() as connection:
            return wordbook.names_of(connection, collection, heads)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = self._connect()
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            raise DamagedIndex(f"the catalog {self._path} cannot be read ({error}); {REBUILD}") from error
        finally:
            if self._closed or self._idle.full():
                connection.close()
            else:
                self._idle.put_nowait(connection)

    def _connect(self) -> sqlite3.Connection:
        try:
            address = f"{self._path.as_uri()}?mode=ro&immutable=1"
            return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise DamagedIndex(f"the catalog {self._path} cannot be opened ({error}); {REBUILD}") from error
