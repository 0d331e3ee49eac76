"""The golden questions over docs/ as a retrieval set: each needed quote is one relevant row, alternatives are one together."""

from pathlib import Path

from graphs.evaluate import as_ids
from graphs.golden import read_golden, spans_of
from rag_app.embedding import Embedder, open_embedder
from rag_app.index.lexical import TermsLike
from rag_app.index.store import Store
from rag_app.retrieval import Legs, Retriever
from rag_app.schema import DEFAULT_COLLECTION
from rag_app.settings import Settings
from tests.benchmarks.indexed import DEPTH
from tests.benchmarks.ingesting import ingest_folder
from tests.benchmarks.scores import Scores, scores_of

ROOT = Path(__file__).resolve().parents[2]


class Golden:
    """docs/ as an index in a folder of its own, and the questions that it answers."""

    def __init__(self, folder: Path, *, chunk_tokens: int | None = None, embedder: Embedder | None = None) -> None:
        chosen = {} if chunk_tokens is None else {"chunk_tokens": chunk_tokens}
        self.settings = Settings(data_dir=folder, **chosen)
        self._embedder = embedder or open_embedder(self.settings)
        self.questions = [one for one in read_golden([ROOT / "tests" / "golden"]) if one.answerable]
        self._retriever: Retriever | None = None

    def ingest(self, terms: TermsLike) -> None:
        """Bring the index in line with documents and rules, and open it."""
        self.close()
        ingest_folder(ROOT / "docs", self.settings, terms=terms, embedder=self._embedder)
        self._retriever = Retriever(Store(self.settings.index_dir), self._embedder, terms, self.settings)

    def close(self) -> None:
        """Let go of the index."""
        if self._retriever is not None:
            self._retriever.close()
            self._retriever = None

    def scores(self, legs: Legs = "both") -> Scores:
        """The scores of every answerable question; ids end in an odd digit where they are held out."""
        if self._retriever is None:
            raise RuntimeError("ingest before you search")
        catalog = self._retriever.snapshot().catalog
        named = {source.name: [source] for source in catalog.sources(DEFAULT_COLLECTION)}
        qrels, run = {}, {}
        for question in self.questions:
            spans = spans_of(question, named, catalog.text_of)
            hits = self._retriever.search(question.question, collections=[DEFAULT_COLLECTION], k=DEPTH, legs=legs).hits
            ranked, qrels[question.id] = as_ids(hits, spans)
            run[question.id] = {name: 1.0 / rank for rank, name in enumerate(dict.fromkeys(ranked), 1)}
        return scores_of(qrels, run)
