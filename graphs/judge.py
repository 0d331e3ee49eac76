"""Is there enough evidence to answer at all? A yes or no by rules and one threshold, with what is missing, and no model call."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graphs.asked import asked_of
from graphs.relevance import Relevance, question_weights
from rag_app.schema import Hit, SearchResult

# Chosen on the golden questions with even numbers, reported on the odd ones (docs/guide/evaluation.md).
SCORE_FLOOR = 0.4
"""Below this relevance of the best unit there is nothing to quote."""
READING_FLOOR = 0.3
"""Below this relevance not even a model that reads the passages is asked."""
UNKNOWN_SHARE = 0.6
"""Terms that stand in no document may not carry more than this share of the question's weight."""
UNITS_LOOKED_AT = 6
"""Among so many of the best units one must give the kind of answer asked for, where that kind is strict."""

LEAST_STEM = 3
"""Letters of a stem that are enough to recognise a name by it (france is known as "franc")."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._+-]*")
_DATED = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?!\d)|\b[A-Z]{2,}(?:-\d+)+\b")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the documents hold an answer. `score` is the best unit's relevance; `missing` are words of the question that no
    passage found covers, the decisive or rarest first. `worth_reading`: nothing decisive is missing, so that a model which
    reads the passages may find the answer where words alone do not."""

    answerable: bool
    score: float
    missing: tuple[str, ...]
    worth_reading: bool = False


def judge_evidence(result: SearchResult, ranked: Sequence[Relevance]) -> Verdict:
    """The verdict over the units that `relevance_of` ranked, best first; nothing found is never answerable.

    Refused are: a name (KTO) that stands in no document; a year or number of a file (2020, INC-2025-005) that stands in no
    passage found; a kind of answer ("몇 개월?") that no good unit gives; a question most of whose weight lies on unknown terms;
    a best unit that hardly fits.
    """
    weights = question_weights(result)
    covered = {term for hit in result.hits for term in hit.matched_terms}
    absent = [term for term in sorted(weights, key=lambda term: -weights[term]) if term not in covered]
    decisive = (*_unknown_names(result), *_missing_dates(result.question, result.hits))
    missing = tuple(dict.fromkeys((*decisive, *absent)))
    if not ranked:
        return Verdict(False, 0.0, missing)
    total = sum(weights.values()) or 1.0
    unknown = sum(weights[term] for term in result.unknown_terms if term in weights) / total
    enough = ranked[0].score >= SCORE_FLOOR and unknown <= UNKNOWN_SHARE
    answerable = enough and not decisive and _gives_kind(result.question, ranked)
    return Verdict(answerable, ranked[0].score, missing, not decisive and ranked[0].score >= READING_FLOOR)


def _unknown_names(result: SearchResult) -> Iterable[str]:
    """Latin names of the question that no document holds: in an English question, words with a capital inside a sentence."""
    unknown = set(result.unknown_terms)
    for found in _NAME.finditer(result.question):
        word = found.group().rstrip(".-+_")
        folded = word.casefold()
        begins = found.start() == 0 or result.question[: found.start()].rstrip().endswith((".", "?", "!"))
        is_name = result.language != "en" or (not begins and word != folded)
        plain = len(folded) >= 3 and folded.isalpha()
        if is_name and plain and any(folded.startswith(term) for term in unknown if len(term) >= LEAST_STEM):
            yield word


def _missing_dates(question: str, hits: Sequence[Hit]) -> Iterable[str]:
    """Years and file numbers of the question that no passage found states, nor its title, headings, file or front matter."""
    stated = " ".join(
        part
        for hit in hits
        for part in (
            hit.source.name,
            hit.chunk.title,
            *hit.chunk.heading_path,
            hit.chunk.text,
            *hit.source.metadata.values(),
        )
    )
    return [date for date in dict.fromkeys(_DATED.findall(question)) if date not in stated]


def _gives_kind(question: str, ranked: Sequence[Relevance]) -> bool:
    kind = asked_of(question)
    return kind is None or not kind.strict or any(item.fits_kind for item in ranked[:UNITS_LOOKED_AT])
