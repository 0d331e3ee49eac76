"""The receipt of a run as JSON, and as words with a table of its files."""

import json
from collections.abc import Iterator

from ingest.formats.ocr import INSTALL_LINE
from ingest.receipt_table import empty_share, table_of
from ingest.texts import TextLanguage, remark, text
from rag_app.cleaning import printable
from rag_app.receipts import FileReport, Receipt

LISTED = 20


def as_json(receipt: Receipt) -> str:
    """The receipt in one line, for programs; unchanged documents are not listed under `files`.

    `notes` are sentences about the whole run, such as how to install what was missing.
    """
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
        "notes": list(_notes(receipt, "en")),
        "timings_ms": dict(receipt.timings_ms),
    }
    return json.dumps(body, ensure_ascii=False)


def as_words(receipt: Receipt, language: TextLanguage, *, paths: str, dry_run: bool) -> str:
    """The receipt for people: what changed, file by file, what could not be read, what is worth a look."""
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
    elif not receipt.sources and not receipt.failed and not receipt.files:
        yield text(language, "no_documents", paths=paths)
    else:
        yield text(language, "done" if changed else "unchanged", **numbers)
    read = (report for report in receipt.files if report.outcome != "failed")
    shown = sorted(read, key=lambda report: not (report.warnings or report.outcome == "empty"))
    yield from (f"  {line}" for line in table_of(shown[:LISTED], language))
    if len(shown) > LISTED:
        yield text(language, "more", count=len(shown) - LISTED)
    failed = [
        f"{printable(failure.source)}: {printable(remark(language, failure.reason))}" for failure in receipt.failed
    ]
    empty = [
        _told(report, language) for report in receipt.files if report.outcome == "empty" and not report.reading.unread
    ]
    odd = [_told(report, language) for report in receipt.files if report.outcome != "empty" and report.warnings]
    for key, items in (("failed", failed), ("empty", empty), ("warned", odd)):
        if items:
            yield text(language, key, count=len(items))
            yield from (f"  {item}" for item in items[:LISTED])
            if len(items) > LISTED:
                yield text(language, "more", count=len(items) - LISTED)
    yield from _notes(receipt, language)


def _told(report: FileReport, language: TextLanguage) -> str:
    said = "; ".join(remark(language, warning) for warning in report.warnings)
    return f"{printable(report.source)}: {printable(said)}"


def _notes(receipt: Receipt, language: TextLanguage) -> Iterator[str]:
    """What is missing on this machine, once for the whole run."""
    waiting = [report for report in receipt.files if report.reading.unread]
    if waiting:
        pictures = sum(report.reading.unread for report in waiting)
        yield text(language, "needs_ocr", count=pictures, files=len(waiting), install=INSTALL_LINE)


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
        "parts": report.reading.parts,
        "empty_share": round(empty_share(report), 4),
        "garbled_share": report.garbled,
        "ocr": report.reading.ocr,
        "unread": report.reading.unread,
        "seconds": round(report.seconds, 4),
        "warnings": list(report.warnings),
    }
