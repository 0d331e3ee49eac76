"""The facade of a conversation: ask, or stream typed events; and the composition for command line and page."""

import logging
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from graphs.citations import located
from graphs.deps import Deps
from graphs.phrases import cannot_answer_long, filter_alone
from graphs.router import Router, load_route_examples
from graphs.state import State, Voice
from rag_app.answer import Answer, Exchange, Route
from rag_app.cleaning import normalise_question
from rag_app.errors import EmptyQuestion, IndexFault, LlmFault, QuestionTooLong, WrongFilter
from rag_app.events import AnswerDone, StreamEvent
from rag_app.filters import NO_FILTERS, Filters
from rag_app.language import Terms, detect_language
from rag_app.llm import open_llm
from rag_app.query_syntax import read_query, without_filters
from rag_app.schema import Language
from rag_app.search_result import Scope, SearchResult
from rag_app.settings import Settings

if TYPE_CHECKING:
    from graphs.builder import AnswerGraph
    from rag_app.retrieval import Retriever

_log = logging.getLogger(__name__)


class Chat:
    """Answers questions over the documents. Safe to share between threads; holds no conversation."""

    def __init__(self, deps: Deps) -> None:
        from graphs.builder import build_graph

        self._deps = deps
        self._graph: AnswerGraph = build_graph()

    @property
    def deps(self) -> Deps:
        """What the answers are made with."""
        return self._deps

    def ask(
        self,
        question: str,
        history: Sequence[Exchange] = (),
        *,
        collections: Sequence[str] = (),
        filters: Filters = NO_FILTERS,
        page_language: Language | None = None,
    ) -> Answer:
        """The finished answer. The question may hold filters (`query_syntax`); `filters` are added to them.

        Raises:
            QuestionTooLong: names the limit.
            WrongFilter: a filter is malformed, stands without a question, or no document meets it.
            IndexFault: nothing was ingested, or the index cannot be used.
        """
        done = None
        for event in self.stream(
            question, history, collections=collections, filters=filters, page_language=page_language
        ):
            done = event
        assert isinstance(done, AnswerDone)
        return done.answer

    def stream(
        self,
        question: str,
        history: Sequence[Exchange] = (),
        *,
        collections: Sequence[str] = (),
        filters: Filters = NO_FILTERS,
        page_language: Language | None = None,
    ) -> Iterator[StreamEvent]:
        """The events of one answer, `AnswerDone` last. Closing the iterator stops the work.

        `page_language` is used when neither question nor history shows a language.

        Raises:
            QuestionTooLong, WrongFilter, IndexFault: as `ask`, before the first event or instead of the next.
        """
        clean = normalise_question(question)
        past = tuple(Exchange(without_filters(normalise_question(one.question)), one.answer) for one in history)
        voice = voice_of(without_filters(clean), past, page_language or self._deps.settings.language)
        limit = self._deps.settings.max_question_chars
        if len(clean) > limit:
            raise QuestionTooLong(cannot_answer_long(voice, len(clean), limit))
        asked, filters = _read(clean, filters, voice)
        return self._run(asked, past, tuple(collections), filters, voice)

    def search(
        self,
        question: str,
        *,
        collections: Sequence[str] = (),
        k: int | None = None,
        filters: Filters = NO_FILTERS,
        explain: bool = False,
    ) -> SearchResult:
        """The passages alone, without routing and without a model; filters as in `ask`.

        Raises:
            EmptyQuestion, QuestionTooLong, WrongFilter, IndexFault: with the remedy.
        """
        clean = normalise_question(question)
        if not clean:
            raise EmptyQuestion("nothing to search for; give a question")
        limit = self._deps.settings.max_question_chars
        if len(clean) > limit:
            raise QuestionTooLong(cannot_answer_long(voice_of(clean, (), "auto"), len(clean), limit))
        voice = voice_of(without_filters(clean), (), "en")
        asked, filters = _read(clean, filters, voice)
        with _in_voice(voice):
            return self._deps.retriever.search(asked, collections=collections, k=k, filters=filters, explain=explain)

    def _run(
        self,
        question: str,
        history: tuple[Exchange, ...],
        collections: tuple[str, ...],
        filters: Filters,
        voice: Voice,
    ) -> Iterator[StreamEvent]:
        began = time.perf_counter()
        deps = replace(self._deps, stop=threading.Event())
        start: State = {
            "question": question,
            "history": history,
            "collections": collections,
            "filters": filters,
            "voice": voice,
            "warnings": (),
            "timings_ms": {},
        }
        final: State = start
        running = self._graph.stream(
            start, context=deps, stream_mode=["custom", "values"], config={"recursion_limit": 20}
        )
        try:
            with _in_voice(voice):
                for mode, payload in running:
                    if mode == "custom":
                        yield cast(StreamEvent, payload)
                    else:
                        final = cast(State, payload)
            yield AnswerDone(_finished(final, deps, (time.perf_counter() - began) * 1000))
        finally:
            deps.stop.set()
            with suppress(Exception):  # closing a run that failed raises its failure a second time
                cast("Generator[object]", running).close()


