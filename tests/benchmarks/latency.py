"""`python -m tests.benchmarks.latency --markdown DIR`: a whole search, and a whole answer without a model, beside one bare Chroma query."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from graphs.chat import open_chat
from rag_app.embedding import open_embedder
from rag_app.index.store import Store
from rag_app.language import Terms
from rag_app.retrieval import Retriever
from rag_app.settings import Settings
from tests.benchmarks.ingesting import ingest_folder
from tests.benchmarks.measurements import measured, questions_of

ROUNDS = 3


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.latency")
    parser.add_argument("--markdown", type=Path, required=True, help="a folder of real Markdown files")
    parser.add_argument(
        "--chunk-tokens", type=int, default=192, help="smaller chunks make a larger index (default: 192)"
    )
    options = parser.parse_args(argv)
    if not options.markdown.is_dir():
        sys.stderr.write(f"{options.markdown} is not there; the real files are not part of this repository\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), chunk_tokens=options.chunk_tokens)
        embedder, terms = open_embedder(settings), Terms()
        chunks = ingest_folder(options.markdown, settings, embedder=embedder, terms=terms).chunks
        retriever = Retriever(Store(settings.index_dir), embedder, terms, settings)
        questions = questions_of(retriever)
        bare: list[float] = []
        whole: list[float] = []
        answers: list[float] = []
        measured(retriever, questions[:50])
        vectors = retriever.snapshot().vectors
        for _ in range(ROUNDS):
            for question in questions:
                vector = embedder.embed_questions([question])[0]
                started = time.perf_counter()
                vectors.query("default", vector, 10)
                bare.append(1000 * (time.perf_counter() - started))
                whole += measured(retriever, [question])
        chat = open_chat(settings)
        chat.ask(questions[0])
        for question in questions:
            started = time.perf_counter()
            chat.ask(question)
            answers.append(1000 * (time.perf_counter() - started))
        chat.deps.retriever.close()
        retriever.close()
    print(f"{chunks} chunks, {len(bare)} searches, each beside a bare Chroma query for the same question")
    for name, took in (
        ("bare Chroma query, 10 neighbours", bare),
        ("search", whole),
        ("answer without a model", answers),
    ):
        p50, p95, p99 = np.percentile(took, (50, 95, 99))
        print(f"{name:34} p50 {p50:6.2f} ms  p95 {p95:6.2f} ms  p99 {p99:6.2f} ms")
    print(f"{'search / bare query':34} p50 {np.median(whole) / np.median(bare):6.2f} x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
