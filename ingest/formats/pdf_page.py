"""What stands on a page of a PDF, as it was read: lines, tables and figures in reading order. Pure."""

from dataclasses import dataclass, replace

from ingest.formats.pdf_lines import Line

LEAST_ROWS = 3
"""Fewer rows under each other are no table yet, unless one that ended the page before goes on in them."""

_SAME_EDGE_PT = 4.0

Columns = tuple[tuple[float, float], ...]
"""The left and the right edge of each column, in points, from the left."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells from the top, the first names the columns; `columns` are as many as a row has cells.

    `lines` are those it was made of, where it has too few rows to be sure; then it is a table only if it goes on from the page
    before, or on the next page.
    """

    rows: tuple[tuple[str, ...], ...]
    columns: Columns = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """What was read in a picture of a page."""

    text: str


Item = Line | Table | Figure


@dataclass(frozen=True, slots=True)
class PageText:
    """What stands on a page, in reading order. `scanned` text was read in a picture; a `wide` page is a slide."""

    number: int
    items: tuple[Item, ...] = ()
    scanned: str = ""
    wide: bool = False


def same_columns(one: Columns, other: Columns) -> bool:
    """Whether these are the columns of one table: as many, with the same edges."""
    return len(one) == len(other) and all(
        abs(left - other_left) <= _SAME_EDGE_PT and abs(right - other_right) <= _SAME_EDGE_PT
        for (left, right), (other_left, other_right) in zip(one, other, strict=True)
    )


def lines_in(item: Item) -> tuple[Line, ...]:
    """The lines of an item that is one, or may prove to be nothing more."""
    if isinstance(item, Line):
        return (item,)
    return item.lines if isinstance(item, Table) else ()


def with_figure(page: PageText, figure: Figure, box: tuple[float, float, float, float]) -> PageText:
    """The page with the figure behind the line above it; `box` is left, bottom, right, top, in points, y upwards.

    Where nothing stands above it in its column, it goes in front of what stands below.
    """
    left, bottom, right, top = box
    middle = (bottom + top) / 2
    beside = [
        (at, item)
        for at, item in enumerate(page.items)
        if isinstance(item, Line) and item.left < right and left < item.right
    ]
    above = [(item.bottom, at) for at, item in beside if item.bottom >= middle]
    below = [at for at, item in beside if item.bottom < middle]
    at = min(above)[1] + 1 if above else min(below, default=len(page.items))
    return replace(page, items=(*page.items[:at], figure, *page.items[at:]))
