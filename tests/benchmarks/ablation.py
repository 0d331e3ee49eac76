"""`python -m tests.benchmarks.ablation --data DIR`: what each part of the search brings, by searching without it.

Every corpus is indexed as the command does it and every question goes through the retriever, as the product is and then once
without each part; for parts of the terms or of the passages the index is made anew. Weights are not fitted again. Prints mean
nDCG@10 by kind of task, and recall@5 and reciprocal rank of the golden questions over docs/; writes every set with `--out`.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rag_app.embedding import open_embedder
from rag_app.settings import Settings
from tests.benchmarks.beir import Kind, RetrievalSet, read_sets, with_both_languages
from tests.benchmarks.golden import Golden
from tests.benchmarks.indexed import Indexed
from tests.benchmarks.parts import WHOLE, Part, chosen
from tests.benchmarks.scores import MAIN, NAMES, Scores, scores_of

KINDS: Mapping[Kind, str] = {"within": "within a language", "across": "across", "both": "both in one index"}
GOLDEN = "golden"
Table = dict[str, dict[str, Scores]]
"""Part -> set -> scores."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.ablation")
    parser.add_argument("--data", type=Path, required=True, help="folder with retrieval sets in the BEIR form")
    parser.add_argument("--sets", nargs="*", default=(), help="only sets whose path holds one of these words")
    parser.add_argument("--parts", nargs="*", default=(), help="only parts whose name holds one of these words")
    parser.add_argument("--queries", type=int, default=100, help="at most this many a set (default: 100)")
    parser.add_argument("--out", type=Path, help="write the figures of every set here as JSON")
    arguments = parser.parse_args(argv)
    if not arguments.data.is_dir():
        sys.stderr.write(f"{arguments.data} is not there; the retrieval sets are not part of this repository\n")
        return 2
    parts = (WHOLE, *chosen(arguments.parts, reranker=bool(Settings().reranker)))
    sets = read_sets(arguments.data, only=arguments.sets, most=arguments.queries)
    sets += with_both_languages(sets)
    table: Table = {part.name: {} for part in parts}
    with tempfile.TemporaryDirectory() as folder:
        _score_golden(Path(folder), parts, table)
    for tasks in _by_corpus(sets):
        with tempfile.TemporaryDirectory() as folder:
            _score(Path(folder), tasks, parts, table)
        sys.stderr.write(f"{', '.join(task.name for task in tasks)}\n")
    _print(table, {one.name: one.kind for one in sets})
    if arguments.out:
        found = {
            part: {name: {measure: scores.mean(measure) for measure in NAMES} for name, scores in row.items()}
            for part, row in table.items()
        }
        arguments.out.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


def _by_corpus(sets: Sequence[RetrievalSet]) -> list[list[RetrievalSet]]:
    """The sets that search the same passages together, so that these are indexed once."""
    groups: dict[int, list[RetrievalSet]] = {}
    for one in sets:
        groups.setdefault(hash(tuple(one.corpus.items())), []).append(one)
    return list(groups.values())


def _score(folder: Path, tasks: Sequence[RetrievalSet], parts: Sequence[Part], table: Table) -> None:
    index = Indexed(tasks[0].corpus, folder)
    embedder, plain = open_embedder(index.settings), WHOLE.rules()
    try:
        for part in sorted(parts, key=lambda part: part.anew):
            with part.change():
                if part.anew or part is parts[0]:
                    index.ingest(part.rules() if part.anew else plain, embedder)
                for task in tasks:
                    run = {key: index.ranking(text, part.legs) for key, text in task.queries.items()}
                    table[part.name][task.name] = scores_of(task.qrels, run)
    finally:
        index.close()


def _score_golden(folder: Path, parts: Sequence[Part], table: Table) -> None:
    golden, plain = Golden(folder), WHOLE.rules()
    try:
        for part in sorted(parts, key=lambda part: part.anew):
            with part.change():
                if part.anew or part is parts[0]:
                    golden.ingest(part.rules() if part.anew else plain)
                table[part.name][GOLDEN] = golden.scores(part.legs)
    finally:
        golden.close()


def _print(table: Table, kinds: Mapping[str, Kind]) -> None:
    columns = {f"{name} ({len(found)})": found for kind, name in KINDS.items() if (found := _of(kinds, kind))}
    columns[f"all {len(kinds)}"] = list(kinds)
    print(f"| without | {' | '.join(columns)} | golden recall@5 | golden MRR |\n{'|---' * (len(columns) + 3)}|")
    for name, row in table.items():
        means = [np.mean([row[one].mean(MAIN) for one in found]) for found in columns.values()]
        golden = [row[GOLDEN].mean("R@5"), row[GOLDEN].mean("RR@10")]
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in (*means, *golden))} |")


def _of(kinds: Mapping[str, Kind], wanted: Kind) -> list[str]:
    return [name for name, kind in kinds.items() if kind == wanted]


if __name__ == "__main__":
    sys.exit(main())
