"""Texts to unit vectors: the embedder that the settings name, and the cache that never embeds a text twice.

The shipped embedder is a table look-up; `sentence_transformers` is imported only when another model is configured.
A row of the cache is (model digest, kind, text) -> half-precision vector with a checksum; a row that fails the check is
as good as absent. Vectors are rounded to half precision whether cached or computed, so a rebuilt index is equal.
"""

import hashlib
import logging
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import EmbeddingFault, StorageFault
from rag_app.schema import Chunk
from rag_app.settings import Settings

SHIPPED = "shipped"
Kind = Literal["passage", "question"]

_LOOKUP = 500  # keys in one SELECT
_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)

_HANGUL_PROBE = "우리회사연차휴가규정과경사하강법강의노트를한국어로찾습니다"
_TOKENS_PER_SYLLABLE = 1.5  # vocabularies with Korean words need under 1; jamo or byte vocabularies 2 to 3


class Embedder(Protocol):
    """What turns texts into vectors; `digest` names the weights, so equal digests mean equal vectors.

    `max_tokens` is how much of a text the model reads; None when it reads all of it.
    """

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def max_tokens(self) -> int | None: ...

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """`(n, dimension)` vectors of unit length, in the order of the texts."""
        ...

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `embed_passages`, with the model's prompt for questions where it has one."""
        ...

    def count_tokens(self, text: str) -> int: ...


def open_embedder(settings: Settings, *, deferred: bool = False) -> Embedder:
    """The embedder that `RAG_EMBEDDING_MODEL` names; with `deferred` the shipped one is loaded with the first text.

    Raises:
        EmbeddingFault: the model cannot be loaded; the message names the variable, the value and the remedy.
    """
    if settings.embedding_model == SHIPPED:
        from rag_app.embedder.deferred import DeferredStatic
        from rag_app.embedder.static import load_static

        return DeferredStatic() if deferred else load_static()
    from rag_app.embedder.transformer import open_transformer

    return open_transformer(settings.embedding_model, settings.embedding_batch)


def passage_text(chunk: Chunk) -> str:
    """What is embedded of a chunk: the title, the heading path, then the text, each said once."""
    headings = [heading for heading in chunk.heading_path if heading and heading != chunk.title]
    context = [part for part in (chunk.title, " › ".join(headings)) if part]
    return "\n".join([*context, chunk.text])


def splits_hangul(embedder: Embedder) -> bool:
    """Whether the embedder takes Hangul apart into letters or bytes, as English-only models do.

    Such a model reads a third of each Korean chunk and knows none of its words.
    """
    return embedder.count_tokens(_HANGUL_PROBE) > _TOKENS_PER_SYLLABLE * len(_HANGUL_PROBE)


class EmbeddingCache:
    """Vectors by model and text. One process writes at a time; a damaged file is set aside and begun anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._open_or_begin_anew()
        except (OSError, sqlite3.Error) as error:
            raise self._fault(error) from error

    def close(self) -> None:
        """Let go of the file; a closed cache cannot be used again."""
        self._connection.close()

    def __enter__(self) -> "EmbeddingCache":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def find(self, digest: str, kind: Kind, texts: Sequence[str], dimension: int) -> dict[int, NDArray[np.float32]]:
        """The vectors at hand, by position in `texts`; rows with a wrong checksum or length are left out."""
        keys = [_key(digest, kind, text) for text in texts]
        rows: dict[bytes, NDArray[np.float32]] = {}
        try:
            for batch in _batches(sorted(set(keys)), _LOOKUP):
                marks = ",".join("?" * len(batch))
                found = self._connection.execute(f"SELECT key, vector, mark FROM vectors WHERE key IN ({marks})", batch)  # noqa: S608 - only question marks are put in
                for key, blob, mark in found:
                    if _is_whole(key, blob, mark, dimension):
                        rows[key] = np.frombuffer(blob, dtype=np.float16).astype(np.float32)
        except sqlite3.DatabaseError as error:
            raise self._fault(error) from error
        return {position: rows[key] for position, key in enumerate(keys) if key in rows}

    def keep(self, digest: str, kind: Kind, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store one vector per text; it is on disk when this returns."""
        rows = []
        for text, vector in zip(texts, vectors, strict=True):
            key, blob = _key(digest, kind, text), vector.astype(np.float16).tobytes()
            rows.append((key, blob, _mark(key, blob)))
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
        except sqlite3.DatabaseError as error:
            raise self._fault(error) from error

    def _open_or_begin_anew(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.OperationalError:
            raise  # read-only folder, locked, full disk: the file may be sound
        except sqlite3.DatabaseError as error:
            aside = self._path.with_suffix(".damaged")
            _LOG.warning("embedding cache %s is damaged (%s); set aside as %s", self._path, error, aside.name)
            self._path.replace(aside)
            return self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30.0, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL, mark INTEGER NOT NULL)"
                " WITHOUT ROWID"
            )
            with closing(connection.execute("SELECT key, vector, mark FROM vectors LIMIT 1")) as cursor:
                cursor.fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _fault(self, error: Exception) -> StorageFault:
        return StorageFault(
            f"the embedding cache {self._path} cannot be used ({error}); free disk space or make the folder "
            f"{self._path.parent} writable, or delete the file: it is only a cache"
        )


