"""`python -m tests.torture`: as many kills and damages as asked for, and the counts; stops at the first broken promise."""

import argparse
import contextlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.torture.damages import damage_files
from tests.torture.judging import Bench, BrokenPromiseError
from tests.torture.kills import kill_at_moments, kill_at_steps
from tests.torture.processes import Way


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: every promise held. 1: one did not; the blow and the promise are named, and the folder is kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--kills", type=int, default=200, help="kill -9 at seeded moments (default: 200)")
    parser.add_argument("--divided", type=int, default=60, help="the same of runs with child processes (default: 60)")
    parser.add_argument("--sparing", type=int, default=60, help="the same of runs that spare memory (default: 60)")
    parser.add_argument("--damages", type=int, default=100, help="damaged files (default: 100)")
    parser.add_argument("--every", type=int, default=1, help="of the run's own steps, kill at each n-th; 0: at none")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    try:
        with contextlib.closing(Bench(folder / "whole", options.seed)) as bench:
            _count("kills at seeded moments", kill_at_moments(bench, options.seed, options.kills))
            if options.every:
                _count("kills at the run's own steps", kill_at_steps(bench, options.every))
            _count("damaged files", damage_files(bench, options.seed, options.damages))
        ways: tuple[tuple[Way, int], ...] = (
            ("with child processes", options.divided),
            ("sparing memory", options.sparing),
        )
        for way, count in ways:
            with contextlib.closing(Bench(folder / way, options.seed, way=way)) as bench:
                _count(f"kills of runs {way}", kill_at_moments(bench, options.seed, count))
    except BrokenPromiseError as error:
        print(f"BROKEN {error}\nkept: {folder}", flush=True)
        return 1
    print("every promise held: the reader lived, every answer came from one whole generation, every next run healed")
    return 0


def _count(what: str, blows: Iterator[str]) -> None:
    started, counts = time.perf_counter(), Counter[str]()
    for kind in blows:
        counts[kind] += 1
        if sys.stdout.isatty():
            print(f"\r{what}: {counts.total()}", end="", flush=True)
    told = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    start = "\r" if sys.stdout.isatty() else ""
    print(f"{start}{what}: {counts.total()} in {time.perf_counter() - started:.0f} s ({told})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
