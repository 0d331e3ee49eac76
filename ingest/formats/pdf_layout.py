"""What the lines of PDF pages have in common: sizes of text and headings, the distance of lines, the right edge. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ingest.formats.pdf_lines import Line
from ingest.formats.pdf_page import Item, PageText

HEADING_RATIO: Final = 1.15
MAX_HEADING_CHARS: Final = 100
NEW_PARAGRAPH_RATIO: Final = 1.35
SAME_SIZE_PT: Final = 0.6
HANGUL_SEAM: Final = re.compile(r"[가-힣]\Z")
HANGUL_START: Final = re.compile(r"[가-힣]")
_MAX_LEVELS = 4
_MAX_HEADING_SHARE = 0.3
_COLUMN_LINES = 4
_RAGGED_PT = 30.0


@dataclass(frozen=True, slots=True)
class Layout:
    """What the pages have in common: the size of the text, heading sizes from the largest, the usual distance of lines."""

    body: float
    headings: tuple[float, ...]
    pitch: float
    splits_words: bool


def layout_of(pages: Sequence[PageText]) -> Layout:
    """Sizes in points; the size that most letters have is that of the text, larger ones are headings unless they are many."""
    lines = [item for page in pages for item in page.items if isinstance(item, Line)]
    chars: Counter[float] = Counter()
    for line in lines:
        chars[_rounded(line.size)] += len(line.text)
    body = max(chars, key=lambda size: (chars[size], -size), default=0.0)
    large = sorted((size for size in chars if size >= HEADING_RATIO * body), reverse=True)
    if sum(chars[size] for size in large) > _MAX_HEADING_SHARE * sum(chars.values()):
        large = []
    pitches = sorted(
        a.bottom - b.bottom for a, b in pairwise(lines) if 0 < a.bottom - b.bottom < 4 * body and a.size == b.size
    )
    pitch = pitches[len(pitches) // 2] if pitches else 1.5 * body
    return Layout(body, tuple(large), pitch, _splits_words(lines, body))


def _splits_words(lines: Sequence[Line], body: float) -> bool:
    """Whether Korean lines end inside words, as some programs do by default: full lines without a space at their end.

    Told by lines that end in Hangul: where words are kept whole, the right edge is ragged by more than a letter, or the space
    that was broken at is still there.
    """
    by_left: dict[int, float] = {}
    for line in lines:
        key = round(line.left / 10)
        by_left[key] = max(by_left.get(key, 0.0), line.right)
    full = spaced = ragged = 0
    for line, following in pairwise(lines):
        edge = by_left[round(line.left / 10)]
        if _rounded(line.size) != body or edge - line.right > 6 * body or not HANGUL_SEAM.search(line.text):
            continue
        if not HANGUL_START.match(following.text) or round(following.left / 10) != round(line.left / 10):
            continue
        full += 1
        spaced += line.open_end
        ragged += edge - line.right > 1.1 * body and not line.open_end
    return full >= 4 and 0.05 * full <= spaced <= 0.7 * full and ragged <= 0.1 * full


def margins_of(page: PageText, layout: Layout) -> list[float]:
    """How far to the right the text at each item may reach: as far as the lines of its block where they fill a column of
    their own, else as far as the page's."""
    widest = max((item.right for item in page.items if isinstance(item, Line)), default=0.0)
    margins = [widest] * len(page.items)
    for start, end in _blocks(page.items, layout):
        rights = [item.right for item in page.items[start:end] if isinstance(item, Line)]
        full = sum(max(rights) - right < _RAGGED_PT for right in rights)
        if len(rights) >= _COLUMN_LINES and 2 * full >= len(rights):
            margins[start:end] = [max(rights)] * (end - start)
    return margins


def _blocks(items: Sequence[Item], layout: Layout) -> Iterator[tuple[int, int]]:
    """Stretches of lines close under each other, with one left edge and one size of letters."""
    start = 0
    for at in range(1, len(items) + 1):
        above, line = items[at - 1], items[at] if at < len(items) else None
        together = (
            isinstance(above, Line)
            and isinstance(line, Line)
            and abs(above.left - line.left) < line.size
            and abs(above.size - line.size) < SAME_SIZE_PT
            and 0 < above.bottom - line.bottom < NEW_PARAGRAPH_RATIO * layout.pitch
        )
        if not together:
            yield start, at
            start = at


def level_of(line: Line, layout: Layout) -> int:
    """The level of a heading by its size; 0 for other lines."""
    size = _rounded(line.size)
    if size not in layout.headings or len(line.text) > MAX_HEADING_CHARS or not any(map(str.isalpha, line.text)):
        return 0
    return min(layout.headings.index(size) + 1, _MAX_LEVELS)


def _rounded(size: float) -> float:
    return round(2 * size) / 2
