"""Table and tokenizer -> a model folder that sentence-transformers and `static.py` both read."""

import hashlib
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag_app.embedder.static import MANIFEST_FILE, PIECES_FILE, TABLE_FILE, TOKENIZER_FILE
from rag_app.embedder.unigram import sentencepiece_model

NAME = "seodang-static-ko-en"
MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]
CONFIG: dict[str, object] = {
    "model_type": "SentenceTransformer",
    "prompts": {},
    "default_prompt_name": None,
    "similarity_fn_name": "cosine",
}


def write_model(folder: Path, table: NDArray[np.float32], tokenizer: Tokenizer, *, version: str) -> str:
    """Write the model into `folder` (one file after another replaced atomically) and return its digest.

    Rows are rounded to 8 bits with one factor per row; the model card, if there is one, stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows, scales = quantise(table)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    _replace(folder / "1_Normalize" / "config.json", b"{}\n")
    _replace(folder / TABLE_FILE, _safetensors(rows, scales))
    _replace(folder / TOKENIZER_FILE, tokenizer.to_str(pretty=False).encode())
    _replace(folder / PIECES_FILE, sentencepiece_model(tokenizer))
    _replace(folder / "modules.json", _json(MODULES))
    _replace(folder / "config_sentence_transformers.json", _json(CONFIG))
    digest = model_digest(folder)
    manifest = {
        "name": f"{NAME}-{version}",
        "digest": digest,
        "vocabulary": len(rows),
        "dimension": rows.shape[1],
        "sha256": {name: file_sha256(folder / name) for name in (TABLE_FILE, TOKENIZER_FILE, PIECES_FILE)},
    }
    _replace(folder / MANIFEST_FILE, _json(manifest))
    return digest


def quantise(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as 8-bit integers and the factor of each row: `rows * factors[:, None]` is the table, nearly."""
    factors = np.maximum(np.abs(table).max(axis=1), 1e-8).astype(np.float32) / 127
    return np.rint(table / factors[:, None]).astype(np.int8), factors


def model_digest(folder: Path) -> str:
    """What identifies a model: the first 32 hex digits of the SHA-256 over the weights' and the tokenizer's SHA-256."""
    both = file_sha256(folder / TABLE_FILE) + file_sha256(folder / TOKENIZER_FILE)
    return hashlib.sha256(both.encode()).hexdigest()[:32]


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _safetensors(rows: NDArray[np.int8], scales: NDArray[np.float32]) -> bytes:
    header = {
        "embeddings": {"dtype": "I8", "shape": list(rows.shape), "data_offsets": [0, rows.nbytes]},
        "weights": {
            "dtype": "F32",
            "shape": list(scales.shape),
            "data_offsets": [rows.nbytes, rows.nbytes + scales.nbytes],
        },
    }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + rows.tobytes() + scales.astype("<f4").tobytes()


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _replace(path: Path, content: bytes) -> None:
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    new.replace(path)
