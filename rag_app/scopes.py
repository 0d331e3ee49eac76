"""A search restricted to some documents: filters -> the collections, sources and rows they leave, and both engines among those rows.

Nothing is filtered out of a finished list: few rows are scored one by one, among many the engines are asked deeper until enough
are found. Chroma's own `where` takes 28 to 115 times as long as a plain query (measured) and is not used.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from rag_app.filter_hints import nothing_met
from rag_app.filters import Filters, select
from rag_app.index.snapshot import Snapshot
from rag_app.index.vectors import SEARCH_WIDTH
from rag_app.schema import Source
from rag_app.search_result import Scope

EXACT_ROWS = 20_000
"""Up to so many rows have their cosines worked out one by one; their vectors are read once, and held for the next question."""
SET_ROWS = 4000
"""Up to so many rows BM25 is asked for by name, among more of them it is asked deeper: 3.5 against 13 ms for 1,000 rows of
100,000, 28 against 9 ms for 10,000 (processor time, measured 2026-11-21)."""

_REMEMBERED = 8
_DEEPER = 4
_SPARE = 2

Ranked = Sequence[tuple[int, float]]
Vectors = tuple[tuple[int, ...], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What filters leave of a generation. `rows` is None when whole collections are left; `exact` holds the vectors of few
    rows, in the order of its first member."""

    scope: Scope
    collections: tuple[str, ...]
    sources: frozenset[str]
    rows: frozenset[int] | None
    exact: Vectors | None = field(default=None, compare=False, repr=False)

    def lexical(self, snapshot: Snapshot, collection: str, terms: Sequence[str], k: int) -> Ranked:
        """At most `k` of the rows with their BM25 score, best first."""
        if self.rows is None:
            return snapshot.lexical.query(collection, terms, k)
        if len(self.rows) <= SET_ROWS:
            return snapshot.lexical.query_among(collection, terms, k, tuple(self.rows))
        count = snapshot.lexical.count(collection)
        depth = max(k, _SPARE * k * count // len(self.rows))
        while True:
            found = snapshot.lexical.query(collection, terms, min(depth, count))
            kept = [item for item in found if item[0] in self.rows][:k]
            if len(kept) == k or len(found) < depth:
                return kept
            depth *= _DEEPER

    def dense(self, snapshot: Snapshot, collection: str, vector: NDArray[np.float32], k: int) -> Ranked:
        """At most `k` of the rows with their cosine to the vector, best first."""
        if self.rows is None:
            return snapshot.vectors.query(collection, vector, k)
        if self.exact is None:
            found = snapshot.vectors.query(collection, vector, SEARCH_WIDTH)
            kept = [item for item in found if item[0] in self.rows][:k]
            if len(kept) == k:
                return kept
        rows, vectors = self.exact or snapshot.catalog.vectors(tuple(self.rows))
        if not rows:
            return ()
        cosines = vectors @ vector
        best = np.argsort(-cosines, kind="stable")[:k]
        return [(rows[at], float(cosines[at])) for at in best.tolist()]


class Scopes:
    """Works out what filters leave, and remembers it for as long as the generation is open. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: WeakKeyDictionary[Snapshot, dict[tuple[Filters, tuple[str, ...]], Narrowed]] = WeakKeyDictionary()
        self._sources: WeakKeyDictionary[Snapshot, tuple[Source, ...]] = WeakKeyDictionary()

    def over(self, snapshot: Snapshot, collections: Sequence[str], filters: Filters) -> Narrowed:
        """What the filters leave of these collections; a filter that names a collection chooses among all of them.

        Raises:
            WrongFilter: no document is left; says which filter fails, and what there is.
        """
        wanted = snapshot.collections if filters.of("collection") else tuple(collections)
        with self._lock:
            known = self._known.setdefault(snapshot, {})
            found = known.get((filters, wanted))
        if found is None:
            sources = self._all_sources(snapshot)
            found = _narrowed(snapshot, [source for source in sources if source.collection in wanted], filters)
            with self._lock:
                if len(known) >= _REMEMBERED:
                    known.pop(next(iter(known)))
                known[filters, wanted] = found
        return found

    def _all_sources(self, snapshot: Snapshot) -> tuple[Source, ...]:
        with self._lock:
            sources = self._sources.get(snapshot)
        if sources is None:
            sources = snapshot.catalog.sources()
            with self._lock:
                self._sources[snapshot] = sources
        return sources


def _narrowed(snapshot: Snapshot, sources: Sequence[Source], filters: Filters) -> Narrowed:
    kept = select(filters, sources)
    if not kept:
        raise nothing_met(filters, sources)
    whole = all(one.key == "collection" for one in filters.conditions)
    rows = None if whole else snapshot.catalog.rows_of_sources([source.id for source in kept])
    return Narrowed(
        scope=Scope(tuple(str(one) for one in filters.conditions), len(kept)),
        collections=_collections(kept),
        sources=frozenset(source.id for source in kept),
        rows=rows,
        exact=None if rows is None or len(rows) > EXACT_ROWS else snapshot.catalog.vectors(tuple(rows)),
    )


def _collections(sources: Sequence[Source]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source.collection for source in sources))
