"""Training texts that stand in a set the embedder is measured on: found, so that the recipe can drop them.

The measured texts serve for nothing else. Texts are compared in NFC, without case, with white space as single spaces.
"""

import gzip
import json
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app.embedder.data import Pair

RUN = 40
"""Characters in a row that two texts must share to count as one of the other."""
BLOCK_CHARS = 4_000_000
FACTOR = 0x9E3779B97F4A7C15
SIEVE_BITS = 26
"""A table of one byte for each value of a hash's first bits: it clears nine runs in ten without a search."""
SHIFT = np.uint64(64 - SIEVE_BITS)
FIELDS = ("title", "text", "a", "b")


class MeasuredTexts:
    """Every text of a folder of measured sets, as hashes of its runs and as a whole."""

    def __init__(self, texts: Sequence[str]) -> None:
        plain = [_plain(text) for text in texts]
        self._whole = frozenset(plain) - {""}
        runs = [np.unique(hashes) for _, hashes in _runs(plain)]
        self._runs = np.unique(np.concatenate(runs)) if runs else np.zeros(0, np.uint64)
        self._perhaps = np.zeros(1 << SIEVE_BITS, dtype=bool)
        self._perhaps[self._runs >> SHIFT] = True

    def hold(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """For each text whether it is a measured text or shares `RUN` characters in a row with one."""
        plain = [_plain(text) for text in texts]
        found = np.array([text in self._whole for text in plain], dtype=bool)
        for owners, hashes in _runs(plain):
            perhaps = np.flatnonzero(self._perhaps[hashes >> SHIFT])
            nearest = np.searchsorted(self._runs[:-1], hashes[perhaps])
            found[owners[perhaps[self._runs[nearest] == hashes[perhaps]]]] = True
        return found


def read_measured(folder: Path) -> MeasuredTexts:
    """The queries, passages, titles and pairs of every `*.jsonl.gz` below `folder`.

    Raises:
        FileNotFoundError: there is none; give the folder of the measured sets.
    """
    files = sorted(folder.rglob("*.jsonl.gz"))
    if not files:
        raise FileNotFoundError(f"{folder} holds no *.jsonl.gz file; give the folder of the measured sets")
    return MeasuredTexts([text for file in files for text in _texts(file)])


def without_measured(pairs: Sequence[Pair], measured: MeasuredTexts) -> tuple[Pair, ...]:
    """The pairs of which neither text is a measured one, in their order."""
    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.left, pair.right)))
    held = {text for text, found in zip(texts, measured.hold(texts).tolist(), strict=True) if found}
    return tuple(pair for pair in pairs if pair.left not in held and pair.right not in held)


def _texts(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield from (row[field] for field in FIELDS if row.get(field))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).lower()


def _runs(texts: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint64]]]:
    """Owner (row of `texts`) and hash of every run, in blocks of about `BLOCK_CHARS`."""
    block: list[int] = []
    size = 0
    for row, text in enumerate(texts):
        if len(text) >= RUN:
            block.append(row)
            size += len(text)
        if size >= BLOCK_CHARS:
            yield _hashed([texts[each] for each in block], np.array(block))
            block, size = [], 0
    if block:
        yield _hashed([texts[each] for each in block], np.array(block))


def _hashed(texts: Sequence[str], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Polynomial hashes modulo 2 ** 64 of all runs inside the texts: s[i] + s[i + 1] * f + s[i + 2] * f ** 2 + ..."""
    signs = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(signs * _powers(FACTOR, len(signs)), dtype=np.uint64)])
    hashes = (sums[RUN:] - sums[:-RUN]) * _powers(pow(FACTOR, -1, 2**64), len(signs) - RUN + 1)
    lengths = np.array([len(text) for text in texts])
    ends = np.repeat(np.cumsum(lengths), lengths)[: len(hashes)]
    inside = np.arange(len(hashes)) + RUN <= ends
    return np.repeat(rows, lengths)[: len(hashes)][inside], hashes[inside]


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    """1, base, base ** 2, ... modulo 2 ** 64."""
    powers = np.full(count, base, dtype=np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)
