"""The shipped embedder at run time: texts -> unit vectors by looking tokens up in a table.

Needs numpy, sentencepiece and tokenizers, never torch. The folder it reads is a sentence-transformers model as well
(StaticEmbedding, then Normalize) and gives the same vectors there; `model/README.md` is the card.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag_app.embedder.pieces import Pieces
from rag_app.embedder.unigram import count_pieces, read_sentencepiece
from rag_app.errors import EmbeddingFault

SHIPPED = Path(__file__).parent / "model"
TABLE_FILE, TOKENIZER_FILE, PIECES_FILE, MANIFEST_FILE = (
    "model.safetensors",
    "tokenizer.json",
    "sentencepiece.model",
    "manifest.json",
)
BLOCK_TOKENS = 8_192
"""Tokens summed at once, at most: about 17 MB of rows."""


class StaticEmbedder:
    """A token table with its vocabulary; the vector of a text is the normalised sum of its tokens' rows.

    Safe to share between threads. Word order and sentence structure are not seen.
    """

    def __init__(
        self, *, name: str, digest: str, pieces: Pieces, table: NDArray[np.int8], scales: NDArray[np.float32]
    ) -> None:
        """`table` is (vocabulary, dimension), `scales` one factor per row."""
        self.name = name
        self.digest = digest
        self.dimension = int(table.shape[1])
        self.max_tokens: int | None = None
        self._pieces, self._table, self._scales = pieces, np.asarray(table), scales
        self._nothing = np.full(self.dimension, self.dimension**-0.5, dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, dimension), in the order of `texts`; empty in, shape (0, dimension) out.

        A text without any known token gets one fixed unit vector, the same for all such texts.
        """
        sums = np.zeros((len(texts), self.dimension), dtype=np.float32)
        block = np.empty((BLOCK_TOKENS, self.dimension), dtype=np.float32)  # one for all texts: new memory costs time
        for total, text in zip(sums, texts, strict=True):
            for rows in self._pieces.of_text(text):
                total += self._sum(rows, block)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        unknown = lengths[:, 0] < 1e-12
        sums /= np.where(lengths < 1e-12, 1, lengths)
        sums[unknown] = self._nothing
        return sums

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `embed_passages`: this model treats questions and passages alike."""
        return self.embed_passages(texts)

    def count_tokens(self, text: str) -> int:
        """How many tokens of `text` the vector is made of; punctuation and unknown signs do not count."""
        return self._pieces.count(text)

    def _sum(self, rows: NDArray[np.intc], block: NDArray[np.float32]) -> NDArray[np.float32]:
        if len(rows) <= BLOCK_TOKENS:
            return self._weighted(self._scales[rows], rows, block)
        rows, counts = np.unique(rows, return_counts=True)  # a long text: each row once, times how often it occurs
        weights = counts.astype(np.float32) * self._scales[rows]
        blocks = [slice(at, at + BLOCK_TOKENS) for at in range(0, len(rows), BLOCK_TOKENS)]
        total: NDArray[np.float32] = np.sum(
            [self._weighted(weights[part], rows[part], block) for part in blocks], axis=0, dtype=np.float32
        )
        return total

    def _weighted(
        self, weights: NDArray[np.float32], rows: NDArray[np.intc], block: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The sum of at most `BLOCK_TOKENS` rows, each times its weight; `block` is room to work in."""
        block[: len(rows)] = self._table[rows]
        found: NDArray[np.float32] = weights @ block[: len(rows)]
        return found


def load_static(path: Path | None = None) -> StaticEmbedder:
    """The embedder in folder `path`; without one, the embedder that ships with the product.

    Raises:
        EmbeddingFault: a file is missing or is not what the manifest says; reinstall, or train again.
    """
    folder = SHIPPED if path is None else path
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        table, scales = _read_table(folder / TABLE_FILE)
        vocabulary = {name: (folder / name).read_bytes() for name in (TOKENIZER_FILE, PIECES_FILE)}
        changed = [
            name for name, file in vocabulary.items() if hashlib.sha256(file).hexdigest() != manifest["sha256"][name]
        ]
        plain, whole = read_sentencepiece(vocabulary[PIECES_FILE]), vocabulary[TOKENIZER_FILE]
        name, digest, shape = manifest["name"], manifest["digest"], (manifest["vocabulary"], manifest["dimension"])
    except (OSError, ValueError, KeyError) as error:
        raise EmbeddingFault(
            f"The embedding model in {folder} cannot be read ({error}). Reinstall the product, or train the model again with "
            "`python -m rag_app.embedder.train`."
        ) from error
    fits = count_pieces(plain) == shape[0] and table.shape == shape and scales.shape == shape[:1]
    if changed or not fits:
        wrong = f"{' and '.join(changed)} changed, " if changed else ""
        raise EmbeddingFault(
            f"The embedding model in {folder} does not fit its manifest: {wrong}a table of {table.shape[0]} x {table.shape[1]}, "
            f"a vocabulary of {count_pieces(plain)} pieces, expected {shape[0]} x {shape[1]}. Reinstall the product."
        )
    pieces = Pieces(plain, lambda: Tokenizer.from_buffer(whole))
    return StaticEmbedder(name=name, digest=digest, pieces=pieces, table=table, scales=scales)


def _read_table(path: Path) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The two tensors of a safetensors file: eight bytes of header length, a JSON header, the bytes (mapped, not read)."""
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
        if not 0 < header_bytes < 100_000:
            raise ValueError(f"{path.name} is no safetensors file")
        header = json.loads(file.read(header_bytes))
    table, scales = header["embeddings"], header["weights"]
    if (table["dtype"], scales["dtype"]) != ("I8", "F32"):
        raise ValueError(f"{path.name} holds {table['dtype']} and {scales['dtype']}, expected I8 and F32")
    begin = 8 + header_bytes
    rows = np.memmap(path, np.int8, "r", begin + table["data_offsets"][0], tuple(table["shape"]))
    factors = np.fromfile(path, np.float32, scales["shape"][0], offset=begin + scales["data_offsets"][0])
    return rows, factors
