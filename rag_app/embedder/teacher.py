"""Vectors of the English teacher (all-MiniLM-L6-v2), computed once and kept in a cache file."""

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAX_TOKENS = 128
BATCH = 128


def embed_english(texts: Sequence[str], teacher: Path, cache: Path) -> NDArray[np.float32]:
    """Unit vectors of `texts`, shape (n, 384), in their order; read from `cache` when it holds these texts."""
    key = hashlib.sha256("\0".join((str(MAX_TOKENS), *texts)).encode()).hexdigest()[:16]
    path = cache / f"teacher-{key}.npy"
    if path.exists():
        known: NDArray[np.float32] = np.load(path).astype(np.float32)
        return known
    vectors = _embed(texts, teacher)
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors.astype(np.float16))
    return vectors


def _embed(texts: Sequence[str], teacher: Path) -> NDArray[np.float32]:
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(teacher), device="cpu")
    model.max_seq_length = MAX_TOKENS
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    out = np.zeros((len(texts), 384), dtype=np.float32)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            out[rows] = model.encode([texts[i] for i in rows], batch_size=BATCH, normalize_embeddings=True)
            if start % (BATCH * 50) == 0:
                print(f"teacher: {start:,} of {len(order):,} texts", file=sys.stderr, flush=True)
    return out


def teacher_pieces(teacher: Path) -> list[str]:
    """The teacher's own vocabulary, commonest first; "##" marks a piece inside a word."""
    return (teacher / "vocab.txt").read_text(encoding="utf-8").split("\n")
