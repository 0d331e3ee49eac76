"""The seal of a generation: size and hash of every file, written last, checked before anything is opened.

A cut or altered file of the vector index can end the process that opens it; so nothing is opened that differs by one
bit from what was published. Files that were added later are not looked at and not opened.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from rag_app.errors import DamagedIndex
from rag_app.index.folder import REBUILD, SEAL
from rag_app.schema import Stamp

FORMAT = 1
_BLOCK = 1 << 20
_THREADS = 2  # hashing lets go of the interpreter; two keep ahead of one disk


@dataclass(frozen=True, slots=True)
class Seal:
    """What was published: the number, the stamp, and per file (posix path inside the generation) size and SHA-256."""

    number: int
    stamp: Stamp
    files: Mapping[str, tuple[int, str]]


def write_seal(folder: Path, number: int, stamp: Stamp) -> Seal:
    """Hash every file of a finished generation and write the seal beside them."""
    names = sorted(_files(folder))
    with ThreadPoolExecutor(_THREADS) as pool:
        hashes = list(pool.map(lambda name: _hash(folder / name), names))
    files = {name: ((folder / name).stat().st_size, found) for name, found in zip(names, hashes, strict=True)}
    body = {"format": FORMAT, "generation": number, "stamp": asdict(stamp), "files": files}
    (folder / SEAL).write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")
    return Seal(number, stamp, files)


def read_seal(folder: Path) -> Seal:
    """The seal of a generation, before any file is checked.

    Raises:
        DamagedIndex: it is missing, unreadable, or belongs to another generation.
    """
    path = folder / SEAL
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if body["format"] != FORMAT:
            raise DamagedIndex(f"{folder} has format {body['format']!r}, this version reads {FORMAT}; {REBUILD}")
        seal = Seal(
            number=int(body["generation"]),
            stamp=Stamp(**body["stamp"]),
            files={str(name): (int(size), str(found)) for name, (size, found) in body["files"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedIndex(f"{path} cannot be read ({type(error).__name__}: {error}); {REBUILD}") from error
    if folder.name != f"gen-{seal.number:06d}":
        raise DamagedIndex(f"{path} belongs to generation {seal.number}; {REBUILD}")
    return seal


def damaged_files(folder: Path, seal: Seal, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """The files that are missing or not what was sealed, in alphabetical order; `names` limits the check to some."""
    wanted = sorted(seal.files if names is None else names)
    with ThreadPoolExecutor(_THREADS) as pool:
        whole = list(pool.map(lambda name: _is_whole(folder / name, *seal.files[name]), wanted))
    return tuple(name for name, good in zip(wanted, whole, strict=True) if not good)


def _is_whole(path: Path, size: int, sha256: str) -> bool:
    try:
        return path.stat().st_size == size and _hash(path) == sha256
    except OSError:
        return False


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    buffer = bytearray(_BLOCK)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(view[:count])
    return digest.hexdigest()


def _files(folder: Path) -> list[str]:
    found: list[str] = []
    for path, _, names in os.walk(folder):
        found.extend((Path(path) / name).relative_to(folder).as_posix() for name in names)
    return found
