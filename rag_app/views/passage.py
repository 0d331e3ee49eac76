"""A citation in its surroundings: which part of the document is shown, and where the cited passage stands in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from rag_app.answer import Citation

BEFORE_CHARS = 160
AFTER_CHARS = 500
WIDE_CHARS = 4000

_FRONT_MATTER: Final = re.compile(r"---[ \t]*\n(?:[^\n]*\n){0,60}?---[ \t]*\n\s*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A window of a document: `text[start:end]` is what was cited, `line` where that stands in the document.

    `found` tells whether the document still says it: "there" at the same place, "moved" elsewhere in it, "gone" when only the stored
    quote is left.
    """

    text: str
    start: int
    end: int
    line: int
    found: Literal["there", "moved", "gone"]
    cut_before: bool
    cut_after: bool


def passage_of(citation: Citation, text_of: Callable[[str], str], *, wide: bool = False) -> Passage:
    """The cited passage with some of the document on each side, cut at lines; `wide` gives more of it.

    Little stands before the passage, so that it is seen without scrolling.
    """
    text = text_of(citation.source_id)
    start = citation.start
    if not citation.quote or text[start : citation.end] != citation.quote:
        start = text.find(citation.quote) if citation.quote else -1
        if start < 0:
            return Passage(citation.quote, 0, len(citation.quote), citation.line, "gone", False, False)
    end = start + len(citation.quote)
    before, after = (WIDE_CHARS, WIDE_CHARS) if wide else (BEFORE_CHARS, AFTER_CHARS)
    first, last = _line_start(text, start - before, start), _line_end(text, end, end + after)
    first = _table_start(text, first)
    facts = front_matter_end(text)
    first = facts if first < facts <= start else first
    moved = start != citation.start
    return Passage(
        text[first:last],
        start - first,
        end - first,
        text.count("\n", 0, start) + 1 if moved else citation.line,
        "moved" if moved else "there",
        first > facts,
        last < len(text),
    )


def front_matter_end(text: str) -> int:
    """Where the words of a document begin, behind the facts between `---` lines that some start with."""
    found = _FRONT_MATTER.match(text)
    return found.end() if found is not None else 0


def _line_start(text: str, near: int, start: int) -> int:
    """The start of a whole line between `near` and `start`; a line longer than that is cut inside."""
    if near <= 0:
        return 0
    found = text.find("\n", near - 1, start)
    return found + 1 if found >= 0 else near


def _line_end(text: str, end: int, near: int) -> int:
    if near >= len(text):
        return len(text)
    found = text.rfind("\n", end, near)
    return found if found >= 0 else near


def _table_start(text: str, first: int) -> int:
    """A window that begins inside a table begins with its header, so that the columns keep their names."""
    start = first
    while start > 0 and text[start : start + 80].lstrip(" ").startswith("|"):
        before = text.rfind("\n", 0, start - 1) + 1
        if not text[before : start - 1].lstrip().startswith("|") or first - before > WIDE_CHARS:
            break
        start = before
    return start
