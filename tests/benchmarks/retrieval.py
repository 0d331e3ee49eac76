"""`python -m tests.benchmarks.retrieval --data DIR`: retrieval sets through the product's own path, beside its parts and baselines.

Each row of a corpus becomes a Markdown file, the files are ingested, and every query goes through the retriever, once as it is
and once with only its lexical or only its dense leg. Prints a table and writes JSON with `--out`. Exit codes: 1 when, over all
queries, a baseline is not the published one; 2 when the data is not there.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from rag_app.language import Terms
from rag_app.retrieval import Legs
from tests.benchmarks.baselines import AS_PUBLISHED, BM25, PUBLISHED, bigrams, words
from tests.benchmarks.beir import RetrievalSet, read_sets, with_both_languages
from tests.benchmarks.indexed import DEPTH, Indexed, indexed
from tests.benchmarks.scores import MAIN, NAMES, Run, scores_of

ALLOWED = 0.005
"""How much less than the better of its parts the product may score on a set."""

SYSTEMS: Mapping[str, Legs] = {"lexical": "lexical", "dense": "dense", "product": "both"}
Figures = dict[str, dict[str, float]]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.retrieval")
    parser.add_argument("--data", type=Path, required=True, help="folder with retrieval sets in the BEIR form")
    parser.add_argument("--sets", nargs="*", default=(), help="only sets whose path holds one of these words")
    parser.add_argument("--queries", type=int, default=0, help="at most this many queries a set, drawn with seed 7")
    parser.add_argument("--both", action="store_true", help="also both languages in one index, where a set has both")
    parser.add_argument("--out", type=Path, help="write all figures here as JSON")
    arguments = parser.parse_args(argv)
    if not arguments.data.is_dir():
        sys.stderr.write(f"{arguments.data} is not there; the retrieval sets are not part of this repository\n")
        return 2
    sets = read_sets(arguments.data, only=arguments.sets, most=arguments.queries)
    if arguments.both:
        sets += with_both_languages(sets)
    figures: dict[str, Figures] = {}
    _say(
        f"{'set':28} {'system':12} {' '.join(f'{name:>8}' for name in NAMES)}  95 % of {MAIN}  held out  p50 ms  p99 ms"
    )
    terms = Terms()
    for loaded in sets:
        figures[loaded.name] = _measure(loaded, terms)
    if arguments.out:
        arguments.out.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    _say_parts(figures)
    return 0 if arguments.queries else _check_baselines(figures)


def _measure(loaded: RetrievalSet, terms: Terms) -> Figures:
    figures: Figures = {}
    plain = {key: f"{title}\n{text}" for key, (title, text) in loaded.corpus.items()}
    for name, tokens in (("words", words), ("bigrams", bigrams)):
        baseline, spent = BM25(plain, tokens), []
        run = _asked(loaded, partial(_timed, baseline, spent))
        figures[f"bm25 {name}"] = _report(loaded, f"bm25 {name}", run, spent)
    with indexed(loaded.corpus, terms=terms) as index:
        for system, legs in SYSTEMS.items():
            figures[system] = _report(loaded, system, *_searched(loaded, index, legs))
    return figures


def _searched(loaded: RetrievalSet, index: Indexed, legs: Legs) -> tuple[Run, Sequence[float]]:
    index.milliseconds.clear()
    return _asked(loaded, partial(index.ranking, legs=legs)), tuple(index.milliseconds)


def _asked(loaded: RetrievalSet, search: Callable[[str], Mapping[str, float]]) -> Run:
    return {key: search(query) for key, query in loaded.queries.items()}


def _timed(baseline: BM25, spent: list[float], query: str) -> dict[str, float]:
    started = time.perf_counter()
    found = dict(baseline.search(query, DEPTH))
    spent.append(1000 * (time.perf_counter() - started))
    return found


def _report(loaded: RetrievalSet, system: str, run: Run, milliseconds: Sequence[float]) -> dict[str, float]:
    figures = scores_of(loaded.qrels, run).figures()
    figures |= {"p50 ms": float(np.percentile(milliseconds, 50)), "p99 ms": float(np.percentile(milliseconds, 99))}
    shown = " ".join(f"{figures[name]:8.3f}" for name in NAMES)
    interval = f"{figures[f'{MAIN} low']:.3f}-{figures[f'{MAIN} high']:.3f}"
    times = f"{figures['p50 ms']:6.1f}  {figures['p99 ms']:6.1f}"
    _say(f"{loaded.name:28} {system:12} {shown}  {interval:>15}  {figures['held out']:8.3f}  {times}")
    return figures


def _say_parts(figures: Mapping[str, Figures]) -> None:
    """Says of each set how the product stands to the better of its parts."""
    worst = 0.0
    for name, found in figures.items():
        better = max(("lexical", "dense"), key=lambda part: found[part][MAIN])
        gain = found["product"][MAIN] - found[better][MAIN]
        worst = min(worst, gain)
        verdict = "" if gain >= -ALLOWED else f"  BELOW by more than {ALLOWED}"
        _say(f"{name:28} product {gain:+.3f} against its better part ({better}){verdict}")
    held = "holds" if worst >= -ALLOWED else "does NOT hold"
    _say(f"never below the better part by more than {ALLOWED}: {held}")


def _check_baselines(figures: Mapping[str, Figures]) -> int:
    """1 when a baseline with a published figure differs from it by more than `AS_PUBLISHED`."""
    wrong = 0
    for name, published in PUBLISHED.items():
        for system, expected in zip(("bm25 words", "bm25 bigrams"), published, strict=True):
            found = figures.get(name, {}).get(system, {}).get(MAIN)
            if found is not None:
                fits = abs(found - expected) <= AS_PUBLISHED
                wrong += not fits
                _say(f"{name:28} {system:12} {found:.3f}, published {expected:.3f}{'' if fits else '  DIFFERS'}")
    return 1 if wrong else 0


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
