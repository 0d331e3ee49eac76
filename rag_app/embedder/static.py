"""The shipped embedder at run time: texts -> unit vectors by looking tokens up in a table.

Needs numpy and tokenizers, never torch. The folder it reads is a sentence-transformers model as well (StaticEmbedding, then
Normalize) and gives the same vectors there; `model/README.md` is the card.
"""

import json
import re
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag_app.errors import EmbeddingFault

SHIPPED = Path(__file__).parent / "model"
TABLE_FILE, TOKENIZER_FILE, MANIFEST_FILE = "model.safetensors", "tokenizer.json", "manifest.json"
BLOCK_TOKENS = 8_192
"""Tokens summed at once, at most: about 17 MB of rows."""
PIECE_CHARS = 65_536
"""A longer text is summed piece by piece, so that one line of 50 MB costs time in proportion and no more memory."""
WORD_CHARS = 256
"""A longer run without white space is cut: no word is that long, and the tokenizer's time must stay linear."""
REMEMBERED_WORDS = 200_000
"""Words whose tokens are kept at hand (about 30 MB when full); then the memory starts afresh."""
TOKEN_BYTES = np.dtype(np.intc).itemsize
NOT_PLAIN = re.compile(r"[^!-~가-힣“”‘’·…「」『』《》〈〉–—]")
PLAIN_RUN = re.compile(r"[가-힣]+|[a-z]+|[0-9]+")
"""A word without `NOT_PLAIN` signs is only made small by the normaliser, and cut into these runs: marks go, scripts part."""


class StaticEmbedder:
    """A token table with its tokenizer; the vector of a text is the normalised sum of its tokens' rows.

    Safe to share between threads. Word order and sentence structure are not seen.
    """

    def __init__(
        self,
        *,
        name: str,
        digest: str,
        tokenizer: Tokenizer,
        table: NDArray[np.int8],
        scales: NDArray[np.float32],
        remembered_words: int = REMEMBERED_WORDS,
    ) -> None:
        """`table` is (vocabulary, dimension), `scales` one factor per row."""
        self.name = name
        self.digest = digest
        self.dimension = int(table.shape[1])
        self.max_tokens: int | None = None
        self._tokenizer, self._table, self._scales = tokenizer, np.asarray(table), scales
        self._remembered_words = remembered_words
        self._words = _Words(tokenizer)
        self._nothing = np.full(self.dimension, self.dimension**-0.5, dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, dimension), in the order of `texts`; empty in, shape (0, dimension) out.

        A text without any known token gets one fixed unit vector, the same for all such texts.
        """
        sums = np.zeros((len(texts), self.dimension), dtype=np.float32)
        block = np.empty((BLOCK_TOKENS, self.dimension), dtype=np.float32)  # one for all texts: new memory costs time
        for total, text in zip(sums, texts, strict=True):
            for words in _pieces(text):
                ids = np.frombuffer(b"".join(self._tokens_of(words)), np.intc)
                if len(ids):
                    total += self._sum(ids, block)
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
        return sum(sum(map(len, self._tokens_of(words))) for words in _pieces(text)) // TOKEN_BYTES

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

    def _tokens_of(self, words: Sequence[str]) -> Iterator[bytes]:
        """Tokens of each word, `TOKEN_BYTES` bytes each: the tokenizer cuts at white space first, so a word is asked for once."""
        if len(self._words) > self._remembered_words:
            self._words = _Words(self._tokenizer)  # a new one: another thread may be reading the old
        return map(self._words.__getitem__, words)


class _Words(dict[str, bytes]):
    """Words with their tokens; the tokenizer is asked for a word that is not there yet.

    Most words are plain: of them its model alone is asked, run by run, in a third of the time.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__()
        self._tokenizer, self._model = tokenizer, tokenizer.model

    def __missing__(self, word: str) -> bytes:
        if NOT_PLAIN.search(word):
            clean = word.encode("utf-8", "replace").decode()
            found = array("i", self._tokenizer.encode(clean, add_special_tokens=False).ids).tobytes()
        elif (runs := PLAIN_RUN.findall(word.lower())) == [word]:
            found = array("i", [token.id for token in self._model.tokenize(word)]).tobytes()
        else:
            found = b"".join([self[run] for run in runs])
        self[word] = found
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
        tokenizer = _read_tokenizer(folder / TOKENIZER_FILE)
        name, digest, shape = manifest["name"], manifest["digest"], (manifest["vocabulary"], manifest["dimension"])
    except (OSError, ValueError, KeyError) as error:
        raise EmbeddingFault(
            f"The embedding model in {folder} cannot be read ({error}). Reinstall the product, or train the model again with "
            "`python -m rag_app.embedder.train`."
        ) from error
    if table.shape != shape or scales.shape != shape[:1] or tokenizer.get_vocab_size() != shape[0]:
        raise EmbeddingFault(
            f"The embedding model in {folder} does not fit its manifest: a table of {table.shape[0]} x {table.shape[1]}, "
            f"a tokenizer of {tokenizer.get_vocab_size()} pieces, expected {shape[0]} x {shape[1]}. Reinstall the product."
        )
    return StaticEmbedder(name=name, digest=digest, tokenizer=tokenizer, table=table, scales=scales)


def _read_tokenizer(path: Path) -> Tokenizer:
    text = path.read_text(encoding="utf-8")
    try:
        return Tokenizer.from_str(text)
    except Exception as error:  # the library raises nothing more precise
        raise ValueError(f"{path.name}: {error}") from error


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


def _pieces(text: str) -> Iterator[list[str]]:
    """The words of a text, for a very long one piece by piece, cut at white space; over-long words are cut too."""
    if len(text) <= WORD_CHARS:
        yield text.split()
        return
    start = 0
    while start < len(text):
        end = min(start + PIECE_CHARS, len(text))
        if end < len(text):
            space = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
            end = space + 1 if space > start else end
        yield _cut_long_words(text[start:end].split())
        start = end


def _cut_long_words(words: list[str]) -> list[str]:
    """The words, those of more than `WORD_CHARS` characters in parts."""
    if max(map(len, words), default=0) <= WORD_CHARS:
        return words
    return [word[at : at + WORD_CHARS] for word in words for at in range(0, len(word), WORD_CHARS)]
