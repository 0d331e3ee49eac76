"""Cells that name their own row and column, as HWP and HWPX have them, put into rows."""

from collections.abc import Iterable
from dataclasses import dataclass

MAX_SIDE = 10_000
MAX_SQUARES = 400_000


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, where it begins, and how many rows and columns it covers."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


def rows_of(cells: Iterable[Cell]) -> list[list[str]]:
    """The rows of a table. A cell that covers several rows says its text in each, one that covers columns says it once."""
    known = [cell for cell in cells if cell.row < MAX_SIDE and cell.column < MAX_SIDE]
    if not known:
        return []
    height = min(max(cell.row + max(cell.rows, 1) for cell in known), MAX_SIDE)
    width = min(max(cell.column + 1 for cell in known), MAX_SQUARES // height)
    rows = [[""] * width for _ in range(height)]
    for cell in known:
        for row in range(cell.row, min(cell.row + max(cell.rows, 1), height)):
            if cell.column < width:
                rows[row][cell.column] = cell.text
    return rows
