"""BM25 over our own terms, one tantivy index for each document collection; the only door to tantivy.

Terms come from the language room and are matched as they are. Queries are built from terms, never parsed from a string,
so nothing a person types has a meaning beyond itself. A published folder is only read through a private copy: tantivy maps
its files, and a mapped file that is cut short ends the process.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import tantivy

from rag_app.errors import DamagedIndex, StorageFault
from rag_app.index.folder import REBUILD

BOOSTS: Mapping[str, float] = {"all": 1.0, "title": 0.3, "heading": 0.3, "name": 1.0}
"""What a term found in a field counts. "all" is title, heading and text together: there BM25 sees the whole chunk."""

_ANALYZER = "terms"
_HEAP_BYTES = 64_000_000
_MAX_TERM_BYTES = 60_000  # tantivy refuses a term of 65,530 bytes


class TermsLike(Protocol):
    """Texts to lexical terms; equal `version`s give equal terms. No term holds white space."""

    @property
    def version(self) -> str: ...
    def of_text(self, text: str) -> tuple[str, ...]: ...
    def of_question(self, text: str) -> tuple[str, ...]: ...
    def of_texts(self, texts: Sequence[str]) -> list[tuple[str, ...]]: ...
    def of_known_texts(self, texts: Sequence[str]) -> list[tuple[str, ...] | None]:
        """`of_texts` with nothing large loaded for it: None for a text that has to wait for `of_texts`."""
        ...

    def rest(self) -> None:
        """No text will come for a while: let go of what can be loaded again."""
        ...


@dataclass(frozen=True, slots=True)
class LexicalFields:
    """The terms of one chunk by where they stand, each string with single spaces between terms."""

    title: str
    heading: str
    body: str
    name: str


class Lexical:
    """The BM25 indexes of one generation, rows by collection. Searching is safe between threads, writing is not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = _schema()
        self._indexes: dict[str, tantivy.Index] = {}
        self._searchers: dict[str, tantivy.Searcher] = {}
        self._writers: dict[str, tantivy.IndexWriter] = {}
        with self._faults():
            folder.mkdir(parents=True, exist_ok=True)
            for path in folder.iterdir():
                if path.is_dir():
                    self._open(path)

    def close(self) -> None:
        """Let go of every file; what was written and not committed is dropped."""
        self._writers.clear()
        self._searchers.clear()
        self._indexes.clear()

    def __enter__(self) -> "Lexical":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, collection: str, rows: Iterable[tuple[int, LexicalFields]]) -> None:
        """Add rows that are not there yet; visible after `commit`."""
        with self._faults():
            writer = self._writer(collection)
            for row, fields in rows:
                document = tantivy.Document()
                document.add_unsigned("row", row)
                document.add_text("all", " ".join((fields.title, fields.heading, fields.body)))
                document.add_text("title", fields.title)
                document.add_text("heading", fields.heading)
                document.add_text("name", fields.name)
                writer.add_document(document)

    def delete(self, collection: str, rows: Iterable[int]) -> None:
        """Take rows out; rows that are not there are ignored. In effect after `commit`."""
        if _name(collection) not in self._indexes:
            return
        with self._faults():
            writer = self._writer(collection)
            for row in rows:
                # by query: `delete_documents_by_term` takes the number for a signed one and deletes nothing
                writer.delete_documents_by_query(tantivy.Query.term_query(self._schema, "row", row))

    def commit(self) -> None:
        """Everything added and deleted so far is on disk and visible to `query`."""
        with self._faults():
            for name, writer in self._writers.items():
                writer.commit()
                writer.wait_merging_threads()
                self._indexes[name].reload()
                self._searchers[name] = self._indexes[name].searcher()
            self._writers.clear()

    def query(self, collection: str, terms: Sequence[str], k: int) -> tuple[tuple[int, float], ...]:
        """At most `k` rows with their BM25 score, best first; a term that is asked twice counts twice."""
        searcher = self._searchers.get(_name(collection))
        query = self._query(terms)
        if searcher is None or query is None or k < 1:
            return ()
        with self._faults():
            hits = searcher.search(query, limit=k, count=False).hits
            rows = searcher.fast_field_values("row", [address for _, address in hits])
        return tuple((int(row or 0), float(score)) for row, (score, _) in zip(rows, hits, strict=True))

    def query_among(
        self, collection: str, terms: Sequence[str], k: int, rows: Sequence[int]
    ) -> tuple[tuple[int, float], ...]:
        """As `query`, among these rows alone; meant for few of them, what it takes grows with their number."""
        searcher = self._searchers.get(_name(collection))
        query = self._query(terms)
        if searcher is None or query is None or k < 1 or not rows:
            return ()
        among = tantivy.Query.term_set_query(self._schema, "row", list(rows))
        parts = [(tantivy.Occur.Must, query), (tantivy.Occur.Must, tantivy.Query.const_score_query(among, 0.0))]
        with self._faults():
            hits = searcher.search(tantivy.Query.boolean_query(parts), limit=k, count=False).hits
            found = searcher.fast_field_values("row", [address for _, address in hits])
        return tuple((int(row or 0), float(score)) for row, (score, _) in zip(found, hits, strict=True))

    def document_frequency(self, collection: str, term: str) -> int:
        """In how many chunks a term stands, in title, heading or text; chunks just deleted may still be counted."""
        return self._frequency(collection, "all", term)

    def name_frequency(self, collection: str, term: str) -> int:
        """In how many chunks' file names a term stands; chunks just deleted may still be counted."""
        return self._frequency(collection, "name", term)

    def count(self, collection: str) -> int:
        """How many chunks a collection holds; 0 when it does not exist."""
        searcher = self._searchers.get(_name(collection))
        return 0 if searcher is None else int(searcher.num_docs)

    def _frequency(self, collection: str, field: str, term: str) -> int:
        searcher = self._searchers.get(_name(collection))
        return 0 if searcher is None or not _usable(term) else int(searcher.doc_freq(field, term))

    def _query(self, terms: Sequence[str]) -> tantivy.Query | None:
        counted: dict[str, int] = {}
        for term in terms:
            if _usable(term):
                counted[term] = counted.get(term, 0) + 1
        parts: list[tuple[tantivy.Occur, tantivy.Query]] = []
        for term, times in counted.items():
            for field, boost in BOOSTS.items():
                part = tantivy.Query.term_query(self._schema, field, term, index_option="freq")
                weight = boost * times
                parts.append((tantivy.Occur.Should, part if weight == 1 else tantivy.Query.boost_query(part, weight)))
        return tantivy.Query.boolean_query(parts) if parts else None

    def _writer(self, collection: str) -> tantivy.IndexWriter:
        name = _name(collection)
        if name not in self._indexes:
            path = self._folder / name
            path.mkdir()
            tantivy.Index(self._schema, path=str(path))
            self._open(path)
        if name not in self._writers:
            self._writers[name] = self._indexes[name].writer(heap_size=_HEAP_BYTES, num_threads=1)
        return self._writers[name]

    def _open(self, path: Path) -> None:
        index = tantivy.Index.open(str(path))
        index.register_tokenizer(_ANALYZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        index.config_reader(reload_policy="manual")
        index.reload()
        self._indexes[path.name] = index
        self._searchers[path.name] = index.searcher()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, OSError, RuntimeError) as error:
            if self._writers:
                raise StorageFault(
                    f"the BM25 index in {self._folder} cannot be written ({error}); free some disk space, or make the "
                    "folder writable"
                ) from error
            raise DamagedIndex(f"the BM25 index in {self._folder} cannot be used ({error}); {REBUILD}") from error


def pack_terms(title: Sequence[str], heading: Sequence[str], body: Sequence[str]) -> str:
    """Terms as the catalog keeps them: " t1 t2 \\n h1 \\n b1 b2 ", so that a term stands there when " term " is found."""
    return "\n".join(f" {_joined(part)} " for part in (title, heading, body))


def unpack_terms(packed: str, names: str) -> LexicalFields:
    """The fields of `pack_terms`, and the terms of the names of the files that hold the chunk."""
    title, heading, body = (part.strip(" ") for part in packed.split("\n"))
    return LexicalFields(title, heading, body, names)


def _joined(terms: Sequence[str]) -> str:
    joined = " ".join(terms)
    plain = len(joined) <= _MAX_TERM_BYTES // 4 and joined.split() == list(terms)
    return joined if plain else " ".join(filter(_usable, terms))


def _usable(term: str) -> bool:
    return bool(term) and len(term) <= _MAX_TERM_BYTES // 4 and len(term.split()) == 1 and term == term.strip()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    for field in BOOSTS:
        builder.add_text_field(field, tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


@lru_cache(1024)
def _name(collection: str) -> str:
    return "c-" + hashlib.sha256(collection.encode("utf-8", "surrogatepass")).hexdigest()[:40]
