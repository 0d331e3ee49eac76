"""`python -m tests.benchmarks.latency`: every figure on speed, over synthetic notes in Korean and English.

A search (terms, embedding, BM25, vectors, fusion, texts) beside bare Chroma queries for the same question, at each size; one
collection of three beside all; a whole answer; a cold start; the embedder. `--keep FOLDER` keeps the indexes for the next run.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from graphs.chat import open_chat
from rag_app.embedding import open_embedder
from rag_app.index.store import Store
from rag_app.language import Terms
from rag_app.retrieval import Retriever
from rag_app.schema import DEFAULT_COLLECTION
from rag_app.settings import Settings
from tests.benchmarks.bare_chroma import BareChroma
from tests.benchmarks.cold_start import cold_starts
from tests.benchmarks.ingesting import ingest_folder
from tests.benchmarks.measurements import questions_of
from tests.benchmarks.synthetic import write_notes

SIZES = (20_000, 100_000)
SHARES: Mapping[str, float] = {"first": 0.5, "second": 0.3, "third": 0.2}
BLOCK = 25  # questions asked in a row of one kind, before the next kind has its turn
WARM_UP = 50
Took = dict[str, list[tuple[float, float]]]
"""Wall and processor milliseconds of each call, by kind."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.latency")
    parser.add_argument(
        "--chunks", type=int, nargs="+", default=SIZES, help="sizes of the index (default: 20000 100000)"
    )
    parser.add_argument("--keep", type=Path, help="a folder that keeps notes and indexes (default: a temporary one)")
    parser.add_argument("--cold-starts", type=int, default=5, help="processes started for each language (default: 5)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        home: Path = options.keep or Path(folder)
        for chunks in options.chunks:
            _report(f"{chunks} chunks", _searches(home, chunks))
        smallest = min(options.chunks)
        _report(f"{smallest} chunks in three collections", _filtered(home, smallest))
        data = home / str(smallest) / "data"
        headings = _headings(data)
        _report(f"whole answers over {smallest} chunks, no model", _answers(data, headings))
        questions = {
            "a Korean question": next(heading for heading in headings if not heading.isascii()),
            "an English question": next(heading for heading in headings if heading.isascii()),
        }
        starts = cold_starts(data, questions, options.cold_starts)
        seconds = {name: [(1000 * wall, 1000 * cpu) for wall, cpu in took] for name, took in starts.items()}
        _report(f"cold start over {smallest} chunks, to the end of the first answer", seconds)
        speed = _texts_per_second(home / str(smallest) / "notes" / DEFAULT_COLLECTION)
    print(f"\nembedder, one core, 300 Korean characters: {speed:.0f} texts/s")
    return 0


def _searches(home: Path, chunks: int) -> Took:
    settings = _indexed(home / str(chunks), {DEFAULT_COLLECTION: chunks})
    retriever = _retriever(settings)
    embedder = open_embedder(settings)
    bare = BareChroma(home / str(chunks) / "bare", retriever.snapshot())
    questions = questions_of(retriever)
    vectors = {question: embedder.embed_questions([question])[0].tolist() for question in questions}
    kinds: dict[str, Callable[[str], object]] = {
        "bare Chroma, ids alone": lambda question: bare.lean(vectors[question]),
        "bare Chroma, texts and metadata": lambda question: bare.plain(vectors[question]),
        "search": retriever.search,
    }
    took = _alternating(kinds, questions)
    retriever.close()
    return took


def _filtered(home: Path, chunks: int) -> Took:
    sizes = {name: round(chunks * share) for name, share in SHARES.items()}
    retriever = _retriever(_indexed(home / f"{chunks}-in-three", sizes))
    first, second, _ = sizes
    kinds: dict[str, Callable[[str], object]] = {
        "all three": retriever.search,
        "two of them": lambda question: retriever.search(question, collections=[first, second]),
        "one of them": lambda question: retriever.search(question, collections=[first]),
    }
    took = _alternating(kinds, questions_of(retriever))
    retriever.close()
    return took


def _answers(data: Path, headings: Sequence[str]) -> Took:
    chat = open_chat(Settings(data_dir=data))
    took = _alternating({"answer": chat.ask}, headings)
    chat.deps.retriever.close()
    return took


def _headings(data: Path) -> list[str]:
    """The first headings of a hundred and fifty notes or so."""
    with Store(Settings(data_dir=data).index_dir).open_current() as snapshot:
        sources = snapshot.catalog.sources()
        chosen = sources[:: len(sources) // 150 | 1]  # an odd step: the notes take turns between the languages
        return [snapshot.catalog.outline_of(source.id)[0].title for source in chosen]


def _indexed(home: Path, sizes: Mapping[str, int]) -> Settings:
    """Settings whose index holds notes of about these sizes, by collection; made when it is not there."""
    settings = Settings(data_dir=home / "data")
    terms = Terms(learned=settings.words_path)
    for seed, (name, chunks) in enumerate(sizes.items(), 7):
        notes = home / "notes" / name
        if not notes.exists():
            write_notes(notes, chunks, seed)
        ingest_folder(notes, settings, collection=name, terms=terms)
    terms.keep()
    return settings


def _retriever(settings: Settings) -> Retriever:
    terms = Terms(learned=settings.words_path)
    return Retriever(Store(settings.index_dir), open_embedder(settings), terms, settings)


def _alternating(kinds: Mapping[str, Callable[[str], object]], questions: Sequence[str]) -> Took:
    """Every question once for each kind, in blocks whose order is drawn with seed 7, after some questions to warm up."""
    dice = random.Random(7)
    took: Took = {name: [] for name in kinds}
    warm_up = min(WARM_UP, len(questions) // 3)
    for call in kinds.values():
        for question in questions[:warm_up]:
            call(question)
    for start in range(warm_up, len(questions), BLOCK):
        for name in dice.sample(list(kinds), len(kinds)):
            for question in questions[start : start + BLOCK]:
                wall, cpu = time.perf_counter(), time.process_time()
                kinds[name](question)
                took[name].append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)))
    return took


def _texts_per_second(notes: Path) -> float:
    """Over 5,000 stretches of 300 characters of the Korean notes; in processor time, so that other work does not count."""
    written = "".join(path.read_text(encoding="utf-8") for path in sorted(notes.glob("*.md"))[1::2])
    texts = [written[start : start + 300] for start in range(0, min(len(written), 1_500_000), 300)]
    embedder = open_embedder(Settings())
    embedder.embed_passages(texts[:100])
    began = time.process_time()
    embedder.embed_passages(texts)
    return len(texts) / (time.process_time() - began)


def _report(title: str, took: Took) -> None:
    """One table; the ratios are those of medians, to the rows above the last."""
    print(f"\n| {title} | p50 ms | p95 ms | p99 ms | processor p50 ms |\n|---|---|---|---|---|")
    for name, calls in took.items():
        wall, cpu = np.array(calls).T
        print(
            f"| {name} | {' | '.join(f'{value:.2f}' for value in np.percentile(wall, (50, 95, 99)))} | {np.median(cpu):.2f} |"
        )
    (*others, (last, asked)) = [(name, np.median(np.array(calls), axis=0)) for name, calls in took.items()]
    for name, median in others:
        wall, cpu = asked / median
        print(f"{last} / {name}: {wall:.2f} (processor time {cpu:.2f})")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
