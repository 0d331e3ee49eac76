"""The shell of ingestion: scan, plan, read what changed, build a generation, publish; and the receipt of it."""

import contextlib
import functools
import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.content import Cutting
from ingest.cutting import Job
from ingest.formats.ocr import tesseract
from ingest.read_ahead import bytes_of, outcomes
from ingest.run import Run, nothing_done, rehearse
from ingest.targets import find_targets
from ingest.work import find_digests, find_work, read_contents, recut
from rag_app.embedder.deferred import DeferredStatic
from rag_app.embedding import SHIPPED, Embedder, EmbeddingCache, embed_passages_cached, passage_text, splits_hangul
from rag_app.errors import SettingsError, StampMismatch
from rag_app.index.catalog import Catalog
from rag_app.index.change import Change, Progress
from rag_app.index.lexical import TermsLike
from rag_app.index.store import Base, Store
from rag_app.receipts import Receipt
from rag_app.schema import Chunk, Stamp
from rag_app.settings import Settings

LOCK_WAIT_S = 5.0
SPARING_FROM = 32 * 1024 * 1024
"""Bytes to read from which on a run takes longer rather than twice the memory."""
# A run makes millions of objects and hardly a cycle: looking for cycles took a tenth of its time.
_GARBAGE = (50_000, 50, 50)

_LOG = logging.getLogger(__name__)


def sync(
    paths: Sequence[Path],
    *,
    settings: Settings,
    store: Store,
    embedder: Embedder,
    terms: TermsLike,
    collection: str,
    dry_run: bool = False,
    allow_shrink: bool = False,
    rebuild: bool = False,
    on_progress: Progress | None = None,
) -> Receipt:
    """Bring a collection in line with folders and files; the receipt of the run.

    The run owns the sources of each folder given (or the one source of a file given) and touches no other. A document
    that cannot be read keeps what the index holds of it. Without a change nothing is written. `dry_run` counts what would
    happen and writes nothing. `rebuild` reads everything anew and takes over another embedding model.

    Raises:
        UsageError: a path does not exist, or is neither file nor folder.
        SettingsError: RAG_CHUNK_TOKENS is more than the embedder reads.
        WouldShrink: more than half of a folder's documents would go; `allow_shrink` lets them.
        StampMismatch: another embedding model made the index; `rebuild` makes it anew.
        IndexLocked, StorageFault, DamagedIndex, EmbeddingFault: see `Store.build`; the live generation is as it was.
    """
    run = Run(reads_korean=functools.cache(lambda: _reads_korean(embedder)))
    cutting = _cutting(settings, embedder)
    stamp = Stamp(embedder.name, embedder.digest, embedder.dimension, cutting.version, terms.version)
    with _little_garbage(), contextlib.ExitStack() as stack:
        if not dry_run:
            stack.enter_context(store.lock(wait_s=LOCK_WAIT_S))
            store.sweep()
        base = store.base()
        if base is not None:
            _check_model(base.stamp, stamp, settings, rebuild=rebuild)
        catalog = stack.enter_context(contextlib.closing(base.open_catalog())) if base is not None else None
        sources = () if catalog is None else (*catalog.sources(collection), *catalog.empty_sources(collection))
        targets = find_targets(
            paths, sources, collection=collection, data_dir=settings.data_dir, allow_shrink=allow_shrink
        )
        run.failures.extend(failure for target in targets for failure in target.failures)
        stale = _stale(catalog, cutting)
        digests = find_digests(targets, settings.max_file_mb, run, on_progress)
        tasks, removed = find_work(targets, digests, stale, allow_shrink=allow_shrink, rebuild=rebuild)
        jobs = [Job(task.file.path, task.place.name) for task in tasks]
        embed = _embedding(embedder, settings, run, stack) if jobs and not dry_run else None
        done = stack.enter_context(contextlib.closing(outcomes(jobs, cutting, settings, embed=embed is not None)))
        contents = read_contents(tasks, removed, done, catalog, run, on_progress)
        if rebuild and catalog is not None:
            owned = {source.id for target in targets for source in target.owned}
            rest = [source for source in catalog.sources() if source.id in stale and source.id not in owned]
            contents = chain(contents, (recut(source, catalog, cutting) for source in rest))
        gone = tuple(source.id for source in removed)
        if dry_run:
            return rehearse(run, contents, gone, base, catalog, collection)
        first = next(contents, None)
        if first is None and not gone and (base is None or _is_current(base, stamp)):
            return run.receipt(nothing_done(base, catalog, collection))
        change = Change(contents if first is None else chain([first], contents), gone)
        counts = store.build(
            change,
            stamp=stamp,
            embed=embed or _embedding(embedder, settings, run, stack),
            terms=terms,
            receipt=lambda counts: run.receipt(counts),
            on_progress=_without_reading(on_progress),
            sparing=bytes_of(jobs) >= SPARING_FROM,
        )
        if not counts.published:
            return run.receipt(nothing_done(base, catalog, collection))
        receipt = run.receipt(counts)
    _LOG.info("%d chunks added, %d removed, %d kept", receipt.added, receipt.removed, receipt.kept)
    return receipt


