"""How well a unit answers a question: terms weighed by rarity, meaning, rank of its passage, and the kind of answer asked for."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graphs.asked import asked_of
from graphs.asked_days import asked_days
from graphs.definition import OUTRIGHT, definition_of
from graphs.editions import outdated_sources
from graphs.units import Unit, cells_of, said, units_of
from rag_app.search_result import Hit, OtherWords, SearchResult

MAX_UNITS = 160
"""Units looked at for one question; the hits are in order, so what is left out stands low."""

NEIGHBOUR_GAP = 40
"""Characters between two units that still read on: the sentence that answers often follows the one that repeats the question."""

# Shares of the parts of a score (coverage, coverage in context, similarity, rank of the passage), for a passage in the
# question's language and for one in another, where only meaning, names and numbers can match. Chosen on the golden
# questions with even numbers (docs/guide/evaluation.md).
SAME_LANGUAGE = (0.22, 0.31, 0.31, 0.16)
OTHER_LANGUAGE = (0.15, 0.05, 0.50, 0.30)
KIND_BONUS = 0.11
NARROW_BONUS = 0.2
"""What a unit gains that gives the kind of answer asked for, and one of a kind that few units give."""
DEFINITION_BONUS = 0.3
"""What a unit gains that says outright what the question asks the meaning of; one that is about it gains a part."""
ROW_BONUS = 0.08
"""What a table row gains whose first cell the question names: 수석, "수석이 제주로 가면?"."""
OUTDATED_LOSS = 0.25
"""What a unit of a superseded edition loses against the same sentence of the newer one."""
ANOTHER_DAY_LOSS = 0.1
"""What a unit loses whose document bears another day than the one asked for, where a document of that day was found."""

LEAST_CELL = 2
"""Letters of a first cell that are enough to be named by a question."""
UNKNOWN_WEIGHT = 1.25
"""A term of the question that stands in no document weighs this many times the rarest known one."""


class TermRules(Protocol):
    """What this module needs of `rag_app.language.Terms`."""

    def of_text(self, text: str) -> tuple[str, ...]: ...


class Embeds(Protocol):
    """What this module needs of an embedder: texts -> `(n, dim)` unit rows."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]: ...

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Relevance:
    """A unit and why it fits. `score` is 0..1 or a little above; `coverage` is the weighted share of the question's terms in
    the unit itself, `coverage_in_context` with title, headings and the units right before and after it; `fits_kind` is None
    when any kind of answer would do; `names_row`: the unit is a table row whose first cell stands in the question; `defines`:
    it says outright what the question asks the meaning of; `of_another_day`: a day was asked for, and its
    document is of another."""

    unit: Unit
    score: float
    coverage: float
    coverage_in_context: float
    similarity: float
    fits_kind: bool | None
    same_language: bool
    names_row: bool = False
    defines: bool = False
    of_another_day: bool = False


def relevance_of(
    question: str, result: SearchResult, *, terms: TermRules, embedder: Embeds, text_of: Callable[[str], str]
) -> tuple[Relevance, ...]:
    """Every unit of the hits with its relevance, best first; empty when there are no hits."""
    units = units_of(result.hits, text_of)[:MAX_UNITS]
    if not units:
        return ()
    days = asked_days(question, question_weights(result), result.hits, terms)
    weights = days.weights
    contexts = [frozenset(terms.of_text(" ".join((hit.chunk.title, *hit.chunk.heading_path)))) for hit in result.hits]
    texts = [_below_headings(unit, result.hits[unit.hit]) for unit in units]
    asked = embedder.embed_questions([days.rest])[0]
    similarities = embedder.embed_passages(texts) @ asked
    priors = _priors(result.hits)
    kind, sought = asked_of(question), definition_of(question, result.other_words, terms)
    if sought is not None and kind is not None and kind.name == "definition":
        kind = None  # which spans give it, `sought` knows better
    bonus = NARROW_BONUS if kind is not None and kind.narrow else KIND_BONUS
    outdated = outdated_sources(question, result.hits)
    # A document of the asked day is all about that day, and its title says what happened then: its units need not repeat it.
    own_day = [days.named_around(hit) for hit in result.hits]
    elsewhen = [days.is_of_another(hit) for hit in result.hits]
    titles = [(day | contexts[at]) if day else day for at, day in enumerate(own_day)]
    held = [frozenset(terms.of_text(said(unit))) | days.named_in(unit.text) | titles[unit.hit] for unit in units]
    judged = []
    for at, (unit, similarity) in enumerate(zip(units, similarities, strict=True)):
        coverage = covered_share(weights, held[at], result.other_words)
        around = frozenset[str]().union(*(held[other] for other in _neighbours(units, at)))
        around |= contexts[unit.hit].union(terms.of_text(unit.section))
        in_context = covered_share(weights, held[at] | around, result.other_words)
        same = result.hits[unit.hit].chunk.language == result.language
        shares = SAME_LANGUAGE if same else OTHER_LANGUAGE
        parts = (coverage, in_context, max(0.0, float(similarity)), priors[unit.hit])
        fits = None if kind is None else kind.is_given_by(unit.text, unit.section)
        score = sum(share * part for share, part in zip(shares, parts, strict=True)) + (bonus if fits else 0.0)
        named = names_row(question, unit)
        score += ROW_BONUS if named else 0.0
        defines = sought.given_by(unit, held[at]) if sought is not None else 0.0
        score += defines * DEFINITION_BONUS
        if result.hits[unit.hit].source.id in outdated:
            score -= OUTDATED_LOSS
        if elsewhen[unit.hit] and any(own_day):
            score -= ANOTHER_DAY_LOSS
        strays = elsewhen[unit.hit] and not days.named_in(unit.text)
        judged.append(
            Relevance(
                unit, score, coverage, in_context, float(similarity), fits, same, named, defines == OUTRIGHT, strays
            )
        )
    best, *others = sorted(judged, key=lambda item: (-item.score, item.unit.hit, item.unit.start))
    if best.unit.section or days.days:
        best = replace(best, similarity=_nearness(question, best.unit, result.hits[best.unit.hit], embedder))
    return (best, *others)


