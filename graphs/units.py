"""Hits -> units: the smallest verbatim spans worth quoting (a sentence, a list item, a table row, a code block)."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag_app.search_result import Hit
from rag_app.sentences import split_sentences

UnitKind = Literal["sentence", "item", "row", "code"]

MAX_CODE_LINES = 20
"""A longer code block is shown from its first lines; the click opens the whole."""
MIN_UNIT_CHARS = 2
_TABLE_LOOK_BACK_CHARS = 20_000
"""How far before a chunk the header of its table is looked for."""

_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}(\s|$)")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULE_ROW = re.compile(r"^\s*\|[\s:|-]+\|\s*$")
_NOT_PROSE = re.compile(r"^\s*(<!--.*-->|\{/\*.*\*/\}|-{3,}|={3,}|\*{3,}|_{3,}|\[\^?[^\]]+\]:\s*\S+)\s*$")
_TAGS = re.compile(r"^\s*(?:</?[A-Za-z][\w.:-]*(?:\s[^<>]*)?>\s*)+$")
_ADMONITION = re.compile(
    r"^\s*(?::{3,}.*|(?:!!!|\?\?\?\+?)\s+[a-z]+(?:\s.*)?|===\+?\s+\".*\"|(?:>\s*)+\[![A-Za-z-]+\][+-]?.*)\s*$"
)
"""The line that opens or closes a box (`:::tip`, `!!! note "…"`, `> [!NOTE] …`): its title is found, as a heading is."""
_MODULE = re.compile(
    r"^(?:import\s(?:[\w*{][^'\"]*\sfrom\s+)?['\"][^'\"]+['\"];?|import\s+\{|export\s+(?:const|let|var)\s+\w+\s*=.*"
    r"|export\s+(?:default\s+)?(?:(?:async\s+)?function\b.*\(.*|class\s.*\{.*)|export\s+(?:default\s*[{(]|[{*]).*|export\s+default\s+\w+;)\s*$"
)
"""A line of a module, as MDX has them above and between its prose."""
_WIKI_LINK = re.compile(
    r"(?P<code>`[^`\n]*`)|!?\[\[(?=[^\W\d_])(?P<target>[^\[\]|\n]*[^\[\]|\s])(?:\|(?P<alias>[^\[\]\n]+))?\]\]"
)
_FRONT_MATTER = re.compile(r"---\n(?:.*\n)*?(?:---|\.\.\.)(?:\n|$)")
_LEAD = re.compile(r"^(\s*>)*\s*([-*+•]|\d{1,3}[.)])\s+(\[[ xX]\]\s+)?|^(\s*>)+\s?|^\s+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A quotable span: `text_of(source)[start:end] == text`, with the hit (by position) that it comes from.

    `header` holds the column names of a table row, in order; empty for every other kind. `section` is the nearest heading
    above it in the same passage; empty where that is the heading of the passage itself, or none.
    """

    hit: int
    start: int
    end: int
    text: str
    kind: UnitKind
    header: tuple[str, ...] = ()
    section: str = ""


def units_of(hits: Sequence[Hit], text_of: Callable[[str], str]) -> tuple[Unit, ...]:
    """The units of every hit, in the order of the hits and of the text; a span that two hits share stands once."""
    seen: set[tuple[str, int, int]] = set()
    units: list[Unit] = []
    for position, hit in enumerate(hits):
        sections = _sections(hit)
        for unit in _units_of_hit(position, hit, text_of):
            key = (hit.source.id, unit.start, unit.end)
            if key not in seen:
                seen.add(key)
                above = [heading for start, heading in sections if start < unit.start]
                units.append(replace(unit, section=above[-1]) if above and above[-1] else unit)
    return tuple(units)


def cells_of(row: str) -> tuple[str, ...]:
    """The cells of a Markdown table row, trimmed; an escaped bar stays inside its cell."""
    inner = row.strip().removeprefix("|").removesuffix("|")
    return tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner))


def shown(unit: Unit) -> str:
    """The unit as a sentence of an answer: as `said`, and a wiki link is its alias, or else what it links to."""
    return said(unit) if unit.kind == "code" else _WIKI_LINK.sub(_linked, said(unit))


def said(unit: Unit) -> str:
    """All that the unit says: a row names its columns, prose loses its line breaks, code stays."""
    if unit.kind == "code":
        return unit.text
    if unit.kind == "row":
        cells = cells_of(unit.text)
        if len(unit.header) == len(cells):
            pairs = [f"{name}: {cell}" if name else cell for name, cell in zip(unit.header, cells, strict=True) if cell]
            return " · ".join(pairs)
        return " · ".join(cell for cell in cells if cell)
    return " ".join(unit.text.split())


