"""Pure arithmetic on ranked lists: what a term weighs, two kinds of evidence made one, one passage said once."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_WITHIN_BIAS = -2.0  # what a passage in the question's language has to make up for: its terms match more easily
_LEXICAL, _RELATIVE = 1.5, 2.5  # BM25 as such, and beside the best of all candidates
_ADJACENT = 0.9  # terms that stand side by side in the question do so in the passage
_WITHIN_COVERAGE, _ACROSS_COVERAGE = 4.1, 6.4
_SAID_ACROSS = 3.3  # a name in the other language tells more than a number or a name that both languages write alike
_WITHIN_DENSE, _WITHIN_DOUBT = 7.1, 10.9  # the cosine as such, and what doubt of the terms adds to it
_ACROSS_DENSE, _ACROSS_DOUBT = 12.1, 5.6
_MIDDLE, _SPREAD = 8.0, 2.0  # raw score of a good first hit; how far a raw score is stretched between 0 and 1

_NEAR, _LEAST_TERMS = 0.95, 15  # cosine, and number of different terms, from which on a passage may be a repetition
_TOLD = 2  # how often a passage may stand among the hits: the second copy may lie in the file that the reader trusts

_NUMBER = re.compile(r"[0-9][0-9.,:/-]*")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the candidates for one question, each array one value per candidate.

    `lexical` is BM25 divided by the question's summed idf (about 0 to 2); `coverage` the idf-weighted share of the
    question's terms that stand in the chunk, as such or in other words (`expansion`); `dense` the cosine; `same` whether
    the chunk is in the question's language; `said` the part of `coverage` that stands there in other words only;
    `adjacent` the idf-weighted share of the question's neighbouring terms that are neighbours in the chunk too.
    """

    lexical: Floats
    coverage: Floats
    dense: Floats
    same: NDArray[np.bool_]
    said: Floats | float = 0.0
    adjacent: Floats | float = 0.0


def idf(document_frequency: int, documents: int) -> float:
    """The inverse document frequency as BM25 has it, never negative.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), 3.4.3, with the 1 that Lucene adds.
    """
    return math.log(1 + (documents - document_frequency + 0.5) / (document_frequency + 0.5))


def fuse(evidence: Evidence) -> Floats:
    """One score per candidate, 0 to 1, comparable between candidates in the question's language and in others.

    Within a language BM25 decides and the cosine counts the more, the fewer of the question's terms any passage holds.
    Across languages the cosine decides, and shared names and numbers count. Terms tell the less, the nearer the meaning
    is already: both say the same. A score orders and compares; it is no probability.

    Source: weights learned by listwise softmax regression on half of the questions of 23 Korean, English, cross-language
    and mixed retrieval tasks, checked on the other half (docs/guide/evaluation.md).
    """
    lexical, dense, same = evidence.lexical, evidence.dense, evidence.same
    relative = lexical / max(float(lexical.max(initial=0.0)), 1e-9)
    doubt = 1.0 - float(evidence.coverage[same].max(initial=0.0))
    untold = evidence.coverage * (1.0 - dense)
    terms = _LEXICAL * lexical + _RELATIVE * relative + _ADJACENT * evidence.adjacent
    within = _WITHIN_BIAS + terms + _WITHIN_COVERAGE * untold + (_WITHIN_DENSE + _WITHIN_DOUBT * doubt) * dense
    across = _ACROSS_COVERAGE * untold + _SAID_ACROSS * evidence.said + (_ACROSS_DENSE + _ACROSS_DOUBT * doubt) * dense
    return _squashed(np.where(same, within, across))


def distinct(texts: Sequence[str], vectors: NDArray[np.float32], k: int) -> list[int]:
    """The first `k` positions of a ranked list, passages that repeat two earlier ones put behind all others.

    `texts` are packed terms (`lexical.pack_terms`). A passage repeats another when their vectors are nearly equal, their
    texts hold the same terms, and no number differs in title or headings: two versions of one policy both stay, also
    when they differ in a single word. Short sentences are never taken for repetitions.
    """
    near = vectors @ vectors.T > _NEAR
    kept: list[int] = []
    repeats: list[int] = []
    for position in range(len(texts)):
        if sum(near[position, other] and _repeats(texts[position], texts[other]) for other in kept) >= _TOLD:
            repeats.append(position)
        else:
            kept.append(position)
        if len(kept) == k:
            break
    return (kept + repeats)[:k]


def _squashed(raw: Floats) -> Floats:
    """Raw scores between 0 and 1, in the same order."""
    return 1.0 / (1.0 + np.exp((_MIDDLE - raw) / _SPREAD))


def _repeats(packed: str, earlier: str) -> bool:
    context, _, body = packed.rpartition("\n")
    earlier_context, _, earlier_body = earlier.rpartition("\n")
    terms = frozenset(body.split())
    if len(terms) < _LEAST_TERMS or terms != frozenset(earlier_body.split()):
        return False
    return not any(_NUMBER.fullmatch(term) for term in frozenset(context.split()) ^ frozenset(earlier_context.split()))
