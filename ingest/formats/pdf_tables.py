"""The tables of a PDF page, from the lines that are drawn around their cells."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ingest.formats.pdf_lines import Glyph, lines_of
from ingest.formats.pdf_page import Columns, Table

MAX_RULES = 1_500
_THIN_PT = 3.0
_LONG_PT = 8.0
_NEAR_PT = 4.0
_MAX_CELLS = 5_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn line: across (`flat`) at the height `at`, or upright at the abscissa `at`, from `first` to `last`."""

    flat: bool
    at: float
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the rules of a table stand, ascending; at least two columns."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    rules: tuple[Rule, ...]

    @property
    def columns(self) -> Columns:
        """The edges of its columns."""
        return tuple(pairwise(self.xs))

    def holds(self, glyph: Glyph) -> bool:
        """Whether the glyph stands inside."""
        x, y = (glyph.left + glyph.right) / 2, (glyph.bottom + glyph.top) / 2
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]


def rules_of(page: Any, raw: Any) -> list[Rule]:
    """The drawn lines and the sides of drawn boxes of a page; none of a page with very many, which is a picture."""
    rules: list[Rule] = []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        rules += _sides(left, bottom, right, top)
        if len(rules) > MAX_RULES:
            return []
    return rules


def grids_of(rules: Iterable[Rule]) -> list[Grid]:
    """The tables that the rules make, also those of one row: rules that touch belong together."""
    groups: list[list[Rule]] = []
    for rule in rules:
        touching = [group for group in groups if any(_touch(rule, other) for other in group)]
        merged = [rule, *(other for group in touching for other in group)]
        groups = [group for group in groups if not any(group is other for other in touching)]
        groups.append(merged)
    grids: list[Grid] = []
    for group in groups:
        xs = _merged(rule.at for rule in group if not rule.flat)
        ys = _merged(rule.at for rule in group if rule.flat)
        if len(xs) >= 3 and len(ys) >= 2 and len(xs) * len(ys) <= _MAX_CELLS:
            grids.append(Grid(tuple(xs), tuple(ys), tuple(group)))
    return grids


def table_of(grid: Grid, glyphs: Sequence[Glyph]) -> Table:
    """The text of the cells. A cell that spans rows says its text in each, one that spans columns once."""
    columns, rows = len(grid.xs) - 1, len(grid.ys) - 1
    held: dict[tuple[int, int], list[Glyph]] = {}
    end = Glyph("\n", 0, 0, 0, 0, 0)
    last = (-1, -1)
    for glyph in glyphs:
        if glyph.text == "\n":
            if last in held:
                held[last].append(end)
            continue
        column = _between(grid.xs, (glyph.left + glyph.right) / 2)
        row = rows - 1 - _between(grid.ys, (glyph.bottom + glyph.top) / 2)
        held.setdefault((row, column), []).append(glyph)
        last = (row, column)
    owners = _owners(grid, rows, columns)
    texts = {cell: " ".join(line.text for line in lines_of(found)) for cell, found in held.items()}
    spans: dict[tuple[int, int], list[str]] = {}
    for cell in sorted(texts):
        spans.setdefault(owners[cell], []).append(texts[cell])
    said = {owner: " ".join(parts) for owner, parts in spans.items()}
    cells = tuple(
        tuple(
            said.get(owners[row, column], "") if owners[row, column][1] == column else "" for column in range(columns)
        )
        for row in range(rows)
    )
    return Table(cells, grid.columns, () if rows > 1 else tuple(lines_of(glyphs)))


def _owners(grid: Grid, rows: int, columns: int) -> dict[tuple[int, int], tuple[int, int]]:
    """For each square of the grid the first square of its cell: squares without a rule between them are one cell."""
    owners: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows):
        y = (grid.ys[rows - 1 - row] + grid.ys[rows - row]) / 2
        for column in range(columns):
            x = (grid.xs[column] + grid.xs[column + 1]) / 2
            owner = (row, column)
            if column and not _ruled(grid, flat=False, at=grid.xs[column], across=y):
                owner = owners[row, column - 1]
            elif row and not _ruled(grid, flat=True, at=grid.ys[rows - row], across=x):
                owner = owners[row - 1, column]
            owners[row, column] = owner
    return owners


def _ruled(grid: Grid, *, flat: bool, at: float, across: float) -> bool:
    return any(
        rule.flat is flat and abs(rule.at - at) <= _NEAR_PT and rule.first - _NEAR_PT <= across <= rule.last + _NEAR_PT
        for rule in grid.rules
    )


def _sides(left: float, bottom: float, right: float, top: float) -> list[Rule]:
    width, height = right - left, top - bottom
    if height <= _THIN_PT:
        return [Rule(True, (top + bottom) / 2, left, right)] if width >= _LONG_PT else []
    if width <= _THIN_PT:
        return [Rule(False, (left + right) / 2, bottom, top)] if height >= _LONG_PT else []
    if width < _LONG_PT or height < _LONG_PT:
        return []
    across = [Rule(True, bottom, left, right), Rule(True, top, left, right)]
    return [*across, Rule(False, left, bottom, top), Rule(False, right, bottom, top)]


def _touch(one: Rule, other: Rule) -> bool:
    if one.flat is other.flat:
        near = abs(one.at - other.at) <= _NEAR_PT
        return near and one.first <= other.last + _NEAR_PT and other.first <= one.last + _NEAR_PT
    return (
        other.first - _NEAR_PT <= one.at <= other.last + _NEAR_PT
        and one.first - _NEAR_PT <= other.at <= one.last + _NEAR_PT
    )


def _merged(values: Iterable[float]) -> list[float]:
    """The values in order, near ones as one."""
    merged: list[float] = []
    for value in sorted(values):
        if not merged or value - merged[-1] > _NEAR_PT:
            merged.append(value)
    return merged


def _between(borders: Sequence[float], value: float) -> int:
    return min(max(bisect_right(borders, value) - 1, 0), len(borders) - 2)
