"""The nearest vectors of one open generation, read straight from Chroma's own engine.

`chromadb` takes 1.5 s of processor time to import (telemetry, servers, thirty embedding functions) and checks every query in
Python; a reader needs neither. `chromadb_rust_bindings` is the compiled module that `chromadb` itself calls and that comes with
it; where it is not what this file knows, `open_nearest` takes the public client instead.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import DamagedIndex
from rag_app.index.folder import REBUILD
from rag_app.index.vectors import SEARCH_WIDTH, Vectors, chroma_name

if TYPE_CHECKING:
    from chromadb_rust_bindings import Bindings

_TENANT, _DATABASE = "default_tenant", "default_database"
_OPEN_COLLECTIONS = 200  # kept in memory at once, as `chromadb` has it for the usual 1,024 open files
_LOG = logging.getLogger(__name__)


class NearestLike(Protocol):
    """What a reader needs of the vectors of a generation. Safe between threads."""

    def query(self, collection: str, vector: NDArray[np.float32], k: int) -> Sequence[tuple[int, float]]:
        """At most `k` rows with their cosine to the vector, best first; k is capped at SEARCH_WIDTH."""

    def count(self, collection: str) -> int:
        """How many vectors a collection holds; 0 when it does not exist."""

    def warm(self, collection: str) -> None:
        """Load a collection into memory, so that its files are not read any more."""

    def close(self) -> None:
        """Let go of every file."""


class Nearest:
    """`NearestLike` over Chroma's engine; a query lets other threads run.

    Raises:
        DamagedIndex: the folder, or what it holds, cannot be used.
        ImportError, AttributeError, TypeError: this engine is not the one that the file knows.
    """

    def __init__(self, folder: Path) -> None:
        import chromadb_rust_bindings as engine

        self._folder = folder
        self._sizes: dict[str, tuple[str, int, int]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        path = str(folder.absolute())
        database = engine.SqliteDBConfig(
            url=f"{path}/chroma.sqlite3",
            hash_type=engine.MigrationHash.MD5,
            migration_mode=engine.MigrationMode.Apply,
        )
        with self._faults():
            self._engine: Bindings | None = engine.Bindings(
                allow_reset=False, sqlite_db_config=database, persist_path=path, hnsw_cache_size=_OPEN_COLLECTIONS
            )

    def close(self) -> None:
        self._engine = None

    def query(self, collection: str, vector: NDArray[np.float32], k: int) -> Sequence[tuple[int, float]]:
        key, count, _ = self._size(collection)
        wanted = min(k, SEARCH_WIDTH, count)
        if wanted < 1:
            return ()
        with self._faults():
            found = self._open().query(
                key, None, [vector.tolist()], wanted, None, None, ["distances"], _TENANT, _DATABASE
            )
        (names,), (distances,) = found.ids, found.distances or [[]]
        return [(int(name), 1.0 - distance) for name, distance in zip(names, distances, strict=True)]

    def count(self, collection: str) -> int:
        return self._size(collection)[1]

    def warm(self, collection: str) -> None:
        dimension = self._size(collection)[2]
        if dimension:
            self.query(collection, np.full(dimension, dimension**-0.5, dtype=np.float32), 1)

    def _size(self, collection: str) -> tuple[str, int, int]:
        """Chroma's key of the collection, how many vectors it holds, and their dimension; zeros when it is not there."""
        known = self._sizes.get(collection)
        if known is None:
            known = self._sizes[collection] = self._look_up(collection)
        return known

    def _look_up(self, collection: str) -> tuple[str, int, int]:
        engine = self._open()
        with self._faults():
            there = {one.name: one for one in engine.list_collections(None, None, _TENANT, _DATABASE)}
            found = there.get(chroma_name(collection))
            if found is None:
                return "", 0, 0
            key = str(found.id)
            return key, engine.count(key, _TENANT, _DATABASE), found.dimension or 0

    def _open(self) -> "Bindings":
        if self._engine is None:
            raise DamagedIndex(f"the vectors in {self._folder} were closed; ask again")
        return self._engine

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except _faults_of_chroma() as error:
            raise DamagedIndex(f"the vectors in {self._folder} cannot be used ({error}); {REBUILD}") from error


def open_nearest(folder: Path, opener: Callable[[Path], NearestLike] = Nearest) -> NearestLike:
    """The vectors in a folder that this process alone has open; opening writes into it.

    Raises:
        DamagedIndex: they cannot be used.
    """
    try:
        return opener(folder)
    except (ImportError, AttributeError, TypeError) as error:
        _LOG.warning("this Chroma's engine is not known (%s); reading through its client, which loads slower", error)
        return Vectors(folder)


def _faults_of_chroma() -> tuple[type[Exception], ...]:
    """What Chroma raises; asked for when something was raised, because the import takes a second."""
    from chromadb.errors import ChromaError

    return ChromaError, ValueError, RuntimeError, OSError
