"""Clean Markdown text put together block by block, with its outline and its places; what every rich format is turned into."""

import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from rag_app.cleaning import clean_text
from rag_app.errors import SourceTooLarge
from rag_app.schema import Heading, Mark, Reading, SourceText

MAX_CHARS = 30_000_000
MAX_TITLE_CHARS = 300
MAX_COLUMNS = 200
TABLE_CHARS = 700
"""A table longer than this is written as several, each with the header, so that every passage of it names its columns."""
_MAX_METADATA_CHARS = 500

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n\s*\n")


class Composer:
    """Blocks go in, in reading order; `source` gives the text with exact offsets. Blocks are cleaned on the way in.

    `place` names where the next blocks stand ("p. 3"); a place without text leaves no mark.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._lines = 1
        self._tight = False
        self._outline: list[Heading] = []
        self._marks: list[Mark] = []
        self._place = ""

    @property
    def chars(self) -> int:
        """How much text there is so far."""
        return self._length

    @property
    def first_heading(self) -> str:
        """The first heading so far; empty when there is none."""
        return self._outline[0].title if self._outline else ""

    def place(self, locator: str) -> None:
        """From the next block on, the text stands at `locator`."""
        self._place = locator

    def heading(self, level: int, text: str, *, opens_document: bool = False) -> None:
        """A heading of level 1 to 6; an empty one is no heading."""
        title = one_line(text)[:MAX_TITLE_CHARS]
        if not title:
            return
        level = min(max(level, 1), 6)
        start, line = self._add(f"{'#' * level} {title}")
        self._outline.append(Heading(level, title, start, line, opens_document))

    def paragraph(self, text: str, places: Sequence[tuple[int, str]] = ()) -> None:
        """A paragraph of one or several lines; `places` are offsets into it (it must be clean then) with their locators."""
        clean = text if places else clean_text(text).replace("\t", " ").strip()
        if not clean.strip():
            return
        start, _ = self._add(_inert(clean) if not places else clean)
        for offset, locator in places:
            self._mark(start + offset, locator)
            self._place = locator

    def item(self, text: str, *, depth: int = 0, mark: str = "-") -> None:
        """An item of a list; items that follow each other stand on consecutive lines."""
        words = one_line(text)
        if words:
            self._add(f"{'  ' * min(depth, 8)}{mark} {words}", tight=True)

    def code(self, text: str, language: str = "") -> None:
        """Code or output, exactly as it is, in a fence."""
        clean = clean_text(text).rstrip()
        if clean.strip():
            fence = "````" if "```" in clean else "```"
            self._add(f"{fence}{language}\n{clean}\n{fence}")

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """A table whose first row names the columns; a long one repeats that row over each group of rows.

        A table of one column is a frame around paragraphs.
        """
        cells = trimmed(rows)
        if not cells:
            return
        if len(cells[0]) == 1:
            for row in cells:
                self.paragraph(row[0])
            return
        for group in table_groups(cells):
            self.rows(cells[0], [cells[index] for index in group])

    def picture(self, text: str) -> None:
        """What OCR has read in a picture: a paragraph for each of its blocks."""
        for block in _BLANK_LINES.split(text):
            self.paragraph(block)

    def rows(self, header: Sequence[str], rows: Sequence[Sequence[str]], places: Sequence[str] = ()) -> None:
        """One Markdown table as it stands; `places` are the locators of the single rows, the header has that of the block."""
        lines = [_row(header), "|" + " --- |" * len(header), *map(_row, rows)]
        at, _ = self._add("\n".join(lines))
        at += len(lines[0]) + len(lines[1]) + 2
        for line, locator in zip(lines[2:], places, strict=False):
            self._mark(at, locator)
            self._place = locator
            at += len(line) + 1

    def markdown(
        self, text: str, outline: Sequence[Heading], marks: Sequence[Mark] = (), *, deeper: int = 0, within: str = ""
    ) -> None:
        """A clean text that has its own outline and places: headings go `deeper`, locators get `within` in front."""
        body = _inert(text.rstrip())
        if not body.strip():
            return
        if within:
            self._place = " ".join((within, *(mark.locator for mark in marks[:1] if mark.start == 0)))
        start, line = self._add(body)
        for mark in marks:
            if 0 < mark.start < len(body):
                self._mark(start + mark.start, f"{within} {mark.locator}".strip())
        for heading in outline:
            level = min(heading.level + deeper, 6)
            at, on_line = start + heading.start, line + heading.line - 1
            self._outline.append(Heading(level, heading.title, at, on_line, heading.opens_document))

    def source(
        self,
        *,
        title: str,
        format_name: str,
        encoding: str = "utf-8",
        metadata: Mapping[str, str] | None = None,
        warnings: Sequence[str] = (),
        reading: Reading | None = None,
    ) -> SourceText:
        """The finished text."""
        stated = {key: one_line(value)[:_MAX_METADATA_CHARS] for key, value in (metadata or {}).items()}
        return SourceText(
            title=one_line(title)[:MAX_TITLE_CHARS],
            text="".join(self._parts) + ("\n" if self._parts else ""),
            outline=tuple(self._outline),
            format=format_name,
            encoding=encoding,
            marks=tuple(self._marks),
            metadata={key: value for key, value in stated.items() if value},
            warnings=tuple(warnings),
            reading=reading or Reading(),
        )

    def _add(self, block: str, *, tight: bool = False) -> tuple[int, int]:
        """The offset and the line of the block that is put behind what is there."""
        if self._parts:
            gap = "\n" if tight and self._tight else "\n\n"
            self._parts.append(gap)
            self._length += len(gap)
            self._lines += len(gap)
        self._tight = tight
        start, line = self._length, self._lines
        self._parts.append(block)
        self._length += len(block)
        self._lines += block.count("\n")
        if self._length > MAX_CHARS:
            raise SourceTooLarge(f"the document holds more than {MAX_CHARS:,} characters of text; split it")
        if self._place:
            self._mark(start, self._place)
        return start, line

    def _mark(self, start: int, locator: str) -> None:
        if not self._marks or self._marks[-1].locator != locator:
            self._marks.append(Mark(start, locator))


def one_line(text: str) -> str:
    """The clean text in one line."""
    return " ".join(clean_text(text).split())


def trimmed(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """The rows with clean cells, all of one length, without empty rows and without columns that are empty everywhere."""
    cells = [[one_line(cell) for cell in row[:MAX_COLUMNS]] for row in rows]
    cells = [row for row in cells if any(row)]
    width = max(map(len, cells), default=0)
    used = [column for column in range(width) if any(column < len(row) and row[column] for row in cells)]
    return [[row[column] if column < len(row) else "" for column in used] for row in cells]


def table_groups(cells: Sequence[Sequence[str]]) -> Iterator[range]:
    """Ranges of the rows below the header that go under one header each.

    The rows themselves choose where a group ends, so that an inserted row moves only the borders around it.
    """
    if len(cells) == 1:
        yield range(1, 1)
        return
    sizes = [sum(len(cell) + 3 for cell in row) for row in cells]
    total = sum(sizes[1:])
    most = max(TABLE_CHARS, 3 * sizes[0])
    if total <= most:
        yield range(1, len(cells))
        return
    usual = 1 << max(0, round(math.log2(max(1.0, most / 2 / (total / (len(cells) - 1))))))  # rows in a group, about
    keys = [zlib.crc32("\x1f".join(row).encode("utf-8", "replace")) for row in cells]
    ends = [index + 1 for index in range(1, len(cells) - 1) if keys[index] % usual == 0]
    for start, end in pairwise([1, *ends, len(cells)]):
        yield from _halves(range(start, end), sizes, keys, most)


def _halves(rows: range, sizes: Sequence[int], keys: Sequence[int], most: int) -> Iterator[range]:
    """The rows cut behind the one with the lowest key, not too near an end, and each side again, until every part fits."""
    waiting = [rows]
    while waiting:
        part = waiting.pop()
        if len(part) < 2 or sum(sizes[index] for index in part) <= most:
            yield part
            continue
        margin = len(part) // 4
        inner = part[margin : len(part) - max(1, margin)]
        cut = min(inner, key=lambda index: keys[index]) + 1
        waiting += [range(cut, part.stop), range(part.start, cut)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _inert(paragraph: str) -> str:
    """The paragraph with its code fence closed, should it open one: it must not swallow what follows."""
    return f"{paragraph}\n```" if len(_FENCE.findall(paragraph)) % 2 else paragraph
