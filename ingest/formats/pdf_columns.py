"""Tables without drawn lines: rows whose cells stand under each other. Prose in columns, lists and forms are left alone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.formats.pdf_lines import Glyph, Line, line_of, runs_of
from ingest.formats.pdf_order import GAP_SHARE
from ingest.formats.pdf_page import LEAST_ROWS, Columns, Table

LEAST_COLUMNS = 3
MOST_CELL_CHARS = 20.0
"""Columns of prose are wider than this on average; cells are words and numbers."""
FEW_CHARS = 10.0
_EDGE_ROWS = 2
"""At the top and the bottom of a page so many rows may be a running head or foot."""
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


def blocks_of(
    glyphs: Iterable[Glyph], *, above: Sequence[Columns] = (), to_page_end: bool = False
) -> list[Line | Table]:
    """The lines that the glyphs make, in their order, with those that are rows of a table as tables.

    `above` are the columns of tables that may go on at the top; such a table lacks the row that names them. What reaches the end
    of the page (`to_page_end`) may go on there: both may be doubtful.

    Covers: at least three rows of at least three columns, aligned left, right or centred; cells may be missing.
    Does not cover: cells of several lines, tables of two columns (a form looks the same).
    """
    rows = _rows(glyphs)
    blocks: list[Line | Table] = []
    at = 0
    while at < len(rows):
        table = _continued(rows, at, above) if at <= _EDGE_ROWS else None
        table = table or _begun(rows, at, doubtful=to_page_end)
        if table is None:
            blocks += rows[at].lines
            at += 1
        else:
            blocks.append(table)
            at += len(table.rows)
    return blocks


def _continued(rows: Sequence[_Row], start: int, above: Sequence[Columns]) -> Table | None:
    """The table that goes on from the page before: its rows stand in those columns, one of them in all."""
    for columns in above:
        end = start
        while end < len(rows) and _fits(columns, rows[end]) and (end == start or _follows(rows[end - 1], rows[end])):
            end += 1
        if any(len(row.cells) == len(columns) for row in rows[start:end]):
            return _table(rows[start:end], columns)
    return None


def _begun(rows: Sequence[_Row], start: int, *, doubtful: bool) -> Table | None:
    """The table whose first row names the columns; a `doubtful` one may be short at the end of the page."""
    if len(rows[start].cells) < LEAST_COLUMNS:
        return None
    columns = tuple((cell.left, cell.right) for cell in rows[start].cells)
    end = start + 1
    while end < len(rows) and _follows(rows[end - 1], rows[end]) and _fits(columns, rows[end]):
        end += 1
    if end - start < LEAST_ROWS and not (doubtful and end >= len(rows) - _EDGE_ROWS):
        return None
    table = _table(rows[start:end], columns)
    return table if _is_table(table.rows) else None


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
        if last is not None and beside and cells[0].left - last.cells[-1].right > GAP_SHARE * line.size:
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
            if right is not None and glyph.left - right > GAP_SHARE * glyph.size:
                parts.append([])
            right = glyph.right
        parts[-1].append(glyph)
    return parts


def _follows(above: _Row, row: _Row) -> bool:
    return 0 < above.bottom - row.bottom < _NEXT_LINE_SHARE * above.size and abs(above.size - row.size) < 1.0


def _fits(columns: Columns, row: _Row) -> bool:
    """Whether each cell of the row stands in a column of its own, and at least two of them."""
    places = [_column(cell, columns) for cell in row.cells]
    return len(row.cells) > 1 and None not in places and len(set(places)) == len(places)


def _column(cell: Line, columns: Columns) -> int | None:
    """The column with the same left edge, right edge or middle; None when there is none, or more than one."""
    found = [
        number
        for number, (left, right) in enumerate(columns)
        if abs(cell.left - left) <= _ALIGNED_PT
        or abs(cell.right - right) <= _ALIGNED_PT
        or abs(cell.left + cell.right - left - right) <= 2 * _ALIGNED_PT
    ]
    return found[0] if len(found) == 1 else None


def _table(rows: Sequence[_Row], columns: Columns) -> Table:
    table: list[tuple[str, ...]] = []
    for row in rows:
        cells = [""] * len(columns)
        for cell in row.cells:
            column = _column(cell, columns)
            if column is not None:
                cells[column] = cell.text
        table.append(tuple(cells))
    doubtful = rows if len(rows) < LEAST_ROWS else ()
    return Table(tuple(table), columns, tuple(line for row in doubtful for line in row.lines))


def _is_table(table: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are as short as those of tables, and most are filled; numbered lists are none."""
    columns = list(zip(*table, strict=True))
    means = [sum(map(len, column)) / len(column) for column in columns]
    filled = sum(bool(cell) for row in table for cell in row) / (len(table) * len(columns))
    listed = all(_LIST_MARK.match(cell) for cell in columns[0] if cell)
    return max(means) <= MOST_CELL_CHARS and min(means[1:]) <= FEW_CHARS and filled >= 0.6 and not listed