def embed_passages_cached(
    embedder: Embedder,
    cache: EmbeddingCache,
    texts: Sequence[str],
    on_batch: Callable[[int], None] | None = None,
    *,
    batch: int = 256,
) -> tuple[NDArray[np.float32], int]:
    """`(n, dimension)` vectors in the order of `texts`, and how many texts the model had to be asked for.

    Equal texts are asked for once. `on_batch` hears how many positions of `texts` are done so far.

    Raises:
        EmbeddingFault: the model returned the wrong number of vectors, or one that is not finite or has no length.
    """
    vectors = np.zeros((len(texts), embedder.dimension), dtype=np.float32)
    found = cache.find(embedder.digest, "passage", texts, embedder.dimension)
    for position, vector in found.items():
        vectors[position] = vector
    missing: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        if position not in found:
            missing.setdefault(text, []).append(position)
    done = len(found)
    if on_batch is not None and done:
        on_batch(done)
    for wanted in _batches(list(missing), batch):
        fresh = _checked(embedder.embed_passages(wanted), wanted, embedder)
        cache.keep(embedder.digest, "passage", wanted, fresh)
        rounded = fresh.astype(np.float16).astype(np.float32)
        for text, vector in zip(wanted, rounded, strict=True):
            vectors[missing[text]] = vector
            done += len(missing[text])
        if on_batch is not None:
            on_batch(done)
    return vectors, len(missing)


def _checked(vectors: NDArray[np.float32], texts: Sequence[str], embedder: Embedder) -> NDArray[np.float32]:
    if vectors.shape != (len(texts), embedder.dimension):
        raise EmbeddingFault(
            f"the embedding model {embedder.name!r} returned vectors of shape {vectors.shape} for {len(texts)} texts, "
            f"expected {(len(texts), embedder.dimension)}; choose another RAG_EMBEDDING_MODEL"
        )
    lengths = np.linalg.norm(vectors, axis=1)
    wrong = np.flatnonzero(~np.isfinite(lengths) | (lengths < 1e-6))
    if len(wrong):
        raise EmbeddingFault(
            f"the embedding model {embedder.name!r} returned an unusable vector (not finite, or of no length) for the "
            f"text that begins {texts[int(wrong[0])][:60]!r}; choose another RAG_EMBEDDING_MODEL"
        )
    return vectors


def _key(digest: str, kind: Kind, text: str) -> bytes:
    inner = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return hashlib.sha256(f"{digest}\0{kind}\0".encode() + inner).digest()


def _mark(key: bytes, blob: bytes) -> int:
    return zlib.crc32(blob, zlib.crc32(key))


def _is_whole(key: object, blob: object, mark: object, dimension: int) -> bool:
    if not isinstance(key, bytes) or not isinstance(blob, bytes) or len(blob) != 2 * dimension:
        return False
    return mark == _mark(key, blob)


def _batches(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
