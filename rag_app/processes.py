"""Child processes that work beside a run: whether there is room for one, and that none outlives its parent."""

import os
import threading


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def die_with_parent() -> None:
    """From now on this process ends at once when its standard input does: the parent holds the other end and never writes."""
    threading.Thread(target=_wait_and_die, daemon=True).start()


def _wait_and_die() -> None:
    while os.read(0, 1):  # not through sys.stdin, whose lock would be held when the work is done
        pass
    os._exit(1)
