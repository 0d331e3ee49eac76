"""Tables without drawn lines: rows whose cells stand under each other. Prose in columns, lists and forms are left alone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.formats.pdf_lines import Glyph, Line, line_of, runs_of
from ingest.formats.pdf_page import Table

LEAST_COLUMNS = 3
LEAST_ROWS = 3
MOST_CELL_CHARS = 20.0
"""Columns of prose are wider than this on average; cells are words and numbers."""
FEW_CHARS = 10.0
_GAP_SHARE = 1.2
_SAME_LINE_SHARE = 0.4
_NEXT_LINE_SHARE = 3.0
_ALIGNED_PT = 4.0
_LIST_MARK = re.compile(r"\W{0,2}[\w가-힣]{1,3}[.)]|[•·▪◦‣○●■□▶◆※➢✓\-–—*]\Z")


@dataclass(frozen=True, slots=True)
class _Row:
    """Lines side by side, as the file has them, and their cells from the left."""

    lines: tuple[Line, ...]
    cells: tuple[Line, ...]

    @property
    def bottom(self) -> float:
        return self.cells[0].bottom

    @property
    def size(self) -> float:
        return self.cells[0].size


def blocks_of(glyphs: Iterable[Glyph]) -> list[Line | Table]:
    """The lines that the glyphs make, in their order, with those that are rows of a table as tables.

    Covers: at least three rows of at least three columns, aligned left, right or centred; cells may be missing.
    Does not cover: cells of several lines, tables of two columns (a form looks the same).
    """
    rows = _rows(glyphs)
    blocks: list[Line | Table] = []
    at = 0
    while at < len(rows):
        end = _table_end(rows, at)
        if end - at >= LEAST_ROWS and _is_table(table := _table(rows[at:end])):
            blocks.append(table)
            at = end
        else:
            blocks += rows[at].lines
            at += 1
    return blocks


def _rows(glyphs: Iterable[Glyph]) -> list[_Row]:
    """The lines, those on one height that follow each other from left to right as one row."""
    rows: list[_Row] = []
    for run in runs_of(glyphs):
        line = line_of(run)
        if line is None:
            continue
        cells = tuple(cell for part in _parts(run) if (cell := line_of(part)) is not None)
        last = rows[-1] if rows else None
        beside = last is not None and abs(last.bottom - line.bottom) < _SAME_LINE_SHARE * line.size
        if last is not None and beside and cells[0].left - last.cells[-1].right > _GAP_SHARE * line.size:
            rows[-1] = _Row((*last.lines, line), (*last.cells, *cells))
        else:
            rows.append(_Row((line,), cells))
    return rows


def _parts(run: Sequence[Glyph]) -> list[list[Glyph]]:
    """The glyphs of a line, cut where the gap is too wide for a space."""
    parts: list[list[Glyph]] = [[]]
    right: float | None = None
    for glyph in run:
        if not glyph.text.isspace():
            if right is not None and glyph.left - right > _GAP_SHARE * glyph.size:
                parts.append([])
            right = glyph.right
        parts[-1].append(glyph)
    return parts


def _table_end(rows: Sequence[_Row], start: int) -> int:
    """Behind the last row that goes on with the table that may begin at `start`."""
    if len(rows[start].cells) < LEAST_COLUMNS:
        return start
    end = start + 1
    while end < len(rows) and _follows(rows[end - 1], rows[end]) and _fits(rows[start:end], rows[end]):
        end += 1
    return end


def _follows(above: _Row, row: _Row) -> bool:
    return 0 < above.bottom - row.bottom < _NEXT_LINE_SHARE * above.size and abs(above.size - row.size) < 1.0


def _fits(table: Sequence[_Row], row: _Row) -> bool:
    """Whether each cell of the row stands in a column of its own, and at least two of them."""
    places = [_column(cell, table[0].cells) for cell in row.cells]
    return len(row.cells) > 1 and None not in places and len(set(places)) == len(places)


def _column(cell: Line, heads: Sequence[Line]) -> int | None:
    """The column whose head has the same left edge, right edge or middle; None when there is none, or more than one."""
    found = [
        number
        for number, head in enumerate(heads)
        if abs(cell.left - head.left) <= _ALIGNED_PT
        or abs(cell.right - head.right) <= _ALIGNED_PT
        or abs(cell.left + cell.right - head.left - head.right) <= 2 * _ALIGNED_PT
    ]
    return found[0] if len(found) == 1 else None


def _table(rows: Sequence[_Row]) -> Table:
    heads = rows[0].cells
    table: Table = [[head.text for head in heads]]
    for row in rows[1:]:
        cells = [""] * len(heads)
        for cell in row.cells:
            column = _column(cell, heads)
            if column is not None:
                cells[column] = cell.text
        table.append(cells)
    return table


def _is_table(table: Table) -> bool:
    """Whether the cells are as short as those of tables, and most are filled; numbered lists are none."""
    columns = list(zip(*table, strict=True))
    means = [sum(map(len, column)) / len(column) for column in columns]
    filled = sum(bool(cell) for row in table for cell in row) / (len(table) * len(columns))
    listed = all(_LIST_MARK.match(cell) for cell in columns[0] if cell)
    return max(means) <= MOST_CELL_CHARS and min(means[1:]) <= FEW_CHARS and filled >= 0.6 and not listed
