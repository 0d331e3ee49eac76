"""HWPX, the open form of Hangul documents (KS X 6101): paragraphs, headings by outline level, tables, footnotes, text boxes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zipfile import ZipFile

from ingest.formats.composer import Composer, one_line
from ingest.formats.korean_tables import Cell, rows_of
from ingest.formats.packages import open_package, parse_xml, read_member
from rag_app.errors import UnreadableSource
from rag_app.schema import Reading, SourceText

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_DEPTH = 12
MAX_HEADING_CHARS = 200
BULLET = -1
_SECTION = re.compile(r"Contents/section(\d+)\.xml\Z", re.IGNORECASE)
_OUTLINE_STYLE = re.compile(r"(?:개요|outline)\s*(\d{1,2})\Z", re.IGNORECASE)
_SKIPPED = frozenset(("header", "footer", "hiddenComment", "parameters", "secPr", "linesegarray", "deleteBegin"))
_WHITE = {"tab": "\t", "lineBreak": "\n", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}


@dataclass(slots=True)
class _Reading:
    """What is known while a document is read: heading levels (`BULLET`: items) of styles and paragraph shapes, notes that wait."""

    styles: Mapping[str, int]
    shapes: Mapping[str, int]
    composer: Composer = field(default_factory=Composer)
    notes: list[str] = field(default_factory=list)
    count: int = 0


def read_hwpx(data: bytes) -> SourceText:
    """The body in reading order; places are the sections of the document ("section 1").

    Heads, feet and hidden comments are left out; a footnote stands behind the paragraph that cites it.

    Raises:
        UnreadableSource: it is damaged or locked with a password.
        SourceTooLarge: it unpacks to more than the limits.
    """
    package = open_package(data)
    names = package.namelist()
    if "META-INF/manifest.xml" in names and b"encryption-data" in read_member(package, "META-INF/manifest.xml"):
        raise UnreadableSource("the HWPX file is locked with a password; save it without one")
    sections = sorted((int(match[1]), name) for name in names if (match := _SECTION.match(name)))
    if not sections:
        raise UnreadableSource("the HWPX file is damaged (it holds no section); open it in Hangul and save it again")
    reading = _Reading(*_levels(package))
    for number, (_, name) in enumerate(sections, start=1):
        reading.composer.place(f"section {number}")
        _blocks(parse_xml(read_member(package, name)), reading, depth=0)
    title, metadata = _stated(package)
    return reading.composer.source(
        title=title or reading.composer.first_heading,
        format_name="hwpx",
        encoding="utf-8",
        metadata=metadata,
        reading=Reading(len(sections)),
    )


def _blocks(parent: "Element", reading: _Reading, depth: int) -> None:
    for child in parent:
        if _local(child) == "p":
            _paragraph(child, reading, depth)
        elif _local(child) == "tbl" and depth < MAX_DEPTH:
            _object(child, reading, depth + 1)


def _paragraph(paragraph: "Element", reading: _Reading, depth: int) -> None:
    """The text of a paragraph, then its tables and text boxes, then its footnotes."""
    text, anchored = _content(paragraph)
    level = reading.styles.get(paragraph.get("styleIDRef", ""), 0) or reading.shapes.get(
        paragraph.get("paraPrIDRef", ""), 0
    )
    if level > 0 and len(text) <= MAX_HEADING_CHARS:
        reading.composer.heading(level, text)
    elif level == BULLET:
        reading.composer.item(text)
    else:
        reading.composer.paragraph(text)
    for item in anchored:
        kind = _local(item)
        if kind in ("footNote", "endNote"):
            reading.count += 1
            reading.notes.append(f"{reading.count}) {one_line(_flat(item))}")
        elif kind == "equation":
            reading.composer.paragraph(one_line(_flat(item)))
        elif depth < MAX_DEPTH:
            _object(item, reading, depth + 1)
    if depth == 0:
        for note in reading.notes:
            reading.composer.paragraph(note)
        reading.notes.clear()


def _object(item: "Element", reading: _Reading, depth: int) -> None:
    if _local(item) == "tbl":
        cells = list(_cells(item))
        for caption in (child for child in item if _local(child) == "caption"):
            reading.composer.paragraph(_flat(caption))
        if len(cells) == 1:  # a frame around text
            cell = next(_below(item, "tc"))
            _blocks(next(_below(cell, "subList"), cell), reading, depth)
            return
        reading.composer.table(rows_of(cells))
        return
    for sub in _below(item, "subList"):
        _blocks(sub, reading, depth)
    for caption in _below(item, "shapeComment"):
        words = one_line("".join(caption.itertext()))
        if words and not words.startswith(
            ("그림입니다", "표입니다", "사각형입니다", "수식입니다", "개체입니다", "선입니다", "묶음 개체")
        ):
            reading.composer.paragraph(f"[{words}]")


def _content(paragraph: "Element") -> tuple[str, list["Element"]]:
    """The text of a paragraph's own runs, and what is anchored in it (tables, boxes, notes), in order."""
    parts: list[str] = []
    anchored: list[Element] = []
    for run in paragraph:
        if _local(run) != "run":
            continue
        for node in run:
            kind = _local(node)
            if kind == "t":
                parts.append(_inline(node))
            elif kind == "ctrl":
                anchored += [item for item in node if _local(item) in ("footNote", "endNote")]
            elif kind in ("tbl", "rect", "ellipse", "polygon", "container", "pic", "equation", "ole", "textart"):
                anchored.append(node)
    return "".join(parts), anchored


