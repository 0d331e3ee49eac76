"""One published generation, opened so that nothing in it is touched and nothing done to it later can hurt the reader.

Chroma writes into a folder by opening it (its SQLite file and the HNSW files), and tantivy maps its files. So a reader
works in a private folder under `readers/`, on copies of all files: what happens to the published ones, in place too, cannot
reach it. Every copy is checked against the seal before anything is opened.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from types import TracebackType

from rag_app.errors import DamagedIndex, StampMismatch, StorageFault
from rag_app.index.catalog import Catalog
from rag_app.index.folder import CATALOG, CHROMA, LEXICAL, READERS, REBUILD
from rag_app.index.lexical import Lexical
from rag_app.index.nearest import open_nearest
from rag_app.index.proof import forget
from rag_app.index.seal import damaged_files, read_seal
from rag_app.schema import Stamp

_LOCKED = ".alive"


class Snapshot:
    """A whole generation, open for reading by any number of threads until `close`."""

    def __init__(self, number: int, stamp: Stamp, desk: "Desk") -> None:
        self.number = number
        self.stamp = stamp
        self._desk = desk
        self.catalog = Catalog(desk.folder / CATALOG, mapped=True)
        self.lexical = Lexical(desk.folder / LEXICAL)
        self.vectors = open_nearest(desk.folder / CHROMA)
        self.collections = self.catalog.collections()
        for collection in self.collections:
            self.vectors.warm(collection)

    def close(self) -> None:
        """Let go of every file and remove the private folder; closing twice is harmless."""
        self.vectors.close()
        self.lexical.close()
        self.catalog.close()
        self._desk.clear()

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Desk:
    """A private folder of this process; a lock that ends with the process tells others that it is in use."""

    def __init__(self, index_folder: Path, label: str) -> None:
        self.folder, descriptor = _take_desk(index_folder, label)
        self._finalizer = weakref.finalize(self, _clear_desk, self.folder, descriptor)

    def clear(self) -> None:
        """Remove the folder."""
        self._finalizer()


def open_snapshot(index_folder: Path, generation: Path, stamp: Stamp | None) -> Snapshot:
    """Check a published generation against its seal, then open it.

    Raises:
        StampMismatch: another embedder or other term rules than `stamp` made it.
        DamagedIndex: a file is not what was published.
        StorageFault: there is no room for the private folder.
    """
    seal = read_seal(generation)
    if stamp is not None:
        check_stamp(seal.stamp, stamp)
    desk = Desk(index_folder, generation.name)
    try:
        try:
            for name in seal.files:
                _take(generation / name, desk.folder / name)
        except FileNotFoundError as error:
            raise DamagedIndex(f"{error.filename} is missing; {REBUILD}") from error
        except OSError as error:
            raise StorageFault(f"no room to open the index in {desk.folder} ({error}); free some disk space") from error
        wrong = damaged_files(desk.folder, seal)
        if wrong:
            forget(index_folder)
            more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            raise DamagedIndex(f"{generation / wrong[0]}{more} is not what was published; {REBUILD}")
        return Snapshot(seal.number, seal.stamp, desk)
    except BaseException:
        desk.clear()
        raise


def check_stamp(found: Stamp, wanted: Stamp) -> None:
    """Raise StampMismatch unless questions embedded and split as `wanted` fit an index made as `found`.

    The chunker is not compared: it decides what chunks say, not how they are found.
    """
    if (found.embedder, found.digest, found.dimension) != (wanted.embedder, wanted.digest, wanted.dimension):
        option = "" if found.family == wanted.family else " --rebuild"
        raise StampMismatch(
            f"the index was made with the embedding model {_model(found)}, but RAG_EMBEDDING_MODEL is now "
            f"{_model(wanted)}; set it back, or run `python -m ingest PATH{option}` to make every vector anew"
        )
    if found.terms != wanted.terms:
        raise StampMismatch(
            f"the index was made with the term rules {found.terms}, but this version has {wanted.terms}; "
            "run `python -m ingest PATH`: it makes the terms anew and asks no model"
        )


def sweep_desks(index_folder: Path) -> int:
    """Remove the private folders of processes that have ended; how many there were."""
    swept = 0
    for readers in _desk_parents(index_folder):
        if not readers.is_dir():
            continue
        for path in list(readers.iterdir()):
            if path.suffix == _LOCKED:
                swept += _sweep_desk(path)
            elif not path.with_name(path.name + _LOCKED).exists():
                shutil.rmtree(path, ignore_errors=True)
    return swept


def _sweep_desk(lock: Path) -> int:
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return 0  # in use
    else:
        shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
        lock.unlink(missing_ok=True)
        return 1
    finally:
        os.close(descriptor)


def _take_desk(index_folder: Path, label: str) -> tuple[Path, int]:
    """A fresh folder under `readers/`, or among the system's temporary files when the data folder is read-only."""
    reasons: list[str] = []
    for parent in _desk_parents(index_folder):
        try:
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if parent.stat().st_uid != os.getuid():
                raise PermissionError(f"{parent} belongs to another user")
            return _new_desk(parent, f"{os.getpid()}-{label}")
        except OSError as error:
            reasons.append(str(error))
    raise StorageFault(
        f"no folder to open the index in: {'; '.join(reasons)}; make {index_folder} writable, or free some disk space"
    )


def _desk_parents(index_folder: Path) -> tuple[Path, Path]:
    return index_folder / READERS, Path(tempfile.gettempdir()) / f"seodang-{os.getuid()}"


def _new_desk(parent: Path, label: str) -> tuple[Path, int]:
    while True:
        descriptor, name = tempfile.mkstemp(suffix=_LOCKED, prefix=label + "-", dir=parent)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.path.exists(name):  # else a sweeper was faster than the lock
            folder = Path(name).with_suffix("")
            folder.mkdir()
            return folder, descriptor
        os.close(descriptor)


def _clear_desk(folder: Path, descriptor: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_name(folder.name + _LOCKED).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        os.close(descriptor)


def _take(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _model(stamp: Stamp) -> str:
    return f"{stamp.embedder} ({stamp.digest[:12]}, {stamp.dimension} dimensions)"
