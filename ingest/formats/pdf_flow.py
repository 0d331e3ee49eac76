"""The lines and tables of PDF pages as headings, paragraphs and items: what the page breaks, the reader joins. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.formats.composer import Composer, one_line
from ingest.formats.pdf_lines import Line
from ingest.formats.pdf_page import Figure, Item, PageText

_HEADING_RATIO = 1.15
_MAX_HEADING_CHARS = 100
_MAX_LEVELS = 4
_MAX_HEADING_SHARE = 0.3
_NEW_PARAGRAPH_RATIO = 1.35
_COLUMN_LINES = 4
_SAME_SIZE_PT = 0.6
_NEXT_COLUMN_LINES = 3
_RAGGED_PT = 30.0
_BULLET = re.compile(r"[•·▪◦‣○●■□▶◆※➢✓\ue000-\uf8ff]\s*|[-–—]\s+")
_NUMBERED = re.compile(
    r"\(?\d{1,3}[.)]|\(?[가-하][.)]\s|[①-⑳⑴-⒇]|제\s?\d+(?:조|장|절|항)|\[\d+\]|[A-Za-z][.)]\s|[ivxIVX]{1,5}[.)]\s"
)
_NUMBER_MARK = re.compile(r"(\d{1,3}[.)])(?=[가-힣A-Za-z])")
_NOTE_MARK = re.compile(r"[\d*†‡)(,]{1,6}\Z")
_HANGUL_SEAM = re.compile(r"[가-힣]\Z")
_HANGUL_START = re.compile(r"[가-힣]")
_HYPHENATED = re.compile(r"[A-Za-z]{2,}-\Z")
_SENTENCE_END = re.compile(r"[.!?。:;]['\"”’)\]]*\Z")


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the pages have in common: the size of the text, heading sizes from the largest, the usual distance of lines."""

    body: float
    headings: tuple[float, ...]
    pitch: float
    splits_words: bool


@dataclass(slots=True)
class _Paragraph:
    """Lines that belong together, with the pages that begin inside."""

    text: str
    places: list[tuple[int, str]] = field(default_factory=list)
    last: Line | None = None


def compose(pages: Sequence[PageText], composer: Composer) -> None:
    """Writes the pages; each block stands at its page, a paragraph that runs over two pages is one."""
    layout = _layout(pages)
    open_paragraph: _Paragraph | None = None
    waiting: list[tuple[str, Figure]] = []  # a figure never breaks the paragraph that runs around it
    for page in pages:
        place = f"p. {page.number}"
        margins = _margins(page, layout)
        first_of_page = True
        for at, item in enumerate(page.items):
            if isinstance(item, Figure):
                waiting.append((place, item))
                continue
            joined = (
                isinstance(item, Line)
                and open_paragraph is not None
                and _continues(open_paragraph, item, margins[at], layout, new_page=first_of_page)
            )
            if joined and open_paragraph is not None and isinstance(item, Line):
                _append(open_paragraph, item, place if first_of_page else "", layout)
            else:
                _write(composer, open_paragraph, layout)
                _write_figures(composer, waiting)
                composer.place(place)
                open_paragraph = None
                if isinstance(item, Line) and first_of_page and _is_slide_title(page, item, layout):
                    composer.heading(2, item.text)
                elif isinstance(item, Line):
                    open_paragraph = _Paragraph(one_line(item.text), [(0, place)], item)
                else:
                    composer.table(item.rows)
            first_of_page = False
        if page.scanned:
            _write(composer, open_paragraph, layout)
            _write_figures(composer, waiting)
            open_paragraph = None
            composer.place(place)
            composer.picture(page.scanned)
    _write(composer, open_paragraph, layout)
    _write_figures(composer, waiting)


