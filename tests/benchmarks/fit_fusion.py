"""`python -m tests.benchmarks.fit_fusion --data DIR`: the weights of `rag_app.ranking`, learned on half of the questions.

The candidates of every question are taken from the product as it searches now. Listwise softmax regression (Cao et al., Learning
to Rank, ICML 2007: ListNet, top one) on the half that is not held out, every task counting the same, drawn towards the weights
in force. Prints both weights, ready for `ranking.WEIGHTS`, and nDCG@10 on the other half. The same data give the same weights.
`--keep FILE` stores the candidates, so that the next fit needs no search.
"""

import argparse
import pickle
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from rag_app.language import Terms
from rag_app.ranking import WEIGHTS, Floats
from tests.benchmarks.beir import RetrievalSet, read_sets, with_both_languages
from tests.benchmarks.evidence import Judged, judged, ndcg, parts_matrix, weights_of, weights_vector
from tests.benchmarks.indexed import indexed

PULL = 1e-4
"""What a weight's squared distance from the one in force costs beside the mean loss of a question."""

Tasks = Mapping[str, Sequence[Judged]]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fit_fusion")
    parser.add_argument("--data", type=Path, required=True, help="folder with retrieval sets in the BEIR form")
    parser.add_argument("--sets", nargs="*", default=(), help="only sets whose path holds one of these words")
    parser.add_argument("--queries", type=int, default=400, help="at most this many a set (default: 400)")
    parser.add_argument("--keep", type=Path, help="candidates are read from this file, or written to it")
    arguments = parser.parse_args(argv)
    if arguments.keep and arguments.keep.is_file():
        tasks: Tasks = pickle.loads(arguments.keep.read_bytes())
    elif arguments.data.is_dir():
        tasks = _collect(read_sets(arguments.data, only=arguments.sets, most=arguments.queries))
        if arguments.keep:
            arguments.keep.write_bytes(pickle.dumps(tasks))
    else:
        sys.stderr.write(f"{arguments.data} is not there; the retrieval sets are not part of this repository\n")
        return 2
    present = weights_vector(WEIGHTS)
    fitted = np.round(fit(tasks, present), 1)
    _report(tasks, present, fitted)
    return 0


def fit(tasks: Tasks, start: Floats, *, pull: float = PULL) -> Floats:
    """The weights with the least loss on the questions that are not held out; a weight that is 0 now stays 0."""
    lists = [
        (parts_matrix(one.evidence), one.gains / one.gains.sum(), 1.0 / len(learned))
        for learned in ([one for one in found if not one.held_out and one.gains.sum() > 0] for found in tasks.values())
        for one in learned
    ]
    free = np.flatnonzero(start)

    def loss(values: Floats) -> tuple[float, Floats]:
        weights = start.copy()
        weights[free] = values
        total, slope = 0.0, np.zeros_like(start)
        for matrix, wanted, share in lists:
            raw = matrix @ weights
            odds = np.exp(raw - raw.max())
            total += share * (np.log(odds.sum()) - wanted @ (raw - raw.max()))
            slope += share * (matrix.T @ (odds / odds.sum() - wanted))
        away = weights - start
        return total / len(tasks) + pull * away @ away, (slope / len(tasks) + 2 * pull * away)[free]

    found = minimize(loss, start[free], jac=True, method="L-BFGS-B")
    fitted = start.copy()
    fitted[free] = found.x
    return fitted


def score(found: Sequence[Judged], weights: Floats, *, held_out: bool) -> float:
    """The mean nDCG@10 of one half of a task's questions, of those for which anything was found; 0 of nothing."""
    values = [ndcg(parts_matrix(one.evidence) @ weights, one) for one in found if one.held_out == held_out]
    return float(np.mean(values)) if values else 0.0


def _collect(sets: Sequence[RetrievalSet]) -> Tasks:
    terms, tasks = Terms(), {}
    for loaded in [*sets, *with_both_languages(sets)]:
        with indexed(loaded.corpus, terms=terms) as index:
            tasks[loaded.name] = judged(index, loaded)
        print(f"{loaded.name}: {len(tasks[loaded.name])} questions", file=sys.stderr, flush=True)
    return tasks


def _report(tasks: Tasks, present: Floats, fitted: Floats) -> None:
    print(f"{'nDCG@10':28} {'learned on':>16} {'held out':>16}\n{'':28} {'now   fitted':>16} {'now   fitted':>16}")
    rows = []
    for name, found in tasks.items():
        rows.append([score(found, w, held_out=half) for half in (False, True) for w in (present, fitted)])
        print(f"{name:28}  " + "   ".join(f"{one:.3f}  {two:.3f}" for one, two in (rows[-1][:2], rows[-1][2:])))
    means = np.mean(rows, axis=0)
    print(f"{'mean':28}  " + "   ".join(f"{one:.4f} {two:.4f}" for one, two in (means[:2], means[2:])))
    first = np.median(
        [np.max(parts_matrix(one.evidence) @ fitted) for found in tasks.values() for one in found if not one.held_out]
    )
    print(f"\nmedian raw score of the first hit with the fitted weights: {first:.1f}\n\nWEIGHTS = {{")
    for part, (within, across) in weights_of(fitted.tolist()).items():
        now = WEIGHTS[part]
        print(f'    "{part}": ({within:.1f}, {across:.1f}),  # now ({now[0]:.1f}, {now[1]:.1f})')
    print("}")


if __name__ == "__main__":
    sys.exit(main())
