"""Word documents (.docx): headings by style or outline level, lists, tables with merged cells, text boxes, footnotes, pictures."""

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.formats.composer import Composer
from ingest.formats.docx_pictures import FALLBACK, alternative_texts, picture_parts, pictures_in
from ingest.formats.docx_styles import W, footnotes_of, heading_levels, level_of, list_kinds, number_of, numbering_of
from ingest.formats.figures import Figures, described
from ingest.formats.packages import check_xml, open_package
from rag_app.errors import UnreadableSource
from rag_app.schema import Reading, SourceText

MAX_DEPTH = 8
_SKIPPED = frozenset(
    W + name for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr", "tbl", "txbxContent")
)


@dataclass(slots=True)
class _Reading:
    """What is known while a document is read: styles, numberings, the counters of lists, footnotes met, the place.

    `pictures` are the parts with pictures by their relation ids.
    """

    levels: Mapping[str, int]
    bullets: Mapping[tuple[str, int], bool]
    notes: Mapping[str, str]
    pictures: Mapping[str, Any] = field(default_factory=dict)
    figures: Figures = field(default_factory=Figures)
    composer: Composer = field(default_factory=Composer)
    counters: Counter[tuple[str, int]] = field(default_factory=Counter)
    cited: list[str] = field(default_factory=list)
    written: int = 0
    page: int = 1
    begun: int = 1
    paged: bool = False
    section: int = 1


def read_docx(data: bytes) -> SourceText:
    """The body in reading order. Places are pages where the program noted its page breaks, else sections of the document.

    A picture stands where it is anchored, with its alternative text and what OCR reads in it. Deleted text of tracked changes, comments, heads and feet are left out; a footnote stands behind the block that cites it.

    Raises:
        UnreadableSource: it is damaged, or holds XML that no word processor writes.
        SourceTooLarge: it unpacks to more than the limits.
    """
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError

    package = open_package(data)
    check_xml(package)
    try:
        document = Document(io.BytesIO(data))
        body = document.element.body
    except (OpcError, XMLSyntaxError, KeyError, ValueError, AttributeError) as error:
        raise UnreadableSource("the Word file is damaged; open it in a word processor and save it again") from error
    pictures = picture_parts(document)
    reading = _Reading(
        heading_levels(document),
        list_kinds(document),
        footnotes_of(package),
        pictures,
        Figures(str(pictures[id_].partname) for id_ in pictures_in(body, nested=True) if id_ in pictures),
    )
    reading.paged = next(body.iter(W + "lastRenderedPageBreak"), None) is not None
    _blocks(body, reading, depth=0)
    properties = document.core_properties
    date = properties.modified or properties.created
    return reading.composer.source(
        title=properties.title or _titled(body, reading) or reading.composer.first_heading,
        format_name="docx",
        encoding="utf-8",
        metadata={
            "author": properties.author or "",
            "date": date.date().isoformat() if date and date.year > 1980 else "",
            "version": properties.version or "",
            "keywords": properties.keywords or "",
        },
        warnings=reading.figures.warnings(),
        reading=Reading(
            parts=reading.page if reading.paged else 0, ocr=reading.figures.read, unread=reading.figures.unread
        ),
    )


def _blocks(parent: Any, reading: _Reading, depth: int) -> None:
    for block in parent:
        if block.tag == W + "p":
            _paragraph(block, reading, depth)
        elif block.tag == W + "tbl":
            _table(block, reading, depth)
        elif (
            block.tag in (W + "sdt", W + "sdtContent", W + "customXml", W + "ins", W + "smartTag") and depth < MAX_DEPTH
        ):
            _blocks(block, reading, depth + 1)


def _paragraph(paragraph: Any, reading: _Reading, depth: int) -> None:
    text = _text(paragraph, reading)
    composer = reading.composer
    composer.place(_place(reading))
    level = level_of(paragraph, reading.levels)
    numbering = numbering_of(paragraph)
    if level:
        composer.heading(level, text)
    elif numbering is not None and text.strip():
        name, indent = numbering
        mark = "-"
        if not reading.bullets.get(numbering, True):
            reading.counters[numbering] += 1
            mark = f"{reading.counters[numbering]}."
        for deeper in [key for key in reading.counters if key[0] == name and key[1] > indent]:
            del reading.counters[deeper]
        composer.item(text, depth=indent, mark=mark)
    else:
        composer.paragraph(text)
    _write_notes(reading)
    if depth < MAX_DEPTH:
        for frame in _frames(paragraph):
            _blocks(frame, reading, depth + 1)
    _pictures(paragraph, reading)
    if paragraph.find(f"{W}pPr/{W}sectPr") is not None:
        reading.section += 1


