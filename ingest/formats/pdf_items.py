"""What stands on one page of a PDF, in reading order: its lines, and its tables with and without drawn lines. Pure."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ingest.formats.pdf_columns import blocks_of
from ingest.formats.pdf_lines import Glyph
from ingest.formats.pdf_page import Columns, Item, Table, same_columns
from ingest.formats.pdf_tables import Grid, Rule, grids_of, table_of

_FEW_ITEMS = 4
"""So many lines may stand below a table that goes on: running feet."""
_FEET_LINES = 2


def items_of(glyphs: Sequence[Glyph], rules: Iterable[Rule], before: Sequence[Item] = ()) -> tuple[Item, ...]:
    """The lines and tables that the glyphs and the drawn rules make; `before` is what stands on the page before.

    A table that goes on from there is known by its columns, however few its rows are. It has no row yet that names them.
    """
    above = [item.columns for item in reversed(before[-_FEW_ITEMS:]) if isinstance(item, Table)]
    grids = [grid for grid in _wanted(grids_of(rules), glyphs, above) if any(map(grid.holds, glyphs))]
    owners = [
        next((at for at, grid in enumerate(grids) if grid.holds(g)), -1) if g.text != "\n" else -2 for g in glyphs
    ]
    inside: dict[int, list[Glyph]] = {}
    outside: list[Glyph] = []
    items: list[Item | int] = []  # a number stands for the ruled table whose cells are filled in below
    last = -1
    for glyph, owner in zip(glyphs, owners, strict=True):
        owner = last if owner == -2 else owner
        if owner >= 0:
            if owner not in inside:
                items += blocks_of(outside, above=() if items else above)
                outside = []
                items.append(owner)
            inside.setdefault(owner, []).append(glyph)
        else:
            outside.append(glyph)
        last = owner
    items += blocks_of(outside, above=() if items else above, to_page_end=True)
    return tuple(table_of(grids[item], inside[item]) if isinstance(item, int) else item for item in items)


def _wanted(grids: Sequence[Grid], glyphs: Sequence[Glyph], above: Sequence[Columns]) -> Iterator[Grid]:
    """The grids without those of one row, but such as go on from the page before, or may go on behind it."""
    heights = sorted({round(glyph.bottom) for glyph in glyphs if not glyph.text.isspace()})
    single = Counter(tuple(map(round, grid.xs)) for grid in grids if len(grid.ys) == 2)
    for grid in grids:
        below = bisect_left(heights, grid.ys[0])
        is_last = below <= _FEET_LINES and single[tuple(map(round, grid.xs))] == 1
        if len(grid.ys) > 2 or is_last or any(same_columns(grid.columns, columns) for columns in above):
            yield grid
