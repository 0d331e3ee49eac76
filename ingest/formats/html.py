"""HTML pages: headings, paragraphs, lists, tables and code; scripts, styles, frames, hidden text and links' targets are left out."""

import re
from typing import Any, Final

from ingest.formats.composer import Composer, one_line
from ingest.formats.html_page import decode_page, page_tree, stated_by
from rag_app.schema import SourceText

MAX_DEPTH: Final = 200
_DROPPED = frozenset(
    "script style iframe frame noframes object embed applet svg math canvas template head nav noscript select button input "
    "textarea audio video map meta link base".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q rp rt ruby s samp small span "
    "strike strong sub sup time tt u var wbr br".split()
)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)", re.IGNORECASE
)


def read_html(data: bytes) -> SourceText:
    """The visible text of a page in reading order.

    Raises:
        UndecodableSource: the bytes are no text, and no known charset is named.
        UnreadableSource: there is no page in it.
    """
    text, encoding, warnings = decode_page(data)
    return html_source(text, encoding=encoding, warnings=warnings)


def html_source(text: str, *, encoding: str = "utf-8", warnings: tuple[str, ...] = ()) -> SourceText:
    """The source text of a page that is already decoded."""
    root = page_tree(text)
    composer = Composer()
    walk = _Walk(composer)
    body = root.find(".//body")
    walk.blocks(body if body is not None else root, 0)
    walk.flush()
    hidden = (f"hidden elements left out: {walk.hidden}",) if walk.hidden else ()
    return composer.source(
        title=one_line("".join(next(root.iter("title"), root.makeelement("title")).itertext()))
        or composer.first_heading,
        format_name="html",
        encoding=encoding,
        metadata=stated_by(root),
        warnings=(*warnings, *hidden),
    )


class _Walk:
    """Goes through the elements and writes blocks; inline text is gathered until a block ends."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._words: list[str] = []
        self.hidden = 0

    def blocks(self, element: Any, depth: int) -> None:
        """Writes everything below an element."""
        self._words.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                self._element(child, depth + 1)
            self._words.append(child.tail or "")

    def flush(self) -> None:
        """Ends the paragraph that is open."""
        lines = [one_line(line) for line in "".join(self._words).replace("\n", " ").split("\v")]
        self._words.clear()
        self._composer.paragraph("\n".join(filter(None, lines)))

    def _element(self, element: Any, depth: int) -> None:
        tag = element.tag.rpartition("}")[2].lower()
        if tag in _DROPPED:
            return
        if _is_hidden(element):
            self.hidden += 1
        elif tag == "br":
            self._words.append("\v")
        elif tag == "img":
            self._words.append(f" {one_line(element.get('alt') or '')} ")
        elif tag in _INLINE or depth > MAX_DEPTH:
            self.blocks(element, depth) if depth <= MAX_DEPTH else self._words.append(_flat(element))
        else:
            self.flush()
            if tag in _HEADINGS:
                self._composer.heading(_HEADINGS[tag], _flat(element))
            elif tag == "pre":
                self._composer.code("".join(element.itertext()).strip("\n"), _language(element))
            elif tag == "table":
                self._table(element, depth)
            elif tag in ("ul", "ol", "menu", "dir"):
                self._list(element, depth, 0)
            else:
                self.blocks(element, depth)
                self.flush()

    def _list(self, element: Any, depth: int, indent: int) -> None:
        number = 0
        for child in element:
            if not isinstance(child.tag, str):
                continue
            if child.tag in ("ul", "ol") and depth < MAX_DEPTH:
                self._list(child, depth + 1, indent + 1)
                continue
            number += 1
            inner = [item for item in child if item.tag in ("ul", "ol", "table", "pre")]
            if _is_hidden(child):
                self.hidden += 1
                continue
            self._composer.item(
                _flat(child, without=inner), depth=indent, mark=f"{number}." if element.tag == "ol" else "-"
            )
            for item in inner if depth < MAX_DEPTH else ():
                if item.tag in ("ul", "ol"):
                    self._list(item, depth + 1, indent + 1)
                else:
                    self._element(item, depth + 1)

    def _table(self, table: Any, depth: int) -> None:
        """A table of data; a table around other tables, as old pages use for layout, is only a frame."""
        if table.find(".//table") is not None and depth < MAX_DEPTH:
            self.blocks(table, depth)
            self.flush()
            return
        caption = table.find("caption")
        if caption is not None:
            self._composer.paragraph(_flat(caption))
        self._composer.table(_rows(table))


def _rows(table: Any) -> list[list[str]]:
    """The cells; one that covers several rows says its text in each, one that covers columns says it once."""
    rows: list[list[str]] = []
    above: dict[int, tuple[int, str]] = {}  # column -> rows it still covers, text
    for line in table.iter("tr"):
        row: list[str] = []
        covering: dict[int, tuple[int, str]] = {}
        for cell in line:
            if cell.tag not in ("td", "th") or _is_hidden(cell):
                continue
            _carry(above, row, covering)
            text, down = _flat(cell), _span(cell, "rowspan")
            covering[len(row)] = (down - 1, text)
            row += [text, *[""] * (_span(cell, "colspan") - 1)]
        _carry(above, row, covering)
        above = {column: left for column, left in covering.items() if left[0] > 0}
        rows.append(row)
    return rows


def _carry(above: dict[int, tuple[int, str]], row: list[str], covering: dict[int, tuple[int, str]]) -> None:
    """Repeats the cells from above that reach down to where the row is now."""
    while len(row) in above:
        left, text = above.pop(len(row))
        covering[len(row)] = (left - 1, text)
        row.append(text)


def _flat(element: Any, without: Any = ()) -> str:
    """The visible text below an element in one line; blocks inside are set apart by spaces."""
    skipped = {id(item) for item in without}
    parts: list[str] = [element.text or ""]
    waiting = [iter(element)]
    open_elements: list[Any] = []
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
            if open_elements:
                parts.append(open_elements.pop().tail or "")
            continue
        visible = isinstance(child.tag, str) and child.tag not in _DROPPED and id(child) not in skipped
        if isinstance(child.tag, str) and child.tag not in _INLINE - {"br"}:
            parts.append(" ")
        if visible and not _is_hidden(child):
            parts.append(child.get("alt") or "" if child.tag == "img" else child.text or "")
            waiting.append(iter(child))
            open_elements.append(child)
        else:
            parts.append(child.tail or "")
    return one_line("".join(parts))


def _is_hidden(element: Any) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return bool(_HIDDEN_STYLE.search(element.get("style") or ""))


def _language(element: Any) -> str:
    """The language of a code block by the class that highlighters put there."""
    classes = " ".join(item.get("class") or "" for item in (element, *element[:1]))
    match = re.search(r"(?:language|lang|highlight|brush)[-:]\s?([A-Za-z0-9+#]{1,20})", classes)
    return match[1] if match else ""


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), 200) if value.isdigit() and len(value) < 5 else 1
