"""Where a stretch of text stands: pages, slides, rows and cells, from the marks of its source. Pure."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from rag_app.schema import Mark

_CELLS = re.compile(r"(?P<sheet>.*!)(?P<left>[A-Z]{1,3})(?P<first>\d+)(?::(?P<right>[A-Z]{1,3})(?P<last>\d+))?")
_NUMBERED = re.compile(r"(?P<words>.*\s)(?P<first>\d+)(?:[–-](?P<last>\d+))?")


def locator_at(marks: Sequence[Mark], offset: int) -> str:
    """The page, slide or cell of an offset; empty in front of the first mark and in formats without any."""
    index = bisect_right(marks, offset, key=lambda mark: mark.start) - 1
    return marks[index].locator if index >= 0 else ""


def locator_of(marks: Sequence[Mark], start: int, end: int) -> str:
    """Where a stretch of text stands: one place, or all from the first to the last it touches ("p. 3–4", "Sheet1!A2:C9")."""
    first, last = locator_at(marks, start), locator_at(marks, max(start, end - 1))
    if first == last or not first:
        return last
    return _cells(first, last) or _numbers(first, last) or f"{first} – {last}"


def _cells(first: str, last: str) -> str:
    """The range that holds both ranges of one sheet; empty for anything else."""
    one, other = _CELLS.fullmatch(first), _CELLS.fullmatch(last)
    if not one or not other or one["sheet"] != other["sheet"]:
        return ""
    columns = sorted(
        (one["left"], one["right"] or one["left"], other["left"], other["right"] or other["left"]), key=_column
    )
    rows = sorted(int(found[name] or found["first"]) for found in (one, other) for name in ("first", "last"))
    return f"{one['sheet']}{columns[0]}{rows[0]}:{columns[-1]}{rows[-1]}"


def _column(letters: str) -> tuple[int, str]:
    return len(letters), letters


def _numbers(first: str, last: str) -> str:
    """Both as one stretch of pages, slides or rows; empty when they count different things."""
    one, other = _NUMBERED.fullmatch(first), _NUMBERED.fullmatch(last)
    if not one or not other:
        return ""
    words = "rows " if one["words"] in ("row ", "rows ") else one["words"]
    if words != ("rows " if other["words"] in ("row ", "rows ") else other["words"]):
        return ""
    least, most = int(one["first"]), max(int(found["last"] or found["first"]) for found in (one, other))
    return f"{words}{least}–{most}" if least < most else f"{one['words']}{least}"
