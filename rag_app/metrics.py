"""Scores of ranked lists, from ids: nDCG, recall, reciprocal rank, and their mean over questions.

A ranking is a sequence of ids, best first; a repeated id counts once, where it stands first. Relevance is a mapping from
id to grade; grades of 0 and below are not relevant. A question without anything relevant scores 0 everywhere.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

Relevance = Mapping[str, int]


def ndcg(ranking: Sequence[str], relevance: Relevance, k: int = 10) -> float:
    """Normalised discounted cumulative gain at `k`: sum of grade / log2(rank + 1), divided by the best possible sum.

    Source: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002, with the
    grade itself as gain (as trec_eval's ndcg_cut).
    """
    ideal = sorted((grade for grade in relevance.values() if grade > 0), reverse=True)
    best = _discounted(ideal[:k])
    return _discounted([max(0, relevance.get(name, 0)) for name in _first_places(ranking)[:k]]) / best if best else 0.0


def recall(ranking: Sequence[str], relevance: Relevance, k: int = 5) -> float:
    """The share of all relevant ids among the first `k`.

    Source: Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), 8.3 and 8.4.
    """
    relevant = {name for name, grade in relevance.items() if grade > 0}
    found = relevant.intersection(_first_places(ranking)[:k])
    return len(found) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], relevance: Relevance, k: int = 10) -> float:
    """1 / rank of the first relevant id among the first `k`, 0 when there is none; its mean over questions is MRR@k.

    Source: Voorhees, The TREC-8 Question Answering Track Report, 1999.
    """
    for rank, name in enumerate(_first_places(ranking)[:k], 1):
        if relevance.get(name, 0) > 0:
            return 1.0 / rank
    return 0.0


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    numbers = list(values)
    return math.fsum(numbers) / len(numbers) if numbers else 0.0


def _first_places(ranking: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(ranking))


def _discounted(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
