"""Is there enough evidence to answer at all? Yes, hardly, or no: by rules and a weighing of signals, without a model call."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphs.asked import asked_of
from graphs.relevance import Relevance, question_weights
from rag_app.search_result import Hit, SearchResult

# Fitted on half of the questions of eight corpora, each asked about passages that are there, that were taken out, and about
# something else; reported on the other half: `python -m tests.benchmarks.answerability`, docs/guide/evaluation.md.
SAME_LANGUAGE_WEIGHTS = (3.52, 3.66, 4.11)
OTHER_LANGUAGE_WEIGHTS = (1.59, 11.89, 0.98)
"""Of a unit's meaning, a passage's meaning and a passage's words, where the best unit is in the question's language, or not."""
SAME_LANGUAGE_BIAS, UNKNOWN_LOSS, BIAS = -0.3, -0.89, -4.5
REFUSED_BELOW = -1.2
"""Log-odds of an answer below which there is nothing to quote."""
DOUBTED_BELOW = -0.35
"""Log-odds below which what is quoted comes with a word of doubt."""
READ_ABOVE = -2.5
"""Log-odds above which a model that reads the passages is asked, although words and meaning alone do not tell enough."""
UNITS_LOOKED_AT = 6
"""Among so many of the best units one must give the kind of answer asked for, where that kind is strict or expected."""

LEAST_STEM = 3
"""Letters of a stem that are enough to recognise a name by it (france is known as "franc")."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._+-]*")
_DATED = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?!\d)|\b[A-Z]{2,}(?:-\d+)+\b")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the documents hold an answer. `score` is the log-odds that they do; `missing` are words of the question that no
    passage found covers, the decisive or rarest first. `doubtful`: answerable, but hardly. `worth_reading`: nothing decisive
    is missing, so that a model which reads the passages may find the answer where words alone do not."""

    answerable: bool
    score: float
    missing: tuple[str, ...]
    worth_reading: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer, each 0 to 1 or a cosine: how near the best unit and the nearest passage are to the question in
    meaning, how much of its weight one passage covers in words, how much of it stands in no document."""

    unit_meaning: float
    passage_meaning: float
    words: float
    unknown: float
    same_language: bool

    def row(self) -> NDArray[np.float64]:
        """The signals as the 8 numbers that `WEIGHTS` weighs."""
        near = np.array([self.unit_meaning, self.passage_meaning, self.words])
        same = float(self.same_language)
        return np.concatenate([near * same, near * (1.0 - same), [same, self.unknown]])


WEIGHTS = np.array([*SAME_LANGUAGE_WEIGHTS, *OTHER_LANGUAGE_WEIGHTS, SAME_LANGUAGE_BIAS, UNKNOWN_LOSS])


def judge_evidence(result: SearchResult, ranked: Sequence[Relevance]) -> Verdict:
    """The verdict over the units that `relevance_of` ranked, best first; nothing found is never answerable.

    Refused are: a name (KTO) that stands in no document; a year or number of a file (2020, INC-2025-005) that stands in no
    passage found; a kind of answer ("몇 개월?") that no good unit gives; and what the signals together speak against. Doubted is
    also a question for a price, a time or days where no good unit holds one, and one about a day ("3월 25일 회의") where the best
    unit is of another day.
    """
    weights = question_weights(result)
    covered = {term for hit in result.hits for term in hit.matched_terms}
    absent = [term for term in sorted(weights, key=lambda term: -weights[term]) if term not in covered]
    decisive = decisively_missing(result)
    missing = tuple(dict.fromkeys((*decisive, *absent)))
    if not ranked:
        return Verdict(False, -math.inf, missing)
    score = float(WEIGHTS @ signals_of(result, ranked).row()) + BIAS
    answerable = score >= REFUSED_BELOW and not decisive and gives_kind(result.question, ranked)
    worth_reading = not decisive and score >= READ_ABOVE
    kind = asked_of(result.question)
    lacks_kind = kind is not None and kind.expected and not _is_given(ranked)
    doubtful = score < DOUBTED_BELOW or lacks_kind or ranked[0].of_another_day
    return Verdict(answerable, score, missing, worth_reading, answerable and doubtful)


def signals_of(result: SearchResult, ranked: Sequence[Relevance]) -> Signals:
    """The signals of a search that found something."""
    weights = question_weights(result)
    total = sum(weights.values()) or 1.0
    # A word that was only heard counts as the documents' word does, but not for sure.
    sure = {term: one.weight for one in result.other_words if one.origin == "sound" for term in one.covers}
    return Signals(
        unit_meaning=ranked[0].similarity,
        passage_meaning=max(
            (signal.value for hit in result.hits for signal in hit.signals if signal.name == "dense"), default=0.0
        ),
        words=max(
            sum(weights.get(term, 0.0) * sure.get(term, 1.0) for term in hit.matched_terms) for hit in result.hits
        )
        / total,
        unknown=sum(weights.get(term, 0.0) for term in result.unknown_terms) / total,
        same_language=ranked[0].same_language,
    )


def decisively_missing(result: SearchResult) -> tuple[str, ...]:
    """Names, years and file numbers of the question without which nothing can be an answer, and which are not there."""
    return (*_unknown_names(result), *_missing_dates(result.question, result.hits))


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


def gives_kind(question: str, ranked: Sequence[Relevance]) -> bool:
    """Whether a good unit gives the kind of answer asked for, where that kind is strict."""
    kind = asked_of(question)
    return kind is None or not kind.strict or _is_given(ranked)


def _is_given(ranked: Sequence[Relevance]) -> bool:
    return any(item.fits_kind for item in ranked[:UNITS_LOOKED_AT])
