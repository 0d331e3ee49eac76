"""`python -m tests.benchmarks.retrieval --data DIR`: retrieval sets through the product's own path, beside its parts and baselines.

Each row of a corpus becomes a Markdown file, the files are ingested, and every query goes through the retriever, once as it is
and once with only its lexical or only its dense leg. Prints a table and writes JSON with `--out`.
"""

import argparse
import hashlib
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG

from rag_app.embedding import open_embedder
from rag_app.index.store import Store
from rag_app.language import Terms
from rag_app.retrieval import Legs, Retriever
from rag_app.settings import Settings
from tests.benchmarks.baselines import BM25, bigrams, words
from tests.benchmarks.beir import RetrievalSet, find_sets, read_set
from tests.benchmarks.ingesting import ingest_folder

MEASURES = (nDCG @ 10, Success @ 1, R @ 5, R @ 10, RR @ 10)
Run = Mapping[str, Mapping[str, float]]
DEPTH = 10


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.retrieval")
    parser.add_argument("--data", type=Path, required=True, help="folder with retrieval sets in the BEIR form")
    parser.add_argument("--sets", nargs="*", default=(), help="only sets whose path holds one of these words")
    parser.add_argument("--queries", type=int, default=0, help="at most this many queries a set, drawn with seed 7")
    parser.add_argument("--out", type=Path, help="write all figures here as JSON")
    arguments = parser.parse_args(argv)
    if not arguments.data.is_dir():
        sys.stderr.write(f"{arguments.data} is not there; the retrieval sets are not part of this repository\n")
        return 2
    chosen = [
        folder
        for folder in find_sets(arguments.data)
        if not arguments.sets or any(word in folder.as_posix() for word in arguments.sets)
    ]
    figures = {}
    print(
        f"{'set':34} {'system':12} "
        + " ".join(f"{measure!s:>9}" for measure in MEASURES)
        + "   95 %         held out p50 ms",
        flush=True,
    )
    for folder in chosen:
        loaded = _sampled(read_set(folder, arguments.data), arguments.queries)
        figures[loaded.name] = _measure(loaded)
    if arguments.out:
        arguments.out.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


def _sampled(loaded: RetrievalSet, most: int) -> RetrievalSet:
    if not most or len(loaded.queries) <= most:
        return loaded
    kept = sorted(random.Random(7).sample(sorted(loaded.queries), most))
    return RetrievalSet(
        loaded.name, loaded.corpus, {key: loaded.queries[key] for key in kept}, {key: loaded.qrels[key] for key in kept}
    )


def _measure(loaded: RetrievalSet) -> dict[str, dict[str, float]]:
    figures: dict[str, dict[str, float]] = {}
    plain = {key: f"{title}\n{text}" for key, (title, text) in loaded.corpus.items()}
    for name, tokens in (("bm25 words", words), ("bm25 bigrams", bigrams)):
        baseline = BM25(plain, tokens)
        figures[name] = _report(loaded, name, partial(_search_baseline, baseline))
    with tempfile.TemporaryDirectory() as folder:
        notes, settings = Path(folder, "notes"), Settings(data_dir=Path(folder, "data"))
        names = _write(loaded, notes)
        ingest_folder(notes, settings)
        embedder, terms, store = open_embedder(settings), Terms(), Store(settings.index_dir)
        retriever = Retriever(store, embedder, terms, settings)
        try:
            _collect(figures, loaded, retriever, names)
        finally:
            retriever.close()
    return figures


def _collect(
    figures: dict[str, dict[str, float]], loaded: RetrievalSet, retriever: Retriever, names: Mapping[str, str]
) -> None:
    systems: dict[str, Legs] = {"lexical": "lexical", "dense": "dense", "product": "both"}
    for system, legs in systems.items():
        figures[system] = _report(loaded, system, partial(_search, retriever, legs, names))


def _search_baseline(baseline: BM25, query: str) -> dict[str, float]:
    return dict(baseline.search(query, DEPTH))


def _search(retriever: Retriever, legs: Legs, names: Mapping[str, str], query: str) -> dict[str, float]:
    """The best documents by their best passage; `copies` of a passage count as documents of their own."""
    result = retriever.search(query, k=DEPTH * 2, legs=legs)
    catalog = retriever.snapshot().catalog
    placed = catalog.placements_of_chunks([hit.chunk.id for hit in result.hits])
    found: dict[str, float] = {}
    for rank, hit in enumerate(result.hits):
        for placement in placed[hit.chunk.id]:
            source = catalog.source(placement.source_id)
            if source is not None:
                found.setdefault(names[source.name], 1.0 / (rank + 1))
    return found


def _write(loaded: RetrievalSet, folder: Path) -> dict[str, str]:
    """One Markdown file a row; returns file name -> corpus id."""
    folder.mkdir()
    names = {}
    for number, (key, (title, text)) in enumerate(loaded.corpus.items()):
        name = f"{number:06d}.md"
        heading = " ".join(title.split())
        (folder / name).write_text(f"# {heading}\n\n{text}\n" if heading else f"{text}\n", encoding="utf-8")
        names[name] = key
    return names


def _report(loaded: RetrievalSet, system: str, search: Callable[[str], Mapping[str, float]]) -> dict[str, float]:
    run: dict[str, Mapping[str, float]] = {}
    took: list[float] = []
    for key, query in loaded.queries.items():
        started = time.perf_counter()
        run[key] = search(query) or {"": 0.0}
        took.append(1000 * (time.perf_counter() - started))
    per_query: dict[str, list[float]] = {str(measure): [] for measure in MEASURES}
    keys: list[str] = []
    for value in ir_measures.iter_calc(MEASURES, loaded.qrels, run):
        per_query[str(value.measure)].append(value.value)
        if value.measure == nDCG @ 10:
            keys.append(value.query_id)
    figures = {name: float(np.mean(values)) for name, values in per_query.items()}
    low, high = _interval(per_query[str(nDCG @ 10)])
    held_out = [value for key, value in zip(keys, per_query[str(nDCG @ 10)], strict=True) if _is_held_out(key)]
    figures |= {
        "queries": len(keys),
        "held_out": float(np.mean(held_out)) if held_out else 0.0,
        "held_out_queries": len(held_out),
    }
    figures |= {"low": low, "high": high, "p50_ms": statistics.median(took), "p99_ms": float(np.percentile(took, 99))}
    shown = " ".join(f"{figures[str(measure)]:9.3f}" for measure in MEASURES)
    print(
        f"{loaded.name:34} {system:12} {shown}   {low:.3f}-{high:.3f} {figures['held_out']:9.3f} {figures['p50_ms']:6.1f}",
        flush=True,
    )
    return figures


def _is_held_out(query: str) -> bool:
    """Whether a query belongs to the half that the weights of `rag_app.ranking` were not learned on."""
    return hashlib.sha256(query.encode("utf-8")).digest()[0] % 2 == 1


def _interval(values: Sequence[float], draws: int = 1000) -> tuple[float, float]:
    """The bootstrap 95 % interval of the mean (Efron 1979, percentile method), with seed 7."""
    rng = np.random.default_rng(7)
    array = np.asarray(values)
    means = array[rng.integers(0, len(array), (draws, len(array)))].mean(axis=1)
    return float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))


if __name__ == "__main__":
    sys.exit(main())
