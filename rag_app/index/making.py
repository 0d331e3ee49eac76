"""The evidence of chunks made: vectors into the spool, vectors and terms into the catalog."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import EmbeddingFault
from rag_app.index.change import Embed, Progress
from rag_app.index.draft import Draft
from rag_app.index.lexical import TermsLike, pack_terms
from rag_app.index.spool import Spool
from rag_app.schema import Chunk

EMBEDDED_AT_ONCE = 1024

_TermsOf = Callable[[Sequence[str]], Sequence[tuple[str, ...] | None]]


class EvidenceMaker:
    """Makes what ranking needs of the chunks of a draft; `timed` measures what each stage takes."""

    def __init__(
        self,
        draft: Draft,
        spool: Spool,
        embed: Embed,
        terms: TermsLike,
        timed: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._draft = draft
        self._spool = spool
        self._embed = embed
        self._terms = terms
        self._timed = timed

    def make(self, rows: Sequence[int], progress: Progress | None = None, *, only_known: bool = False) -> None:
        """Make that of these chunks. With `only_known` all get a vector, and those whose terms are at hand the rest.

        Raises:
            EmbeddingFault: the embedder gave an unusable vector; the message names the chunk.
        """
        terms_of: _TermsOf = self._terms.of_known_texts if only_known else self._terms.of_texts
        for start in range(0, len(rows), EMBEDDED_AT_ONCE):
            batch = rows[start : start + EMBEDDED_AT_ONCE]
            with self._timed("catalog"):
                chunks = self._draft.chunks(batch)
            with self._timed("embed"):
                vectors = self._vectors(batch, chunks).astype(np.float16)
            with self._timed("terms"):
                packed = _packed_terms(chunks, terms_of)
            with self._timed("catalog"):
                self._draft.keep_evidence(batch, chunks, packed, vectors)
            if progress is not None:
                progress("terms", start + len(batch), len(rows))

    def _vectors(self, rows: Sequence[int], chunks: Sequence[Chunk]) -> NDArray[np.float32]:
        new = set(self._spool.missing(rows))
        if new:
            wanted = [chunk for row, chunk in zip(rows, chunks, strict=True) if row in new]
            vectors = _checked(self._embed(wanted), wanted, self._spool.dimension)
            self._spool.append([row for row in rows if row in new], vectors)
        return vectors if len(new) == len(rows) else self._spool.vectors(rows)


def _packed_terms(chunks: Sequence[Chunk], terms_of: _TermsOf) -> list[str | None]:
    """The terms of each chunk as the catalog keeps them; None where `terms_of` leaves a part open."""
    titles = terms_of([chunk.title for chunk in chunks])
    headings = terms_of([" \n".join(chunk.heading_path) for chunk in chunks])
    bodies = terms_of([chunk.text for chunk in chunks])
    return [
        None if title is None or heading is None or body is None else pack_terms(title, heading, body)
        for title, heading, body in zip(titles, headings, bodies, strict=True)
    ]


def _checked(vectors: NDArray[np.float32], chunks: Sequence[Chunk], dimension: int) -> NDArray[np.float32]:
    """The vectors, when there is one usable one per chunk.

    Raises:
        EmbeddingFault: the shape is wrong, or a vector is not finite or has no length; the message names the chunk.
    """
    if vectors.shape != (len(chunks), dimension):
        raise EmbeddingFault(
            f"the embedding model gave vectors of shape {vectors.shape}, expected {(len(chunks), dimension)}; nothing "
            "was published: check RAG_EMBEDDING_MODEL"
        )
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    for position in np.flatnonzero(~np.isfinite(lengths) | (lengths < 1e-3) | (lengths > 1e3))[:1]:
        chunk = chunks[int(position)]
        raise EmbeddingFault(
            f"the embedding model gave a vector of length {lengths[position]} for chunk {chunk.id} "
            f"({chunk.text[:40]!r}), expected 1; nothing was published: check RAG_EMBEDDING_MODEL"
        )
    return vectors
