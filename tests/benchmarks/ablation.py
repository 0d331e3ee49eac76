"""`python -m tests.benchmarks.ablation --data DIR`: what each part of the search brings, by searching without it.

Every corpus is indexed as the command does it and every question goes through the retriever, as the product is and then once
without each part; for parts of the terms or of the passages the index is made anew. Weights are not fitted again. Prints, for
every part, what the search loses without it, each with the 95 % interval of a paired bootstrap: nDCG@10 by kind of task,
reciprocal rank and recall@5 of the golden questions over docs/, and how many of the probes that ask for the part still
find their passage first (`tests.benchmarks.probes`). Writes every set with `--out`.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from rag_app.embedder.static import load_static
from rag_app.embedding import Embedder, open_embedder
from rag_app.index.lexical import TermsLike
from rag_app.retrieval import Legs
from rag_app.settings import Settings
from tests.benchmarks.beir import Kind, RetrievalSet, read_sets, with_both_languages
from tests.benchmarks.golden import Golden
from tests.benchmarks.indexed import Indexed
from tests.benchmarks.parts import WHOLE, Part, chosen, second_looks
from tests.benchmarks.probes import FIRST, Probing
from tests.benchmarks.scores import MAIN, Scores, difference, scores_of

KINDS: Mapping[Kind, str] = {"within": "within a language", "across": "across", "both": "both in one index"}
GOLDEN = "golden"
Table = dict[str, dict[str, Scores]]
"""Part -> set, `GOLDEN` or a kind of probe (see `_probe`) -> scores."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.ablation")
    parser.add_argument("--data", type=Path, required=True, help="folder with retrieval sets in the BEIR form")
    parser.add_argument("--sets", nargs="*", default=(), help="only sets whose path holds one of these words")
    parser.add_argument("--parts", nargs="*", default=(), help="only parts whose name holds one of these words")
    parser.add_argument("--queries", type=int, default=100, help="at most this many a set (default: 100)")
    parser.add_argument("--sets-only", action="store_true", help="leave out the golden questions and the probes")
    parser.add_argument("--embedder", nargs="*", default=(), metavar="NAME=FOLDER", help="a row with this one instead")
    parser.add_argument("--out", type=Path, help="write the figures of every set here as JSON")
    arguments = parser.parse_args(argv)
    if not arguments.data.is_dir():
        sys.stderr.write(f"{arguments.data} is not there; the retrieval sets are not part of this repository\n")
        return 2
    parts = (WHOLE, *chosen(arguments.parts, reranker=bool(Settings().reranker)))
    others = {name: load_static(Path(folder)) for name, _, folder in (one.partition("=") for one in arguments.embedder)}
    rows = (*parts, *(Part(f"(embedder {name} instead)") for name in others))
    sets = read_sets(arguments.data, only=arguments.sets, most=arguments.queries)
    sets += with_both_languages(sets)
    shipped = open_embedder(Settings())
    table: Table = {part.name: {} for part in rows}
    with tempfile.TemporaryDirectory() as folder, second_looks() as looks:
        learned = Path(folder) / "words"
        for name, make in _benches(sets, sets_only=arguments.sets_only):
            began = time.perf_counter()
            _score(make, shipped, parts, table, learned)
            for part, embedder in zip(rows[len(parts) :], others.values(), strict=True):
                _score(make, embedder, (part,), table, learned)
            sys.stderr.write(f"{name}: {time.perf_counter() - began:.0f} s\n")
    _print(table, rows, {one.name: one.kind for one in sets})
    if looks:
        low, middle, high = np.percentile(looks, (5, 50, 95))
        print(
            f"\nprocessor time of the reranker for a question: {middle:.0f} ms (5 to 95 %: {low:.0f} to {high:.0f} ms)"
        )
    if arguments.out:
        found = {
            part: {name: {measure: scores.mean(measure) for measure in scores.values} for name, scores in row.items()}
            for part, row in table.items()
        }
        arguments.out.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


class Bench(Protocol):
    """Questions and an index that they are asked of."""

    def ingest(self, terms: TermsLike) -> None: ...
    def scores(self, legs: Legs) -> Mapping[str, Scores]: ...
    def close(self) -> None: ...


Make = Callable[[Path, Embedder], Bench]


