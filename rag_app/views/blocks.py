"""Whole texts, made safe to draw: headings, lists, quotes, tables, code and formulas, with one passage highlighted.

Goes line by line; each line's words pass through `markdown.inline`, so nothing here can let anything through.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rag_app.views.markdown import MarkLink, code, highlighted, inline, is_formula

_FENCE: Final = re.compile(r"^(?P<indent> {0,3})(?P<fence>`{3,}|~{3,})\s*(?P<info>[\w+#.-]*)[^`]*$")
_HEADING: Final = re.compile(r"^ {0,3}#{1,6}\s+(?P<title>.*?)\s*#*\s*$")
_ITEM: Final = re.compile(r"^(?P<indent>\s*)(?P<mark>[-*+•]|\d{1,9}[.)])(?P<gap>\s+)(?P<body>\S.*)$")
_QUOTE: Final = re.compile(r"^ {0,3}(?P<mark>(?:>\s?)+)(?P<body>.*)$")
_RULE: Final = re.compile(r"^ {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_DASHES: Final = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CELL: Final = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text and where it starts there."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def draw_text(text: str, *, link: MarkLink | None = None, mark: tuple[int, int] = (0, 0), breaks: bool = False) -> str:
    """Safe Markdown of a text that may be Markdown itself.

    `mark` is the span to highlight; `breaks` keeps the lines of plain text apart; `link` gives citation marks their anchor.
    """
    lines: list[Line] = []
    start = 0
    for row in text.split("\n"):
        lines.append(Line(row, start))
        start += len(row) + 1
    return _Drawing(link, mark, breaks).draw(lines)


class _Drawing:
    """Draws one text."""

    def __init__(self, link: MarkLink | None, mark: tuple[int, int], breaks: bool) -> None:
        self._link = link
        self._mark = mark
        self._breaks = breaks
        self._item_indent = -1  # of the list item above, -1 outside lists

    def draw(self, lines: list[Line]) -> str:
        out: list[str] = []
        i = 0
        while i < len(lines):
            line = lines[i]
            fence = _FENCE.match(line.text)
            if fence:
                taken = _until_fence(lines, i, fence["fence"])
                out += self._fenced(lines[i : i + taken], fence)
            elif line.text.strip() == "$$" and (taken := _until_dollars(lines, i)):
                out += self._display(lines[i : i + taken])
            elif "|" in line.text and i + 1 < len(lines) and _is_dashes(lines[i + 1].text):
                taken = 2
                while i + taken < len(lines) and "|" in lines[i + taken].text and lines[i + taken].text.strip():
                    taken += 1
                out += self._table(lines[i : i + taken])
            else:
                taken = 1
                out.append(self._plain(line))
            i += taken
        return "\n".join(out).strip("\n")

    def _plain(self, line: Line) -> str:
        """A line that is no part of a block of code, formula or table."""
        if not line.text.strip():
            return ""
        if _RULE.match(line.text):
            return ""
        heading = _HEADING.match(line.text)
        if heading:
            title = self._span(line, *heading.span("title"), plain=True)
            bold = title if title.startswith(":yellow") else f"**\u2060{title}\u2060**"
            return f"\n{bold}\n" if heading["title"] else ""
        item = _ITEM.match(line.text)
        if item:
            wanted = len(item["indent"].expandtabs(4))
            self._item_indent = 0 if self._item_indent < 0 else min(wanted, self._item_indent + 4, 12)
            mark = "-" if item["mark"] in "-*+•" else item["mark"]
            return f"{' ' * self._item_indent}{mark} {self._span(line, *item.span('body'))}"
        if not line.text.startswith(" "):
            self._item_indent = -1
        quote = _QUOTE.match(line.text)
        if quote:
            return "> " * min(3, quote["mark"].count(">")) + self._span(line, *quote.span("body")) + self._end()
        return self._span(line, len(line.text) - len(line.text.lstrip()), len(line.text)) + self._end()

    def _end(self) -> str:
        return "  " if self._breaks else ""

    def _span(self, line: Line, start: int, end: int, *, plain: bool = False) -> str:
        """Part of a line, the highlighted share of it in its colour."""
        text = line.text
        first = min(max(self._mark[0] - line.start, start), end)
        last = max(min(self._mark[1] - line.start, end), first)
        if not text[first:last].strip():
            shown = text[start:end]
            return inline(shown.replace("**", ""), self._link) if plain else inline(shown, self._link)
        inside = text[first:last]
        lead, tail = len(inside) - len(inside.lstrip()), len(inside) - len(inside.rstrip())
        return (
            inline(text[start:first], self._link)
            + " " * bool(lead)
            + highlighted(inside)
            + " " * bool(tail)
            + inline(text[last:end], self._link)
        )

    def _touches(self, lines: list[Line]) -> bool:
        return bool(lines) and self._mark[0] < lines[-1].end and lines[0].start < self._mark[1]

    def _fenced(self, lines: list[Line], fence: "re.Match[str]") -> list[str]:
        """A block of code; a highlighted one is drawn line by line, because code takes no colour."""
        closed = len(lines) > 1 and lines[-1].text.strip().startswith(fence["fence"])
        body = lines[1:-1] if closed else lines[1:]
        if not self._touches(body):
            ticks = "`" * max(3, max((len(run) for row in body for run in re.findall("`+", row.text)), default=0) + 1)
            info = fence["info"] if fence["info"].lower() != "mermaid" else ""
            return ["", f"{ticks}{info}", *(row.text for row in body), ticks, ""]
        return ["", *(self._code_line(row) + "  " for row in body if row.text.strip()), ""]

    def _code_line(self, line: Line) -> str:
        shown = line.text.rstrip().expandtabs(4)
        marked = self._touches([line])
        if "[" in shown or "]" in shown or not marked:
            return highlighted(shown) if marked else code(shown)
        return f":yellow-background[{code(shown)}]"

    def _display(self, lines: list[Line]) -> list[str]:
        """A formula on lines of its own."""
        tex = " ".join(row.text.strip() for row in lines[1:-1]).replace("$", "")
        lead = [":yellow-background[\u00a0]"] if self._touches(lines[1:-1]) else []
        return ["", *lead, "$$", tex, "$$", ""] if is_formula(tex) else [self._plain(row) for row in lines]

    def _table(self, lines: list[Line]) -> list[str]:
        width = len(_cells(lines[0]))
        rows = [self._row(line, width) for line in (lines[0], *lines[2:])]
        return ["", rows[0], "|" + " --- |" * width, *rows[1:], ""]

    def _row(self, line: Line, width: int) -> str:
        cells = [self._span(line, start, end).replace("\n", " ") for start, end in _cells(line)][:width]
        # a bar inside code or a formula would cut the cell
        safe = [re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in cells] + [""] * (width - len(cells))
        return "| " + " | ".join(safe) + " |"


def _is_dashes(text: str) -> bool:
    return "-" in text and "|" in text and bool(_DASHES.match(text))


def _cells(line: Line) -> list[tuple[int, int]]:
    """The spans of the cells of a table row, without blanks around them."""
    text = line.text
    bars = [found.start() for found in _CELL.finditer(text)]
    edges = [-1, *bars, len(text)]
    spans = [(left + 1, right) for left, right in pairwise(edges)]
    if text.lstrip().startswith("|"):
        spans = spans[1:]
    if spans and text.rstrip().endswith("|") and not text.rstrip().endswith("\\|"):
        spans = spans[:-1]
    trimmed = []
    for start, end in spans:
        body = text[start:end]
        left = start + len(body) - len(body.lstrip())
        trimmed.append((min(left, end), max(min(left, end), start + len(body.rstrip()))))
    return trimmed or [(0, len(text))]


def _until_fence(lines: list[Line], i: int, fence: str) -> int:
    """How many lines a block of code takes, its closing line included; an open one ends with the text."""
    for taken in range(1, len(lines) - i):
        row = lines[i + taken].text.strip()
        if row.startswith(fence) and not row.strip(fence[0]):
            return taken + 1
    return len(lines) - i


def _until_dollars(lines: list[Line], i: int) -> int:
    """How many lines a formula takes, both lines of dollars included; 0 when it never ends."""
    for taken in range(1, min(40, len(lines) - i)):
        if lines[i + taken].text.strip() == "$$":
            return taken + 1
    return 0
