"""Where a text may be cut, and how gladly: its headings, blocks, rows, sentences and, at worst, words."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from ingest.formats.commonmark import Block, BlockKind, parse_blocks, plain_title
from ingest.formats.front_matter import read_front_matter
from ingest.words import word_groups
from rag_app.schema import Heading, SourceText
from rag_app.sentences import split_sentences

# How gladly a text is cut: where a document inside another begins always; at a heading by its level (1 to 6), then these,
# each only where nothing better is at hand.
DOCUMENT: Final = 0
BLOCK: Final = 7
INNER: Final = 8
LINE: Final = 9
WORD: Final = 10

CHARS_PER_TOKEN: Final = 16
"""The characters that count for a token at the least, so that signs which the tokenizer drops have a size too. Half of the passages
of real notes have 5.5 a token, one in a thousand 10.8 or more; at 256 tokens none has grown to the 4,096 characters that this allows
(12,845 passages, the longest of 3,362; 2026-11-21)."""

_SMALL_FRONT_MATTER_CHARS = 500
_PARAGRAPH = re.compile(r"\n{2,}")
_CODE_LINE = re.compile(r"\n+(?:[ \t]{64,})?")  # no passage begins with an endless indentation
_INTRODUCES = re.compile(r"[:：][*_]*\s*\Z")

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of text that is never cut: where it starts, how gladly one cuts in front of it, its size.

    The size is counted in tokens, and is at least one for every 16 characters begun.

    `heading` is the index in the outline of the heading it stands under; -1 above the first one. `columns` are the words
    of the header row of the table whose later rows it holds; empty elsewhere.
    """

    start: int
    strength: int
    size: int
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
        size = _size_within(text[start:end], max_tokens, count_tokens)
        if size is not None:
            units.append(Unit(start, stretch.strength, size, stretch.heading))
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
    documents = {heading.start: heading for heading in source.outline if heading.opens_document}
    blocks = _blocks(source.text, body_from, documents)
    stands_alone = body_from > _SMALL_FRONT_MATTER_CHARS or not blocks
    stretches = [_Stretch(0, 0, BLOCK, -1, "code", ())] if body_from and stands_alone else []
    opened: tuple[int, int] | None = None  # start and level of the first of the headings that wait for a block
    current = -1
    for index, block in enumerate(blocks):
        if block.start in headings:
            current = headings[block.start]
            heading = source.outline[current]
            opened = opened or (block.start, DOCUMENT if heading.opens_document else heading.level)
            if index + 1 < len(blocks) and not _ends_with(heading, documents.get(blocks[index + 1].start)):
                continue
        start, strength = opened or (block.start, _strength(source.text, block.start, block.kind))
        stretches.append(_Stretch(start, block.start, strength, current, block.kind, block.inner))
        opened = None
    return stretches


def _ends_with(heading: Heading, document: Heading | None) -> bool:
    """Whether the document of a heading ends where the next one begins, if one does, and is not the one around it."""
    return document is not None and not (heading.opens_document and document.level > heading.level)


def _blocks(text: str, body_from: int, documents: Collection[int]) -> Sequence[Block]:
    """The blocks of a text; those of a document inside it are parsed by themselves, so that none runs over its end."""
    if not documents:
        return parse_blocks(text, body_from)
    edges = [body_from, *sorted(start for start in documents if start > body_from), len(text)]
    return [
        replace(block, start=block.start + first, inner=tuple(at + first for at in block.inner))
        for first, last in pairwise(edges)
        for block in parse_blocks(text[first:last])
    ]


def _strength(text: str, start: int, kind: BlockKind) -> int:
    """A list, table or example is cut less gladly from the line that introduces it."""
    introduced = kind in ("list", "table", "code", "quote") and _INTRODUCES.search(text, max(0, start - 16), start)
    return INNER if introduced else BLOCK


def _size_within(text: str, limit: int, count_tokens: CountTokens) -> int | None:
    """The size of a text, or None when it is above the limit; a huge text is not even counted."""
    if len(text) > CHARS_PER_TOKEN * limit:
        return None
    size = _size(text, count_tokens)
    return size if size <= limit else None


def _size(text: str, count_tokens: CountTokens) -> int:
    return max(count_tokens(text), -(-len(text) // CHARS_PER_TOKEN))


def _split(
    text: str, stretch: _Stretch, start: int, end: int, max_tokens: int, count_tokens: CountTokens
) -> Iterator[tuple[int, int, int]]:
    """Start, strength and size of the parts of a block that is too large as a whole."""
    cuts = {at: strength for at, strength in _weaker_cuts(text, stretch, end) if at > stretch.body}
    for left, right in pairwise([start, *sorted(cuts), end]):
        size = _size_within(text[left:right], max_tokens, count_tokens)
        if size is not None:
            yield left, cuts.get(left, LINE), size
            continue
        for piece_start, piece_end in word_groups(text, left, right, max_chars=max(32, max_tokens // 2)):
            strength = cuts.get(left, LINE) if piece_start == left else WORD
            yield piece_start, strength, _size(text[piece_start:piece_end], count_tokens)


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