def _linked(link: re.Match[str]) -> str:
    return link["code"] or (link["alias"] or link["target"].replace("#", " › ")).strip()


def _units_of_hit(position: int, hit: Hit, text_of: Callable[[str], str]) -> Iterator[Unit]:
    text, base = hit.chunk.text, hit.placement.start
    header: tuple[str, ...] | None = None
    prose_start: int | None = None
    fence_start: int | None = None
    offset = 0
    body = _after_front_matter(hit)
    in_module = False

    def prose(end: int) -> Iterator[Unit]:
        if prose_start is not None:
            yield from _sentences(position, text, prose_start, end, base)

    for line in text.splitlines(keepends=True):
        start, offset = offset, offset + len(line)
        if start < body:
            continue
        if in_module and line.strip():
            continue
        in_module = False
        if _FENCE.match(line):
            if fence_start is None:
                yield from prose(start)
                prose_start, fence_start = None, start
            else:
                yield from _code(position, text[fence_start:offset], fence_start + base)
                fence_start = None
        elif fence_start is not None:
            continue
        elif _ROW.match(line):
            yield from prose(start)
            prose_start = None
            if header is None:
                if _RULE_ROW.match(text[offset:].split("\n", 1)[0]):
                    header = cells_of(line)
                    continue
                header = _header_before(hit, text_of) if start == 0 else ()
            if not _RULE_ROW.match(line):
                row = line.rstrip()
                yield Unit(position, start + base, start + base + len(row), row, "row", header)
        elif not line.strip() or _HEADING.match(line) or _is_no_prose(line):
            yield from prose(start)
            prose_start, header = None, None
        elif prose_start is None and _MODULE.match(line):
            in_module, header = line.rstrip().endswith(("{", "(", "[")), None
        else:
            header = None
            if prose_start is None:
                prose_start = start
    yield from prose(len(text))


def _sections(hit: Hit) -> list[tuple[int, str]]:
    """Where each heading inside a passage stands in the source, in order; "" for one that the passage bears itself,
    as its title does."""
    found, fenced, offset = [], False, hit.placement.start
    for line in hit.chunk.text.splitlines(keepends=True):
        fenced ^= bool(_FENCE.match(line))
        if not fenced and _HEADING.match(line):
            heading = line.strip(" #\n")
            found.append((offset, "" if heading in (hit.chunk.title, *hit.chunk.heading_path) else heading))
        offset += len(line)
    return found


def _is_no_prose(line: str) -> bool:
    """A comment, a rule, a link definition, the edge of a box, or tags alone."""
    return any(pattern.match(line) for pattern in (_NOT_PROSE, _ADMONITION, _TAGS))


def _after_front_matter(hit: Hit) -> int:
    """Where the prose of a chunk begins: what a note states of itself between `---` lines is no prose."""
    found = _FRONT_MATTER.match(hit.chunk.text) if hit.placement.start == 0 else None
    return found.end() if found else 0


def _sentences(position: int, text: str, start: int, end: int, base: int) -> Iterator[Unit]:
    """The sentences of text[start:end] without list marks and quotation bars in front."""
    for first, last in split_sentences(text[start:end]):
        sentence = text[start + first : start + last]
        lead = _LEAD.match(sentence)
        skipped = lead.end() if lead else 0
        body = sentence[skipped:]
        if len(body.strip()) >= MIN_UNIT_CHARS and any(char.isalnum() for char in body):
            at = base + start + first + skipped
            is_item = bool(lead and lead.group(2))
            yield Unit(position, at, at + len(body), body, "item" if is_item else "sentence")


def _code(position: int, block: str, start: int) -> Iterator[Unit]:
    lines = block.rstrip().splitlines(keepends=True)
    if len(lines) > 2:
        body = "".join(lines[:MAX_CODE_LINES]).rstrip()
        yield Unit(position, start, start + len(body), body, "code")


def _header_before(hit: Hit, text_of: Callable[[str], str]) -> tuple[str, ...]:
    """The header of a table that was cut before this chunk; empty when there is none above it."""
    end = hit.placement.start
    above = text_of(hit.source.id)[max(0, end - _TABLE_LOOK_BACK_CHARS) : end].rstrip("\n").split("\n")
    rows: list[str] = []
    for line in reversed(above):
        if not _ROW.match(line):
            break
        rows.append(line)
    return cells_of(rows[-1]) if len(rows) >= 2 and _RULE_ROW.match(rows[-2]) else ()
