"""A second look at the best passages: a cross-encoder reads question and passage together; off unless RAG_RERANKER names one.

The model is loaded by the first search that needs it, and once only: a model that cannot be used is named, and the search goes on
without it. Weights must be safetensors, no code from the model is run.
"""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import RerankingFault
from rag_app.model_hub import load_named

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

RERANKED = 30
"""Passages looked at a second time; what stands below them stays below."""

_SHARE = 0.5  # of the cross-encoder in the pool of both log odds; it is the surer of itself, so it mostly decides
_CERTAIN = 1e-6
_BATCH = 16
_LOG = logging.getLogger(__name__)

Floats = NDArray[np.float64]


class Reranker:
    """The cross-encoder of that name or folder. Safe between threads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._model: CrossEncoder | None = None
        self._fault: RerankingFault | None = None

    def scores(self, question: str, passages: Sequence[str]) -> Floats:
        """One number per passage, in their order: the log odds that it answers the question.

        Raises:
            RerankingFault: the model cannot be loaded or used; names variable, value and remedy.
        """
        model = self.load()
        from torch.nn import Identity

        try:
            with self._lock:
                found = model.predict(
                    [(question, passage) for passage in passages],
                    batch_size=_BATCH,
                    activation_fn=Identity(),
                    show_progress_bar=False,
                )
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            raise self._unusable(f"it failed on {len(passages)} passages ({_first_line(error)})") from error
        scores = np.asarray(found, dtype=np.float64)
        if scores.shape != (len(passages),) or not np.isfinite(scores).all():
            raise self._unusable("it returned something other than one number for each passage")
        return scores

    def load(self) -> "CrossEncoder":
        """The model, loaded on the first call; one that failed to load is not tried again.

        Raises:
            RerankingFault: as `scores`.
        """
        with self._lock:
            if self._fault is not None:
                raise self._fault
            if self._model is None:
                try:
                    self._model = self._loaded()
                except RerankingFault as fault:
                    _LOG.warning("the search goes on without a reranker: %s", fault)
                    self._fault = fault
                    raise
            return self._model

    def _loaded(self) -> "CrossEncoder":
        folder = Path(self.name)
        if folder.is_dir() and not any(folder.rglob("*.safetensors")):
            raise self._unusable(
                "the folder holds no *.safetensors file; pickled weights are refused: they can run code"
            )
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise RerankingFault(
                f"RAG_RERANKER is {self.name!r}, which needs sentence-transformers; run: pip install sentence-transformers",
                f"RAG_RERANKER({self.name})를 쓰려면 sentence-transformers가 필요합니다. "
                "pip install sentence-transformers 명령으로 설치하세요.",
            ) from error
        try:
            model: CrossEncoder = load_named(
                self.name,
                lambda local_only: CrossEncoder(
                    self.name,
                    trust_remote_code=False,
                    local_files_only=local_only,
                    model_kwargs={"use_safetensors": True},
                ),
            )
            labels = model.num_labels
        except Exception as error:  # whatever its many parts raise means "not loadable"
            raise self._unusable(f"it cannot be loaded ({_first_line(error)})") from error
        if labels != 1:
            raise self._unusable(f"it gives {labels} numbers for a passage, not one: it is no reranker")
        return model

    def _unusable(self, what: str) -> RerankingFault:
        return RerankingFault(
            f"RAG_RERANKER is {self.name!r}, but {what}; name a sentence-transformers CrossEncoder with one output, by "
            "folder or by a name the model hub delivers, or unset the variable",
            f"RAG_RERANKER에 적은 {self.name} 모델을 쓸 수 없습니다({what}). 출력이 하나인 sentence-transformers "
            "CrossEncoder의 폴더나 이름을 적거나 이 값을 지우세요.",
        )


def open_reranker(name: str) -> Reranker | None:
    """The reranker that `RAG_RERANKER` names, not yet loaded; None when it names none."""
    return Reranker(name) if name else None


def pooled(fused: Floats, scores: Floats) -> Floats:
    """Fused scores (0..1) after the reranker had its say, 0 to 1; `scores` are for the first of them, the others stay below.

    Source: logarithmic opinion pool (Genest and Zidek, Combining Probability Distributions, 1986): the mean of log odds, in
    which the surer side counts the more.
    """
    own = np.clip(fused, _CERTAIN, 1 - _CERTAIN)
    others = np.full(len(fused) - len(scores), scores.min(initial=0.0))
    odds = (1 - _SHARE) * np.log(own / (1 - own)) + _SHARE * np.concatenate([scores, others])
    return chances(odds)


def chances(odds: Floats) -> Floats:
    """Log odds as probabilities."""
    return 1.0 / (1.0 + np.exp(-odds))


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
