"""The lines and tables of PDF pages as headings, paragraphs and items: what the page breaks, the reader joins. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.formats.composer import Composer, one_line
from ingest.formats.pdf_layout import (
    HANGUL_SEAM,
    HANGUL_START,
    HEADING_RATIO,
    MAX_HEADING_CHARS,
    NEW_PARAGRAPH_RATIO,
    SAME_SIZE_PT,
    Layout,
    layout_of,
    level_of,
    margins_of,
)
from ingest.formats.pdf_lines import Line
from ingest.formats.pdf_page import Figure, PageText

_NEXT_COLUMN_LINES = 3
_BULLET = re.compile(r"[•·▪◦‣○●■□▶◆※➢✓\ue000-\uf8ff]\s*|[-–—]\s+")
_NUMBERED = re.compile(
    r"\(?\d{1,3}[.)]|\(?[가-하][.)]\s|[①-⑳⑴-⒇]|제\s?\d+(?:조|장|절|항)|\[\d+\]|[A-Za-z][.)]\s|[ivxIVX]{1,5}[.)]\s"
)
_NUMBER_MARK = re.compile(r"(\d{1,3}[.)])(?=[가-힣A-Za-z])")
_NOTE_MARK = re.compile(r"[\d*†‡)(,]{1,6}\Z")
_HYPHENATED = re.compile(r"[A-Za-z]{2,}-\Z")
_SENTENCE_END = re.compile(r"[.!?。:;]['\"”’)\]]*\Z")


@dataclass(slots=True)
class _Paragraph:
    """Lines that belong together, with the pages that begin inside."""

    text: str
    places: list[tuple[int, str]] = field(default_factory=list)
    last: Line | None = None


def compose(pages: Sequence[PageText], composer: Composer) -> None:
    """Writes the pages; each block stands at its page, a paragraph that runs over two pages is one."""
    layout = layout_of(pages)
    open_paragraph: _Paragraph | None = None
    waiting: list[tuple[str, Figure]] = []  # a figure never breaks the paragraph that runs around it
    for page in pages:
        place = f"p. {page.number}"
        margins = margins_of(page, layout)
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
    return one_line(top.text) if top.size >= HEADING_RATIO * body and len(top.text) <= MAX_HEADING_CHARS else ""


def _is_slide_title(page: PageText, line: Line, layout: Layout) -> bool:
    """Whether the first line of a slide is its title, where size does not tell."""
    return page.wide and not layout.headings and len(line.text) <= 60 and not _SENTENCE_END.search(line.text)


def _continues(paragraph: _Paragraph, line: Line, margin: float, layout: Layout, *, new_page: bool) -> bool:
    """Whether the line goes on where the paragraph broke off: the break was forced, and nothing new begins."""
    last = paragraph.last
    if last is None or abs(last.size - line.size) > SAME_SIZE_PT:
        return _is_note_mark(last, line)
    if level_of(line, layout):
        return not new_page and level_of(last, layout) > 0 and last.bottom - line.bottom < 2 * line.size
    if _BULLET.match(line.text) or _NUMBERED.match(line.text):
        return False
    next_column = line.bottom > last.top + _NEXT_COLUMN_LINES * line.size and line.left > last.left
    if new_page or next_column:
        return not _SENTENCE_END.search(last.text) and last.right + line.word_width + 0.3 * line.size > margin
    below = last.bottom - line.bottom
    if below < 0.3 * line.size:
        return 0 <= line.left - last.right < 3 * line.size
    forced = last.right + line.word_width + 0.3 * line.size > min(margin, max(last.right, line.right, margin))
    return below < NEW_PARAGRAPH_RATIO * layout.pitch and forced


def _is_note_mark(last: Line | None, line: Line) -> bool:
    """Whether the line is the raised number of a footnote behind the last one."""
    return (
        last is not None
        and line.size < 0.75 * last.size
        and last.bottom <= line.bottom <= last.top
        and bool(_NOTE_MARK.match(line.text))
    )


def _append(paragraph: _Paragraph, line: Line, place: str, layout: Layout) -> None:
    if _is_note_mark(paragraph.last, line) or paragraph.last is None:
        return
    before, text = paragraph.text, one_line(line.text)
    seam = " "
    if _HYPHENATED.search(before) and text[:1].islower():
        before, seam = before[:-1], ""
    elif (
        layout.splits_words and not paragraph.last.open_end and HANGUL_SEAM.search(before) and HANGUL_START.match(text)
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


def _write(composer: Composer, paragraph: _Paragraph | None, layout: Layout) -> None:
    if paragraph is None or paragraph.last is None:
        return
    level = level_of(paragraph.last, layout)
    bullet = _BULLET.match(paragraph.text)
    if level and len(paragraph.text) <= MAX_HEADING_CHARS:
        composer.heading(level, paragraph.text)
    elif bullet and bullet.end() < len(paragraph.text):
        composer.item(paragraph.text[bullet.end() :])
    else:
        shown = _NUMBER_MARK.sub(r"\1 ", paragraph.text, count=1) if len(paragraph.places) == 1 else paragraph.text
        composer.paragraph(shown, paragraph.places)
