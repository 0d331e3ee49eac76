"""A finished folder becomes a generation and the live one, and what killed runs left is cleared away."""

import shutil
from pathlib import Path

from rag_app.index.folder import BUILDING, CHROMA, DYING, LEXICAL, name_of, sync_folder, sync_tree, write_current
from rag_app.index.proof import remember
from rag_app.index.seal import write_seal
from rag_app.schema import Stamp


def publish(index_folder: Path, target: Path, number: int, stamp: Stamp) -> None:
    """Seal, make durable, give it its name, point CURRENT at it: in this order a crash never shows half."""
    final = index_folder / name_of(number)
    (target / LEXICAL).mkdir(exist_ok=True)
    (target / CHROMA).mkdir(exist_ok=True)
    seal = write_seal(target, number, stamp)
    sync_tree(target)
    target.rename(final)
    sync_folder(index_folder)
    write_current(index_folder, number)
    remember(index_folder, final, seal)


def clear_leftovers(index_folder: Path) -> int:
    """Remove half-made and half-removed generations, for whoever holds the lock; how many there were."""
    left = [path for path in index_folder.iterdir() if path.name.startswith((BUILDING, DYING)) and path.is_dir()]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)