@contextlib.contextmanager
def _little_garbage() -> Iterator[None]:
    """Cycles are looked for less often meanwhile."""
    before = gc.get_threshold()
    gc.set_threshold(*_GARBAGE)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _reads_korean(embedder: Embedder) -> bool:
    """The shipped one does; it is not loaded to be asked."""
    return isinstance(embedder, DeferredStatic) or not splits_hangul(embedder)


def _cutting(settings: Settings, embedder: Embedder) -> Cutting:
    if embedder.max_tokens is not None and settings.chunk_tokens > embedder.max_tokens:
        raise SettingsError(
            f"RAG_CHUNK_TOKENS is {settings.chunk_tokens}, but the embedding model {embedder.name!r} reads "
            f"{embedder.max_tokens}; lower RAG_CHUNK_TOKENS"
        )
    return Cutting(settings.chunk_tokens, embedder.count_tokens, embedder.digest)


def _check_model(found: Stamp, wanted: Stamp, settings: Settings, *, rebuild: bool) -> None:
    """Another model is taken over only on request; a newer version of the shipped one at once, since it costs nothing."""
    same = (found.embedder, found.digest, found.dimension) == (wanted.embedder, wanted.digest, wanted.dimension)
    newer = settings.embedding_model == SHIPPED and found.family == wanted.family
    if not same and not rebuild and not newer:
        raise StampMismatch(
            f"the index was made with the embedding model {_model(found)}, but RAG_EMBEDDING_MODEL is now {_model(wanted)}; "
            "set it back, or run `python -m ingest PATH --rebuild` to make every vector anew"
        )


def _model(stamp: Stamp) -> str:
    return f"{stamp.embedder!r} ({stamp.digest[:8]}, {stamp.dimension} dimensions)"


def _is_current(base: Base, stamp: Stamp) -> bool:
    """Whether the live generation needs no repair and was made by the same model and term rules."""
    whole = base.is_live and not base.broken
    return whole and replace(base.stamp, chunker=stamp.chunker) == stamp


def _stale(catalog: Catalog | None, cutting: Cutting) -> frozenset[str]:
    """The ids of sources that were read or cut in another way than they would be now."""
    if catalog is None:
        return frozenset()
    waiting = catalog.unread() if tesseract() is not None else frozenset()
    return waiting | frozenset(id_ for id_, version in catalog.chunkers().items() if version != cutting.version)


def _embedding(
    embedder: Embedder, settings: Settings, run: Run, stack: contextlib.ExitStack
) -> Callable[[Sequence[Chunk]], NDArray[np.float32]]:
    """Chunks to vectors through the cache, which is opened now and closed with the run."""
    cache = stack.enter_context(EmbeddingCache(settings.cache_path))
    warned = False

    def embed(chunks: Sequence[Chunk]) -> NDArray[np.float32]:
        nonlocal warned
        if not warned and any(chunk.language == "ko" for chunk in chunks) and not run.reads_korean():
            warned = True
            _LOG.warning(
                "the embedding model %s was not made for Korean; set RAG_EMBEDDING_MODEL to one that was", embedder.name
            )
        texts = [passage_text(chunk) for chunk in chunks]
        vectors, computed = embed_passages_cached(embedder, cache, texts, batch=settings.embedding_batch)
        run.embedded += computed
        return vectors

    return embed


def _without_reading(on_progress: Progress | None) -> Progress | None:
    """The build's own report of reading knows no total; `_contents` has said it better."""
    if on_progress is None:
        return None
    return lambda stage, done, total: None if stage == "read" else on_progress(stage, done, total)
