"""The files of a run as a table for the terminal: how each was read, and what became of its passages."""

import unicodedata
from collections.abc import Sequence

from ingest.texts import TextLanguage, text
from rag_app.cleaning import printable
from rag_app.receipts import FileReport

NAME_COLUMNS = 44
_COLUMNS = ("file", "format", "encoding", "chars", "parts", "empty", "garbled", "ocr", "plus", "same", "minus", "time")
_LEFT = 3  # the first columns are words, the others numbers
_PARTS = {
    "pdf": "pages",
    "docx": "pages",
    "image": "pages",
    "pptx": "slides",
    "xlsx": "cells",
    "notebook": "cells",
    "csv": "rows",
    "hwp": "sections",
    "hwpx": "sections",
    "archive": "files",
}
_MARKS = {"added": "+", "updated": "~", "kept": "=", "removed": "-", "empty": "0"}


def table_of(reports: Sequence[FileReport], language: TextLanguage) -> list[str]:
    """One line for each file under a line of headings; none without files."""
    if not reports:
        return []
    rows = [[text(language, f"column_{name}") for name in _COLUMNS], *(_cells(report, language) for report in reports)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    return ["  ".join(_padded(row, widths)).rstrip() for row in rows]


def parts_of(report: FileReport, language: TextLanguage) -> str:
    """How many pages, slides, cells, rows or documents the file has; empty where its format has none."""
    if not report.reading.parts or report.format not in _PARTS:
        return ""
    return text(language, f"parts_{_PARTS[report.format]}", count=report.reading.parts)


def empty_share(report: FileReport) -> float:
    """The share (0..1) of its pages, slides, cells or rows that hold no text."""
    return report.reading.empty / report.reading.parts if report.reading.parts else 0.0


def _cells(report: FileReport, language: TextLanguage) -> list[str]:
    read = report.outcome in ("added", "updated", "kept", "empty")
    ocr = str(report.reading.ocr) if report.reading.ocr else ""
    return [
        f"{_MARKS.get(report.outcome, '!')} {_shortened(printable(report.source))}",
        report.format,
        report.encoding,
        f"{report.chars:,}" if read else "",
        parts_of(report, language),
        _percent(empty_share(report)),
        _percent(report.garbled),
        f"{ocr}+{report.reading.unread}?" if report.reading.unread else ocr,
        *(str(count) if count else "" for count in (report.added, report.kept, report.removed)),
        f"{report.seconds:.2f}" if read else "",
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else ""


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    blanks = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
    return [
        cell + blank if column < _LEFT else blank + cell
        for column, (cell, blank) in enumerate(zip(row, blanks, strict=True))
    ]


def _shortened(name: str) -> str:
    """The end of a long name: that is where files differ."""
    if _width(name) <= NAME_COLUMNS:
        return name
    while _width(name) >= NAME_COLUMNS:
        name = name[1:]
    return f"…{name}"


def _width(words: str) -> int:
    """Columns on a terminal: Hangul takes two, combining marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in words
    )
