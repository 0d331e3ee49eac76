"""A short torture: a few kills and damages of each kind, while a reader asks; the long one is `make torture`."""

import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture.damages import damage_files
from tests.torture.judging import Bench, BrokenPromiseError
from tests.torture.kills import kill_at_moments, kill_at_steps
from tests.torture.processes import Way

pytestmark = pytest.mark.slow


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, seed=7)
    yield bench
    bench.close()


def test_kills_at_seeded_moments_leave_one_whole_state(bench: Bench) -> None:
    assert sum(Counter(kill_at_moments(bench, seed=7, count=8)).values()) == 8


def test_kills_at_steps_of_the_run_leave_one_whole_state(bench: Bench) -> None:
    assert Counter(kill_at_steps(bench, every=random.Random(7).randrange(30, 40)))["killed"] >= 3


@pytest.mark.parametrize("way", ["with child processes", "sparing memory"])
def test_kills_of_runs_as_large_ones_work_leave_one_whole_state(tmp_path: Path, way: Way) -> None:
    with contextlib.closing(Bench(tmp_path, seed=7, way=way)) as bench:
        assert sum(Counter(kill_at_moments(bench, seed=7, count=4)).values()) == 4


def test_damaged_files_are_healed_without_the_model(bench: Bench) -> None:
    assert Counter(damage_files(bench, seed=7, count=10)) == {
        "cut": 2,
        "zero a page": 2,
        "flip a bit": 2,
        "delete": 2,
        "swap": 2,
    }


def test_a_mixture_of_two_states_would_be_noticed(bench: Bench) -> None:
    with pytest.raises(BrokenPromiseError, match="no whole state"):
        bench.check_reader({**bench.published, "more.md": "x"})
