"""What published generations hold, how two of them differ, and whether one is whole; nothing here writes."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import DamagedIndex, IndexFault
from rag_app.index.catalog import Catalog
from rag_app.index.folder import CATALOG, name_of
from rag_app.index.snapshot import Snapshot
from rag_app.index.store import Store
from rag_app.receipts import Receipt
from rag_app.schema import Chunk, Source, Stamp

_ROWS_AT_ONCE = 500
_SAME_VECTOR = 0.99


@dataclass(frozen=True, slots=True)
class Summary:
    """One generation in numbers; `collections` maps names to (sources, chunks)."""

    number: int
    is_live: bool
    sources: int
    chunks: int
    collections: Mapping[str, tuple[int, int]]
    stamp: Stamp
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class Damage:
    """A generation that cannot be read, and why."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk, and the names of the documents it stands in."""

    chunk: Chunk
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the second of two generations says otherwise than the first. `moved` are (old, new) names of equal bytes."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    passages_added: tuple[Passage, ...]
    passages_removed: tuple[Passage, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        sources = self.added or self.removed or self.changed or self.moved
        return not (sources or self.passages_added or self.passages_removed)


def summaries(store: Store, folder: Path) -> tuple[Summary | Damage, ...]:
    """Every published generation, newest first."""
    live = store.current()
    found: list[Summary | Damage] = []
    for number in reversed(store.generations()):
        try:
            with closing(open_catalog(folder, number)) as catalog:
                sources, chunks = catalog.counts()
                collections = {name: catalog.counts(name) for name in catalog.collections()}
                stamp, receipt = catalog.stamp(), catalog.receipt()
                found.append(Summary(number, number == live, sources, chunks, collections, stamp, receipt))
        except DamagedIndex as error:
            found.append(Damage(number, str(error)))
    return tuple(found)


def open_catalog(folder: Path, number: int) -> Catalog:
    """The catalog of one generation of an index folder.

    Raises:
        IndexFault: there is no such generation. DamagedIndex: it cannot be read.
    """
    path = folder / name_of(number) / CATALOG
    if not path.is_file():
        raise IndexFault(f"there is no generation {number} in {folder}; `python -m ingest status` lists them")
    return Catalog(path)


def difference(before: Catalog, after: Catalog) -> Difference:
    """How the documents and passages of two generations differ, by name."""
    old, new = {s.id: s for s in before.sources()}, {s.id: s for s in after.sources()}
    gone = [source for id_, source in old.items() if id_ not in new]
    fresh = [source for id_, source in new.items() if id_ not in old]
    moved = tuple(_moves(gone, fresh))
    was, is_now = {name for name, _ in moved}, {name for _, name in moved}
    old_chunks, new_chunks = before.chunk_ids(), after.chunk_ids()
    return Difference(
        added=tuple(source.name for source in fresh if source.name not in is_now),
        removed=tuple(source.name for source in gone if source.name not in was),
        changed=tuple(new[id_].name for id_ in old if id_ in new and old[id_].digest != new[id_].digest),
        moved=moved,
        passages_added=_passages(after, new_chunks - old_chunks),
        passages_removed=_passages(before, old_chunks - new_chunks),
    )


def problems_of(snapshot: Snapshot) -> Iterator[str]:
    """What is wrong with an open generation, one sentence each; nothing when it is whole.

    Covers: counts of catalog, vectors and BM25 index; a text, terms and a vector for every chunk, and the vector found by
    itself; every chunk under its placement; no words of a document outside its chunks.
    The files' hashes were checked when the snapshot was opened.
    """
    catalog = snapshot.catalog
    for collection in catalog.collections():
        chunks = catalog.counts(collection)[1]
        for what, count in (
            ("vectors", snapshot.vectors.count(collection)),
            ("BM25 index", snapshot.lexical.count(collection)),
        ):
            if count != chunks:
                yield f"the {what} of {collection!r} holds {count} chunks, the catalog {chunks}"
        yield from _lost_vectors(snapshot, collection)
    for source in catalog.sources():
        text, places = catalog.text_of(source.id), catalog.placements_of_source(source.id)
        known = catalog.chunks([place.chunk_id for place in places])
        end = 0
        for place in places:
            if text[place.start : place.end] != known[place.chunk_id].text:
                yield f"chunk {place.chunk_id} does not stand at {place.start}-{place.end} of {source.name}"
            if text[end : place.start].strip():
                yield f"no chunk holds what stands at {end}-{place.start} of {source.name}"
            end = place.end
        if text[end:].strip():
            yield f"no chunk holds what stands at {end}-{len(text)} of {source.name}"


def _lost_vectors(snapshot: Snapshot, collection: str) -> Iterator[str]:
    rows = sorted(snapshot.catalog.member_rows(collection))
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        batch = rows[start : start + _ROWS_AT_ONCE]
        evidence = snapshot.catalog.evidence(batch)
        vectors = dict(zip(evidence.rows, evidence.vectors, strict=True))
        texts = snapshot.catalog.chunks_by_row(batch)
        for row in batch:
            if row not in texts:
                yield f"chunk {row} of {collection!r} has no text in the catalog"
            if row not in vectors:
                yield f"chunk {row} of {collection!r} has no terms and no vector in the catalog"
            elif not _finds_itself(snapshot, collection, row, vectors[row]):
                yield f"the vector of chunk {row} of {collection!r} does not find itself"


def _finds_itself(snapshot: Snapshot, collection: str, row: int, vector: NDArray[np.float32]) -> bool:
    """Whether the nearest vector is that of this chunk, or of one whose own vector is the same."""
    found = snapshot.vectors.query(collection, vector, 1)
    if not found or found[0][1] < _SAME_VECTOR:
        return False
    if found[0][0] == row:
        return True
    _, others = snapshot.catalog.vectors([found[0][0]])
    return bool((others @ vector >= _SAME_VECTOR * np.linalg.norm(vector) * np.linalg.norm(others, axis=1)).any())


def _moves(gone: list[Source], fresh: list[Source]) -> Iterator[tuple[str, str]]:
    waiting: dict[str, list[str]] = {}
    for source in reversed(fresh):
        waiting.setdefault(source.digest, []).append(source.name)
    for source in gone:
        if waiting.get(source.digest):
            yield source.name, waiting[source.digest].pop()


def _passages(catalog: Catalog, ids: frozenset[str]) -> tuple[Passage, ...]:
    """Passages in the order in which they stand in their first document."""
    ordered = sorted(ids)
    chunks, places = catalog.chunks(ordered), catalog.placements_of_chunks(ordered)
    names = catalog.sources_by_id([place.source_id for found in places.values() for place in found])
    passages = []
    for id_ in ordered:
        standing = sorted((names[place.source_id].name, place.ordinal) for place in places[id_])
        passages.append((standing[0], Passage(chunks[id_], tuple(dict.fromkeys(name for name, _ in standing)))))
    return tuple(passage for _, passage in sorted(passages, key=lambda item: item[0]))
