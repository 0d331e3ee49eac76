"""The receipt of a run as JSON and as words."""

import json
from collections.abc import Iterator

from ingest.texts import TextLanguage, text
from rag_app.cleaning import printable
from rag_app.schema import FileReport, Receipt

LISTED = 20


def as_json(receipt: Receipt) -> str:
    """The receipt in one line, for programs; unchanged documents are not listed under `files`."""
    body = {
        "generation": receipt.generation,
        "added": receipt.added,
        "removed": receipt.removed,
        "kept": receipt.kept,
        "embedded": receipt.embedded,
        "failed": [{"source": failure.source, "reason": failure.reason} for failure in receipt.failed],
        "sources": receipt.sources,
        "chunks": receipt.chunks,
        "seconds": receipt.seconds,
        "files": [_file(report) for report in receipt.files],
        "timings_ms": dict(receipt.timings_ms),
    }
    return json.dumps(body, ensure_ascii=False)


def as_words(receipt: Receipt, language: TextLanguage, *, paths: str, dry_run: bool) -> str:
    """The receipt in a few lines, for people: what changed, what could not be read, what is worth a look."""
    return "\n".join(_lines(receipt, language, paths, dry_run))


def _lines(receipt: Receipt, language: TextLanguage, paths: str, dry_run: bool) -> Iterator[str]:
    numbers = {
        "generation": receipt.generation,
        "added": receipt.added,
        "removed": receipt.removed,
        "kept": receipt.kept,
        "sources": receipt.sources,
        "chunks": receipt.chunks,
        "embedded": receipt.embedded,
        "seconds": receipt.seconds,
    }
    changed = any(report.outcome != "failed" for report in receipt.files) or receipt.embedded
    if dry_run:
        yield text(language, "rehearsed", **numbers)
    elif not receipt.sources and not receipt.failed:
        yield text(language, "no_documents", paths=paths)
    else:
        yield text(language, "done" if changed else "unchanged", **numbers)
    failed = [f"{printable(failure.source)}: {failure.reason}" for failure in receipt.failed]
    odd = [
        f"{printable(report.source)}: {printable('; '.join(report.warnings))}"
        for report in receipt.files
        if report.warnings
    ]
    for key, items in (("failed", failed), ("warned", odd)):
        if items:
            yield text(language, key, count=len(items))
            yield from (f"  {item}" for item in items[:LISTED])
            if len(items) > LISTED:
                yield text(language, "more", count=len(items) - LISTED)


def _file(report: FileReport) -> dict[str, object]:
    return {
        "source": report.source,
        "outcome": report.outcome,
        "format": report.format,
        "encoding": report.encoding,
        "chars": report.chars,
        "added": report.added,
        "kept": report.kept,
        "removed": report.removed,
        "seconds": round(report.seconds, 4),
        "warnings": list(report.warnings),
    }
