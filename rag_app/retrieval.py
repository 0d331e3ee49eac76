"""Question -> best hits with their reasons, from whichever generation is live; safe between threads."""

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from rag_app import glossary, ranking
from rag_app.candidates import Asked, Candidates
from rag_app.candidates import Legs as Legs
from rag_app.cleaning import normalise_question
from rag_app.embedding import Embedder
from rag_app.errors import EmptyQuestion, QuestionTooLong
from rag_app.expansion import Expansion, expand
from rag_app.index.lexical import TermsLike
from rag_app.index.live import LiveGeneration
from rag_app.index.snapshot import Snapshot
from rag_app.index.store import Store
from rag_app.language import detect_language
from rag_app.lexicon import Lexicons, SnapshotLexicon
from rag_app.schema import Heading, Hit, OtherWords, SearchResult, Stamp
from rag_app.settings import Settings

DEPTH = 30
"""Candidates taken from each engine and collection, at least; 60 find nothing that 30 miss (nDCG@10 over 23 tasks)."""

OTHER_DEPTH = 20
"""Candidates taken from each collection because they say the question in other words."""


class Retriever:
    """Searches the live generation and follows it when another is published."""

    def __init__(self, store: Store, embedder: Embedder, terms: TermsLike, settings: Settings) -> None:
        self._embedder = embedder
        self._terms = terms
        self._settings = settings
        self._lexicons = Lexicons(terms, settings.data_dir / glossary.FILE_NAME)
        stamp = Stamp(embedder.name, embedder.digest, embedder.dimension, "", terms.version)
        self._live = LiveGeneration(store, stamp)

    def search(
        self, question: str, *, collections: Sequence[str] = (), k: int | None = None, legs: Legs = "both"
    ) -> SearchResult:
        """The best `k` hits (default RAG_HITS) of these collections (default RAG_COLLECTION, else all), best first.

        `legs` restricts the search to one kind of evidence, for measuring.

        Raises:
            InputError: the question is empty or too long.
            IndexFault: there is no index, it is damaged, or another embedder made it; not while an earlier generation
                is open, which then goes on answering.
        """
        clock = _Clock()
        asked = self._understand(question, clock)
        wanted = tuple(dict.fromkeys(collections or filter(None, [self._settings.collection])))
        with self.reading() as snapshot:
            clock.mark("open")
            wanted = wanted or snapshot.collections
            lexicon = self._lexicons.over(snapshot, [name for name in wanted if snapshot.vectors.count(name)])
            return _search(snapshot, asked, wanted, self._settings.hits if k is None else k, legs, clock, lexicon)

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

    def close(self) -> None:
        """Let go of the index; the next search opens it again."""
        self._live.close()

    def _understand(self, question: str, clock: "_Clock") -> Asked:
        text = normalise_question(question)
        if not text:
            raise EmptyQuestion("the question is empty; ask in Korean or English")
        if len(text) > self._settings.max_question_chars:
            raise QuestionTooLong(
                f"the question has {len(text)} characters, at most {self._settings.max_question_chars} are read; "
                "shorten it, or raise RAG_MAX_QUESTION_CHARS"
            )
        terms = self._terms.of_question(text)
        clock.mark("terms")
        vector = self._embedder.embed_questions([text])[0]
        clock.mark("embed")
        return Asked(text, detect_language(text), terms, vector)


class _Clock:
    """Milliseconds by stage, in the order in which the stages ended."""

    def __init__(self) -> None:
        self._last = self._start = time.perf_counter()
        self._spent: dict[str, float] = {}

    def mark(self, stage: str) -> None:
        now = time.perf_counter()
        self._spent[stage] = self._spent.get(stage, 0.0) + 1000 * (now - self._last)
        self._last = now

    def readings(self) -> Mapping[str, float]:
        return {**self._spent, "total": 1000 * (time.perf_counter() - self._start)}


