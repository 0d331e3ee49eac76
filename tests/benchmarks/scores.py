"""Rankings of a retrieval set to figures: nDCG, recall, reciprocal rank, their bootstrap intervals, and the held-out half."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

MEASURES = (nDCG @ 10, R @ 1, R @ 5, R @ 10, RR @ 10)
MAIN = str(MEASURES[0])
NAMES = tuple(str(measure) for measure in MEASURES)
Run = Mapping[str, Mapping[str, float]]
"""Query id -> {corpus id: score}."""


@dataclass(frozen=True, slots=True)
class Scores:
    """`values` gives each measure one number a query, in the order of `keys`."""

    keys: tuple[str, ...]
    values: Mapping[str, Sequence[float]]

    def mean(self, measure: str = MAIN, *, held_out: bool | None = None) -> float:
        """The mean over all queries, over the held-out half, or over the other one; 0 of nothing."""
        found = [
            value
            for key, value in zip(self.keys, self.values[measure], strict=True)
            if held_out is None or is_held_out(key) == held_out
        ]
        return float(np.mean(found)) if found else 0.0

    def interval(self, measure: str = MAIN, draws: int = 1000) -> tuple[float, float]:
        """The bootstrap 95 % interval of the mean (Efron 1979, percentile method), with seed 7."""
        array = np.asarray(self.values[measure])
        means = array[np.random.default_rng(7).integers(0, len(array), (draws, len(array)))].mean(axis=1)
        return float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))

    def figures(self) -> dict[str, float]:
        """Every measure with its interval, and the main one on the held-out half."""
        found: dict[str, float] = {"queries": len(self.keys)}
        for name in NAMES:
            low, high = self.interval(name)
            found |= {name: self.mean(name), f"{name} low": low, f"{name} high": high}
        held_out = sum(map(is_held_out, self.keys))
        return found | {"held out": self.mean(held_out=True), "held out queries": held_out}


@dataclass(frozen=True, slots=True)
class Difference:
    """How much larger a mean is than another over the same questions, with the bounds of its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def is_noise(self) -> bool:
        """Whether the interval holds 0."""
        return self.low <= 0 <= self.high


def difference(pairs: Sequence[tuple[Scores, Scores]], measure: str = MAIN, draws: int = 2000) -> Difference:
    """What the first of each pair has more than the second, the questions of all pairs pooled.

    Source: the paired bootstrap (Efron and Tibshirani 1993, chapter 13, percentile method), with seed 7.
    """
    if any(one.keys != other.keys for one, other in pairs):
        raise ValueError("both scores of a pair must be of the same questions, in the same order")
    gained = np.concatenate([np.subtract(one.values[measure], other.values[measure]) for one, other in pairs])
    rng = np.random.default_rng(7)
    means = [gained[rng.integers(0, len(gained), len(gained))].mean() for _ in range(draws)]
    low, high = np.percentile(means, (2.5, 97.5))
    return Difference(float(gained.mean()), float(low), float(high))


def scores_of(qrels: Mapping[str, Mapping[str, int]], run: Run) -> Scores:
    """The scores of every query of `qrels`; one for which nothing was found scores 0."""
    asked = {key: run.get(key) or {"": 0.0} for key in qrels}
    by_measure: dict[str, dict[str, float]] = {name: {} for name in NAMES}
    for found in ir_measures.iter_calc(MEASURES, qrels, asked):
        by_measure[str(found.measure)][found.query_id] = float(found.value)
    keys = tuple(qrels)
    return Scores(keys, {name: [values[key] for key in keys] for name, values in by_measure.items()})


def is_held_out(query: str) -> bool:
    """Whether a query belongs to the half that the weights of `rag_app.ranking` were not learned on."""
    return hashlib.sha256(query.encode("utf-8")).digest()[0] % 2 == 1