def _inline(node: "Element") -> str:
    """The text of a `t` element, whose marks (tabs, line breaks, highlighting) stand between its words."""
    parts = [node.text or ""]
    deleted = False
    for child in node:
        kind = _local(child)
        deleted = kind == "deleteBegin" or (deleted and kind != "deleteEnd")
        parts.append(_WHITE.get(kind, ""))
        parts.append("" if deleted else child.tail or "")
    return "".join(parts)


def _cells(table: "Element") -> Iterator[Cell]:
    for y, row in enumerate(child for child in table if _local(child) == "tr"):
        for x, cell in enumerate(child for child in row if _local(child) == "tc"):
            own = {_local(child): child for child in cell}
            address, span = own.get("cellAddr"), own.get("cellSpan")
            yield Cell(
                y if address is None else _number(address, "rowAddr"),
                x if address is None else _number(address, "colAddr"),
                _flat(cell),
                _number(span, "rowSpan") or 1,
                _number(span, "colSpan") or 1,
            )


def _flat(item: "Element") -> str:
    """All text below, paragraph by paragraph, nested tables too."""
    parts: list[str] = []
    waiting = [iter(item)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        kind = _local(node)
        if kind == "t":
            parts.append(_inline(node))
        elif kind == "script":
            parts.append(node.text or "")
        elif kind not in _SKIPPED:
            if kind == "p" and parts:
                parts.append("\n")
            waiting.append(iter(node))
    return "".join(parts)


def _levels(package: ZipFile) -> tuple[dict[str, int], dict[str, int]]:
    """The heading levels of styles and of paragraph shapes, by their ids."""
    if "Contents/header.xml" not in package.namelist():
        return {}, {}
    styles: dict[str, int] = {}
    shapes: dict[str, int] = {}
    for node in parse_xml(read_member(package, "Contents/header.xml")).iter():
        kind = _local(node)
        if kind == "style":
            match = _OUTLINE_STYLE.match(node.get("name", "")) or _OUTLINE_STYLE.match(node.get("engName", ""))
            if match:
                styles[node.get("id", "")] = int(match[1])
        elif kind == "paraPr":
            heading = next(_below(node, "heading"), None)
            kind = heading.get("type", "") if heading is not None else ""
            if kind in ("OUTLINE", "BULLET"):
                shapes[node.get("id", "")] = _number(heading, "level") + 1 if kind == "OUTLINE" else BULLET
    return styles, shapes


def _stated(package: ZipFile) -> tuple[str, dict[str, str]]:
    """The title and what else the package states of itself."""
    if "Contents/content.hpf" not in package.namelist():
        return "", {}
    title = ""
    stated: dict[str, str] = {}
    for node in parse_xml(read_member(package, "Contents/content.hpf")).iter():
        words = one_line(node.text or "")
        if _local(node) == "title" and words:
            title = words
        elif _local(node) == "meta" and words:
            stated[node.get("name", "")] = words
    date = (stated.get("ModifiedDate") or stated.get("CreatedDate") or "")[:10]
    return title, {"author": stated.get("creator", ""), "date": date, "keywords": stated.get("keyword", "")}


def _below(parent: "Element", name: str) -> Iterator["Element"]:
    """The nearest elements of a name, without those inside another one of it."""
    waiting = list(reversed(parent))
    while waiting:
        node = waiting.pop()
        if _local(node) == name:
            yield node
        else:
            waiting.extend(reversed(node))


def _local(element: "Element") -> str:
    """The name without its namespace, which differs between the versions of the format."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _number(element: "Element | None", name: str) -> int:
    value = element.get(name, "") if element is not None else ""
    return int(value) if value.isdigit() and len(value) < 6 else 0
