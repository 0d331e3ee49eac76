"""Where a text may be cut, and how gladly: its headings, blocks, rows, sentences and, at worst, words."""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ingest.formats.commonmark import BlockKind, parse_blocks, plain_title
from ingest.formats.front_matter import read_front_matter
from rag_app.schema import SourceText
from rag_app.sentences import split_sentences

# How gladly a text is cut: at a heading by its level (1 to 6), then these, each only where nothing better is at hand.
BLOCK: Final = 7
INNER: Final = 8
LINE: Final = 9
WORD: Final = 10

_CHARS_PER_TOKEN_AT_MOST = 16
_SMALL_FRONT_MATTER_CHARS = 500
_PARAGRAPH = re.compile(r"\n{2,}")
_CODE_LINE = re.compile(r"\n+")
_WORD = re.compile(r"\S{1,64}\s*")
_INTRODUCES = re.compile(r"[:：][*_]*\s*\Z")

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of text that is never cut: where it starts, how gladly one cuts in front of it, its size in tokens.

    `heading` is the index in the outline of the heading it stands under; -1 above the first one. `columns` are the words
    of the header row of the table whose later rows it holds; empty elsewhere.
    """

    start: int
    strength: int
    tokens: int
    heading: int
    columns: str = ""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A block with the headings (and small front matter) right above it; `body` is where the block itself starts."""

    start: int
    body: int
    strength: int
    heading: int
    kind: BlockKind
    inner: tuple[int, ...]


def units_of(source: SourceText, *, max_tokens: int, count_tokens: CountTokens) -> list[Unit]:
    """The units of a clean text in order; together they are the whole text.

    A heading (and small front matter) stays with what follows it. A block (paragraph, table, list, code) is one unit where it fits into `max_tokens`,
    else its items, rows, lines or sentences are, else groups of words.
    """
    text = source.text
    stretches = _stretches(source)
    units: list[Unit] = []
    for index, stretch in enumerate(stretches):
        start = stretch.start if index else 0
        end = stretches[index + 1].start if index + 1 < len(stretches) else len(text)
        tokens = _tokens(text, start, end, max_tokens, count_tokens)
        if tokens is not None:
            units.append(Unit(start, stretch.strength, tokens, stretch.heading))
            continue
        columns = _columns(text, stretch)
        for at, strength, size in _split(text, stretch, start, end, max_tokens, count_tokens):
            if at > start:
                units.append(Unit(at, strength, size, stretch.heading, columns))
            else:
                units.append(Unit(at, stretch.strength, size, stretch.heading))
    return units


def _stretches(source: SourceText) -> list[_Stretch]:
    if source.format == "text":
        starts = [0, *(match.end() for match in _PARAGRAPH.finditer(source.text) if match.end() < len(source.text))]
        return [_Stretch(start, start, BLOCK, -1, "paragraph", ()) for start in starts]
    headings = {heading.start: index for index, heading in enumerate(source.outline)}
    body_from = read_front_matter(source.text).end if source.format == "markdown" else 0
    blocks = parse_blocks(source.text, body_from)
    stands_alone = body_from > _SMALL_FRONT_MATTER_CHARS or not blocks
    stretches = [_Stretch(0, 0, BLOCK, -1, "code", ())] if body_from and stands_alone else []
    opened: tuple[int, int] | None = None  # start and level of the first of the headings that wait for a block
    current = -1
    for index, block in enumerate(blocks):
        level = source.outline[headings[block.start]].level if block.start in headings else 0
        if level:
            current = headings[block.start]
            opened = opened or (block.start, level)
            if index + 1 < len(blocks):
                continue
        start, strength = opened or (block.start, _strength(source.text, block.start, block.kind))
        stretches.append(_Stretch(start, block.start, strength, current, block.kind, block.inner))
        opened = None
    return stretches


def _strength(text: str, start: int, kind: BlockKind) -> int:
    """A list, table or example is cut less gladly from the line that introduces it."""
    introduced = kind in ("list", "table", "code", "quote") and _INTRODUCES.search(text, max(0, start - 16), start)
    return INNER if introduced else BLOCK


def _tokens(text: str, start: int, end: int, max_tokens: int, count_tokens: CountTokens) -> int | None:
    """The size of a span, or None when it is too large; a huge span is not even counted."""
    if end - start > _CHARS_PER_TOKEN_AT_MOST * max_tokens:
        return None
    tokens = count_tokens(text[start:end])
    return tokens if tokens <= max_tokens else None


def _split(
    text: str, stretch: _Stretch, start: int, end: int, max_tokens: int, count_tokens: CountTokens
) -> Iterator[tuple[int, int, int]]:
    """Start, strength and size of the parts of a block that is too large as a whole."""
    cuts = {at: strength for at, strength in _weaker_cuts(text, stretch, end) if at > stretch.body}
    for left, right in pairwise([start, *sorted(cuts), end]):
        tokens = _tokens(text, left, right, max_tokens, count_tokens)
        if tokens is not None:
            yield left, cuts.get(left, LINE), tokens
            continue
        for piece_start, piece_end in _word_groups(text, left, right, max_chars=max(32, max_tokens // 2)):
            strength = cuts.get(left, LINE) if piece_start == left else WORD
            yield piece_start, strength, count_tokens(text[piece_start:piece_end])


def _columns(text: str, stretch: _Stretch) -> str:
    """The cells of a table's header row, which its later rows need to be understood."""
    if stretch.kind != "table":
        return ""
    row = text[stretch.body : text.find("\n", stretch.body)]
    return " | ".join(filter(None, (cell.strip() for cell in plain_title(row).strip("| ").split("|"))))


def _weaker_cuts(text: str, stretch: _Stretch, end: int) -> Iterator[tuple[int, int]]:
    if stretch.kind == "code":
        for match in _CODE_LINE.finditer(text, stretch.body, end):
            if match.end() < end:
                yield match.end(), INNER if match.end() - match.start() > 1 else LINE
        return
    if stretch.kind != "table":
        for at, _ in split_sentences(text[stretch.body : end]):
            yield stretch.body + at, LINE
    for at in stretch.inner:
        yield at, INNER


def _word_groups(text: str, start: int, end: int, *, max_chars: int) -> Iterator[tuple[int, int]]:
    """Spans of whole words, cut behind words that their own letters choose, so that an edit shifts nothing far away."""
    left = start
    for match in _WORD.finditer(text, start, end):
        if match.start() > left and match.end() - left > max_chars:
            yield left, match.start()
            left = match.start()
        elif match.end() - left > max_chars // 4 and zlib.crc32(match[0].encode("utf-8", "replace")) % 8 == 0:
            yield left, match.end()
            left = match.end()
    if left < end:
        yield left, end
