"""A catalog while it is written: documents go in and out, then `settle` says what the two engines must do about it.

The file belongs to a folder that nobody has open and that is thrown away when anything fails; so there is no journal and
one transaction.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import chain, groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app.index import documents, reports, tables, wordbook
from rag_app.index.change import SourceContent
from rag_app.receipts import Receipt
from rag_app.schema import Chunk, Stamp

_COUNTED_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one collection's chunks, as rows: new, gone, kept under other file names, and how many stayed."""

    collection: str
    fresh: tuple[int, ...]
    gone: tuple[int, ...]
    renamed: tuple[int, ...]
    kept: int


class Draft:
    """The catalog of the next generation."""

    def __init__(self, path: Path) -> None:
        is_new = not path.exists()
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("PRAGMA temp_store=MEMORY")
        if is_new:
            self._db.executescript(tables.TABLES)
        self._db.executescript(wordbook.TABLES)
        self._db.executescript(reports.TABLES)
        self._db.execute("CREATE TEMP TABLE touched (collection TEXT, row INTEGER, PRIMARY KEY (collection, row))")
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Let go of the file; what was not finished is undefined."""
        self._db.close()

    def write(self, content: SourceContent, chunker: str) -> bool:
        """Put a document in, replacing what it said before; False when nothing about it is different.

        Raises:
            IndexFault: a placement does not hold its chunk's text.
        """
        return documents.put(self._db, content, chunker)

    def remove(self, source_id: str) -> bool:
        """Take a document out; False when it was not there."""
        return documents.take_out(self._db, source_id)

    def touch_everything(self) -> None:
        """Settle every chunk, as when an engine has to be filled from the start."""
        self._db.execute(
            "INSERT OR IGNORE INTO touched SELECT DISTINCT collection, row FROM placements JOIN sources ON id = source_id"
        )

    def forget_evidence(self) -> None:
        """Drop every vector and every term: another embedder or other term rules are to make them again."""
        self._db.execute("DELETE FROM evidence")
        self._db.execute("DELETE FROM facts WHERE name = 'wordbook'")

    def settle(self, terms_of_name: Callable[[str], Sequence[str]]) -> tuple[Settlement, ...]:
        """Bring memberships in line with the placements; chunks that stand nowhere any more are dropped."""
        after = self._names_after(terms_of_name)
        before: dict[tuple[str, int], str] = {
            (collection, row): found
            for collection, row, found in self._db.execute(
                "SELECT m.collection, m.row, m.names FROM touched t JOIN members m USING (collection, row)"
            )
        }
        gone = [key for key in before if key not in after]
        if wordbook.is_current(self._db):
            self._count_words(gone, lambda texts: [terms_of_name(text) for text in texts], sign=-1)
        self._db.executemany("DELETE FROM members WHERE collection = ? AND row = ?", gone)
        self._db.executemany(
            "INSERT OR REPLACE INTO members VALUES (?, ?, ?)",
            [(*key, found) for key, found in after.items() if before.get(key) != found],
        )
        self._db.execute(
            "DELETE FROM chunks WHERE row IN (SELECT row FROM touched)"
            " AND NOT EXISTS (SELECT 1 FROM placements p WHERE p.row = chunks.row)"
        )
        self._db.execute(
            "DELETE FROM evidence WHERE row IN (SELECT row FROM touched)"
            " AND NOT EXISTS (SELECT 1 FROM chunks c WHERE c.row = evidence.row)"
        )
        return tuple(
            Settlement(
                collection,
                fresh=tuple(sorted(row for name, row in after.keys() - before.keys() if name == collection)),
                gone=tuple(sorted(row for name, row in gone if name == collection)),
                renamed=tuple(
                    sorted(
                        row
                        for (name, row), was in before.items()
                        if name == collection and after.get((name, row), was) != was
                    )
                ),
                kept=self._members(collection) - sum(name == collection for name, _ in after.keys() - before.keys()),
            )
            for collection in sorted({name for name, _ in before} | {name for name, _ in after})
        )

    def rows_without_evidence(self, *, after: int = 0) -> list[int]:
        """Touched chunks behind a row that have no vector and terms yet, oldest first."""
        found = self._db.execute(
            "SELECT DISTINCT t.row FROM touched t JOIN chunks c ON c.row = t.row LEFT JOIN evidence e ON e.row = t.row"
            " WHERE e.row IS NULL AND t.row > ? ORDER BY t.row",
            (after,),
        )
        return [row for (row,) in found]

    def chunks(self, rows: Sequence[int]) -> list[Chunk]:
        """The chunks of these rows, in their order."""
        found = {
            row[0]: tables.chunk_of(row[1:])
            for row in tables.each(self._db, f"SELECT row, {tables.CHUNK_COLUMNS} FROM chunks WHERE row IN (%s)", rows)  # noqa: S608 - constants
        }
        return [found[row] for row in rows]

    def keep_evidence(
        self, rows: Sequence[int], chunks: Sequence[Chunk], terms: Sequence[str | None], vectors: NDArray[np.float16]
    ) -> None:
        """Store packed terms and vector of each chunk; nothing of one whose terms are not known yet."""
        self._db.executemany(
            "INSERT OR REPLACE INTO evidence VALUES (?, ?, ?, ?)",
            [
                (row, chunk.language, packed, vector.tobytes())
                for row, chunk, packed, vector in zip(rows, chunks, terms, vectors, strict=True)
                if packed is not None
            ],
        )

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """`(n, dimension)` vectors of these rows, in their order."""
        found = dict(tables.each(self._db, "SELECT row, vector FROM evidence WHERE row IN (%s)", rows))
        return np.stack([np.frombuffer(found[row], dtype=np.float16) for row in rows]).astype(np.float32)

    def terms(self, collection: str, rows: Sequence[int]) -> Iterator[tuple[int, str, str]]:
        """Row, packed terms and name terms of these members of a collection."""
        sql = (
            "SELECT row, terms, names FROM members JOIN evidence USING (row) WHERE collection = ? AND row IN (%s)"
            " ORDER BY row"
        )
        yield from tables.each(self._db, sql, rows, before=(collection,))

    def note_words(self, settlements: Sequence[Settlement], terms_of: wordbook.TermsOf) -> None:
        """Count the words and names of the new chunks; of all chunks when other rules made the wordbook."""
        if wordbook.is_current(self._db):
            fresh = [(item.collection, row) for item in settlements for row in item.fresh]
        else:
            wordbook.clear(self._db)
            fresh = [(name, row) for name in self.member_counts() for row in self.member_rows(name)]
        self._count_words(fresh, terms_of, sign=1)

    def counts(self) -> tuple[int, int]:
        """Sources with text and chunks in all."""
        sources, chunks = self._db.execute(
            "SELECT (SELECT count(*) FROM sources WHERE chars > 0), (SELECT count(*) FROM chunks)"
        ).fetchone()
        return int(sources), int(chunks)

    def member_rows(self, collection: str) -> tuple[int, ...]:
        """The rows of a collection's chunks, oldest first."""
        found = self._db.execute("SELECT row FROM members WHERE collection = ? ORDER BY row", (collection,))
        return tuple(row for (row,) in found)

    def member_counts(self) -> dict[str, int]:
        """How many chunks each collection holds."""
        return dict(self._db.execute("SELECT collection, count(*) FROM members GROUP BY collection"))

    def tombstones(self) -> int:
        """Vectors deleted since Chroma's files were last made afresh."""
        return int(tables.fact(self._db, "tombstones") or 0)

    def finish(self, stamp: Stamp, receipt: Receipt, *, tombstones: int) -> None:
        """Write the facts and commit; the file is complete when this returns."""
        facts = {"stamp": json.dumps(asdict(stamp)), "tombstones": str(tombstones)}
        facts["receipt"] = json.dumps(asdict(receipt), ensure_ascii=False)
        self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())
        self._db.execute("COMMIT")

    def _count_words(self, members: Sequence[tuple[str, int]], terms_of: wordbook.TermsOf, *, sign: int) -> None:
        for collection in sorted({name for name, _ in members}):
            rows = [row for name, row in members if name == collection]
            for start in range(0, len(rows), _COUNTED_AT_ONCE):
                batch = rows[start : start + _COUNTED_AT_ONCE]
                packed = dict(tables.each(self._db, "SELECT row, terms FROM evidence WHERE row IN (%s)", batch))
                chunks = zip(self.chunks(batch), (packed[row] for row in batch), strict=True)
                wordbook.count(self._db, collection, chunks, terms_of, sign=sign)

    def _names_after(self, terms_of_name: Callable[[str], Sequence[str]]) -> dict[tuple[str, int], str]:
        """For each touched chunk that stands somewhere, by collection and row: the terms of the names of its files."""
        joined = lru_cache(maxsize=1000)(
            lambda names: " ".join(dict.fromkeys(chain.from_iterable(map(terms_of, names))))
        )
        terms_of = lru_cache(maxsize=1000)(terms_of_name)
        found = self._db.execute(
            "SELECT DISTINCT t.collection, t.row, s.name FROM touched t JOIN placements p ON p.row = t.row"
            " JOIN sources s ON s.id = p.source_id AND s.collection = t.collection ORDER BY 1, 2, 3"
        )
        grouped = groupby(found, key=lambda one: (one[0], one[1]))
        return {key: joined(tuple(name for _, _, name in group)) for key, group in grouped}

    def _members(self, collection: str) -> int:
        (found,) = self._db.execute("SELECT count(*) FROM members WHERE collection = ?", (collection,)).fetchone()
        return int(found)
