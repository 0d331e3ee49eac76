"""One writer at a time: a lock file that names its process.

The kernel holds the lock (`flock`) and lets go of it when the process ends, however it ends; so a lock left behind by a
dead process is simply free. What the file says only serves the message to the one who has to wait.
"""

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rag_app.errors import IndexLocked
from rag_app.index.folder import storage_faults

LOCK = "LOCK"
_PAUSE_S = 0.1


@contextlib.contextmanager
def held_lock(folder: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the writer's lock of an index folder, waiting for it at most `wait_s` seconds.

    Raises:
        IndexLocked: somebody else holds it; the message names the process, the machine and since when.
        StorageFault: the folder cannot be made or written.
    """
    with storage_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(descriptor, folder, wait_s)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        with storage_faults(folder):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {socket.gethostname()} {since}\n".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, folder: Path, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise IndexLocked(_message(descriptor, folder)) from None
            time.sleep(_PAUSE_S)
        else:
            return


def _message(descriptor: int, folder: Path) -> str:
    words = os.pread(descriptor, 500, 0).decode("utf-8", "replace").split()
    holder = f"process {words[0]} on {words[1]} since {words[2]}" if len(words) >= 3 else "another process"
    return (
        f"the index in {folder} is being written by {holder}; wait until it has ended, or stop it, and run this again"
    )
