"""Names inside the index folder, the pointer to the live generation, and writes that survive a power cut."""

import contextlib
import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from rag_app.errors import DamagedIndex, StorageFault

CURRENT = "CURRENT"
READERS = "readers"
CATALOG = "catalog.sqlite"
CHROMA = "chroma"
LEXICAL = "lexical"
SEAL = "SEAL.json"
BUILDING = "building-"
DYING = "dying-"

REBUILD = "run `python -m ingest PATH` again; passages already embedded cost no model call"

_GENERATION = re.compile(r"gen-([0-9]{6,})")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_ENTRY = {errno.EACCES, errno.EPERM, errno.EROFS}


def name_of(number: int) -> str:
    """The folder name of a generation."""
    return f"gen-{number:06d}"


def generation_numbers(folder: Path) -> tuple[int, ...]:
    """The published generations, oldest first; empty when the folder does not exist."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return ()
    return tuple(sorted(int(match[1]) for name in names if (match := _GENERATION.fullmatch(name))))


def read_current(folder: Path) -> int | None:
    """The number of the live generation; None before the first one is published.

    Raises:
        DamagedIndex: CURRENT is missing although generations exist, or does not name one.
    """
    path = folder / CURRENT
    try:
        text = path.read_bytes()[:100].decode("ascii").strip()
    except FileNotFoundError:
        numbers = generation_numbers(folder)
        if not numbers:
            return None
        raise DamagedIndex(f"{path} is missing, but {name_of(numbers[-1])} exists; {REBUILD}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedIndex(f"{path} cannot be read ({error}); {REBUILD}") from error
    match = _GENERATION.fullmatch(text)
    if match is None or not (folder / text).is_dir():
        raise DamagedIndex(f"{path} says {text!r}, expected the name of a generation in {folder}; {REBUILD}")
    return int(match[1])


def mark_of(pointer: str) -> tuple[int, int, int] | None:
    """What changes whenever the file CURRENT is replaced, for far less than reading it; None when it is not there."""
    try:
        status = os.stat(pointer)
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def write_current(folder: Path, number: int) -> None:
    """Point CURRENT at a generation: one atomic rename, on disk when this returns."""
    fresh = folder / f"{CURRENT}.{os.getpid()}"
    with fresh.open("w", encoding="ascii") as file:
        file.write(name_of(number) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / CURRENT)
    sync_folder(folder)


def sync_tree(folder: Path) -> None:
    """Every file and folder below `folder`, and itself, is on disk when this returns."""
    for path, _, files in os.walk(folder, topdown=False):
        for name in files:
            descriptor = os.open(os.path.join(path, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_folder(Path(path))


def sync_folder(folder: Path) -> None:
    """The entries of a folder are on disk when this returns."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_tree(folder: Path) -> None:
    """Remove a folder, out of sight first, so that a crash half-way leaves nothing that looks whole."""
    dying = folder.with_name(f"{DYING}{os.getpid()}-{folder.name}")
    try:
        folder.rename(dying)
    except OSError:
        dying = folder
    shutil.rmtree(dying, ignore_errors=True)


@contextlib.contextmanager
def storage_faults(folder: Path) -> Iterator[None]:
    """What the system or SQLite says about a full or read-only disk, said with the remedy.

    Raises:
        StorageFault: instead of OSError and sqlite3.Error.
    """
    try:
        yield
    except OSError as error:
        raise StorageFault(
            f"the index in {folder} cannot be written ({error}); {_remedy(error.errno, folder)}"
        ) from error
    except sqlite3.Error as error:
        code = errno.ENOSPC if "full" in str(error) else errno.EACCES if "readonly" in str(error) else None
        raise StorageFault(f"the index in {folder} cannot be written ({error}); {_remedy(code, folder)}") from error


def _remedy(code: int | None, folder: Path) -> str:
    if code in _NO_ROOM:
        return "free some disk space and run it again; what was published before still answers"
    if code in _NO_ENTRY:
        return f"make {folder} writable for this user, or name another folder in RAG_DATA_DIR"
    return f"check the disk that holds {folder} and run it again; what was published before still answers"
