"""Pure arithmetic on ranked lists: what a term weighs, two kinds of evidence made one, one passage said once."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Part = Literal["language", "lexical", "relative", "adjacent", "coverage", "said", "dense", "doubt"]
"""What a raw score is made of: see `Evidence`; "relative" is BM25 beside the best of all, "doubt" the cosine once more."""

WEIGHTS: Mapping[Part, tuple[float, float]] = {
    "language": (-2.0, 0.0),
    "lexical": (1.5, 0.0),
    "relative": (2.5, 0.0),
    "adjacent": (0.9, 0.0),
    "coverage": (4.1, 6.4),
    "said": (0.0, 3.3),
    "dense": (7.1, 12.1),
    "doubt": (10.9, 5.6),
}
"""What each part counts in a passage in the question's language, and in one in another language.

"language" is what a passage in the question's language has to make up for: its terms match more easily. "said" counts
across languages, where a name in the other language tells more than a number or a name that both languages write alike.

Source: listwise softmax regression on half of the questions of 23 Korean, English, cross-language and mixed retrieval
tasks, checked on the other half (`python -m tests.benchmarks.fit_fusion`, docs/guide/evaluation.md).
"""

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
    """
    parts = np.array(list(parts_of(evidence).values()))
    within, across = _weights(tuple(WEIGHTS.values())) @ parts
    return squashed(np.where(evidence.same, within, across))


def contributions(evidence: Evidence) -> Mapping[Part, Floats]:
    """What each part of the evidence adds to the raw score of each candidate; `fuse` is their sum, `squashed`."""
    return {name: np.where(evidence.same, *WEIGHTS[name]) * values for name, values in parts_of(evidence).items()}


def parts_of(evidence: Evidence) -> Mapping[Part, Floats]:
    """The values that `WEIGHTS` weighs, one for each candidate."""
    lexical, dense, same = evidence.lexical, evidence.dense, evidence.same
    doubt = 1.0 - float(evidence.coverage[same].max(initial=0.0))
    zeros = np.zeros(len(dense))
    return {
        "language": zeros + 1.0,
        "lexical": lexical,
        "relative": lexical / max(float(lexical.max(initial=0.0)), 1e-9),
        "adjacent": evidence.adjacent + zeros,
        "coverage": evidence.coverage * (1.0 - dense),
        "said": evidence.said + zeros,
        "dense": dense,
        "doubt": doubt * dense,
    }


@lru_cache(1)
def _weights(values: tuple[tuple[float, float], ...]) -> Floats:
    """(2, parts): what each part counts within a language, and across."""
    return np.array(values).T


def squashed(raw: Floats) -> Floats:
    """Raw scores between 0 and 1, in the same order."""
    return 1.0 / (1.0 + np.exp((_MIDDLE - raw) / _SPREAD))


def distinct(texts: Sequence[str], vectors: NDArray[np.float32], k: int) -> list[int]:
    """The first `k` positions of a ranked list, passages that repeat two earlier ones put behind all others.

    `texts` are packed terms (`lexical.pack_terms`). A passage repeats another when their vectors are nearly equal, their
    texts hold the same terms, and no number differs in title or headings: two versions of one policy both stay, also
    when they differ in a single word. Short sentences are never taken for repetitions.
    """
    near = vectors @ vectors.T > _NEAR
    if np.count_nonzero(near) == np.count_nonzero(near.diagonal()):  # each is near itself alone
        return list(range(min(k, len(texts))))
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


def _repeats(packed: str, earlier: str) -> bool:
    context, _, body = packed.rpartition("\n")
    earlier_context, _, earlier_body = earlier.rpartition("\n")
    terms = frozenset(body.split())
    if len(terms) < _LEAST_TERMS or terms != frozenset(earlier_body.split()):
        return False
    return not any(_NUMBER.fullmatch(term) for term in frozenset(context.split()) ^ frozenset(earlier_context.split()))
