"""What styles and side parts of a Word file say: which paragraphs are headings, which lists are numbered, the notes."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ingest.formats.composer import one_line
from ingest.formats.packages import parse_xml, read_member

if TYPE_CHECKING:
    from docx.document import Document

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_STYLE = re.compile(r"(?:heading|제목|개요)\s*(\d)\Z", re.IGNORECASE)


def heading_levels(document: "Document") -> dict[str, int]:
    """The heading level of each style: by its own outline level, its name, or the style it is based on."""
    styles = {style.get(W + "styleId"): style for style in document.styles.element.iter(W + "style")}
    levels: dict[str, int] = {}
    for name, style in styles.items():
        seen: set[str] = set()
        current, of = style, name
        while current is not None and of not in seen:
            seen.add(of)
            level = _style_level(current)
            if level is not None:
                if 0 < level <= 9:
                    levels[name] = level
                break
            base = current.find(W + "basedOn")
            of = base.get(W + "val") if base is not None else ""
            current = styles.get(of)
    return levels


def _style_level(style: Any) -> int | None:
    """The level that a style states; 0 for "body text", None when it says nothing."""
    outline = style.find(f"{W}pPr/{W}outlineLvl")
    if outline is not None:
        return (number_of(outline) + 1) % 10
    name = style.find(W + "name")
    title = name.get(W + "val") or "" if name is not None else ""
    if match := _HEADING_STYLE.match(title):
        return int(match[1])
    return 1 if title.lower() == "title" else None


def level_of(paragraph: Any, levels: Mapping[str, int]) -> int:
    """The heading level of a paragraph, by itself or its style; 0 for text. `levels` are those of `heading_levels`."""
    direct = paragraph.find(f"{W}pPr/{W}outlineLvl")
    if direct is not None and number_of(direct) < 9:
        return number_of(direct) + 1
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return levels.get(style.get(W + "val"), 0) if style is not None else 0


def numbering_of(paragraph: Any) -> tuple[str, int] | None:
    """The list that a paragraph is an item of and how deep it stands in it; None outside of lists."""
    number = paragraph.find(f"{W}pPr/{W}numPr/{W}numId")
    if number is None or number.get(W + "val") in (None, "0"):
        return None
    indent = paragraph.find(f"{W}pPr/{W}numPr/{W}ilvl")
    return number.get(W + "val"), min(number_of(indent), 8) if indent is not None else 0


def list_kinds(document: "Document") -> dict[tuple[str, int], bool]:
    """For each list and depth, whether its items have bullets (and not numbers)."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    part = next((r.target_part for r in document.part.rels.values() if r.reltype == RELATIONSHIP_TYPE.NUMBERING), None)
    root = getattr(part, "element", None)
    if root is None:
        return {}
    formats = {
        (abstract.get(W + "abstractNumId"), number_of(level, "ilvl")): kind.get(W + "val") in ("bullet", "none")
        for abstract in root.iter(W + "abstractNum")
        for level in abstract.iter(W + "lvl")
        if (kind := level.find(W + "numFmt")) is not None
    }
    kinds: dict[tuple[str, int], bool] = {}
    for number in root.iter(W + "num"):
        abstract = number.find(W + "abstractNumId")
        for (of, depth), bullets in formats.items():
            if abstract is not None and of == abstract.get(W + "val"):
                kinds[number.get(W + "numId"), depth] = bullets
    return kinds


def footnotes_of(package: Any) -> dict[str, str]:
    """The notes by kind and id ("f2", "e1"), without the separator lines that programs keep among them."""
    notes: dict[str, str] = {}
    names = set(package.namelist())
    for kind, tag, name in (("f", "footnote", "word/footnotes.xml"), ("e", "endnote", "word/endnotes.xml")):
        if name not in names:
            continue
        for note in parse_xml(read_member(package, name)).iter(W + tag):
            text = one_line("".join(t.text or "" for t in note.iter(W + "t")))
            if text and note.get(W + "type") in (None, "normal"):
                notes[f"{kind}{note.get(W + 'id')}"] = text
    return notes


def number_of(element: Any, name: str = "val") -> int:
    value = element.get(W + name) or "0"
    return int(value) if value.isdigit() and len(value) < 6 else 0