def _pictures(element: Any, reading: _Reading) -> None:
    """What the author says of the pictures anchored in an element, then what stands in them."""
    for words in alternative_texts(element):
        reading.composer.paragraph(described(words))
    for id_ in pictures_in(element):
        if id_ in reading.pictures:
            part = reading.pictures[id_]
            reading.composer.picture(reading.figures.text_of(part.blob, key=str(part.partname)))


def _text(element: Any, reading: _Reading) -> str:
    """The text of a paragraph: what is inserted counts, what is deleted does not; counts the pages that begin inside."""
    parts: list[str] = []
    reading.begun = 0
    for node in _inner(element):
        tag = node.tag
        if tag == W + "t":
            reading.begun = reading.begun or reading.page
            parts.append(node.text or "")
        elif tag in (W + "tab", W + "ptab"):
            parts.append("\t")
        elif tag in (W + "br", W + "cr"):
            parts.append("\n" if node.get(W + "type") in (None, "textWrapping") else "")
        elif tag == W + "noBreakHyphen":
            parts.append("-")
        elif tag == W + "lastRenderedPageBreak":
            reading.page += 1
        elif tag in (W + "footnoteReference", W + "endnoteReference"):
            kind = "e" if tag.endswith("endnoteReference") else "f"
            note = f"{kind}{node.get(W + 'id')}"
            if note in reading.notes:
                reading.cited.append(note)
        elif tag.endswith("}t") and "math" in tag:
            parts.append(node.text or "")
    return "".join(parts)


def _inner(element: Any) -> Iterator[Any]:
    """The nodes below in order, without what is no visible text here; without recursion."""
    waiting = [iter(element)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
        elif isinstance(node.tag, str) and node.tag not in _SKIPPED and node.tag != FALLBACK:
            yield node
            waiting.append(iter(node))


def _frames(paragraph: Any) -> Iterator[Any]:
    """The text boxes anchored in a paragraph, without the copies for older programs."""
    for frame in paragraph.iter(W + "txbxContent"):
        above = {parent.tag for parent in frame.iterancestors()}
        nested = next(parent for parent in frame.iterancestors(W + "p")) is not paragraph
        if FALLBACK not in above and not nested:
            yield frame


def _table(table: Any, reading: _Reading, depth: int) -> None:
    rows: list[list[str]] = []
    above: dict[int, str] = {}
    boxes = 0
    for row in table.iter(W + "tr"):
        if next(row.iterancestors(W + "tbl")) is not table:
            continue
        cells: list[str] = []
        for cell in row.iter(W + "tc"):
            if next(cell.iterancestors(W + "tr")) is not row:
                continue
            boxes += 1
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            text = "\n".join(filter(str.strip, (_text(paragraph, reading) for paragraph in cell.iter(W + "p"))))
            if merged is not None and merged.get(W + "val") != "restart":
                text = above.get(len(cells), "")
            above[len(cells)] = text
            cells.append(text)
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            cells += [""] * (min(number_of(span), 200) - 1 if span is not None else 0)
        rows.append(cells)
    if boxes == 1 and depth < MAX_DEPTH:  # one cell is a frame, its content stands in the text
        for cell in table.iter(W + "tc"):
            _blocks(cell, reading, depth + 1)
            return
    reading.composer.place(_place(reading))
    reading.composer.table(rows)
    _write_notes(reading)
    _pictures(table, reading)


def _place(reading: _Reading) -> str:
    return f"p. {reading.begun or reading.page}" if reading.paged else f"section {reading.section}"


def _write_notes(reading: _Reading) -> None:
    """The footnotes met since the last time, right behind the block that cites them."""
    for note in reading.cited[reading.written :]:
        reading.written += 1
        reading.composer.paragraph(f"{reading.written}) {reading.notes[note]}")


def _titled(body: Any, reading: _Reading) -> str:
    """The text of a first paragraph in the style "Title"."""
    first = next((p for p in body.iter(W + "p") if _text(p, _Reading({}, {}, {})).strip()), None)
    style = first.find(f"{W}pPr/{W}pStyle") if first is not None else None
    is_title = style is not None and (style.get(W + "val") or "").lower() in ("title", "제목")
    return _text(first, _Reading({}, {}, {})) if is_title else ""
