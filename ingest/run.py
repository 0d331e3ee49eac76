"""What is gathered while a run goes on, and the receipt that is made of it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.cutting import Outcome
from rag_app.errors import SourceError
from rag_app.index.catalog import Catalog
from rag_app.index.change import BuildCounts, SourceContent
from rag_app.index.store import Base
from rag_app.receipts import Failure, FileReport, Receipt


@dataclass(slots=True)
class Run:
    """What is gathered while a run goes on; the receipt is made of it. `reads_korean` says whether the embedder does."""

    reads_korean: Callable[[], bool] = lambda: True
    failures: list[Failure] = field(default_factory=list)
    reports: list[FileReport] = field(default_factory=list)
    embedded: int = 0
    seconds_by_stage: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.perf_counter() - self.started

    def fail(self, name: str, error: SourceError) -> None:
        """Note a document that could not be read."""
        self.failures.append(Failure(name, str(error)))
        self.reports.append(FileReport(name, "failed"))

    def note(self, outcome: Outcome) -> None:
        """Add what a document took, wherever it was read and cut."""
        self.embedded += outcome.embedded
        for stage, took in (("read", outcome.read_s), ("chunk", outcome.cut_s), ("embed", outcome.embed_s)):
            self.seconds_by_stage[stage] = self.seconds_by_stage.get(stage, 0.0) + took

    def receipt(self, counts: BuildCounts) -> Receipt:
        """The receipt as of now."""
        stages = {stage: 1000 * took for stage, took in self.seconds_by_stage.items()}
        for stage, ms in counts.timings_ms.items():
            stages[stage] = stages.get(stage, 0.0) + ms
        timings: Mapping[str, float] = {stage: round(ms, 1) for stage, ms in stages.items()}
        return Receipt(
            generation=counts.generation,
            added=counts.added,
            removed=counts.removed,
            kept=counts.kept,
            embedded=self.embedded,
            failed=tuple(self.failures),
            sources=counts.sources,
            chunks=counts.chunks,
            seconds=round(self.seconds, 3),
            files=tuple(self.reports),
            timings_ms=timings,
        )


def nothing_done(base: Base | None, catalog: Catalog | None, collection: str) -> BuildCounts:
    """The counts of a run that publishes nothing."""
    if base is None or catalog is None:
        return BuildCounts(0, 0, 0, 0, 0, 0, published=False)
    sources, chunks = catalog.counts()
    return BuildCounts(base.number, 0, 0, catalog.counts(collection)[1], sources, chunks, published=False)


def rehearse(
    run: Run,
    contents: Iterator[SourceContent],
    gone: Sequence[str],
    base: Base | None,
    catalog: Catalog | None,
    collection: str,
) -> Receipt:
    """The receipt that the run would have, made without writing; `embedded` is 0, since no model was called."""
    unchanged = nothing_done(base, catalog, collection)
    before = catalog.chunk_ids(collection) if catalog is not None else frozenset()
    now: set[str] = set()
    written: list[str] = []
    with_text: list[str] = []
    for content in contents:
        now |= {chunk.id for chunk in content.chunks}
        written.append(content.source.id)
        with_text += [content.source.id] if content.source.chars else []
    changed = {*gone, *written}
    leaving: set[str] = set()
    sources = set()
    if catalog is not None:
        sources = {source.id for source in catalog.sources()}
        leaving = {p.chunk_id for id_ in changed & sources for p in catalog.placements_of_source(id_)} - now
        places = catalog.placements_of_chunks(sorted(leaving))
        leaving = {id_ for id_ in leaving if all(place.source_id in changed for place in places[id_])}
    added = now - before
    counts = replace(
        unchanged,
        added=len(added),
        removed=len(leaving),
        kept=len(before - leaving),
        sources=len((sources - changed) | set(with_text)),
        chunks=unchanged.chunks + len(added) - len(leaving),
    )
    return run.receipt(counts)