class _Asked:
    """The sets that search the same passages together, so that these are indexed once."""

    def __init__(self, tasks: Sequence[RetrievalSet], folder: Path, embedder: Embedder) -> None:
        self._tasks, self._embedder = tasks, embedder
        self._index = Indexed(tasks[0].corpus, folder)
        self.close = self._index.close

    def ingest(self, terms: TermsLike) -> None:
        self._index.ingest(terms, self._embedder)

    def scores(self, legs: Legs) -> Mapping[str, Scores]:
        return {
            task.name: scores_of(
                task.qrels, {key: self._index.ranking(text, legs) for key, text in task.queries.items()}
            )
            for task in self._tasks
        }


class _Golden:
    """The golden questions."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._golden = Golden(folder, embedder=embedder)
        self.ingest, self.close = self._golden.ingest, self._golden.close

    def scores(self, legs: Legs) -> Mapping[str, Scores]:
        return {GOLDEN: self._golden.scores(legs)}


class _Probes:
    """The probes, by the whole search and by its words alone."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._probing = Probing(folder, embedder)
        self.ingest, self.close = self._probing.ingest, self._probing.close

    def scores(self, legs: Legs) -> Mapping[str, Scores]:
        found = {_probe(kind): scores for kind, scores in self._probing.scores(legs).items()}
        words = self._probing.scores("lexical") if legs == "both" else {}
        return found | {_probe(kind, words=True): scores for kind, scores in words.items()}


def _benches(sets: Sequence[RetrievalSet], *, sets_only: bool) -> list[tuple[str, Make]]:
    groups: dict[int, list[RetrievalSet]] = {}
    for one in sets:
        groups.setdefault(hash(tuple(one.corpus.items())), []).append(one)
    found: list[tuple[str, Make]] = [] if sets_only else [("probes", _Probes), ("golden questions", _Golden)]
    for tasks in groups.values():
        found.append((", ".join(task.name for task in tasks), _maker(tasks)))
    return found


def _maker(tasks: Sequence[RetrievalSet]) -> Make:
    return lambda folder, embedder: _Asked(tasks, folder, embedder)


def _score(make: Make, embedder: Embedder, parts: Sequence[Part], table: Table, learned: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = make(Path(folder), embedder)
        try:
            for part in sorted(parts, key=lambda part: part.anew):
                with part.change():
                    if part.anew or part is parts[0]:
                        rules = part.rules(learned)
                        bench.ingest(rules)
                    table[part.name].update(bench.scores(part.legs))
                    rules.keep()
        finally:
            bench.close()


def _probe(kind: str, *, words: bool = False) -> str:
    return f"probes: {kind}, words alone" if words else f"probes: {kind}"


def _print(table: Table, rows: Sequence[Part], kinds: Mapping[str, Kind]) -> None:
    """One line a part: the difference to the product; in bold where its interval does not hold 0."""
    columns: dict[str, tuple[list[str], str]] = {}
    for kind, title in KINDS.items():
        if names := [name for name, found in kinds.items() if found == kind]:
            columns[f"{title} ({len(names)})"] = (names, MAIN)
    whole = table[WHOLE.name]
    if GOLDEN in whole:
        columns |= {"golden MRR": ([GOLDEN], "RR@10"), "golden recall@5": ([GOLDEN], "R@5")}
    print(f"| without | {' | '.join(columns)} | its probes (by words alone) |\n{'|---' * (len(columns) + 2)}|")
    for part in rows:
        row = table[part.name]
        cells = [_cell(row, whole, names, measure) for names, measure in columns.values()]
        print(f"| {part.name} | {' | '.join(cells)} | {_probe_cell(row, whole, part)} |")


def _cell(row: Mapping[str, Scores], whole: Mapping[str, Scores], names: Sequence[str], measure: str) -> str:
    if row is whole:
        values = [value for name in names for value in row[name].values[measure]]
        return f"{sum(values) / len(values):.3f} of {len(values)}"
    found = difference([(row[name], whole[name]) for name in names], measure)
    text = f"{found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f})"
    return text if found.is_noise else f"**{text}**"


def _probe_cell(row: Mapping[str, Scores], whole: Mapping[str, Scores], part: Part) -> str:
    """For each kind that asks for the part, how many are found first with it and without it."""
    told = []
    for kind in [kind for kind in part.probes if _probe(kind) in whole]:
        name, words = _probe(kind), _probe(kind, words=True)
        counts = f"{kind} {_first(whole[name])} → {_first(row[name])}"
        by_words = f" ({_first(whole[words])} → {_first(row[words])})" if words in row else ""
        told.append(f"{counts}{by_words} of {len(whole[name].keys)}")
    return "; ".join(told)


def _first(scores: Scores) -> int:
    return round(sum(scores.values[FIRST]))


if __name__ == "__main__":
    sys.exit(main())
