"""From a copy of the live generation and a change to a complete next generation, in a folder nobody else has open."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import DamagedIndex, EmbeddingFault
from rag_app.index.change import BuildCounts, Change, Embed, Progress
from rag_app.index.draft import Draft, Settlement
from rag_app.index.folder import CATALOG, CHROMA, LEXICAL, remove_tree
from rag_app.index.lexical import Lexical, TermsLike, pack_terms, unpack_terms
from rag_app.index.vectors import BATCH, Vectors
from rag_app.schema import Chunk, Stamp
from rag_app.terms import file_words

EMBEDDED_AT_ONCE = 1024
_INDEXED_AT_ONCE = 1000
_SPENT_SHARE = 0.3  # of deleted among all vectors: beyond it Chroma's files are made afresh
_SPENT_AT_LEAST = 500
_PROBES = 16  # vectors per collection that are looked up by themselves before a generation is published
_ITSELF = 0.99  # cosine; stored vectors are rounded
_LOST_SHARE = 0.25  # of the probes
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a change came to: settlements by collection, and what must be remembered of Chroma's deleted rows."""

    is_different: bool
    settlements: tuple[Settlement, ...]
    tombstones: int


class Building:
    """The next generation while it is made; `timings_ms` says where the time went, by stage."""

    def __init__(self, folder: Path, stamp: Stamp, embed: Embed, terms: TermsLike, progress: Progress | None) -> None:
        self.folder = folder
        self.draft = Draft(folder / CATALOG)
        self.timings_ms: dict[str, float] = {}
        self._stamp = stamp
        self._embed = embed
        self._terms = terms
        self._progress: Progress = progress or (lambda stage, done, total: None)

    def close(self) -> None:
        """Let go of the catalog."""
        self.draft.close()

    def apply(self, change: Change, base_stamp: Stamp | None, broken: frozenset[str]) -> Applied:
        """Apply the change; engines named in `broken`, or made by another model or other rules, are filled afresh."""
        wrote = self._write(change)
        if base_stamp is not None and not _same_evidence(base_stamp, self._stamp):
            self.draft.forget_evidence()
            broken |= {CHROMA, LEXICAL}
        if broken:
            self.draft.touch_everything()
        if not wrote and not broken:
            return Applied(False, (), self.draft.tombstones())
        with self._timed("terms"):
            settlements = self.draft.settle(lambda name: self._terms.of_text(file_words(name)))
        self._make_evidence()
        with self._timed("wordbook"):
            self.draft.note_words(settlements, self._terms.of_texts)
        self._terms.rest()
        tombstones = self._fill_vectors(settlements, afresh=CHROMA in broken)
        self._fill_lexical(settlements, afresh=LEXICAL in broken)
        return Applied(True, settlements, tombstones)

    def counts(self, number: int, applied: Applied) -> BuildCounts:
        """What became of the chunks, for the receipt of generation `number`."""
        sources, chunks = self.draft.counts()
        return BuildCounts(
            generation=number,
            added=sum(len(item.fresh) for item in applied.settlements),
            removed=sum(len(item.gone) for item in applied.settlements),
            kept=sum(item.kept for item in applied.settlements),
            sources=sources,
            chunks=chunks,
            timings_ms=dict(self.timings_ms),
        )

    def _write(self, change: Change) -> bool:
        different = False
        with self._timed("catalog"):
            for source_id in change.removed:
                different |= self.draft.remove(source_id)
        contents = iter(change.written)
        done = 0
        while True:
            with self._timed("read"):
                content = next(contents, None)
            if content is None:
                return different
            with self._timed("catalog"):
                different |= self.draft.write(content, self._stamp.chunker)
            done += 1
            self._progress("read", done, 0)

    def _make_evidence(self) -> None:
        rows = self.draft.rows_without_evidence()
        for start in range(0, len(rows), EMBEDDED_AT_ONCE):
            batch = rows[start : start + EMBEDDED_AT_ONCE]
            chunks = self.draft.chunks(batch)
            with self._timed("embed"):
                vectors = checked_vectors(self._embed(chunks), chunks, self._stamp.dimension)
            with self._timed("terms"):
                packed = self._packed_terms(chunks)
            with self._timed("catalog"):
                self.draft.keep_evidence(batch, chunks, packed, vectors.astype(np.float16))
            self._progress("embed", start + len(batch), len(rows))

    def _packed_terms(self, chunks: Sequence[Chunk]) -> list[str]:
        titles = self._terms.of_texts([chunk.title for chunk in chunks])
        headings = self._terms.of_texts([" \n".join(chunk.heading_path) for chunk in chunks])
        bodies = self._terms.of_texts([chunk.text for chunk in chunks])
        return [pack_terms(*parts) for parts in zip(titles, headings, bodies, strict=True)]

    def _fill_vectors(self, settlements: Sequence[Settlement], *, afresh: bool) -> int:
        """Bring Chroma in line; the number of deleted rows its files now carry."""
        total = sum(self.draft.member_counts().values())
        spent = self.draft.tombstones() + sum(len(item.gone) for item in settlements)
        work: list[tuple[str, tuple[int, ...], tuple[int, ...]]]
        if afresh or spent > max(_SPENT_AT_LEAST, _SPENT_SHARE * total):
            remove_tree(self.folder / CHROMA)
            work = [(name, self.draft.member_rows(name), ()) for name in self.draft.member_counts()]
            spent = 0
        else:
            work = [(item.collection, item.fresh, item.gone) for item in settlements]
        done, of = 0, sum(len(rows) for _, rows, _ in work)
        with self._timed("vectors"), Vectors(self.folder / CHROMA) as vectors:
            for collection, rows, gone in work:
                vectors.delete(collection, gone)
                for start in range(0, len(rows), BATCH):
                    batch = rows[start : start + BATCH]
                    vectors.add(collection, batch, self.draft.vectors(batch))
                    done += len(batch)
                    self._progress("vectors", done, of)
            self._check_vectors(vectors, {collection: rows for collection, rows, _ in work})
        return spent

    def _fill_lexical(self, settlements: Sequence[Settlement], *, afresh: bool) -> None:
        work: list[tuple[str, tuple[int, ...], tuple[int, ...]]]
        if afresh:
            remove_tree(self.folder / LEXICAL)
            work = [(name, self.draft.member_rows(name), ()) for name in self.draft.member_counts()]
        else:
            work = [(s.collection, (*s.fresh, *s.renamed), (*s.gone, *s.renamed)) for s in settlements]
        done, of = 0, sum(len(rows) for _, rows, _ in work)
        with self._timed("lexical"), Lexical(self.folder / LEXICAL) as lexical:
            for collection, rows, gone in work:
                lexical.delete(collection, gone)
                for start in range(0, len(rows), _INDEXED_AT_ONCE):
                    batch = self.draft.terms(collection, rows[start : start + _INDEXED_AT_ONCE])
                    lexical.add(collection, ((row, unpack_terms(packed, names)) for row, packed, names in batch))
                    done += len(rows[start : start + _INDEXED_AT_ONCE])
                    self._progress("lexical", done, of)
            lexical.commit()
            for collection, count in self.draft.member_counts().items():
                _must_equal("BM25 index", collection, lexical.count(collection), count)

    def _check_vectors(self, vectors: Vectors, added: dict[str, tuple[int, ...]]) -> None:
        """As many vectors as chunks, and of a sample of the new ones hardly any that does not find itself (or an equal).

        HNSW loses a lone vector beside a thousand that hardly differ; one that is lost so is still found by its words.
        """
        for collection, count in self.draft.member_counts().items():
            _must_equal("vectors", collection, vectors.count(collection), count)
        for collection, rows in added.items():
            probed = rows[:: max(1, len(rows) // _PROBES)]
            found = {row: vectors.query(collection, self.draft.vectors([row])[0], 1) for row in probed}
            lost = [row for row, hits in found.items() if not hits or hits[0][1] < _ITSELF]
            if lost:
                _LOG.warning(
                    "%d of %d sampled vectors of %r do not find themselves", len(lost), len(probed), collection
                )
            if len(lost) > _LOST_SHARE * len(probed):
                raise DamagedIndex(
                    f"{len(lost)} of {len(probed)} new vectors of {collection!r} are not found again (chunk {lost[0]}); "
                    "nothing was published: run it again, and report this when it happens twice"
                )

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.timings_ms[stage] = self.timings_ms.get(stage, 0.0) + 1000 * (time.perf_counter() - start)


def checked_vectors(vectors: NDArray[np.float32], chunks: Sequence[Chunk], dimension: int) -> NDArray[np.float32]:
    """The vectors, when there is one usable one per chunk.

    Raises:
        EmbeddingFault: the shape is wrong, or a vector is not finite or has no length; the message names the chunk.
    """
    if vectors.shape != (len(chunks), dimension):
        raise EmbeddingFault(
            f"the embedding model gave vectors of shape {vectors.shape}, expected {(len(chunks), dimension)}; nothing "
            "was published: check RAG_EMBEDDING_MODEL"
        )
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    for position in np.flatnonzero(~np.isfinite(lengths) | (lengths < 1e-3) | (lengths > 1e3))[:1]:
        chunk = chunks[int(position)]
        raise EmbeddingFault(
            f"the embedding model gave a vector of length {lengths[position]} for chunk {chunk.id} "
            f"({chunk.text[:40]!r}), expected 1; nothing was published: check RAG_EMBEDDING_MODEL"
        )
    return vectors


def _same_evidence(a: Stamp, b: Stamp) -> bool:
    return (a.embedder, a.digest, a.dimension, a.terms) == (b.embedder, b.digest, b.dimension, b.terms)


def _must_equal(what: str, collection: str, found: int, expected: int) -> None:
    if found != expected:
        raise DamagedIndex(
            f"the {what} of {collection!r} holds {found} chunks, the catalog {expected}; nothing was published: run it "
            "again, and report this when it happens twice"
        )
