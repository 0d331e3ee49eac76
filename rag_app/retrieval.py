"""Question -> best hits with their reasons, from whichever generation is live; safe between threads."""

import math
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag_app import glossary, ranking
from rag_app.candidates import Asked, Candidates
from rag_app.candidates import Legs as Legs
from rag_app.cleaning import normalise_question
from rag_app.embedding import Embedder
from rag_app.errors import EmptyQuestion, QuestionTooLong
from rag_app.filters import NO_FILTERS, Filters
from rag_app.hits import hits_of, look_again
from rag_app.index.lexical import TermsLike
from rag_app.index.live import LiveGeneration
from rag_app.index.snapshot import Snapshot
from rag_app.index.store import Store
from rag_app.language import detect_language
from rag_app.lexicon import Lexicons
from rag_app.reranking import RERANKED, Reranker, open_reranker
from rag_app.respelling import Respelling, as_written, respell
from rag_app.schema import Heading, Stamp
from rag_app.scopes import Narrowed, Scopes
from rag_app.search_result import OtherWords, Scope, SearchResult
from rag_app.settings import Settings
from rag_app.wording import Wording, merged, wording_of

DEPTH = 30
"""Candidates taken from each engine and collection, at least; 60 find nothing that 30 miss (nDCG@10 over 23 tasks)."""


class Retriever:
    """Searches the live generation and follows it when another is published."""

    def __init__(self, store: Store, embedder: Embedder, terms: TermsLike, settings: Settings) -> None:
        self._embedder = embedder
        self._terms = terms
        self._settings = settings
        self._lexicons = Lexicons(terms, settings.data_dir / glossary.FILE_NAME)
        stamp = Stamp(embedder.name, embedder.digest, embedder.dimension, "", terms.version)
        self._live = LiveGeneration(store, stamp)
        self._scopes = Scopes()
        self._reranker = open_reranker(settings.reranker)

    def search(
        self,
        question: str,
        *,
        collections: Sequence[str] = (),
        k: int | None = None,
        legs: Legs = "both",
        filters: Filters = NO_FILTERS,
        explain: bool = False,
    ) -> SearchResult:
        """The best `k` hits (default RAG_HITS) of these collections (default RAG_COLLECTION, else all), best first.

        `legs` restricts the search to one kind of evidence, for measuring; `filters` to the documents that meet them, where
        a collection they name goes before `collections`; `explain` gives each hit its explanation.

        Raises:
            InputError: the question is empty or too long, or no document meets the filters.
            IndexFault: there is no index, it is damaged, or another embedder made it; not while an earlier generation
                is open, which then goes on answering.
        """
        clock = _Clock()
        text = self._checked(question)
        wanted = tuple(dict.fromkeys(collections or filter(None, [self._settings.collection])))
        with self.reading() as snapshot:
            clock.mark("open")
            wanted = wanted or snapshot.collections
            narrowed = self._scopes.over(snapshot, wanted, filters) if filters else None
            wanted = wanted if narrowed is None else narrowed.collections
            lexicon = self._lexicons.over(snapshot, [name for name in wanted if snapshot.vectors.count(name)])
            engines = narrowed or Narrowed(Scope(), wanted, frozenset(), None)
            order = _Order(self._settings.hits if k is None else k, legs, self._reranker, explain)
            text, respelled = respell(text, lexicon)
            near = _Near(snapshot, self._embedder, engines, lexicon.collections, order, clock)
            depth = 0 if legs == "dense" else _depth(order.k)
            said = wording_of(text, self._terms, snapshot, engines, lexicon, depth)
            clock.took(said.timings_ms)
            return _search(near, text, said, respelled)

    def reading(self) -> AbstractContextManager[Snapshot]:
        """The live generation, kept open for as long as the block lasts."""
        return self._live.reading()

    def snapshot(self) -> Snapshot:
        """The live generation for a quick look; it is closed once a newer one was searched (else use `reading`)."""
        with self.reading() as snapshot:
            return snapshot

    def text_of(self, source_id: str) -> str:
        """The clean text of a source; empty when the live generation does not hold it."""
        with self.reading() as snapshot:
            return snapshot.catalog.text_of(source_id)

    def outline_of(self, source_id: str) -> tuple[Heading, ...]:
        """The headings of a source, in order."""
        with self.reading() as snapshot:
            return snapshot.catalog.outline_of(source_id)

    def locator_of(self, source_id: str, start: int, end: int) -> str:
        """The page, slide or cells of a stretch of a source's text; empty where nothing is known of it."""
        with self.reading() as snapshot:
            return snapshot.catalog.locator_of(source_id, start, end)

    def close(self) -> None:
        """Let go of the index; the next search opens it again."""
        self._live.close()

    def _checked(self, question: str) -> str:
        text = normalise_question(question)
        if not text:
            raise EmptyQuestion("the question is empty; ask in Korean or English")
        if len(text) > self._settings.max_question_chars:
            raise QuestionTooLong(
                f"the question has {len(text)} characters, at most {self._settings.max_question_chars} are read; "
                "shorten it, or raise RAG_MAX_QUESTION_CHARS"
            )
        return text


