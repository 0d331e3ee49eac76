"""Which generation was last read through and found whole, and how its files looked then.

A file that has since kept its size, its time of writing and its inode was not written: a run that changes nothing need not
read the whole index to know that. What no file system sees (a disk that rots) is found by whoever opens the generation;
it calls `forget`, and the next run reads every file again.
"""

import contextlib
import json
from pathlib import Path

from rag_app.index.folder import SEAL
from rag_app.index.seal import Seal

PROOF = "PROVED.json"


def is_proved(index_folder: Path, generation: Path, seal: Seal) -> bool:
    """Whether this generation was proved whole and none of its files was written since."""
    try:
        body = json.loads((index_folder / PROOF).read_text(encoding="utf-8"))
        return bool(body["generation"] == generation.name and body["files"] == _looks(generation, seal))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember(index_folder: Path, generation: Path, seal: Seal) -> None:
    """Note that every file of this generation is what was sealed; a note that cannot be written is only missed."""
    fresh = index_folder / f"{PROOF}.new"
    with contextlib.suppress(OSError):
        fresh.write_text(json.dumps({"generation": generation.name, "files": _looks(generation, seal)}), "utf-8")
        fresh.replace(index_folder / PROOF)


def forget(index_folder: Path) -> None:
    """Have the next run read every file again."""
    with contextlib.suppress(OSError):
        (index_folder / PROOF).unlink(missing_ok=True)


def _looks(generation: Path, seal: Seal) -> dict[str, list[int]]:
    statuses = {name: (generation / name).stat() for name in sorted((*seal.files, SEAL))}
    return {name: [status.st_size, status.st_mtime_ns, status.st_ino] for name, status in statuses.items()}
