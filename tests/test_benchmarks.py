"""What the benchmarks stand on: a corpus that is the same each time, an index made as the command makes it, honest clocks."""

import subprocess
import sys
from pathlib import Path

import pytest

from rag_app.settings import Settings
from tests.benchmarks.ingesting import ingest_folder
from tests.benchmarks.resources import FamilyMemory, Spent, peak_mb
from tests.benchmarks.synthetic import write_notes
from tests.fakes import SplitTerms


def test_equal_seeds_give_equal_notes(tmp_path: Path) -> None:
    one, two = write_notes(tmp_path / "one", 60, seed=7), write_notes(tmp_path / "two", 60, seed=7)
    assert [path.read_text("utf-8") for path in sorted(one.iterdir())] == [
        path.read_text("utf-8") for path in sorted(two.iterdir())
    ]
    assert len(list(one.iterdir())) == 3


def test_synthetic_notes_make_about_as_many_passages_as_asked_for(tmp_path: Path) -> None:
    notes = write_notes(tmp_path / "notes", 200, seed=7)
    receipt = ingest_folder(notes, Settings(data_dir=tmp_path / "data"), terms=SplitTerms())
    assert 180 <= receipt.chunks <= 220
    assert receipt.failed == ()


def test_a_stop_watch_counts_processor_time(tmp_path: Path) -> None:
    with Spent() as spent:
        sum(range(10_000))
    assert 0 <= spent.figures()["cpu"] < 60
    assert peak_mb() > 1


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux to say what other processes hold")
def test_memory_and_processor_time_of_children_count() -> None:
    code = "held = bytearray(range(256)) * 400_000; import time; time.sleep(1.5)"
    with FamilyMemory() as alone:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.5)"], check=True)
    with FamilyMemory() as family, Spent() as spent:
        subprocess.run([sys.executable, "-c", code], check=True)
    assert family.peak_mb - alone.peak_mb > 90
    assert spent.figures()["cpu"] > 0
