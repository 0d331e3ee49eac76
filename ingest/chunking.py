"""A source text into pieces: pure, lossless, led by headings, with boundaries that the text itself chooses.

Every boundary is chosen by what stands right behind it, never by its position: a change moves the boundaries around it
and leaves all others alone. Sections are cut at headings. What is still too large is cut where the first words of a block
hash lower than those of all blocks near it, and, where such blocks are too far apart, at the lowest in between.
"""

import hashlib
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.blocks import BLOCK, CountTokens, Unit, units_of
from ingest.formats.commonmark import line_starts
from rag_app.schema import Heading, SourceText

CHUNKER_VERSION: Final = "2"

Keys = NDArray[np.uint64]

_SECTION_SHARE = 5  # a section of a fifth of the largest chunk stands alone
_LEAST_SHARE = 4  # what is cut below headings is cut into parts of at least a quarter, where the units allow it
_HASHED_CHARS = 12  # few, so that most edits of a paragraph leave its key alone


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage and where it stands: `text[start:end]` of the source, which the pieces together rebuild.

    `content_end` is `end` without the white space behind the passage; `line` counts from 1.
    """

    heading_path: tuple[str, ...]
    start: int
    content_end: int
    end: int
    line: int


def split(source: SourceText, *, max_tokens: int, count_tokens: CountTokens) -> tuple[Piece, ...]:
    """The pieces of a clean text, in order; empty for an empty text.

    Small sections join neighbours under the same parent, large ones are cut between blocks, then rows or sentences, then words.
    A piece that begins among the rows of a table has the table's header row at the end of its heading path.
    No piece is larger than `max_tokens`, give or take what `count_tokens` saves at the seams; none begins with a blank line.
    """
    text = source.text
    if not text.strip():
        return ()
    units = units_of(source, max_tokens=max_tokens, count_tokens=count_tokens)
    paths = _paths(source.outline, source.title)
    lines = line_starts(text)
    pieces: list[Piece] = []
    for first, last in _leaves(text, units, max_tokens):
        start = units[first].start
        end = units[last].start if last < len(units) else len(text)
        content_end = start + len(text[start:end].rstrip())
        path = _common_path([paths[unit.heading] for unit in units[first:last] if unit.heading >= 0])
        if units[first].columns:
            path = (*path, units[first].columns)
        pieces.append(Piece(path, start, content_end, end, bisect_right(lines, start)))
    return tuple(pieces)


def chunk_id(title: str, heading_path: Sequence[str], text: str) -> str:
    """The identity of a passage: a hash of what it says, never of where it stands (32 hex digits)."""
    parts = (CHUNKER_VERSION, title, str(len(heading_path)), *heading_path, text)
    joined = "\x00".join(part.replace("\x00", "") for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _leaves(text: str, units: Sequence[Unit], max_tokens: int) -> list[tuple[int, int]]:
    """Index spans of the units that make one piece each, in order."""
    keys = _keys(text, units)
    sizes = [0]
    for unit in units:
        sizes.append(sizes[-1] + unit.tokens)
    leaves: list[tuple[int, int]] = []
    for first, last in _sections(keys, sizes, max_tokens):
        anchors = (
            _anchors(keys, sizes, first, last, max_tokens // _LEAST_SHARE)
            if sizes[last] - sizes[first] > max_tokens
            else []
        )
        for left, right in pairwise([first, *anchors, last]):
            leaves += _halves(keys, sizes, left, right, max_tokens)
    return leaves


def _sections(keys: Keys, sizes: Sequence[int], max_tokens: int) -> Iterator[tuple[int, int]]:
    """Spans cut at headings: the highest first, and none cut off that is too small to stand alone if it can be helped."""
    least = max(1, max_tokens // _SECTION_SHARE)
    open_spans = [(0, len(keys))]
    while open_spans:
        first, last = open_spans.pop()
        strongest = _strength(keys[first + 1 : last].min()) if last - first > 1 else BLOCK
        cut = None
        if strongest < BLOCK:
            cut = _lowest(keys, *_inside(sizes, first, last, least))
            if cut is None or _strength(keys[cut]) != strongest:
                small = sizes[last] - sizes[first] <= max_tokens
                cut = None if small else _most_even(keys, sizes, first, last, strongest)
        if cut is None:
            yield first, last
        else:
            open_spans += [(cut, last), (first, cut)]


def _anchors(keys: Keys, sizes: Sequence[int], first: int, last: int, reach: int) -> list[int]:
    """The boundaries whose key is the lowest among all within `reach` tokens: what is farther away cannot move them."""
    ranks = keys[first:last].tolist()
    anchors: list[int] = []
    for at in range(first + 1, last):
        here, key = sizes[at], ranks[at - first]
        if here - sizes[first] < reach or sizes[last] - here < reach:
            continue
        before = takewhile(lambda i, here=here: here - sizes[i] <= reach, range(at - 1, first, -1))  # type: ignore[misc]
        behind = takewhile(lambda i, here=here: sizes[i] - here <= reach, range(at + 1, last))  # type: ignore[misc]
        if all(ranks[i - first] > key for i in before) and all(ranks[i - first] >= key for i in behind):
            anchors.append(at)
    return anchors


def _halves(keys: Keys, sizes: Sequence[int], first: int, last: int, max_tokens: int) -> Iterator[tuple[int, int]]:
    """A span cut in two at its lowest boundary, and each side again, until every part fits."""
    open_spans = [(first, last)]
    while open_spans:
        first, last = open_spans.pop()
        if sizes[last] - sizes[first] <= max_tokens or last - first < 2:
            yield first, last
            continue
        cut = _lowest(keys, *_inside(sizes, first, last, max(1, max_tokens // _LEAST_SHARE)))
        if cut is None:
            cut = _most_even(keys, sizes, first, last, None)
        open_spans += [(cut, last), (first, cut)]


def _inside(sizes: Sequence[int], first: int, last: int, least: int) -> tuple[int, int]:
    """The range of boundaries that leave at least `least` tokens on either side."""
    low = max(first + 1, bisect_left(sizes, sizes[first] + least, first, last + 1))
    high = min(last, bisect_right(sizes, sizes[last] - least, first, last + 1))
    return low, high


def _lowest(keys: Keys, low: int, high: int) -> int | None:
    """The boundary with the lowest key; of equal ones, which stand in front of equal text, the middle one."""
    if low >= high:
        return None
    part = keys[low:high]
    equal = np.flatnonzero(part == part.min())
    return low + int(equal[len(equal) // 2])


def _most_even(keys: Keys, sizes: Sequence[int], first: int, last: int, strength: int | None) -> int:
    """Of the boundaries (of this strength, if one is named), the one that leaves the larger smaller side."""
    candidates = (at for at in range(first + 1, last) if strength is None or _strength(keys[at]) == strength)
    return max(candidates, key=lambda at: min(sizes[at] - sizes[first], sizes[last] - sizes[at]))


def _keys(text: str, units: Sequence[Unit]) -> Keys:
    """For the boundary in front of each unit: its strength, a hash of the first words behind it, a hash of the whole unit."""
    keys = np.empty(len(units), dtype=np.uint64)
    for index, unit in enumerate(units):
        end = units[index + 1].start if index + 1 < len(units) else len(text)
        opening = zlib.crc32(text[unit.start : min(end, unit.start + _HASHED_CHARS)].encode("utf-8", "replace")) >> 2
        whole = zlib.crc32(text[unit.start : end].encode("utf-8", "replace")) >> 2
        keys[index] = unit.strength << 60 | opening << 30 | whole
    return keys


def _strength(key: np.uint64) -> int:
    return int(key) >> 60


def _paths(outline: Sequence[Heading], title: str) -> list[tuple[str, ...]]:
    """The heading path of each heading, itself included, without the title of the document in front."""
    paths: list[tuple[str, ...]] = []
    above: list[Heading] = []
    for heading in outline:
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        path = tuple(step.title for step in above)
        paths.append(path[1:] if path[0] == title else path)
    return paths


def _common_path(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The path that all of them start with."""
    if not paths:
        return ()
    low, high = min(paths), max(paths)
    shared = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    return low[:shared]