def largest_line(pages: Sequence[PageText]) -> str:
    """The text of the largest lines at the top of the first page that has any, when they stand out; else nothing."""
    page = next((page for page in pages if page.items), None)
    lines = [item for item in page.items if isinstance(item, Line)] if page else []
    if len(lines) < 2:
        return ""
    top = max(lines[:8], key=lambda line: line.size)
    body = sorted(line.size for line in lines)[len(lines) // 2]
    return one_line(top.text) if top.size >= _HEADING_RATIO * body and len(top.text) <= _MAX_HEADING_CHARS else ""


def _is_slide_title(page: PageText, line: Line, layout: _Layout) -> bool:
    """Whether the first line of a slide is its title, where size does not tell."""
    return page.wide and not layout.headings and len(line.text) <= 60 and not _SENTENCE_END.search(line.text)


def _layout(pages: Sequence[PageText]) -> _Layout:
    lines = [item for page in pages for item in page.items if isinstance(item, Line)]
    chars: Counter[float] = Counter()
    for line in lines:
        chars[_rounded(line.size)] += len(line.text)
    body = max(chars, key=lambda size: (chars[size], -size), default=0.0)
    large = sorted((size for size in chars if size >= _HEADING_RATIO * body), reverse=True)
    if sum(chars[size] for size in large) > _MAX_HEADING_SHARE * sum(chars.values()):
        large = []
    pitches = sorted(
        a.bottom - b.bottom for a, b in pairwise(lines) if 0 < a.bottom - b.bottom < 4 * body and a.size == b.size
    )
    pitch = pitches[len(pitches) // 2] if pitches else 1.5 * body
    return _Layout(body, tuple(large), pitch, _splits_words(lines, body))


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
        if _rounded(line.size) != body or edge - line.right > 6 * body or not _HANGUL_SEAM.search(line.text):
            continue
        if not _HANGUL_START.match(following.text) or round(following.left / 10) != round(line.left / 10):
            continue
        full += 1
        spaced += line.open_end
        ragged += edge - line.right > 1.1 * body and not line.open_end
    return full >= 4 and 0.05 * full <= spaced <= 0.7 * full and ragged <= 0.1 * full


def _margins(page: PageText, layout: _Layout) -> list[float]:
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


def _blocks(items: Sequence[Item], layout: _Layout) -> Iterator[tuple[int, int]]:
    """Stretches of lines close under each other, with one left edge and one size of letters."""
    start = 0
    for at in range(1, len(items) + 1):
        above, line = items[at - 1], items[at] if at < len(items) else None
        together = (
            isinstance(above, Line)
            and isinstance(line, Line)
            and abs(above.left - line.left) < line.size
            and abs(above.size - line.size) < _SAME_SIZE_PT
            and 0 < above.bottom - line.bottom < _NEW_PARAGRAPH_RATIO * layout.pitch
        )
        if not together:
            yield start, at
            start = at


def _continues(paragraph: _Paragraph, line: Line, margin: float, layout: _Layout, *, new_page: bool) -> bool:
    """Whether the line goes on where the paragraph broke off: the break was forced, and nothing new begins."""
    last = paragraph.last
    if last is None or abs(last.size - line.size) > _SAME_SIZE_PT:
        return _is_note_mark(last, line)
    if _level(line, layout):
        return not new_page and _level(last, layout) > 0 and last.bottom - line.bottom < 2 * line.size
    if _BULLET.match(line.text) or _NUMBERED.match(line.text):
        return False
    next_column = line.bottom > last.top + _NEXT_COLUMN_LINES * line.size and line.left > last.left
    if new_page or next_column:
        return not _SENTENCE_END.search(last.text) and last.right + line.word_width + 0.3 * line.size > margin
    below = last.bottom - line.bottom
    if below < 0.3 * line.size:
        return 0 <= line.left - last.right < 3 * line.size
    forced = last.right + line.word_width + 0.3 * line.size > min(margin, max(last.right, line.right, margin))
    return below < _NEW_PARAGRAPH_RATIO * layout.pitch and forced


def _is_note_mark(last: Line | None, line: Line) -> bool:
    """Whether the line is the raised number of a footnote behind the last one."""
    return (
        last is not None
        and line.size < 0.75 * last.size
        and last.bottom <= line.bottom <= last.top
        and bool(_NOTE_MARK.match(line.text))
    )


def _append(paragraph: _Paragraph, line: Line, place: str, layout: _Layout) -> None:
    if _is_note_mark(paragraph.last, line) or paragraph.last is None:
        return
    before, text = paragraph.text, one_line(line.text)
    seam = " "
    if _HYPHENATED.search(before) and text[:1].islower():
        before, seam = before[:-1], ""
    elif (
        layout.splits_words
        and not paragraph.last.open_end
        and _HANGUL_SEAM.search(before)
        and _HANGUL_START.match(text)
    ):
        seam = ""
    paragraph.text = f"{before}{seam}{text}"
    if place:
        paragraph.places.append((len(before) + len(seam), place))
    paragraph.last = line


def _write_figures(composer: Composer, waiting: list[tuple[str, Figure]]) -> None:
    for place, figure in waiting:
        composer.place(place)
        composer.picture(figure.text)
    waiting.clear()


def _write(composer: Composer, paragraph: _Paragraph | None, layout: _Layout) -> None:
    if paragraph is None or paragraph.last is None:
        return
    level = _level(paragraph.last, layout)
    bullet = _BULLET.match(paragraph.text)
    if level and len(paragraph.text) <= _MAX_HEADING_CHARS:
        composer.heading(level, paragraph.text)
    elif bullet and bullet.end() < len(paragraph.text):
        composer.item(paragraph.text[bullet.end() :])
    else:
        shown = _NUMBER_MARK.sub(r"\1 ", paragraph.text, count=1) if len(paragraph.places) == 1 else paragraph.text
        composer.paragraph(shown, paragraph.places)


def _level(line: Line, layout: _Layout) -> int:
    """The level of a heading by its size; 0 for other lines."""
    size = _rounded(line.size)
    if size not in layout.headings or len(line.text) > _MAX_HEADING_CHARS or not any(map(str.isalpha, line.text)):
        return 0
    return min(layout.headings.index(size) + 1, _MAX_LEVELS)


def _rounded(size: float) -> float:
    return round(2 * size) / 2
