"""A corpus in an index made as the command makes it, and the ranking of its rows for a question."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rag_app.embedding import Embedder, open_embedder
from rag_app.index.lexical import TermsLike
from rag_app.index.store import Store
from rag_app.language import Terms
from rag_app.retrieval import Legs, Retriever
from rag_app.search_result import SearchResult
from rag_app.settings import Settings
from tests.benchmarks.ingesting import ingest_folder

DEPTH = 10
Corpus = Mapping[str, tuple[str, str]]
"""Id -> (title, text)."""


class Indexed:
    """A corpus as an index; one row is one Markdown file. `milliseconds` is what each search took, in order."""

    def __init__(self, corpus: Corpus, folder: Path, *, chunk_tokens: int | None = None) -> None:
        chosen = {} if chunk_tokens is None else {"chunk_tokens": chunk_tokens}
        self.settings = Settings(data_dir=folder / "data", **chosen)
        self.notes = folder / "notes"
        self.milliseconds: list[float] = []
        self._names = _write(corpus, self.notes)
        self._ids: dict[str, str] = {}
        self._standing: Mapping[int, list[str]] | None = None
        self._retriever: Retriever | None = None

    def ingest(self, terms: TermsLike, embedder: Embedder) -> Retriever:
        """Bring the index in line with files and rules, and open it."""
        self.close()
        ingest_folder(self.notes, self.settings, terms=terms, embedder=embedder)
        self._retriever = Retriever(Store(self.settings.index_dir), embedder, terms, self.settings)
        catalog = self._retriever.snapshot().catalog
        self._ids = {source.id: self._names[source.name] for source in catalog.sources()}
        self._standing = None
        return self._retriever

    def close(self) -> None:
        """Let go of the index."""
        if self._retriever is not None:
            self._retriever.close()
            self._retriever = None

    def search(self, question: str, legs: Legs = "both") -> SearchResult:
        """The passages for a question, more than `DEPTH`."""
        result = self._open().search(question, k=2 * DEPTH, legs=legs)
        self.milliseconds.append(result.timings_ms["total"])
        return result

    def ranking(self, question: str, legs: Legs = "both") -> dict[str, float]:
        """The rows by their best passage, with falling scores; files with the same passage are rows of their own."""
        hits = self.search(question, legs).hits
        catalog = self._open().snapshot().catalog
        copied = [hit.chunk.id for hit in hits if hit.copies]
        placed = catalog.placements_of_chunks(copied) if copied else {}
        rows = [
            self._ids[placement.source_id] for hit in hits for placement in placed.get(hit.chunk.id, (hit.placement,))
        ]
        return {row: 1.0 / rank for rank, row in enumerate(dict.fromkeys(rows), 1)}

    def rows_at(self, number: int) -> list[str]:
        """The corpus rows in which the passage with this number of the catalog stands."""
        if self._standing is None:
            catalog = self._open().snapshot().catalog
            every = [row for name in catalog.collections() for row in catalog.member_rows(name)]
            standings = catalog.standings(every, catalog.collections())
            self._standing = {row: [self._ids[source.id] for _, source in at] for row, at in standings.items()}
        return self._standing[number]

    def _open(self) -> Retriever:
        if self._retriever is None:
            raise RuntimeError("ingest before you search")
        return self._retriever


@contextmanager
def indexed(corpus: Corpus, *, terms: TermsLike | None = None, chunk_tokens: int | None = None) -> Iterator[Indexed]:
    """The corpus in an index of its own, open while the block lasts; terms are the product's unless given."""
    with tempfile.TemporaryDirectory() as folder:
        index = Indexed(corpus, Path(folder), chunk_tokens=chunk_tokens)
        try:
            index.ingest(terms or Terms(), open_embedder(index.settings))
            yield index
        finally:
            index.close()


def _write(corpus: Corpus, folder: Path) -> dict[str, str]:
    """One Markdown file a row; returns file name -> corpus id."""
    folder.mkdir()
    names = {}
    for number, (key, (title, text)) in enumerate(corpus.items()):
        name = f"{number:06d}.md"
        heading = " ".join(title.split())
        (folder / name).write_text(f"# {heading}\n\n{text}\n" if heading else f"{text}\n", encoding="utf-8")
        names[name] = key
    return names
