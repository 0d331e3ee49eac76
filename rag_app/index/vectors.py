"""Ids and vectors, one Chroma collection for each document collection; the only door to Chroma.

Only `add` and `delete` (an upsert runs a hundred times slower), no texts, no metadata, no `where`, no embedding function
(the default one tries a download). Chroma writes into its folder merely by opening it: never open a published one here.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import DamagedIndex, StorageFault
from rag_app.index.folder import REBUILD

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection

BATCH = 1000
"""Rows in one add or delete: each call ends with HNSW's files written (batches of 10 cost 11 times as much, those of 5,000 no
less but 45 MB of memory more; measured)."""
SEARCH_WIDTH = 150
"""Largest k, and how many neighbours HNSW keeps in view: recall@10 .985 over 16,897 real passages; .969 at 100 (measured)."""

_CONFIGURATION: "CreateCollectionConfiguration" = {
    "hnsw": {
        "space": "cosine",
        "ef_construction": 100,
        "ef_search": SEARCH_WIDTH,
        "max_neighbors": 16,
        "num_threads": 1,  # two take no less processor time, and all of it from whoever asks a question meanwhile
        # Write HNSW's files at the end of every call: rows left in the log are put into the graph again whenever the
        # folder is opened, 1.2 s for 500 of them (measured).
        "batch_size": 2,
        "sync_threshold": 2,
    }
}
_LOG = logging.getLogger(__name__)


class Vectors:
    """The vectors of one generation, known by their row. Searching is safe between threads, writing is not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._collections: dict[str, Collection] = {}
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        with self._faults():
            folder.mkdir(parents=True, exist_ok=True)
            self._client = _open_client(folder)

    def close(self) -> None:
        """Let go of every file and of Chroma's shared state for this folder."""
        self._collections.clear()
        self._client.close()

    def __enter__(self) -> "Vectors":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, collection: str, rows: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Add new rows; adding a row that is there changes nothing."""
        handle = self._handle(collection, create=True)
        if handle is None or not rows:
            return
        self._counts.pop(collection, None)
        with self._faults(is_writing=True):
            for start in range(0, len(rows), BATCH):
                ids = [str(row) for row in rows[start : start + BATCH]]
                handle.add(ids=ids, embeddings=vectors[start : start + BATCH])

    def delete(self, collection: str, rows: Sequence[int]) -> None:
        """Take rows out; rows that are not there are ignored."""
        handle = self._handle(collection)
        if handle is None:
            return
        self._counts.pop(collection, None)
        with self._faults(is_writing=True):
            for start in range(0, len(rows), BATCH):
                handle.delete(ids=[str(row) for row in rows[start : start + BATCH]])

    def query(self, collection: str, vector: NDArray[np.float32], k: int) -> tuple[tuple[int, float], ...]:
        """At most `k` rows with their cosine to the vector, best first; k is capped at SEARCH_WIDTH."""
        handle = self._handle(collection)
        wanted = min(k, SEARCH_WIDTH, self.count(collection))
        if handle is None or wanted < 1:
            return ()
        with self._faults():
            found = handle.query(query_embeddings=vector[np.newaxis], n_results=wanted, include=["distances"])
        distances = found["distances"]
        assert distances is not None, "asked for"
        return tuple((int(name), 1.0 - distance) for name, distance in zip(found["ids"][0], distances[0], strict=True))

    def fetch(self, collection: str, rows: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """The vectors of these rows; rows that are not there are left out."""
        handle = self._handle(collection)
        if handle is None or not rows:
            return {}
        with self._faults():
            found = handle.get(ids=[str(row) for row in rows], include=["embeddings"])
        vectors = found["embeddings"]
        assert vectors is not None, "asked for"
        return {int(name): np.asarray(vector, np.float32) for name, vector in zip(found["ids"], vectors, strict=True)}

    def rows(self, collection: str) -> frozenset[int]:
        """Every row of a collection; reads them all."""
        handle = self._handle(collection)
        if handle is None:
            return frozenset()
        with self._faults():
            return frozenset(int(name) for name in handle.get(include=[])["ids"])

    def count(self, collection: str) -> int:
        """How many vectors a collection holds; 0 when it does not exist."""
        if collection not in self._counts:
            handle = self._handle(collection)
            with self._faults():
                self._counts[collection] = 0 if handle is None else handle.count()
        return self._counts[collection]

    def warm(self, collection: str) -> None:
        """Load a collection into memory, so that its files are not read any more."""
        handle = self._handle(collection)
        if handle is None or not self.count(collection):
            return
        with self._faults():
            sample = handle.get(limit=1, include=["embeddings"])["embeddings"]
            if sample is not None and len(sample):
                handle.query(query_embeddings=np.asarray(sample, np.float32), n_results=1, include=[])

    def _handle(self, collection: str, *, create: bool = False) -> "Collection | None":
        from chromadb.errors import NotFoundError

        with self._lock:
            known = self._collections.get(collection)
            if known is not None:
                return known
            with self._faults():
                try:
                    found = self._client.get_collection(chroma_name(collection), embedding_function=None)
                except NotFoundError:
                    if not create:
                        return None
                    found = self._client.create_collection(
                        chroma_name(collection),
                        embedding_function=None,
                        configuration=_CONFIGURATION,
                    )
            self._collections[collection] = found
            return found

    @contextmanager
    def _faults(self, *, is_writing: bool = False) -> Iterator[None]:
        from chromadb.errors import ChromaError, NotFoundError

        try:
            yield
        except NotFoundError:
            raise
        except (ChromaError, ValueError, RuntimeError, OSError) as error:
            if is_writing:
                raise StorageFault(
                    f"Chroma cannot write in {self._folder} ({error}); free some disk space, or make the folder writable"
                ) from error
            raise DamagedIndex(f"the vectors in {self._folder} cannot be used ({error}); {REBUILD}") from error


def _open_client(folder: Path) -> "Client":
    from chromadb.api.client import Client
    from chromadb.config import Settings

    settings = Settings(is_persistent=True, persist_directory=str(folder.absolute()), anonymized_telemetry=False)
    return Client(settings=settings)


def chroma_name(collection: str) -> str:
    """Chroma takes 3 to 512 Latin characters; a collection may be called 사내규정."""
    return "c-" + hashlib.sha256(collection.encode("utf-8", "surrogatepass")).hexdigest()[:40]
