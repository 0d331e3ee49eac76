"""Tiny deterministic providers for tests: an embedder and term rules that need no model, and a corpus to index."""

import hashlib
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag_app.index.change import BuildCounts, SourceContent
from rag_app.receipts import Receipt
from rag_app.schema import Chunk, Language, Placement, Source, Stamp

_PIECE = re.compile(r"[0-9A-Za-z가-힣]+")
_HANGUL = re.compile(r"[가-힣]+")


class HashEmbedder:
    """Unit vectors of hashed character bigrams: texts that share bigrams are near each other.

    `calls` counts calls of `embed_passages`, `texts` the texts they held, so that a test can state how many were made.
    """

    def __init__(self, dimension: int = 32, name: str = "hash") -> None:
        self.name = name
        self.dimension = dimension
        self.digest = hashlib.sha256(f"{name}-{dimension}".encode()).hexdigest()
        self.max_tokens: int | None = None
        self.calls = 0
        self.texts = 0

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += 1
        self.texts += len(texts)
        return self._embed(texts)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embed(texts)

    def count_tokens(self, text: str) -> int:
        """Four characters are a token, as with a subword vocabulary."""
        return math.ceil(len(text) / 4)

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            folded = "".join(_PIECE.findall(unicodedata.normalize("NFC", text).casefold())) or text or " "
            for pair in zip(folded, folded[1:] + "\n", strict=True):
                value = int.from_bytes(hashlib.blake2b("".join(pair).encode("utf-8"), digest_size=8).digest(), "big")
                vectors[row, value % self.dimension] += 1.0 if value >> 63 else -1.0
            vectors[row, 0] += 1e-3  # never the zero vector
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class SplitTerms:
    """Case-folded words; a Hangul word also gives its bigrams, so that a bare noun is found before a particle."""

    version = "fake-1"

    def of_text(self, text: str) -> tuple[str, ...]:
        terms: list[str] = []
        for word in _PIECE.findall(unicodedata.normalize("NFC", text).casefold()):
            terms.append(word)
            for run in _HANGUL.findall(word):
                terms.extend(run[i : i + 2] for i in range(len(run) - 1) if len(run) > 2)
        return tuple(terms)

    def of_question(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.of_text(text)))

    def of_texts(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return [self.of_text(text) for text in texts]

    def of_known_texts(self, texts: Sequence[str]) -> list[tuple[str, ...] | None]:
        return [self.of_text(text) for text in texts]

    def rest(self) -> None:
        """Nothing was loaded."""


def make_content(
    name: str,
    paragraphs: Sequence[str],
    *,
    title: str = "",
    collection: str = "default",
    headings: tuple[str, ...] = (),
    language: Language | None = None,
    metadata: Mapping[str, str] | None = None,
) -> SourceContent:
    """A document whose chunks are its paragraphs, as ingestion would hand it to a build."""
    text = "\n\n".join(paragraphs)
    source = Source(
        id=_hash(collection, name),
        collection=collection,
        root="root",
        root_label="notes",
        name=name,
        title=title,
        digest=_hash(text),
        format="markdown",
        encoding="utf-8",
        chars=len(text),
        metadata=dict(metadata or {}),
    )
    chunks, places, start = [], [], 0
    for ordinal, paragraph in enumerate(paragraphs):
        hangul = bool(_HANGUL.search(paragraph))
        chunk = Chunk(
            _hash(title, *headings, paragraph), title, headings, paragraph, language or ("ko" if hangul else "en")
        )
        line = text.count("\n", 0, start) + 1
        chunks.append(chunk)
        places.append(Placement(chunk.id, source.id, ordinal, start, start + len(paragraph), line))
        start += len(paragraph) + 2
    return SourceContent(source, text, (), tuple(chunks), tuple(places))


def make_receipt(counts: BuildCounts) -> Receipt:
    return Receipt(
        counts.generation, counts.added, counts.removed, counts.kept, 0, (), counts.sources, counts.chunks, 0.0
    )


def make_stamp(embedder: HashEmbedder) -> Stamp:
    return Stamp(embedder.name, embedder.digest, embedder.dimension, "fake-chunker", SplitTerms.version)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
