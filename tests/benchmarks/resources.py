"""What a stretch of work costs: wall and processor seconds, peak memory, those of child processes included."""

import contextlib
import os
import resource
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

_MIB = 1024 * 1024


class Spent:
    """A stop-watch: `with Spent() as spent: ...`, then `spent.figures()`."""

    def __enter__(self) -> "Spent":
        self._wall, self._cpu = time.perf_counter(), _cpu_s()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wall, self._cpu = time.perf_counter() - self._wall, _cpu_s() - self._cpu

    def figures(self) -> dict[str, float]:
        """Seconds as `wall`, and as `cpu` over all threads and all child processes that have ended."""
        return {"wall": self._wall, "cpu": self._cpu}


class FamilyMemory:
    """The most memory that this process and its children had at once while it is entered, in MiB, looked at four times a second.

    Files that are mapped count for this process alone. Linux only; 0 elsewhere.
    """

    def __enter__(self) -> "FamilyMemory":
        self.peak_mb = 0.0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.25):
            resident, _ = _pages(os.getpid())
            own = (of - shared for of, shared in map(_pages, _children()))
            self.peak_mb = max(self.peak_mb, (resident + sum(own)) * os.sysconf("SC_PAGESIZE") / _MIB)


def peak_mb() -> float:
    """The most memory this process ever had, in MiB. Linux's `ru_maxrss` also counts the parent before `exec`, so not that."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = _MIB if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _cpu_s() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _children() -> list[int]:
    """The processes that this one started."""
    mine = str(os.getpid())
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # process (name) state parent ...; the name may hold anything
            if path.read_text().rpartition(")")[2].split()[1] == mine:
                found.append(int(path.parent.name))
    return found


def _pages(process: int) -> tuple[int, int]:
    """The pages of a process in memory, and how many of them are files or shared; none when it has ended."""
    try:
        _, resident, shared, *_ = map(int, Path(f"/proc/{process}/statm").read_text().split())
    except (OSError, ValueError):
        return 0, 0
    return resident, shared