class _Clock:
    """Milliseconds by stage, in the order in which the stages ended."""

    def __init__(self) -> None:
        self._last = self._start = time.perf_counter()
        self._spent: dict[str, float] = {}

    def mark(self, stage: str) -> None:
        now = time.perf_counter()
        self._spent[stage] = self._spent.get(stage, 0.0) + 1000 * (now - self._last)
        self._last = now

    def took(self, spent: Mapping[str, float]) -> None:
        """The time since the last mark went to these stages."""
        self._spent |= spent
        self._last = time.perf_counter()

    def readings(self) -> Mapping[str, float]:
        return {**self._spent, "total": 1000 * (time.perf_counter() - self._start)}


@dataclass(frozen=True, slots=True)
class _Order:
    """What was ordered: how many hits, by which evidence, looked at again or not, explained or not."""

    k: int
    legs: Legs
    reranker: Reranker | None
    explain: bool


@dataclass(frozen=True, slots=True)
class _Near:
    """What lies near a question in these collections."""

    snapshot: Snapshot
    embedder: Embedder
    engines: Narrowed
    collections: Sequence[str]
    ordered: _Order
    clock: _Clock

    def vector_of(self, *texts: str) -> NDArray[np.float32]:
        """The direction of a question, of unit length; of several forms of it their middle. Zeros where there is none."""
        vector: NDArray[np.float32] = self.embedder.embed_questions(texts).sum(axis=0)
        length = math.sqrt(vector @ vector)
        self.clock.mark("embed")
        return vector / length if length else np.zeros_like(vector)

    def rows(self, vector: NDArray[np.float32]) -> Mapping[int, float]:
        """The nearest rows with their cosine, best first; a question without a direction is near to nothing."""
        if self.ordered.legs == "lexical" or not vector.any():
            return {}
        depth = _depth(self.ordered.k)
        found = merged([self.engines.dense(self.snapshot, name, vector, depth) for name in self.collections])
        self.clock.mark("vectors")
        return found


def _search(near: _Near, question: str, said: Wording, respelled: tuple[Respelling, ...]) -> SearchResult:
    snapshot, engines, ordered, clock = near.snapshot, near.engines, near.ordered, near.clock
    k, legs = ordered.k, ordered.legs
    # As typed and as heard: either alone finds less, what was heard may be wrong.
    vector = near.vector_of(question, said.text) if said.heard else near.vector_of(question)
    question = said.text if said.heard else question
    dense = near.rows(vector)
    asked = Asked(question, detect_language(question), said.terms, vector)
    evidence = snapshot.catalog.evidence(tuple(dict.fromkeys([*said.lexical, *said.others, *dense])))
    clock.mark("catalog")
    names = snapshot.catalog.name_terms(near.collections, evidence.rows) if said.named and legs != "dense" else {}
    candidates = Candidates(asked, evidence, said.lexical, dense, said.weights, said.expansions, names)
    order = candidates.order(legs, max(2 * k, RERANKED if ordered.reranker else 0))
    fault = None
    if ordered.reranker is not None and legs == "both":
        clock.mark("fuse")
        order, fault = look_again(snapshot, ordered.reranker, candidates, order, asked.text)
        clock.mark("rerank")
    texts = [candidates.terms[position] for position in order]
    chosen = [order[i] for i in ranking.distinct(texts, candidates.vectors[order], k)]
    clock.mark("fuse")
    hits = hits_of(snapshot, engines, candidates, chosen, explained=ordered.explain)
    clock.mark("fetch")
    return SearchResult(
        question=asked.text,
        language=asked.language,
        terms=asked.terms,
        hits=hits,
        generation=snapshot.number,
        term_weights={term: 0.0 if term in said.unknown else weight for term, weight in said.weights.items()},
        unknown_terms=said.unknown,
        other_words=tuple(
            OtherWords(one.covers, one.terms, one.weight, one.origin)
            for one in said.expansions
            if one.origin != "date"  # whoever reads the passages reads their dates (`calendar_days`)
        ),
        timings_ms=clock.readings(),
        scope=engines.scope,
        fault=fault,
        respelled=(*respelled, *as_written(said.heard, [hit.chunk.text for hit in hits])),
    )


def _depth(k: int) -> int:
    return max(DEPTH, 2 * k)
