"""The lines of a PDF page with their places, from the boxes of its characters; with pdf the only door to pdfium.

A PDF knows glyphs and where they stand; spaces and line ends are partly guesses. Here a space is where the gap between two
glyphs is wide: between a number and a Korean letter, programs leave a small gap that is none.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

SPACE_SHARE = 0.3
"""A gap of this share of the letter size is a space, also where the file has none."""
_GUESSED_SHARE = 0.24
_CLOSING_SHARE = 0.6
_CLOSING = frozenset(".,!?)]}%’”」』》:;")
_SOFT_HYPHENS = ("\x02", "\ufffe", "\xad")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its box in points, y upwards; `size` is the height of its line. A space that the file lacks is `guessed`."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `word_width` is the width of its first word, `open_end` whether a space stood at its end."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    word_width: float
    open_end: bool


def glyphs_of(text_page: Any, raw: Any, *, limit: int) -> list[Glyph]:
    """The first `limit` characters of a page in the order of the file; `\\n` ends a line. `raw` is pdfium's own interface."""
    page = text_page.raw
    glyphs: list[Glyph] = []
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    for index in range(min(raw.FPDFText_CountChars(page), limit)):
        code = raw.FPDFText_GetUnicode(page, index)
        text = chr(code) if 0 < code < 0x110000 else "\ufffd"
        if text == "\r" or (text in _SOFT_HYPHENS and text == "\xad"):
            continue
        if text == "\n":
            glyphs.append(Glyph("\n", 0, 0, 0, 0, 0))
            continue
        raw.FPDFText_GetLooseCharBox(page, index, box)
        raw.FPDFText_GetMatrix(page, index, matrix)
        size = raw.FPDFText_GetFontSize(page, index) * (math.hypot(matrix.b, matrix.d) or 1.0)
        guessed = raw.FPDFText_IsGenerated(page, index) == 1
        shown = "-" if text in _SOFT_HYPHENS else text
        glyphs.append(
            Glyph(shown, box.left, min(box.bottom, box.top), box.right, max(box.bottom, box.top), size, guessed)
        )
    return glyphs


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """The lines that the glyphs make, in their order; empty ones are none."""
    lines: list[Line] = []
    for run in runs_of(glyphs):
        line = line_of(run)
        if line is not None:
            lines.append(line)
    return lines


def text_of(glyphs: Sequence[Glyph]) -> str:
    """The glyphs of one line as text, with spaces where the gaps are."""
    parts: list[str] = []
    before: Glyph | None = None
    spaced = ""
    stretch = _stretch(glyphs)
    for glyph in glyphs:
        if glyph.text.isspace():
            spaced = "real" if not glyph.guessed or spaced == "real" else "guessed"
            continue
        if before is not None and _is_space(before, glyph, spaced, stretch):
            parts.append(" ")
        parts.append(glyph.text)
        before, spaced = glyph, ""
    return "".join(parts)


def _is_space(before: Glyph, glyph: Glyph, spaced: str, stretch: float) -> bool:
    """Whether a space stands between two glyphs: always a real one, else by the gap, beyond what the line is stretched."""
    if spaced == "real":
        return True
    gap = (glyph.left - before.right) / max(before.size, 1.0)
    if gap < -20:  # the next line, without a break between
        return True
    least = SPACE_SHARE if not spaced else _CLOSING_SHARE if glyph.text in _CLOSING else _GUESSED_SHARE
    return gap > least + 1.2 * stretch


def _stretch(glyphs: Sequence[Glyph]) -> float:
    """How far apart the letters of a justified line are set, as a share of their size."""
    gaps = sorted(
        gap
        for before, after in pairwise(glyphs)
        if _is_hangul(before.text)
        and _is_hangul(after.text)
        and 0 <= (gap := (after.left - before.right) / max(before.size, 1.0)) < SPACE_SHARE
    )
    return gaps[len(gaps) // 2] if len(gaps) >= 3 else 0.0


def _is_hangul(text: str) -> bool:
    return "가" <= text <= "힣"


def runs_of(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """The glyphs of each line."""
    run: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text == "\n":
            yield run
            run = []
        else:
            run.append(glyph)
    yield run


def line_of(run: Sequence[Glyph]) -> Line | None:
    """The line that the glyphs make; None without a visible one."""
    visible = [glyph for glyph in run if not glyph.text.isspace()]
    if not visible:
        return None
    text = text_of(run)
    sizes = sorted(glyph.size for glyph in visible)
    first = visible[: len(text.split(" ", 1)[0])]
    return Line(
        text=text,
        left=min(glyph.left for glyph in visible),
        bottom=min(glyph.bottom for glyph in visible),
        right=max(glyph.right for glyph in visible),
        top=max(glyph.top for glyph in visible),
        size=sizes[len(sizes) // 2],
        word_width=first[-1].right - first[0].left if first else 0.0,
        open_end=run[-1].text.isspace(),
    )
