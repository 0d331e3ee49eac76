"""What stands on a page of a PDF, as it was read: lines, tables and figures in reading order. Pure."""

from dataclasses import dataclass, replace

from ingest.formats.pdf_lines import Line

Table = list[list[str]]


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
