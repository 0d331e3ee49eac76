"""The door to sentence-transformers: any other embedding model by name or folder, safetensors only, no remote code."""

import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import EmbeddingFault
from rag_app.model_hub import load_named

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def open_transformer(name: str, batch: int) -> "TransformerEmbedder":
    """The sentence-transformers model of that name or folder.

    Raises:
        EmbeddingFault: it cannot be loaded; the message names variable, value and remedy.
    """
    _refuse_pickled_weights(name)
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EmbeddingFault(
            f"RAG_EMBEDDING_MODEL is {name!r}, which needs sentence-transformers; "
            "run: pip install sentence-transformers"
        ) from error
    try:
        model = load_named(
            name,
            lambda local_only: SentenceTransformer(
                name, trust_remote_code=False, local_files_only=local_only, model_kwargs={"use_safetensors": True}
            ),
        )
    except Exception as error:  # whatever its many parts raise means "not loadable"
        raise EmbeddingFault(
            f"RAG_EMBEDDING_MODEL is {name!r}, which is neither a folder with a sentence-transformers model in "
            f"safetensors form nor a name the model hub delivered ({_first_line(error)}); check the spelling and the "
            "connection, name a downloaded folder, or unset the variable to use the embedder that ships"
        ) from error
    return TransformerEmbedder(name, model, batch)


class TransformerEmbedder:
    """A sentence-transformers model behind the `Embedder` protocol; made by `open_transformer`."""

    def __init__(self, name: str, model: "SentenceTransformer", batch: int) -> None:
        dimension = model.get_embedding_dimension()
        limit = model.max_seq_length
        self.name = name
        self.dimension = 0 if dimension is None else int(dimension)
        self.max_tokens = None if limit is None or math.isinf(limit) else int(limit)
        self.digest = _digest_of_model(model)
        self._model = model
        self._batch = batch

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embed(texts, as_question=False)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embed(texts, as_question=True)

    def count_tokens(self, text: str) -> int:
        """Tokens without the special ones; a tokenizer's warning about length does not apply, nothing is embedded."""
        tokenizer = self._model.tokenizer
        encode = tokenizer.encode
        ids = encode(text, add_special_tokens=False)
        return len(getattr(ids, "ids", ids))

    def _embed(self, texts: Sequence[str], *, as_question: bool) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        encode = self._model.encode_query if as_question else self._model.encode_document
        try:
            vectors = encode(
                list(texts),
                batch_size=self._batch,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        except (RuntimeError, ValueError, IndexError) as error:
            raise EmbeddingFault(
                f"RAG_EMBEDDING_MODEL {self.name!r} failed on {len(texts)} texts ({_first_line(error)}); "
                "lower RAG_EMBEDDING_BATCH, or choose another model"
            ) from error
        return np.asarray(vectors, dtype=np.float32)


def _refuse_pickled_weights(name: str) -> None:
    """Pickles run code when they are loaded; only safetensors do not."""
    folder = Path(name)
    if not folder.is_dir():
        return
    if any(folder.rglob("*.safetensors")):
        return
    raise EmbeddingFault(
        f"RAG_EMBEDDING_MODEL is the folder {name!r}, which holds no *.safetensors file; pickled weights are refused "
        "because they can run code: convert the model, finish its download, or unset the variable"
    )


def _digest_of_model(model: "SentenceTransformer") -> str:
    """SHA-256 over the weights, the prompts and the length limit: all that decides a vector."""
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key}:{tuple(tensor.shape)}:{tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    digest.update(json.dumps([model.prompts, str(model.max_seq_length)], sort_keys=True).encode())
    return digest.hexdigest()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
