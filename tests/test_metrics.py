"""Scores by hand, and against trec_eval as a second judge."""

import math
import random
from collections.abc import Callable, Sequence

import pytest

from rag_app.metrics import Relevance, mean, ndcg, recall, reciprocal_rank


def test_ndcg_by_hand() -> None:
    assert ndcg(["a", "b"], {"a": 1}) == 1.0
    assert ndcg(["b", "a"], {"a": 1}) == pytest.approx(1 / math.log2(3))
    assert ndcg(["x", "a", "b"], {"a": 2, "b": 1}) == pytest.approx((2 / math.log2(3) + 1 / 2) / (2 + 1 / math.log2(3)))


def test_recall_by_hand() -> None:
    assert recall(["a", "x", "b", "y", "z", "c"], {"a": 1, "b": 1, "c": 1}, k=5) == pytest.approx(2 / 3)


def test_reciprocal_rank_by_hand() -> None:
    assert reciprocal_rank(["x", "y", "a"], {"a": 1}) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x"] * 1 + list("bcdefghijk") + ["a"], {"a": 1}, k=10) == 0.0


def test_a_repeated_id_counts_once() -> None:
    assert ndcg(["a", "a", "b"], {"a": 1, "b": 1}) == 1.0
    assert recall(["a", "a", "b"], {"a": 1, "b": 1}, k=2) == 1.0


def test_nothing_relevant_scores_nothing() -> None:
    for measure in (ndcg, recall, reciprocal_rank):
        assert measure(["a"], {"a": 0}, 10) == 0.0
        assert measure([], {"a": 1}, 10) == 0.0


def test_a_question_that_was_not_ranked_counts_as_zero() -> None:
    assert reciprocal_rank((), {"b": 1}, 10) == 0.0
    assert mean([1.0, 0.0]) == 0.5
    assert mean([]) == 0.0


def test_trec_eval_agrees_on_random_rankings() -> None:
    judge = pytest.importorskip("ir_measures", reason="needs the extra [bench]")
    chance = random.Random(3)
    names = [f"d{n}" for n in range(30)]
    rankings = {f"q{n}": chance.sample(names, 15) for n in range(40)}
    relevance = {
        question: {name: chance.choice([1, 1, 2, 3]) for name in chance.sample(names, 4)} for question in rankings
    }
    run = {q: {name: 100.0 - rank for rank, name in enumerate(found)} for q, found in rankings.items()}
    judged = judge.calc_aggregate([judge.nDCG @ 10, judge.R @ 5, judge.RR @ 10], relevance, run)

    def mean_of(measure: Callable[[Sequence[str], Relevance, int], float], k: int) -> float:
        return mean(measure(rankings[question], grades, k) for question, grades in relevance.items())

    assert mean_of(ndcg, 10) == pytest.approx(judged[judge.nDCG @ 10], abs=1e-9)
    assert mean_of(recall, 5) == pytest.approx(judged[judge.R @ 5], abs=1e-9)
    assert mean_of(reciprocal_rank, 10) == pytest.approx(judged[judge.RR @ 10], abs=1e-9)
