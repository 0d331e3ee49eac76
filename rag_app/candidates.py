"""The chunks that either engine found for one question, with every signal for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rag_app import ranking
from rag_app.expansion import Expansion, said_otherwise
from rag_app.index.evidence import Evidence
from rag_app.ranking import Floats
from rag_app.reranking import chances, pooled
from rag_app.schema import Language
from rag_app.search_result import Signal

Legs = Literal["both", "lexical", "dense"]

NAME_SHARE = 0.5
"""What a term counts that stands in the name of the file, beside one that the passage says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the engines take it."""

    text: str
    language: Language
    terms: tuple[str, ...]
    vector: NDArray[np.float32]


class Candidates:
    """The chunks found by either engine, with every signal for each."""

    def __init__(
        self,
        asked: Asked,
        evidence: Evidence,
        lexical: Mapping[int, float],
        dense: Mapping[int, float],
        weights: Mapping[str, float],
        expansions: Sequence[Expansion],
        names: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self.rows = evidence.rows
        self.terms = evidence.terms
        self.vectors = evidence.vectors
        self.ranks = (_ranks(lexical), _ranks(dense))
        self._lexical = lexical
        marks = [(f" {term} ", term) for term in weights]
        self.matched = [tuple([term for mark, term in marks if mark in text]) for text in evidence.terms]
        total = sum(weights.values()) or 1.0
        weighed = {held: sum([weights[term] for term in held]) for held in set(self.matched)}  # few different ones
        self.coverage = np.array([weighed[held] for held in self.matched], dtype=np.float64) / total
        self.said: Floats | float = 0.0
        if expansions:
            self.said = self._count_other_words(expansions, weights) / total
            self.coverage += self.said
        if names:
            self.coverage += self._count_file_names(names, weights) / total
        self.cosine = self.vectors @ asked.vector if self.rows else np.zeros(0, dtype=np.float32)
        self.bm25 = _filled(self.rows, lexical, total * self.coverage)
        self.adjacent = _adjacent(asked.terms, self.matched, self.terms, weights)
        plain = asked.language == "other"
        self.same = np.array([plain or name in (asked.language, "other") for name in evidence.languages], dtype=bool)
        cosine = self.cosine.astype(np.float64)
        self.weights, self.expansions = weights, expansions
        self.evidence = ranking.Evidence(self.bm25 / total, self.coverage, cosine, self.same, self.said, self.adjacent)
        self.fused = ranking.fuse(self.evidence)
        self._reranked: Mapping[int, tuple[float, int]] = {}

    def order(self, legs: Legs, k: int) -> list[int]:
        """The `k` best positions, best first; ties by row, so that the order is the same in every run."""
        key = {"both": self.fused, "lexical": self.bm25, "dense": self.cosine}[legs]
        order: list[int] = np.lexsort((np.array(self.rows), -key)).tolist()
        return order[:k]

    def rerank(self, order: Sequence[int], scores: Floats) -> list[int]:
        """The positions in their new order, best first; `scores` are a reranker's log odds for the first of them."""
        seen = order[: len(scores)]
        ranked = [seen[at] for at in np.argsort(-scores, kind="stable").tolist()]
        odds = dict(zip(seen, chances(scores).tolist(), strict=True))
        self._reranked = {position: (odds[position], rank) for rank, position in enumerate(ranked, 1)}
        self.fused = self.fused.copy()
        self.fused[list(order)] = pooled(self.fused[list(order)], scores)
        return sorted(order, key=lambda position: -self.fused[position])

    def _count_other_words(self, expansions: Sequence[Expansion], weights: Mapping[str, float]) -> Floats:
        """The weight that each chunk says in other words only; those terms count as matched."""
        found = np.zeros(len(self.rows))
        for position, text in enumerate(self.terms):
            said = said_otherwise(text, self.matched[position], expansions)
            if said:
                self.matched[position] = tuple([term for term in weights if term in said or f" {term} " in text])
                found[position] = sum(weights[term] * share for term, share in said.items())
        return found

    def _count_file_names(self, names: Mapping[int, str], weights: Mapping[str, float]) -> Floats:
        """The weight that stands for each chunk in the name of its file only; those terms count as matched."""
        found = np.zeros(len(self.rows))
        for position, row in enumerate(self.rows):
            held = self.matched[position]
            new = {term for term in weights if term not in held and f" {term} " in names.get(row, "")}
            if new:
                self.matched[position] = tuple([term for term in weights if term in new or term in held])
                found[position] = NAME_SHARE * sum([weights[term] for term in new])
        return found

    def signals(self, position: int, rank: int) -> tuple[Signal, ...]:
        """Every reason why a candidate stands where it stands."""
        row = self.rows[position]
        lexical_ranks, dense_ranks = self.ranks
        reranked = self._reranked.get(position)
        return (
            Signal("lexical", self._lexical.get(row, 0.0), lexical_ranks.get(row, 0)),
            Signal("dense", float(self.cosine[position]), dense_ranks.get(row, 0)),
            Signal("coverage", float(self.coverage[position]), 0),
            *(() if reranked is None else (Signal("rerank", *reranked),)),
            Signal("fused", float(self.fused[position]), rank),
        )


def _filled(rows: Sequence[int], lexical: Mapping[int, float], guesses: Floats) -> Floats:
    """BM25 of each row; one that is not on the list has less than the last of it, and about what its terms weigh."""
    floor = min(lexical.values(), default=0.0)
    guessed = np.minimum(guesses, floor).tolist()
    return np.array(list(map(lexical.get, rows, guessed)), dtype=np.float64)


def _adjacent(
    terms: Sequence[str], matched: Sequence[tuple[str, ...]], texts: Sequence[str], weights: Mapping[str, float]
) -> Floats:
    """How much of the question's pairs of neighbouring terms stands side by side in each text, 0 to 1."""
    pairs = dict.fromkeys((one, next_one) for one, next_one in pairwise(terms) if one != next_one)
    marks = [(f" {one} {other} ", one, other, min(weights[one], weights[other])) for one, other in pairs]
    total = sum([weight for *_, weight in marks]) or 1.0
    found = [
        sum([weight for mark, one, other, weight in marks if one in held and other in held and mark in text])
        if len(held) > 1
        else 0.0
        for held, text in zip(matched, texts, strict=True)
    ]
    return np.array(found, dtype=np.float64) / total


def _ranks(scores: Mapping[int, float]) -> dict[int, int]:
    return {row: rank for rank, row in enumerate(scores, 1)}
