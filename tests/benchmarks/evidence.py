"""What ranking knew of the candidates of each question, caught where the retriever makes them, and which of them are right."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np

from rag_app import ranking, retrieval
from rag_app.candidates import Candidates
from rag_app.ranking import Floats
from tests.benchmarks.beir import RetrievalSet
from tests.benchmarks.indexed import DEPTH, Indexed
from tests.benchmarks.scores import is_held_out


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of one question: what ranking knows of them, what each gains, and the gains of all relevant rows.

    One candidate a row of the corpus: its passage that stands best now.
    """

    held_out: bool
    evidence: ranking.Evidence
    gains: Floats
    relevant: tuple[int, ...]


def judged(index: Indexed, loaded: RetrievalSet) -> list[Judged]:
    """Every question of a set, its candidates judged; those for which nothing was found are left out."""
    found = []
    with _caught() as caught:
        for key, question in loaded.queries.items():
            caught.clear()
            index.search(question)
            if caught and caught[-1].rows:
                found.append(_judged(index, caught[-1], loaded.qrels[key], held_out=is_held_out(key)))
    return found


@contextmanager
def _caught() -> Iterator[list[Candidates]]:
    """The candidates of every search while the block lasts."""
    caught: list[Candidates] = []

    class Watched(Candidates):
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            caught.append(self)

    with mock.patch.object(retrieval, "Candidates", Watched):
        yield caught


def _judged(index: Indexed, candidates: Candidates, qrels: Mapping[str, int], *, held_out: bool) -> Judged:
    best: dict[str, int] = {}
    for position in np.argsort(-candidates.fused, kind="stable").tolist():
        for row in index.rows_at(candidates.rows[position]):
            best.setdefault(row, position)
    gains = np.array([float(qrels.get(row, 0)) for row in best])
    evidence = _at(candidates.evidence, np.array(list(best.values())))
    return Judged(held_out, evidence, gains, tuple(qrels.values()))


def _at(evidence: ranking.Evidence, positions: np.ndarray) -> ranking.Evidence:
    every = [
        evidence.lexical,
        evidence.coverage,
        evidence.dense,
        evidence.same,
        np.broadcast_to(evidence.said, evidence.dense.shape),
        np.broadcast_to(evidence.adjacent, evidence.dense.shape),
    ]
    return ranking.Evidence(*(values[positions] for values in every))


def ndcg(scores: Floats, one: Judged) -> float:
    """nDCG@10 of candidates in the order of their scores; ties as they come."""
    order = np.argsort(-scores, kind="stable")[:DEPTH]
    discounts = 1.0 / np.log2(np.arange(2, DEPTH + 2))
    ideal = np.array(sorted(one.relevant, reverse=True)[:DEPTH], dtype=float)
    return float((one.gains[order] * discounts[: len(order)]).sum() / (ideal * discounts[: len(ideal)]).sum())


def parts_matrix(evidence: ranking.Evidence) -> Floats:
    """The values that the weights multiply: `(candidates, 2 * parts)`, each part within and across languages."""
    values = np.stack(list(ranking.parts_of(evidence).values()), axis=1)
    within = evidence.same[:, None]
    return np.concatenate([values * within, values * ~within], axis=1)


def weights_vector(weights: Mapping[ranking.Part, tuple[float, float]]) -> Floats:
    """The weights in the order of `parts_matrix`."""
    within, across = zip(*weights.values(), strict=True)
    return np.array([*within, *across])


def weights_of(vector: Sequence[float]) -> dict[ranking.Part, tuple[float, float]]:
    """The other way round."""
    half = len(vector) // 2
    return {
        name: (float(within), float(across))
        for name, within, across in zip(ranking.WEIGHTS, vector[:half], vector[half:], strict=True)
    }
