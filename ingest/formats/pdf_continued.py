"""Tables that run over several pages of a PDF: the columns keep their names on each. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from ingest.formats.composer import one_line
from ingest.formats.pdf_heads import is_page_number, signature
from ingest.formats.pdf_page import Item, PageText, Table, lines_in, same_columns


def joined(pages: Sequence[PageText]) -> list[PageText]:
    """The pages, where a table that goes on from the page before begins with the row that names its columns.

    It is the first thing on its page, the other was the last one, and their columns have the same edges. Running heads and feet
    may stand between. Doubtful tables that do not go on are the lines they were made of.
    Does not cover: a row that the page cuts in two, a table with a footnote under its first part.
    """
    items = [list(page.items) for page in pages]
    certain: set[int] = set()
    for above, page in zip(range(len(pages)), range(1, len(pages)), strict=False):
        last, first = _edge(items[above], items[page], last=True), _edge(items[page], items[above])
        if last is None or first is None:
            continue
        table, rest = items[above][last], items[page][first]
        if isinstance(table, Table) and isinstance(rest, Table) and _goes_on(table, rest):
            named = _is_repeated(table.rows[0], rest.rows[0])
            items[page][first] = rest if named else replace(rest, rows=(table.rows[0], *rest.rows))
            certain |= {id(table), id(items[page][first])}
    return [
        replace(page, items=tuple(part for item in found for part in _settled(item, certain=id(item) in certain)))
        for page, found in zip(pages, items, strict=True)
    ]


def _edge(items: Sequence[Item], others: Sequence[Item], *, last: bool = False) -> int | None:
    """The place of the first or the last item that is no running head or foot: not a page number, nor on both pages."""
    shared = {word for item in others for line in lines_in(item) for word in signature(line)}
    for at in reversed(range(len(items))) if last else range(len(items)):
        lines = lines_in(items[at])
        if not lines or not all(is_page_number(line) or signature(line) <= shared for line in lines):
            return at
    return None


def _goes_on(table: Table, rest: Table) -> bool:
    return same_columns(table.columns, rest.columns) and not (table.lines and rest.lines)


def _is_repeated(header: Sequence[str], row: Sequence[str]) -> bool:
    return list(map(one_line, header)) == list(map(one_line, row))


def _settled(item: Item, *, certain: bool) -> Sequence[Item]:
    return item.lines if isinstance(item, Table) and item.lines and not certain else (item,)
