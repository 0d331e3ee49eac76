"""The lines that stand again at the top or the bottom of most pages of a PDF: left out, they say nothing. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.formats.pdf_lines import Line
from ingest.formats.pdf_page import Item, PageText, lines_in

_MANY_PAGES = 3
_EDGE_LINES = 2
_SAME_HEIGHT_SHARE = 0.4
_NEXT_ROW_SHARE = 2.2
_ALIGNED_PT = 4.0
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|[-–—<\[(])?\s*\d{1,4}\s*(?:(?:/|of)\s*\d{1,4})?\s*(?:쪽|페이지|[-–—>\])])?\Z", re.IGNORECASE
)


def without_running_heads(pages: Sequence[PageText]) -> tuple[list[PageText], int]:
    """The pages without the lines that come again at the top or the bottom of most of them, and how many were left out.

    Cells that stand under or over other cells are no heads. Where nothing would be left, the lines are the text.
    """
    if len(pages) < _MANY_PAGES:
        return list(pages), 0
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({word for item in _edges(page) for line in lines_in(item) for word in signature(line)})
    common = {word for word, count in seen.items() if 2 * count > len(pages)}
    kept: list[PageText] = []
    removed = 0
    for page in pages:
        heads = set(_heads(page, common))
        removed += len(heads)
        kept.append(replace(page, items=tuple(item for item in page.items if id(item) not in heads)))
    if not any(page.items or page.scanned for page in kept):
        return list(pages), 0
    return kept, removed


def is_page_number(line: Line) -> bool:
    """Whether the line says nothing but the number of its page."""
    return bool(_PAGE_NUMBER.match(line.text))


def signature(line: Line) -> set[str]:
    """What is the same in a running head on every page: each word with about how high it stands; page numbers are all alike.

    Words, for what stands left and right on one height is now one line, now two.
    """
    words = ["#"] if is_page_number(line) else line.text.split()
    return {f"{word}@{round(line.bottom / 10)}" for word in words}


def _heads(page: PageText, common: set[str]) -> Iterator[int]:
    """The ids of the items that are running heads or feet."""
    lines = [line for item in page.items for line in lines_in(item)]
    for item in _edges(page):
        found = lines_in(item)
        if found and all(signature(line) <= common and not _is_cell(line, lines) for line in found):
            yield id(item)


def _is_cell(line: Line, lines: Sequence[Line]) -> bool:
    """Whether the line stands in a row, close to another row, in a column of that: what looks like a table."""
    beside = [other for other in lines if other is not line and abs(other.bottom - line.bottom) < _near(line)]
    next_rows = [
        other for other in lines if _near(line) <= abs(other.bottom - line.bottom) < _NEXT_ROW_SHARE * line.size
    ]
    in_column = [
        other
        for other in next_rows
        if abs(other.left - line.left) <= _ALIGNED_PT or abs(other.right - line.right) <= _ALIGNED_PT
    ]
    return bool(beside) and any(
        abs(other.bottom - column.bottom) < _near(line)
        for column in in_column
        for other in next_rows
        if other is not column
    )


def _near(line: Line) -> float:
    return _SAME_HEIGHT_SHARE * line.size


def _edges(page: PageText) -> Sequence[Item]:
    return (*page.items[:_EDGE_LINES], *page.items[-_EDGE_LINES:])
