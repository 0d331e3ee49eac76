"""What is in order and what is not: settings, index, embedder, morphemes, model; one line each, with the remedy."""

import importlib.metadata
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from rag_app.errors import LlmFault, SeodangError
from rag_app.llm import Message, missing_llm_hint, open_llm
from rag_app.settings import Settings, read_settings

if TYPE_CHECKING:
    from rag_app.embedding import Embedder


@dataclass(frozen=True, slots=True)
class Finding:
    """One checked thing; `text` holds the remedy when it is not in order."""

    name: str
    in_order: bool
    text: str


def examine(out: TextIO) -> int:
    """Prints one line for each finding as it comes; 0 when everything is in order, else 1."""
    healthy = True

    def tell(finding: Finding) -> None:
        nonlocal healthy
        healthy = healthy and finding.in_order
        print(f"{'ok  ' if finding.in_order else 'FIX '} {finding.name}: {finding.text}", file=out, flush=True)

    try:
        settings = read_settings()
    except SeodangError as error:
        tell(Finding("settings", False, str(error)))
        return 1
    tell(Finding("settings", True, f"data folder {settings.data_dir}, model {settings.llm}"))
    tell(_checked("morphemes", _morphemes))
    embedder: list[Embedder] = []
    tell(_checked("embedder", lambda: _embedder(settings, embedder)))
    tell(_checked("index", lambda: _index(settings, embedder)))
    if settings.reranker:
        tell(_checked("reranker", lambda: _reranker(settings.reranker)))
    tell(_checked("model", lambda: _model(settings)))
    return 0 if healthy else 1


def _checked(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except SeodangError as error:
        return Finding(name, False, str(error))
    except Exception as error:  # noqa: BLE001 - a doctor reports what it did not expect, and goes on
        return Finding(name, False, f"{type(error).__name__}: {error}; install anew with: pip install seodang")


def _morphemes() -> str:
    from rag_app.language import Terms

    terms = Terms(user_words=["형태소분석기"])  # a word of its own, so that no list of known words answers for Kiwi
    began = time.perf_counter()
    found = terms.of_text("형태소 분석기를 확인합니다")
    return f"Kiwi {importlib.metadata.version('kiwipiepy')}, {len(found)} terms, {time.perf_counter() - began:.1f} s"


def _embedder(settings: Settings, found: "list[Embedder]") -> str:
    from rag_app.embedding import open_embedder, splits_hangul

    embedder = open_embedder(settings)
    found.append(embedder)
    text = f"{embedder.name}, {embedder.dimension} dimensions"
    return (
        f"{text}; it takes Hangul apart: set RAG_EMBEDDING_MODEL=shipped for Korean"
        if splits_hangul(embedder)
        else text
    )


def _index(settings: Settings, embedder: "list[Embedder]") -> str:
    from rag_app.index.store import Store
    from rag_app.language import Terms
    from rag_app.retrieval import Retriever

    if not embedder:
        return "not checked without an embedder"
    retriever = Retriever(Store(settings.index_dir), embedder[0], Terms(learned=settings.words_path), settings)
    try:
        found = retriever.search("확인")
        sources, chunks = retriever.snapshot().catalog.counts()
        return f"generation {found.generation}, {sources} documents, {chunks} passages"
    finally:
        retriever.close()


def _reranker(name: str) -> str:
    from rag_app.reranking import RERANKED, Reranker

    reranker = Reranker(name)
    reranker.load()
    began = time.perf_counter()
    reranker.scores("연차는 며칠인가요?", ["연차휴가는 1년에 15일이다."] * RERANKED)
    return f"{name} looks at {RERANKED} short passages in {time.perf_counter() - began:.1f} s"


def _model(settings: Settings) -> str:
    model = open_llm(settings)
    if model is None:
        return missing_llm_hint("en")
    began = time.perf_counter()
    reply = model.complete((Message("user", "Reply with the single word: ready"),))
    if not reply.strip():
        raise LlmFault(f"{model.name} returned an empty answer; choose another model in RAG_LLM")
    return f"{model.name} answered in {time.perf_counter() - began:.1f} s"
