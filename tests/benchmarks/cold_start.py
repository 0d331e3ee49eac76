"""A question on the command line over an existing index, from the start of the process to its end, each in a process of its own."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path


def cold_starts(data: Path, questions: Mapping[str, str], runs: int) -> Mapping[str, list[tuple[float, float]]]:
    """Wall and processor seconds of each run, by question, and of a first one whose modules are not compiled yet."""
    found: dict[str, list[tuple[float, float]]] = {}
    for name, question in questions.items():
        with tempfile.TemporaryDirectory() as empty:
            found[f"{name}, modules not compiled yet"] = [_ask(question, data, Path(empty))]
        found[name] = [_ask(question, data, None) for _ in range(runs)]
    return found


def _ask(question: str, data: Path, compiled: Path | None) -> tuple[float, float]:
    """`compiled` is where this run looks for compiled modules, in place of their usual folders."""
    environment = {**os.environ, "RAG_DATA_DIR": str(data), "PYTHONWARNINGS": "ignore"}
    if compiled is not None:
        environment["PYTHONPYCACHEPREFIX"] = str(compiled)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "graphs", "ask", question], env=environment, check=True, capture_output=True, timeout=300
    )
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
