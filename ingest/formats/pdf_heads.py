"""The lines that stand again at the top or the bottom of most pages of a PDF: left out, they say nothing. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.formats.pdf_lines import Line
from ingest.formats.pdf_page import Item, PageText

_MANY_PAGES = 3
_EDGE_LINES = 2
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|[-–—<\[(])?\s*\d{1,4}\s*(?:(?:/|of)\s*\d{1,4})?\s*(?:쪽|페이지|[-–—>\])])?\Z", re.IGNORECASE
)


def without_running_heads(pages: Sequence[PageText]) -> tuple[list[PageText], int]:
    """The pages without the lines that come again at the top or the bottom of most of them, and how many were left out.

    Where nothing would be left, they are the text.
    """
    if len(pages) < _MANY_PAGES:
        return list(pages), 0
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_signature(item) for item in _edges(page) if isinstance(item, Line)})
    common = {signature for signature, count in seen.items() if 2 * count > len(pages)}
    kept: list[PageText] = []
    removed = 0
    for page in pages:
        edges = {id(item) for item in _edges(page) if isinstance(item, Line) and _signature(item) in common}
        removed += len(edges)
        kept.append(replace(page, items=tuple(item for item in page.items if id(item) not in edges)))
    if not any(page.items or page.scanned for page in kept):
        return list(pages), 0
    return kept, removed


def _edges(page: PageText) -> Sequence[Item]:
    return (*page.items[:_EDGE_LINES], *page.items[-_EDGE_LINES:])


def _signature(line: Line) -> str:
    """What is the same in a running head on every page: its words and about how high it stands; page numbers are all alike."""
    words = "#" if _PAGE_NUMBER.match(line.text) else line.text
    return f"{words}@{round(line.bottom / 10)}"
