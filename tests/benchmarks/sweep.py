"""`python -m tests.benchmarks.sweep --data DIR`: how large a passage should be, on the golden questions and on public sets.

For each size (`RAG_CHUNK_TOKENS`) documents are cut and indexed anew. "cited" is the share of golden questions whose answer
without a model cites the gold quote. The questions with even numbers choose; the odd ones are the held-out half.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from graphs.chat import open_chat
from graphs.evaluate import evaluate, scores_by_group
from graphs.golden import read_golden
from rag_app.language import Terms
from rag_app.schema import DEFAULT_COLLECTION
from rag_app.settings import Settings
from tests.benchmarks.beir import RetrievalSet, read_sets
from tests.benchmarks.indexed import indexed
from tests.benchmarks.ingesting import ingest_folder
from tests.benchmarks.scores import scores_of

SIZES = (128, 192, 256, 384, 512)
ROOT = Path(__file__).resolve().parents[2]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sweep")
    parser.add_argument("--data", type=Path, required=True, help="folder with retrieval sets in the BEIR form")
    parser.add_argument("--sets", nargs="*", default=("docs-", "korquad", "squad"), help="only sets named so")
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES, help="tokens of a passage")
    parser.add_argument("--queries", type=int, default=100, help="at most this many a set (default: 100)")
    arguments = parser.parse_args(argv)
    if not arguments.data.is_dir():
        sys.stderr.write(f"{arguments.data} is not there; the retrieval sets are not part of this repository\n")
        return 2
    sets = read_sets(arguments.data, only=arguments.sets, most=arguments.queries)
    print("| size | half | recall@5 | MRR | nDCG@10 | cited |\n|---|---|---|---|---|---|")
    for size in arguments.sizes:
        for half, row in _golden(size).items():
            print(f"| {size} | {half} | {' | '.join(f'{value:.3f}' for value in row)} |", flush=True)
    print(f"\n| nDCG@10 | {' | '.join(map(str, arguments.sizes))} |\n|---{'|---' * len(arguments.sizes)}|")
    terms = Terms()
    for one in sets:
        found = [_public(one, size, terms) for size in arguments.sizes]
        print(f"| {one.name} | {' | '.join(f'{value:.3f}' for value in found)} |", flush=True)
    return 0


def _golden(size: int) -> dict[str, tuple[float, float, float, float]]:
    """By half: recall@5, reciprocal rank, nDCG@10, cited."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), chunk_tokens=size)
        ingest_folder(ROOT / "docs", settings)
        chat = open_chat(settings)
        try:
            outcomes = evaluate(chat, read_golden([ROOT / "tests" / "golden"]), DEFAULT_COLLECTION)
        finally:
            chat.deps.retriever.close()
    halves = {
        half: scores_by_group([one for one in outcomes if one.question.held_out == held_out])["all"]
        for half, held_out in (("even", False), ("held out", True))
    }
    return {half: (one.recall_at_5, one.mrr, one.ndcg_at_10, one.cited) for half, one in halves.items()}


def _public(one: RetrievalSet, size: int, terms: Terms) -> float:
    with indexed(one.corpus, terms=terms, chunk_tokens=size) as index:
        return scores_of(one.qrels, {key: index.ranking(text) for key, text in one.queries.items()}).mean()


if __name__ == "__main__":
    sys.exit(main())