def _search(
    snapshot: Snapshot,
    asked: Asked,
    collections: Sequence[str],
    k: int,
    legs: Legs,
    clock: _Clock,
    lexicon: SnapshotLexicon,
) -> SearchResult:
    depth = max(DEPTH, 2 * k)
    known = lexicon.collections
    weights, unknown = _term_weights(snapshot, known, asked.terms)
    expansions = expand(asked.terms, unknown, lexicon)
    weights, unknown = _with_expansions(weights, unknown, expansions, lexicon)
    clock.mark("expand")
    lexical = _merged([snapshot.lexical.query(name, asked.terms, depth) for name in known] if legs != "dense" else [])
    others = _said_otherwise(snapshot, known, expansions) if legs != "dense" else []
    clock.mark("lexical")
    dense = _merged([snapshot.vectors.query(name, asked.vector, depth) for name in known] if legs != "lexical" else [])
    clock.mark("vectors")
    evidence = snapshot.catalog.evidence([*dict.fromkeys([*lexical, *dense, *others])])
    clock.mark("catalog")
    candidates = Candidates(asked, evidence, lexical, dense, weights, expansions)
    order = candidates.order(legs, 2 * k)
    texts = [candidates.terms[position] for position in order]
    chosen = [order[i] for i in ranking.distinct(texts, candidates.vectors[order], k)]
    clock.mark("fuse")
    hits = _hits(snapshot, collections, candidates, chosen)
    clock.mark("fetch")
    return SearchResult(
        question=asked.text,
        language=asked.language,
        terms=asked.terms,
        hits=hits,
        generation=snapshot.number,
        term_weights={term: 0.0 if term in unknown else weight for term, weight in weights.items()},
        unknown_terms=unknown,
        other_words=tuple(OtherWords(one.covers, one.terms, one.weight) for one in expansions),
        timings_ms=clock.readings(),
    )


def _hits(
    snapshot: Snapshot, collections: Sequence[str], candidates: Candidates, chosen: Sequence[int]
) -> tuple[Hit, ...]:
    rows = [candidates.rows[position] for position in chosen]
    chunks = snapshot.catalog.chunks_by_row(rows)
    standings = snapshot.catalog.standings(rows, collections)
    hits: list[Hit] = []
    for rank, (row, position) in enumerate(zip(rows, chosen, strict=True), 1):
        placement, source = standings[row][0]
        hits.append(
            Hit(
                chunk=chunks[row],
                placement=placement,
                source=source,
                score=float(candidates.fused[position]),
                signals=candidates.signals(position, rank),
                matched_terms=candidates.matched[position],
                copies=len(standings[row]) - 1,
            )
        )
    return tuple(hits)


def _term_weights(
    snapshot: Snapshot, collections: Sequence[str], terms: Sequence[str]
) -> tuple[dict[str, float], tuple[str, ...]]:
    """The idf of each term over all these collections together, and the terms that stand in none of them."""
    documents = sum(snapshot.lexical.count(name) for name in collections)
    weights: dict[str, float] = {}
    unknown: list[str] = []
    for term in dict.fromkeys(terms):
        frequency = sum(snapshot.lexical.document_frequency(name, term) for name in collections)
        weights[term] = ranking.idf(min(frequency, documents), documents)
        if not frequency:
            unknown.append(term)
    return weights, tuple(unknown)


def _said_otherwise(snapshot: Snapshot, collections: Sequence[str], expansions: Sequence[Expansion]) -> list[int]:
    """The rows of the chunks that say the most of the question in other words."""
    terms = tuple(dict.fromkeys(term for one in expansions for term in one.terms))
    return [row for name in collections for row, _ in snapshot.lexical.query(name, terms, OTHER_DEPTH)] if terms else []


def _with_expansions(
    weights: Mapping[str, float], unknown: Sequence[str], expansions: Sequence[Expansion], lexicon: SnapshotLexicon
) -> tuple[dict[str, float], tuple[str, ...]]:
    """The same, where terms that stand nowhere but are said in other words weigh as much as those words."""
    found = dict(weights)
    for one in reversed(expansions):
        rarest = max(ranking.idf(min(lexicon.frequency(term), lexicon.chunks), lexicon.chunks) for term in one.terms)
        found |= {term: rarest for term in one.covers if term in unknown}
    covered = {term for one in expansions for term in one.covers}
    return found, tuple(term for term in unknown if term not in covered)


def _merged(lists: Sequence[Sequence[tuple[int, float]]]) -> dict[int, float]:
    """Rows of several collections by their best score, best first."""
    if len(lists) == 1:
        return dict(lists[0])
    best: dict[int, float] = {}
    for found in lists:
        for row, score in found:
            best[row] = max(score, best.get(row, score))
    return dict(sorted(best.items(), key=lambda item: (-item[1], item[0])))
