"""A source text into pieces: pure, lossless, led by headings, with boundaries that the text itself chooses.

Every boundary is chosen by what stands right behind it, never by its position: a change moves the boundaries around it
and leaves nearly all others alone. Boundaries have an order: stronger headings first, then blocks, rows, sentences and words, those
of one kind by a hash of the first words behind them. A text is cut in two at the first in this order that leaves neither side too
small, and each side again: at headings always, elsewhere only until it fits.
"""

import hashlib
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.blocks import BLOCK, DOCUMENT, CountTokens, Unit, units_of
from ingest.formats.commonmark import line_starts
from rag_app.schema import Heading, SourceText

CHUNKER_VERSION: Final = "3"

Keys = NDArray[np.uint64]

_LEAST_SHARE = 4  # no part is smaller than a quarter of the largest chunk, where the units allow it
_HASHED_CHARS = 12  # few, and of one line: most edits of a paragraph leave its key alone, and that of its heading
_TIE_CHARS = 200  # where blocks open alike ("</div>", "- "), what follows decides


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
    No piece is larger than `max_tokens`, give or take what `count_tokens` saves at the seams, or has more than 16 characters for each of them;
    none begins with a blank line.
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


def _leaves(text: str, units: Sequence[Unit], max_tokens: int) -> Iterator[tuple[int, int]]:
    """Index spans of the units that make one piece each, in order."""
    keys = _keys(text, units)
    sizes = [0, *accumulate(unit.size for unit in units)]
    documents = (at for at in range(1, len(units)) if units[at].strength == DOCUMENT)
    for first, last in pairwise([0, *documents, len(units)]):
        yield from _parts(keys, sizes, first, last, max_tokens)


def _parts(keys: Keys, sizes: Sequence[int], first: int, last: int, max_tokens: int) -> Iterator[tuple[int, int]]:
    """A span cut in two at its lowest boundary that leaves enough on either side, and each side again, in order.

    A span that fits is cut at headings only. One that outgrows the limit gets one cut more: its neighbours stay as they are.
    """
    least = max(1, max_tokens // _LEAST_SHARE)
    open_spans = [(first, last)]
    while open_spans:
        first, last = open_spans.pop()
        cut = _lowest(keys, *_inside(sizes, first, last, least))
        if sizes[last] - sizes[first] <= max_tokens:
            cut = cut if cut is not None and _strength(keys[cut]) < BLOCK else None
        elif cut is None and last - first > 1:
            cut = _most_even(sizes, first, last)
        if cut is None:
            yield first, last
        else:
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


def _most_even(sizes: Sequence[int], first: int, last: int) -> int:
    """The boundary that leaves the larger smaller side."""
    return max(range(first + 1, last), key=lambda at: min(sizes[at] - sizes[first], sizes[last] - sizes[at]))


def _keys(text: str, units: Sequence[Unit]) -> Keys:
    """For the boundary in front of each unit: its strength, a hash of the first words behind it, a hash of more of them."""
    keys = np.empty(len(units), dtype=np.uint64)
    for index, unit in enumerate(units):
        first_line = text[unit.start : unit.start + _HASHED_CHARS].partition("\n")[0]
        opening = zlib.crc32(first_line.encode("utf-8", "replace")) >> 2
        more = zlib.crc32(text[unit.start : unit.start + _TIE_CHARS].encode("utf-8", "replace")) >> 2
        keys[index] = unit.strength << 60 | opening << 30 | more
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
