"""`python -m tests.benchmarks.measurements WHAT NOTES DATA`: one measurement of ingestion, printed as one line of JSON."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from rag_app.embedding import open_embedder
from rag_app.index.store import Store
from rag_app.language import Terms
from rag_app.retrieval import Retriever
from rag_app.settings import Settings
from tests.benchmarks.ingesting import ingest_folder
from tests.benchmarks.morphemes import UNHEARD
from tests.benchmarks.resources import FamilyMemory, Spent, peak_mb

REPEATS = 7
QUESTIONS = 400


def first(notes: Path, data: Path, *, kiwi: bool = True) -> dict[str, float]:
    """A first run as the command makes it, with Chroma imported and, unless `kiwi` is False, Kiwi loaded beforehand."""
    import chromadb.api.client
    import chromadb.api.rust  # noqa: F401

    settings = Settings(data_dir=data)
    imports = peak_mb()
    embedder, terms = open_embedder(settings, deferred=True), Terms()
    if kiwi:
        terms.of_text(UNHEARD)
    models = peak_mb()
    with FamilyMemory() as family, Spent() as spent:
        receipt = ingest_folder(notes, settings, embedder=embedder, terms=terms)
    stages = {f"stage {name}": value for name, value in receipt.timings_ms.items()}
    sizes = {"files": receipt.sources, "chunks": receipt.chunks}
    memory = {"above imports mb": peak_mb() - imports, "models mb": models - imports}
    memory["all processes mb"] = family.peak_mb - imports
    return {**spent.figures(), **sizes, **memory, **stages}


def again(notes: Path, data: Path) -> dict[str, float]:
    """The best of some runs without a change, each beside a loop that reads and hashes the same files."""
    settings = Settings(data_dir=data)
    embedder, terms = open_embedder(settings), Terms()
    runs: list[Mapping[str, float]] = []
    loops: list[Mapping[str, float]] = []
    for _ in range(REPEATS):
        with Spent() as spent:
            ingest_folder(notes, settings, embedder=embedder, terms=terms)
        runs.append(spent.figures())
        with Spent() as spent:
            for path in notes.rglob("*"):
                if path.is_file():
                    hashlib.sha256(path.read_bytes()).hexdigest()
        loops.append(spent.figures())
    return {
        f"{what} {unit}": min(found[unit] for found in figures)
        for what, figures in (("run", runs), ("loop", loops))
        for unit in ("cpu", "wall")
    }


def floor(notes: Path, data: Path) -> dict[str, float]:
    """What cannot be saved: Chroma's `add` of the vectors in `data`, and Kiwi over its texts."""
    import chromadb
    from kiwipiepy import Kiwi

    with Store(data / "index").open_current() as snapshot:
        rows = sorted(snapshot.catalog.member_rows("default"))
        batches = [rows[start : start + 500] for start in range(0, len(rows), 500)]
        vectors = np.concatenate([snapshot.catalog.evidence(batch).vectors for batch in batches])
        texts = [chunk.text for batch in batches for chunk in snapshot.catalog.chunks_by_row(batch).values()]
    client = chromadb.PersistentClient(str(data / "floor"), chromadb.config.Settings(anonymized_telemetry=False))
    collection = client.create_collection("floor", embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    with Spent() as chroma:
        for start in range(0, len(vectors), 5000):
            part = vectors[start : start + 5000]
            collection.add(ids=[str(start + i) for i in range(len(part))], embeddings=part)
    kiwi = Kiwi(num_workers=2)
    kiwi.tokenize("하나를 읽는다")
    with Spent() as words:
        for _ in kiwi.tokenize(texts):  # a generator over all texts
            pass
    found = {f"chroma {unit}": value for unit, value in chroma.figures().items()}
    found |= {f"kiwi {unit}": value for unit, value in words.figures().items()}
    return {**found, **{unit: chroma.figures()[unit] + words.figures()[unit] for unit in ("cpu", "wall")}}


def busy(notes: Path, data: Path) -> dict[str, float]:
    """Latency of questions, first alone, then while another process ingests the same notes, from its start to its end."""
    settings = Settings(data_dir=data)
    retriever = Retriever(Store(settings.index_dir), open_embedder(settings), Terms(), settings)
    questions = questions_of(retriever)
    measured(retriever, questions)
    idle = measured(retriever, questions)
    busy_ms: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "ingest", str(notes)]
        environment = {**os.environ, "RAG_DATA_DIR": folder, "PYTHONWARNINGS": "ignore"}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while process.poll() is None:
                busy_ms += measured(retriever, questions[:50])
        finally:
            process.kill()
            process.wait()
    retriever.close()
    figures = {"questions": float(len(busy_ms))}
    for what, took in (("idle", idle), ("busy", busy_ms)):
        figures |= {f"{what} p{share} ms": float(np.percentile(took, share)) for share in (50, 95, 99)}
    return figures


def langchain(notes: Path, data: Path) -> dict[str, float]:
    """LangChain's loader, splitter and `Chroma.from_documents` with our embedder; empty when it is not installed."""
    try:
        from tests.benchmarks import langchain_baseline
    except ImportError:
        return {}
    return langchain_baseline.first(notes, data)


def langchain_unstructured(notes: Path, data: Path) -> dict[str, float]:
    """As `langchain`, with `UnstructuredMarkdownLoader` in place of `TextLoader`; empty when it is not installed."""
    try:
        from tests.benchmarks import langchain_baseline
    except ImportError:
        return {}
    return langchain_baseline.first_unstructured(notes, data) if find_spec("unstructured") else {}


def langchain_again(notes: Path, data: Path) -> dict[str, float]:
    """LangChain's `index()` over documents it has indexed before; empty when it is not installed."""
    try:
        from tests.benchmarks import langchain_baseline
    except ImportError:
        return {}
    return langchain_baseline.again(notes, data)


def questions_of(retriever: Retriever) -> list[str]:
    """Headings of the index as questions, drawn with seed 7."""
    catalog = retriever.snapshot().catalog
    titles = {heading.title for source in catalog.sources() for heading in catalog.outline_of(source.id)}
    chosen = np.random.default_rng(7).permutation(sorted(titles))[:QUESTIONS]
    return [str(title) for title in chosen if str(title).strip()]


def measured(retriever: Retriever, questions: list[str]) -> list[float]:
    """Milliseconds of each search."""
    took: list[float] = []
    for question in questions:
        started = time.perf_counter()
        retriever.search(question)
        took.append(1000 * (time.perf_counter() - started))
    return took


MEASUREMENTS: Mapping[str, Callable[[Path, Path], dict[str, float]]] = {
    "first": first,
    "large": partial(first, kiwi=False),  # such a run loads it when it needs it, and lets it go
    "again": again,
    "floor": floor,
    "busy": busy,
    "langchain": langchain,
    "langchain_unstructured": langchain_unstructured,
    "langchain_again": langchain_again,
}

if __name__ == "__main__":
    print(json.dumps(MEASUREMENTS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
