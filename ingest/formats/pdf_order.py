"""The characters of a PDF page from left to right on their lines, as one reads them. Pure.

Where the font changes inside a line, programs write the letters of one font first and those of the other behind them, and
pdfium ends a line that goes on: "25" and "일" become two, and a full stop stands behind a space from elsewhere.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.formats.pdf_lines import SPACE_SHARE, Glyph, runs_of

GAP_SHARE = 1.2
"""A gap of this share of the letter size is wider than a space: what stands behind it is the next column."""
_SAME_LINE_SHARE = 0.4
_SAME_SIZE_RATIO = 0.8
_NEXT_LINE_SHARE = 0.8
_BACK_SHARE = 2.0
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_END = Glyph("\n", 0, 0, 0, 0, 0)


@dataclass(slots=True)
class _Group:
    """Runs that may be one line: how far they reach, and their last visible glyph."""

    runs: list[list[Glyph]]
    left: float
    right: float
    last: Glyph | None


def in_order(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """The glyphs in the order of the file, but those of one line from left to right; `\\n` stands only where a line ends.

    Covers: lines of one height and size whose letters do not lie on each other. What is raised, turned, or written from right
    to left stays as it is.
    """
    ordered: list[Glyph] = []
    for group in _groups(part for run in runs_of(glyphs) for part in _parts(run)):
        ordered += _line(group.runs)
        ordered.append(_END)
    return ordered[:-1]


def _parts(run: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """The run, cut where the next line begins without a break in the file: further down, and far to the left."""
    part: list[Glyph] = []
    last: Glyph | None = None
    for glyph in run:
        if not glyph.text.isspace():
            if (
                last is not None
                and last.bottom - glyph.bottom > _NEXT_LINE_SHARE * last.size
                and last.left - glyph.left > _BACK_SHARE * last.size
            ):
                yield part
                part = []
            last = glyph
        part.append(glyph)
    yield part


def _groups(runs: Iterable[list[Glyph]]) -> Iterator[_Group]:
    group: _Group | None = None
    for run in runs:
        visible = [glyph for glyph in run if not glyph.text.isspace()]
        left = min((glyph.left for glyph in visible), default=0.0)
        right = max((glyph.right for glyph in visible), default=0.0)
        if group is not None and visible and _on_line(group, visible[0], left):
            group.runs.append(run)
            group.left, group.right = min(group.left, left), max(group.right, right)
            group.last = visible[-1]
            continue
        if group is not None:
            yield group
        group = _Group([run], left, right, visible[-1] if visible else None)
    if group is not None:
        yield group


def _on_line(group: _Group, first: Glyph, left: float) -> bool:
    if group.last is None or not _same_line(group.last, first):
        return False
    gap = GAP_SHARE * max(group.last.size, first.size)
    return group.left - gap <= left <= group.right + gap


def _same_line(one: Glyph, other: Glyph) -> bool:
    small, large = sorted((one.size, other.size))
    return abs(one.bottom - other.bottom) < _SAME_LINE_SHARE * small and small >= _SAME_SIZE_RATIO * large


def _line(runs: Sequence[list[Glyph]]) -> list[Glyph]:
    """The glyphs of the runs as one line; as they were where their places do not tell how."""
    glyphs = [glyph for run in runs for glyph in run]
    if all(one.left <= other.left + SPACE_SHARE * other.size for one, other in pairwise(glyphs) if not other.guessed):
        return _with_gaps(glyphs) if len(runs) > 1 else glyphs
    kept = sorted((glyph for glyph in glyphs if not glyph.guessed), key=lambda glyph: glyph.left)
    visible = [glyph for glyph in kept if not glyph.text.isspace()]
    apart = all(
        _same_line(one, other) and other.left - one.right > -SPACE_SHARE * one.size for one, other in pairwise(visible)
    )
    if apart and not any(_RIGHT_TO_LEFT.match(glyph.text) for glyph in visible):
        return _with_gaps(kept)
    return [glyph for run in runs for glyph in (*run, _END)][:-1]


def _with_gaps(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs with a guessed space in each gap: pdfium makes none where it ends a line."""
    filled = list(glyphs[:1])
    for before, glyph in pairwise(glyphs):
        if glyph.left > before.right and not glyph.text.isspace() and not before.text.isspace():
            filled.append(replace(before, text=" ", left=before.right, right=glyph.left, guessed=True))
        filled.append(glyph)
    return filled
