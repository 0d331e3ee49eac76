"""Vectors of the English teacher (all-MiniLM-L6-v2), computed once per text and kept in a cache folder."""

import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIMENSION = 384
MAX_TOKENS = 128
BATCH_CHARS = 8_192
"""Texts of like length are read together up to so many characters: the work then stays in the processor's cache."""
SHARD = 2_048
"""Texts read between two writes to the cache: a run that is stopped loses no more."""
THREADS = 1
"""On a busy machine a second thread mostly waits for the first, and burns time waiting."""


def embed_english(texts: Sequence[str], teacher: Path, cache: Path) -> NDArray[np.float32]:
    """Unit vectors of `texts`, shape (n, 384), in their order; only texts that `cache` does not hold are read."""
    known = _load(cache)
    missing = [text for text in dict.fromkeys(texts) if _key(text) not in known]
    if missing:
        cache.mkdir(parents=True, exist_ok=True)
        read = _Reader(teacher)
        for start in range(0, len(missing), SHARD):
            shard = missing[start : start + SHARD]
            keys, vectors = [_key(text) for text in shard], read(shard).astype(np.float16)
            name = hashlib.sha256(b"".join(keys)).hexdigest()[:16]
            new = cache / f"{name}.new"
            with new.open("wb") as file:
                np.savez(file, keys=np.array(keys), vectors=vectors)
            new.replace(cache / f"teacher-{name}.npz")
            known |= dict(zip(keys, vectors, strict=True))
            print(f"teacher: {start + len(shard):,} of {len(missing):,} texts", file=sys.stderr, flush=True)
    return np.array([known[_key(text)] for text in texts], dtype=np.float32)


def in_sample_order(texts: Iterable[str]) -> list[str]:
    """The texts in an order that is random but fixed: the first n are a fair sample, whatever n."""
    return sorted(texts, key=_key)


def teacher_pieces(teacher: Path) -> list[str]:
    """The teacher's own vocabulary, commonest first; "##" marks a piece inside a word."""
    return (teacher / "vocab.txt").read_text(encoding="utf-8").split("\n")


class _Reader:
    """The teacher itself, loaded; 32-bit numbers, since processors without bfloat16 are five times slower at it."""

    def __init__(self, teacher: Path) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(THREADS)
        self._model = SentenceTransformer(str(teacher), device="cpu")
        self._model.max_seq_length = MAX_TOKENS

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]), reverse=True)
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        start = 0
        while start < len(order):
            rows = order[start : start + max(1, BATCH_CHARS // max(1, len(texts[order[start]])))]
            vectors[rows] = self._model.encode(
                [texts[row] for row in rows],
                batch_size=len(rows),
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
            start += len(rows)
        return vectors


def _load(cache: Path) -> dict[bytes, NDArray[np.float16]]:
    known: dict[bytes, NDArray[np.float16]] = {}
    for path in sorted(cache.glob("teacher-*.npz")):
        with np.load(path) as shard:
            known |= dict(zip(shard["keys"].tolist(), shard["vectors"], strict=True))
    return known


def _key(text: str) -> bytes:
    """32 hex digits, so that no key ends in the zero bytes that numpy strips."""
    return hashlib.sha256(f"{MAX_TOKENS}\0{text}".encode()).hexdigest()[:32].encode()
