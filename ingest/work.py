"""What a run reads, and reading it: files hashed, planned against the index, turned into contents one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.content import Cutting, Place, content_of, make_content
from ingest.cutting import Outcome
from ingest.formats.registry import check_readable
from ingest.plan import Known, Plan, Wanted, make_plan, would_shrink
from ingest.reader import ReadSource, digest_of
from ingest.run import Run
from ingest.scan import FoundFile
from ingest.suspicion import NOT_FOR_KOREAN, garbled_share
from ingest.targets import Target
from rag_app.errors import NeedsOcr, SourceError, WouldShrink
from rag_app.index.catalog import Catalog
from rag_app.index.change import Progress, SourceContent
from rag_app.receipts import FileReport
from rag_app.schema import Mark, Source, SourceText


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read, and the source that it replaces (its former name, when it moved)."""

    place: Place
    file: FoundFile
    known: Source | None
    moved_from: Source | None


def find_work(
    targets: Sequence[Target],
    digests: Mapping[Place, str | None],
    stale: frozenset[str],
    *,
    allow_shrink: bool,
    rebuild: bool,
) -> tuple[list[Task], list[Source]]:
    """What to read and what to remove, over all targets; documents in `stale` are cut anew even if their bytes are the same.

    Raises:
        WouldShrink: too many documents of a target are gone, and `allow_shrink` does not let them.
    """
    tasks: dict[str, Task] = {}
    removed: dict[str, Source] = {}
    for target in targets:
        known = {source.id: source for source in target.owned}
        have = [Known(source.id, source.name, source.digest) for source in target.owned]
        wanted = [Wanted(place.id, place.name, digests[place]) for place in target.files]
        plan = make_plan(have, wanted, unreached=target.unreached, again=set(known) if rebuild else stale)
        if not allow_shrink and would_shrink(plan, have):
            raise WouldShrink(_shrinking(target, plan))
        former = {new: known[old] for old, new in plan.moved}
        files = {place.id: (place, file) for place, file in target.files.items()}
        for id_ in plan.read:
            tasks.setdefault(id_, Task(*files[id_], known.get(id_), former.get(id_)))
        removed |= {id_: known[id_] for id_ in plan.remove}
    return list(tasks.values()), [source for id_, source in removed.items() if id_ not in tasks]


def read_contents(
    tasks: Sequence[Task],
    removed: Sequence[Source],
    outcomes: Iterable[Outcome],
    catalog: Catalog | None,
    run: Run,
    on_progress: Progress | None,
) -> Iterator[SourceContent]:
    """The documents to write, one by one, from the outcome of each task; one that cannot be read is left as it was and noted.

    A file without text is written as a document of no passages: the next run knows it and leaves it alone.
    """
    moved = {task.moved_from.id for task in tasks if task.moved_from is not None}
    for source in removed:
        if source.id not in moved:
            gone = len(_chunks_of(catalog, source))
            run.reports.append(FileReport(source.name, "removed", source.format, removed=gone))
    for number, (task, outcome) in enumerate(zip(tasks, outcomes, strict=True), 1):
        read = outcome.read
        run.note(outcome)
        if isinstance(read, SourceError):
            run.fail(task.place.name, read)
        elif read.needs_ocr and _chunks_of(catalog, task.known):
            run.fail(task.place.name, NeedsOcr(read.reason))
        else:
            content = make_content(task.place, read.digest, read.source, outcome.pieces)
            report = _report(task, content, read, catalog, run, outcome.read_s + outcome.cut_s)
            run.reports.append(report)
            yield replace(content, report=report)
        if on_progress is not None:
            on_progress("read", number, len(tasks))


def recut(source: Source, catalog: Catalog, cutting: Cutting) -> SourceContent:
    """A document outside the run's paths, cut again from the text that the index keeps."""
    marks = catalog.marks_of(source.id) or tuple(
        Mark(place.start, place.locator) for place in catalog.placements_of_source(source.id) if place.locator
    )
    text = SourceText(
        title=source.title,
        text=catalog.text_of(source.id),
        outline=catalog.outline_of(source.id),
        format=source.format,
        encoding=source.encoding,
        marks=marks,
        metadata=source.metadata,
    )
    return replace(content_of(source, text, cutting.pieces_of(text)), report=catalog.report_of(source.id))


def find_digests(
    targets: Sequence[Target], max_file_mb: int, run: Run, on_progress: Progress | None
) -> dict[Place, str | None]:
    """The hash of every file's bytes; None, and a failure, for a file that cannot be read."""
    found = {place: file for target in targets for place, file in target.files.items()}
    digests: dict[Place, str | None] = {}
    for number, (place, file) in enumerate(found.items(), 1):
        try:
            check_readable(place.name)
            digests[place] = digest_of(file.path, max_file_mb=max_file_mb)
        except SourceError as error:
            digests[place] = None
            run.fail(place.name, error)
        if on_progress is not None:
            on_progress("scan", number, len(found))
    return digests


def _shrinking(target: Target, plan: Plan) -> str:
    names = {source.id: source.name for source in target.owned}
    some = ", ".join(names[id_] for id_ in plan.remove[:3])
    return (
        f"{plan.lost} of {len(target.owned)} documents of {target.label} are gone ({some}, ...); "
        "nothing was changed: check the folder, or run again with --allow-shrink to remove them from the index"
    )


def _report(
    task: Task, content: SourceContent, read: ReadSource, catalog: Catalog | None, run: Run, seconds: float
) -> FileReport:
    text = read.source
    before = _chunks_of(catalog, task.known or task.moved_from)
    now = {chunk.id for chunk in content.chunks}
    moved = (f"moved from {task.moved_from.name}",) if task.moved_from is not None else ()
    empty = (read.reason,) if read.reason else ()
    korean = any(chunk.language == "ko" for chunk in content.chunks)
    strange = (NOT_FOR_KOREAN,) if korean and not run.reads_korean() else ()
    return FileReport(
        source=task.place.name,
        outcome="empty" if empty else "updated" if task.known is not None else "kept" if moved else "added",
        format=text.format,
        encoding=text.encoding,
        chars=len(text.text),
        added=len(now - before),
        kept=len(now & before),
        removed=len(before - now),
        seconds=seconds,
        warnings=(*task.file.warnings, *moved, *empty, *text.warnings, *strange),
        reading=text.reading,
        garbled=round(garbled_share(text.text), 4),
    )


def _chunks_of(catalog: Catalog | None, source: Source | None) -> frozenset[str]:
    if catalog is None or source is None:
        return frozenset()
    return frozenset(placement.chunk_id for placement in catalog.placements_of_source(source.id))