def names_row(question: str, unit: Unit) -> bool:
    """Whether the unit is a table row whose first cell, or one part of it ("사원·선임"), stands in the question."""
    if unit.kind != "row":
        return False
    parts = (part.strip(" *_`").casefold() for part in re.split(r"[·,/]", cells_of(unit.text)[0]))
    return any(len(part) >= LEAST_CELL and part in question.casefold() for part in parts)


def question_weights(result: SearchResult) -> Mapping[str, float]:
    """The weight of each term of the question: its rarity; 1 each when the search gave none; unknown terms weigh most."""
    if not result.term_weights:
        return dict.fromkeys(result.terms, 1.0)
    top = max(result.term_weights.values(), default=0.0) or 1.0
    unknown = set(result.unknown_terms)
    return {
        term: top * UNKNOWN_WEIGHT if term in unknown else result.term_weights.get(term, 0.0)
        for term in dict.fromkeys(result.terms)
    }


def covered_share(weights: Mapping[str, float], terms: frozenset[str], other_words: Sequence[OtherWords] = ()) -> float:
    """The weighted share of the question's terms that `terms` holds, itself or in other words, 0..1; 0 without terms."""
    total = sum(weights.values())
    if total <= 0:
        return 0.0
    said = {term: 1.0 for term in weights if term in terms}
    for other in other_words:
        if terms.issuperset(other.terms):
            said.update({term: max(said.get(term, 0.0), other.weight) for term in other.covers})
    return sum(weights.get(term, 0.0) * share for term, share in said.items()) / total


def _below_headings(unit: Unit, hit: Hit) -> str:
    """What is embedded of a unit: it and the headings that it stands under."""
    return "\n".join(filter(None, (hit.heading, unit.section, said(unit))))


def _nearness(question: str, unit: Unit, hit: Hit, embedder: Embeds) -> float:
    """The cosine of a unit to the whole question, with the heading inside its passage or without, whichever is nearer.

    `graphs.judge` was fitted on units without these headings and on questions with their days.
    """
    texts = [_below_headings(unit, hit), _below_headings(replace(unit, section=""), hit)]
    return float(max(embedder.embed_passages(texts) @ embedder.embed_questions([question])[0]))


def _neighbours(units: Sequence[Unit], at: int) -> list[int]:
    """The units of the same passage that stand right before and after one; code has none."""
    found = []
    for first, second in ((at - 1, at), (at, at + 1)):
        if first >= 0 and second < len(units):
            one, two = units[first], units[second]
            reads_on = one.hit == two.hit and 0 <= two.start - one.end <= NEIGHBOUR_GAP
            if reads_on and "code" not in (one.kind, two.kind):
                found.append(first if second == at else second)
    return found


def _priors(hits: Sequence[Hit]) -> list[float]:
    """The scores of the hits, scaled so that the best is 1 and zero stays zero."""
    top = max((hit.score for hit in hits), default=0.0)
    return [max(0.0, hit.score / top) if top > 0 else 1.0 / (1 + rank) for rank, hit in enumerate(hits)]
