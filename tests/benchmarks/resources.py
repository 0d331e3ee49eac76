"""What a stretch of work costs this process: wall and processor seconds, and its peak memory so far."""

import resource
import sys
import time
from pathlib import Path
from types import TracebackType

_MIB = 1024 * 1024


class Spent:
    """A stop-watch: `with Spent() as spent: ...`, then `spent.figures()`."""

    def __enter__(self) -> "Spent":
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wall, self._cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu

    def figures(self) -> dict[str, float]:
        """Seconds as `wall`, and as `cpu` over all threads."""
        return {"wall": self._wall, "cpu": self._cpu}


def peak_mb() -> float:
    """The most memory this process ever had, in MiB. Linux's `ru_maxrss` also counts the parent before `exec`, so not that."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = _MIB if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