@contextmanager
def _in_voice(voice: Voice) -> Iterator[None]:
    """What is wrong with a filter is said in the language of the question."""
    try:
        yield
    except WrongFilter as problem:
        if voice == "ko":
            raise WrongFilter(problem.korean, problem.korean) from problem
        raise


def _read(clean: str, filters: Filters, voice: Voice) -> tuple[str, Filters]:
    """The question without its filters, and these together with the ones given beside it."""
    with _in_voice(voice):
        question, typed = read_query(clean)
        if typed and not question:
            raise WrongFilter(filter_alone("en", typed), filter_alone("ko", typed))
    return question, filters + typed


def voice_of(question: str, history: Sequence[Exchange], fallback: str) -> Voice:
    """The language of the answer: the question's; where it shows none, that of the last question, then the page's."""
    for text in (question, *(exchange.question for exchange in reversed(history))):
        language = detect_language(text)
        if language != "other":
            return language
        if any(char.isalpha() for char in text):
            return "en"
    return "en" if fallback == "en" else "ko"


def _finished(state: State, deps: Deps, total_ms: float) -> Answer:
    result = state.get("result")
    from_model = bool(state.get("from_model")) and deps.llm is not None
    return Answer(
        text=state.get("text", ""),
        language=state["voice"],
        abstained=state.get("abstained", False),
        doubtful=state.get("doubtful", False),
        route=state.get("route", Route("none", "direct", "")),
        citations=located(state.get("citations", ()), deps.retriever.locator_of),
        hits=state.get("hits", ()),
        warnings=tuple(dict.fromkeys(state.get("warnings", ()))),
        steps=state.get("steps", ""),
        model=deps.llm.name if from_model and deps.llm is not None else "extractive",
        generation=result.generation if result is not None else 0,
        timings_ms={**state.get("timings_ms", {}), "total": round(total_ms, 3)},
        scope=result.scope if result is not None else Scope(),
    )


def open_chat(settings: Settings, *, first_question: str = "") -> Chat:
    """A chat over the index in the data folder. Embedder and graph are loaded side by side; Kiwi at the first
    word that no list of analysed words has, and beside them when `first_question` holds such a word.

    A model that cannot be used is no failure: answers quote the documents and say why.

    Raises:
        EmbeddingFault: the configured embedder cannot be loaded.
    """
    from rag_app.embedding import open_embedder
    from rag_app.index.store import Store
    from rag_app.retrieval import Retriever

    terms = Terms(learned=settings.words_path)
    for load in (_load_graph, lambda: terms.of_question(first_question)):
        threading.Thread(target=load, daemon=True).start()
    embedder = open_embedder(settings)
    retriever = Retriever(Store(settings.index_dir), embedder, terms, settings)
    threading.Thread(target=_open_index, args=(retriever,), daemon=True).start()
    llm, fault = None, None
    try:
        llm = open_llm(settings)
    except LlmFault as problem:
        _log.info("answers quote the documents: %s", problem)
        fault = problem
    return Chat(Deps(settings, retriever, terms, embedder, Router(load_route_examples(), embedder), llm, fault))


def _open_index(retriever: "Retriever") -> None:
    """The index opens while the rest loads; what is wrong with it is told to the first question."""
    with suppress(IndexFault):
        retriever.snapshot()


def _load_graph() -> None:
    """The graph library takes most of a second to import; that can happen while the embedder loads."""
    with suppress(ImportError):
        import graphs.builder  # noqa: F401
