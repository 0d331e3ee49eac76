"""The catalog of one published generation: sources, chunks, placements and texts, read-only, for any number of threads."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import DamagedIndex
from rag_app.index import reports, tables, wordbook
from rag_app.index.connections import Connections
from rag_app.index.evidence import Evidence, read_evidence, read_vectors
from rag_app.index.folder import REBUILD
from rag_app.places import locator_of
from rag_app.receipts import FileReport, Receipt
from rag_app.schema import Chunk, Heading, Mark, Placement, Source, Stamp


class Catalog:
    """A catalog file that nobody writes any more. Each call takes a connection of its own; safe between threads.

    Every method raises DamagedIndex when the file turns out not to be a sound database.
    """

    def __init__(self, path: Path, *, mapped: bool = False) -> None:
        """`mapped` for a copy of one's own only, see `Connections`."""
        self._connections = Connections(path, mapped=mapped)
        self._known_sources: dict[str, Source] = {}
        self._heads: dict[str, frozenset[str]] = {}
        with self._connections.reading() as connection:
            if tables.fact(connection, "stamp") is None:
                raise DamagedIndex(f"{path} is no finished catalog; {REBUILD}")
            self._has_reports = reports.are_kept(connection)
            self._has_wordbook = tables.fact(connection, "wordbook") == wordbook.RULES

    def close(self) -> None:
        """Close every idle connection; a search still under way closes its own when it ends."""
        self._connections.close()

    def stamp(self) -> Stamp:
        """What made this index."""
        with self._connections.reading() as connection:
            return tables.stamp_of(tables.fact(connection, "stamp") or "{}")

    def receipt(self) -> Receipt | None:
        """The receipt of the run that published this generation."""
        with self._connections.reading() as connection:
            body = tables.fact(connection, "receipt")
        return None if body is None else tables.receipt_of(body)

    def collections(self) -> tuple[str, ...]:
        """The names of the collections that hold a source with text, in alphabetical order."""
        sql = "SELECT DISTINCT collection FROM sources WHERE chars > 0 ORDER BY 1"
        with self._connections.reading() as connection:
            return tuple(name for (name,) in connection.execute(sql))

    def counts(self, collection: str | None = None) -> tuple[int, int]:
        """How many sources with text and how many different chunks there are, in all or in one collection."""
        with self._connections.reading() as connection:
            if collection is None:
                found = connection.execute(
                    "SELECT (SELECT count(*) FROM sources WHERE chars > 0), (SELECT count(*) FROM chunks)"
                )
            else:
                found = connection.execute(
                    "SELECT (SELECT count(*) FROM sources WHERE collection = ?1 AND chars > 0),"
                    " (SELECT count(*) FROM members WHERE collection = ?1)",
                    (collection,),
                )
            sources, chunks = found.fetchone()
        return int(sources), int(chunks)

    def sources(self, collection: str | None = None) -> tuple[Source, ...]:
        """The sources with text, by collection, name, root."""
        return self._sources("chars > 0", collection)

    def empty_sources(self, collection: str | None = None) -> tuple[Source, ...]:
        """The files that hold nothing to read and are only remembered, by collection, name, root."""
        return self._sources("chars = 0", collection)

    def source(self, source_id: str) -> Source | None:
        """One source; None when this generation does not hold it."""
        return self.sources_by_id([source_id]).get(source_id)

    def sources_by_id(self, ids: Sequence[str]) -> dict[str, Source]:
        """The sources with these ids; unknown ids are left out."""
        sql = f"SELECT {tables.SOURCE_COLUMNS} FROM sources WHERE id IN (%s)"  # noqa: S608 - constants
        with self._connections.reading() as connection:
            return {row[0]: tables.source_of(row) for row in tables.each(connection, sql, ids)}

    def chunkers(self) -> dict[str, str]:
        """By source id, the chunker version that cut it."""
        with self._connections.reading() as connection:
            return dict(connection.execute("SELECT id, chunker FROM sources"))

    def text_of(self, source_id: str) -> str:
        """The clean text of a source; empty when this generation does not hold it."""
        with self._connections.reading() as connection:
            found = connection.execute("SELECT body FROM texts WHERE source_id = ?", (source_id,)).fetchone()
        return "" if found is None else tables.unpack_text(found[0])

    def outline_of(self, source_id: str) -> tuple[Heading, ...]:
        """The headings of a source, in order."""
        with self._connections.reading() as connection:
            found = connection.execute("SELECT outline FROM texts WHERE source_id = ?", (source_id,)).fetchone()
        return () if found is None else tables.unpack_outline(found[0])

    def marks_of(self, source_id: str) -> tuple[Mark, ...]:
        """The places of a source's text, in order; none where the format has none."""
        with self._connections.reading() as connection:
            return reports.marks_of(connection, source_id) if self._has_reports else ()

    def locator_of(self, source_id: str, start: int, end: int) -> str:
        """The page, slide or cells of a stretch of a source's text; empty where nothing is known of it."""
        with self._connections.reading() as connection:
            marks = reports.marks_within(connection, source_id, start, end) if self._has_reports else ()
        return locator_of(marks, start, end)

    def reports(self) -> dict[str, FileReport]:
        """How each file was read the last time, by source id."""
        with self._connections.reading() as connection:
            return reports.reports(connection) if self._has_reports else {}

    def report_of(self, source_id: str) -> FileReport | None:
        """How one file was read the last time; None when that is not known."""
        with self._connections.reading() as connection:
            return reports.report_of(connection, source_id) if self._has_reports else None

    def unread(self) -> frozenset[str]:
        """The ids of sources with pages or pictures that wait for tesseract."""
        with self._connections.reading() as connection:
            return reports.unread(connection) if self._has_reports else frozenset()

    def chunk_ids(self, collection: str | None = None) -> frozenset[str]:
        """The ids of all chunks, or of those of one collection."""
        with self._connections.reading() as connection:
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
        with self._connections.reading() as connection:
            return {row[0]: tables.chunk_of(row) for row in tables.each(connection, sql, ids)}

    def chunks_by_row(self, rows: Sequence[int]) -> dict[int, Chunk]:
        """The chunks with these rows; unknown rows are left out."""
        sql = f"SELECT row, {tables.CHUNK_COLUMNS} FROM chunks WHERE row IN (%s)"  # noqa: S608 - constants
        with self._connections.reading() as connection:
            return {row[0]: tables.chunk_of(row[1:]) for row in tables.each(connection, sql, rows)}

    def placements_of_chunks(self, ids: Sequence[str]) -> dict[str, tuple[Placement, ...]]:
        """Where each chunk stands, by source id and ordinal; unknown ids are left out."""
        sql = (
            f"SELECT id, {tables.PLACEMENT_COLUMNS} FROM chunks JOIN placements USING (row) WHERE id IN (%s)"  # noqa: S608 - constants
            " ORDER BY source_id, ordinal"
        )
        found: dict[str, list[Placement]] = {}
        with self._connections.reading() as connection:
            for chunk_id, *values in tables.each(connection, sql, ids):
                found.setdefault(chunk_id, []).append(tables.placement_of(chunk_id, tuple(values)))
        return {chunk_id: tuple(places) for chunk_id, places in found.items()}

    def standings(
        self, rows: Sequence[int], collections: Sequence[str]
    ) -> dict[int, tuple[tuple[Placement, Source], ...]]:
        """Where each chunk stands within these collections, by source name, root and ordinal; unknown rows are left out."""
        sql = f"SELECT row, id, {tables.PLACEMENT_COLUMNS} FROM placements JOIN chunks USING (row) WHERE row IN (%s)"  # noqa: S608 - constants
        with self._connections.reading() as connection:
            placed = tables.each(connection, sql, rows)
        known = self._known_sources
        missing = [values[2] for values in placed if values[2] not in known]
        if missing:
            known.update(self.sources_by_id(missing))
        found: dict[int, list[tuple[Placement, Source]]] = {}
        for values in placed:
            source = known[values[2]]
            if source.collection in collections:
                found.setdefault(values[0], []).append((tables.placement_of(values[1], values[2:]), source))
        for places in found.values():
            if len(places) > 1:
                places.sort(key=_reading_order)
        return {row: tuple(places) for row, places in found.items()}

    def placements_of_source(self, source_id: str) -> tuple[Placement, ...]:
        """The chunks of a source in reading order."""
        sql = (
            f"SELECT id, {tables.PLACEMENT_COLUMNS} FROM placements JOIN chunks USING (row)"  # noqa: S608 - constants
            " WHERE source_id = ? ORDER BY ordinal"
        )
        with self._connections.reading() as connection:
            return tuple(tables.placement_of(row[0], row[1:]) for row in connection.execute(sql, (source_id,)))

    def evidence(self, rows: Sequence[int]) -> Evidence:
        """What ranking needs of these chunks, in no particular order; unknown rows are left out."""
        with self._connections.reading() as connection:
            return read_evidence(connection, rows)

    def vectors(self, rows: Sequence[int]) -> tuple[tuple[int, ...], NDArray[np.float32]]:
        """The rows that are there, and their `(n, dimension)` vectors, in no particular order."""
        with self._connections.reading() as connection:
            return read_vectors(connection, rows)

    def rows_of_sources(self, ids: Sequence[str]) -> frozenset[int]:
        """The rows of the chunks that stand in any of these sources."""
        sql = "SELECT DISTINCT row FROM placements WHERE source_id IN (%s)"
        with self._connections.reading() as connection:
            return frozenset(row for (row,) in tables.each(connection, sql, ids))

    def member_rows(self, collection: str) -> frozenset[int]:
        """The rows of the chunks of a collection."""
        with self._connections.reading() as connection:
            found = connection.execute("SELECT row FROM members WHERE collection = ?", (collection,))
            return frozenset(row for (row,) in found)

    def name_terms(self, collections: Sequence[str], rows: Sequence[int]) -> dict[int, str]:
        """By row, the terms of the file names that hold the chunk in these collections, each with a space on either side."""
        sql = f"SELECT row, names FROM members WHERE collection IN ({tables.marks(len(collections))}) AND row IN (%s)"  # noqa: S608
        found: dict[int, str] = {}
        with self._connections.reading() as connection:
            for row, names in tables.each(connection, sql, rows, before=tuple(collections)):
                found[row] = f"{found.get(row, ' ')}{names} "
        return found

    def words_like(self, collection: str, skeletons: Sequence[str], most: int) -> list[tuple[str, int]]:
        """The words of a collection that may be heard with these consonants (`transliteration`), frequent ones first,
        and in how many chunks each stands."""
        if not self._has_wordbook or not skeletons:
            return []
        with self._connections.reading() as connection:
            return wordbook.words_like(connection, collection, skeletons, most)

    def names_of(self, collection: str, heads: Sequence[str]) -> list[tuple[str, str, int]]:
        """(terms of a name, terms of another name for it, chunks that say so) of the names that begin with these terms."""
        if not self._has_wordbook or not heads:
            return []
        there = self._heads.get(collection)
        if there is None:
            with self._connections.reading() as connection:
                there = self._heads[collection] = wordbook.heads_of(connection, collection)
        known = [head for head in heads if head in there]
        if not known:
            return []  # most questions: no word of theirs has another name
        with self._connections.reading() as connection:
            return wordbook.names_of(connection, collection, known)

    def _sources(self, which: str, collection: str | None) -> tuple[Source, ...]:
        where, values = ("", ()) if collection is None else (" AND collection = ?", (collection,))
        sql = f"SELECT {tables.SOURCE_COLUMNS} FROM sources WHERE {which}{where} ORDER BY collection, name, root"  # noqa: S608 - constants
        with self._connections.reading() as connection:
            return tuple(tables.source_of(row) for row in connection.execute(sql, values))


def _reading_order(place: tuple[Placement, Source]) -> tuple[str, str, int]:
    placement, source = place
    return source.name, source.root, placement.ordinal
