"""The baseline: LangChain's own loaders, splitter, Chroma store and `index()`, with the product's embedder.

Files are loaded by `TextLoader`, the cheapest loader there is, or by `UnstructuredMarkdownLoader`, the one that LangChain's
documents name for Markdown. The latter downloads a spaCy model from GitHub when it is first used; where that model is not
installed, an English pipeline that only cuts sentences stands in, which costs less than the model would.
"""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from langchain_chroma import Chroma
from langchain_classic.indexes import SQLRecordManager
from langchain_community.document_loaders import DirectoryLoader, TextLoader, UnstructuredMarkdownLoader
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.indexing import index
from langchain_text_splitters import RecursiveCharacterTextSplitter

from rag_app.embedding import Embedder, open_embedder
from rag_app.settings import Settings
from tests.benchmarks.resources import Spent

SPACY_MODEL = "en_core_web_sm"


class _Shipped(Embeddings):
    """The product's embedder in LangChain's clothes."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        return self._embedder.embed_passages(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self._embedder.embed_questions([text])[0].tolist()


def first(notes: Path, data: Path) -> dict[str, float]:
    """Load, split, `Chroma.from_documents`."""
    embeddings = _Shipped(open_embedder(Settings(data_dir=data)))
    embeddings.embed_query("하나")
    with Spent() as spent:
        documents = _split(notes)
        Chroma.from_documents(documents, embeddings, persist_directory=str(data / "first"))
    return {**spent.figures(), "chunks": float(len(documents))}


def first_unstructured(notes: Path, data: Path) -> dict[str, float]:
    """As `first`, with `UnstructuredMarkdownLoader`; `stand-in` is 1 where its spaCy model was not installed."""
    import spacy

    os.environ |= {"DO_NOT_TRACK": "true", "SCARF_NO_ANALYTICS": "true"}  # its reports of use wait for the network
    data.mkdir(exist_ok=True, parents=True)
    stands_in = not spacy.util.is_package(SPACY_MODEL)
    if stands_in:
        pipeline = spacy.blank("en")
        pipeline.add_pipe("sentencizer")
        pipeline.to_disk(data / SPACY_MODEL)
    embeddings = _Shipped(open_embedder(Settings(data_dir=data)))
    embeddings.embed_query("하나")
    notes, stored = notes.resolve(), data.resolve() / "first-unstructured"
    with contextlib.chdir(data):  # where spaCy looks for a model that is not installed
        loader = DirectoryLoader(str(notes), glob="**/*.md", loader_cls=UnstructuredMarkdownLoader)
        UnstructuredMarkdownLoader(str(next(notes.rglob("*.md")))).load()  # the model is loaded before it is measured
        with Spent() as spent:
            documents = _splitter().split_documents(loader.load())
            Chroma.from_documents(documents, embeddings, persist_directory=str(stored))
    return {**spent.figures(), "chunks": float(len(documents)), "stand-in": float(stands_in)}


def again(notes: Path, data: Path) -> dict[str, float]:
    """The second of two `index()` runs over the same files, loading and splitting included."""
    store = Chroma(
        embedding_function=_Shipped(open_embedder(Settings(data_dir=data))), persist_directory=str(data / "again")
    )
    records = SQLRecordManager("notes", db_url=f"sqlite:///{data / 'records.sqlite'}")
    data.mkdir(exist_ok=True, parents=True)
    records.create_schema()

    def run() -> None:
        index(
            _split(notes), records, store, cleanup="full", source_id_key="source", key_encoder="sha256", batch_size=1000
        )

    run()
    with Spent() as spent:
        run()
    return spent.figures()


def _split(notes: Path) -> list[Document]:
    loader = DirectoryLoader(str(notes), glob="**/*.md", loader_cls=TextLoader, loader_kwargs={"encoding": "utf-8"})
    return _splitter().split_documents(loader.load())


def _splitter() -> RecursiveCharacterTextSplitter:
    return RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
