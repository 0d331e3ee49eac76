"""A conversation over a shelf of hand-made passages: the real graph, small rules for terms and vectors, any model."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graphs.chat import Chat
from graphs.deps import Deps
from graphs.router import Router
from rag_app.errors import LlmFault, NoIndex
from rag_app.filter_hints import nothing_met
from rag_app.filters import NO_FILTERS, Filters, select
from rag_app.language import Terms, detect_language
from rag_app.llm import ChatModel, LangChainModel
from rag_app.providers import access
from rag_app.schema import Heading, Source
from rag_app.search_result import Hit, Scope, SearchResult
from rag_app.settings import Settings
from tests.fakes import HashEmbedder
from tests.openai_server import OpenAIServer
from tests.passages import hit_of

LEAVE = hit_of(
    "연차는 15일이다. 남은 연차는 최대 5일까지 이월할 수 있다. 이월한 연차는 다음 해 6월에 소멸한다.",
    name="leave.md",
    title="휴가 규정",
    heading="연차",
    meaning=0.4,
)
TRAVEL = hit_of(
    "부장의 일비는 30,000원이다. 숙박비는 하루 120,000원까지 실비로 정산한다.",
    name="travel.md",
    title="출장 규정",
    heading="일비",
    meaning=0.4,
)
DROPOUT = hit_of(
    "드롭아웃은 학습할 때 노드를 무작위로 끈다. 그래서 과적합을 줄인다.",
    name="dropout.md",
    title="드롭아웃",
    heading="드롭아웃",
    meaning=0.4,
)
POLICY = hit_of(
    "Remote work is allowed two days a week. Managers approve remote work.",
    name="remote.md",
    title="Remote work",
    heading="Rules",
    meaning=0.4,
)
SHELF = (LEAVE, TRAVEL, DROPOUT, POLICY)


@functools.cache
def rules() -> Terms:
    """The real term rules, loaded once for all tests."""
    return Terms()


class Shelf:
    """A retriever over hand-made hits: the share of the question's terms that a passage holds is its score."""

    def __init__(self, *hits: Hit, outlines: dict[str, tuple[Heading, ...]] | None = None) -> None:
        self._hits = hits
        self._outlines = outlines or {}
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def search(
        self,
        question: str,
        *,
        collections: Sequence[str] = (),
        k: int | None = None,
        filters: Filters = NO_FILTERS,
        explain: bool = False,
    ) -> SearchResult:
        self.asked.append((question, tuple(collections)))
        among = select(filters, {hit.source.id: hit.source for hit in self._hits}.values())
        if filters and not among:
            raise nothing_met(filters, [hit.source for hit in self._hits])
        terms = tuple(dict.fromkeys(rules().of_question(question)))
        scored: list[Hit] = []
        for hit in self._hits:
            if hit.source not in among or (collections and hit.source.collection not in collections):
                continue
            own = set(rules().of_text(f"{hit.chunk.title} {hit.heading} {hit.chunk.text}"))
            matched = tuple(term for term in terms if term in own)
            if matched:
                scored.append(replace(hit, score=len(matched) / len(terms), matched_terms=matched))
        scored.sort(key=lambda hit: -hit.score)
        known = {term for hit in scored for term in hit.matched_terms}
        return SearchResult(
            question,
            detect_language(question),
            terms,
            tuple(scored[: k or 8]),
            7,
            term_weights={term: 1.0 for term in terms if term in known},
            unknown_terms=tuple(term for term in terms if term not in known),
            scope=Scope(tuple(map(str, filters.conditions)), len(among)) if filters else Scope(),
        )

    def close(self) -> None:
        """Nothing is open."""

    def text_of(self, source_id: str) -> str:
        return next(hit.chunk.text for hit in self._hits if hit.source.id == source_id)

    def locator_of(self, source_id: str, start: int, end: int) -> str:
        return ""

    def outline_of(self, source_id: str) -> tuple[Heading, ...]:
        return self._outlines.get(source_id, ())

    def snapshot(self) -> "_ShelfSnapshot":
        return _ShelfSnapshot(_ShelfCatalog(tuple({hit.source.id: hit.source for hit in self._hits}.values())))


@dataclass(frozen=True)
class _ShelfCatalog:
    held: tuple[Source, ...]

    def sources(self, collection: str | None = None) -> tuple[Source, ...]:
        return tuple(source for source in self.held if collection in (None, source.collection))


@dataclass(frozen=True)
class _ShelfSnapshot:
    catalog: _ShelfCatalog


class EmptyShelf(Shelf):
    """A data folder into which nothing was ingested."""

    def search(
        self,
        question: str,
        *,
        collections: Sequence[str] = (),
        k: int | None = None,
        filters: Filters = NO_FILTERS,
        explain: bool = False,
    ) -> SearchResult:
        raise NoIndex("nothing was ingested yet; run: python -m ingest docs")


def settings_for(data_dir: Path = Path("unused"), **changes: object) -> Settings:
    """Settings that read no environment and repeat nothing."""
    return Settings(_env_file=None, data_dir=data_dir, **{"llm_retries": 0, "llm_timeout_s": 20.0, **changes})  # type: ignore[arg-type]


def chat_over(
    *hits: Hit,
    llm: ChatModel | None = None,
    llm_fault: LlmFault | None = None,
    retriever: Shelf | None = None,
    **changes: object,
) -> Chat:
    """A chat over these passages (default: the shelf); `changes` are settings."""
    embedder = HashEmbedder(256)
    shelf = retriever or Shelf(*(hits or SHELF))
    deps = Deps(settings_for(**changes), shelf, rules(), embedder, Router((), embedder), llm, llm_fault)  # type: ignore[arg-type]
    return Chat(deps)


def served(server: OpenAIServer, **changes: object) -> LangChainModel:
    """The model behind a scripted server."""
    at = access("openai:tiny", {"OPENAI_BASE_URL": server.url})
    return LangChainModel(at, settings_for(llm="openai:tiny", **changes), backoff_s=0.0)
