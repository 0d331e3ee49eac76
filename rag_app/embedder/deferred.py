"""The shipped embedder, loaded with the first text it is given: a run whose child process embeds never needs it here."""

import json
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag_app.embedder.static import MANIFEST_FILE, SHIPPED, StaticEmbedder, load_static
from rag_app.errors import EmbeddingFault


class DeferredStatic:
    """Name, digest and dimension as the manifest says them; everything else loads the model, about 70 MB.

    Raises:
        EmbeddingFault: now when the manifest cannot be read, later when the model cannot; see `load_static`.
    """

    def __init__(self) -> None:
        try:
            manifest = json.loads((SHIPPED / MANIFEST_FILE).read_text(encoding="utf-8"))
            self.name, self.digest = str(manifest["name"]), str(manifest["digest"])
            self.dimension = int(manifest["dimension"])
        except (OSError, ValueError, KeyError) as error:
            raise EmbeddingFault(
                f"The embedding model in {SHIPPED} cannot be read ({error}). Reinstall the product."
            ) from error
        self.max_tokens: int | None = None
        self._model: StaticEmbedder | None = None
        self._lock = threading.Lock()

    @property
    def is_loaded(self) -> bool:
        """Whether a text has come."""
        return self._model is not None

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `StaticEmbedder.embed_passages`."""
        return self._loaded().embed_passages(texts)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `StaticEmbedder.embed_questions`."""
        return self._loaded().embed_questions(texts)

    def count_tokens(self, text: str) -> int:
        """See `StaticEmbedder.count_tokens`."""
        return self._loaded().count_tokens(text)

    def _loaded(self) -> StaticEmbedder:
        with self._lock:
            if self._model is None:
                self._model = load_static()
            return self._model
