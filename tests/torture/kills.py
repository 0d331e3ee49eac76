"""kill -9 of a real ingestion: at seeded moments, and in front of each step that the run itself takes."""

import random
import time
from collections.abc import Iterator

from tests.torture.judging import Bench
from tests.torture.processes import Ran


def kill_at_moments(bench: Bench, seed: int, count: int) -> Iterator[str]:
    """Change the notes, kill the run after a while drawn from the length of a whole one; says what each kill met."""
    dice = random.Random(seed)
    bench.notes.change()
    started = time.perf_counter()
    bench.run()
    whole_s = time.perf_counter() - started
    bench.heal()
    for number in range(count):
        bench.notes.change()
        delay_s = dice.random() * 1.1 * whole_s
        bench.blow = f"kill {number} of seed {seed}, {delay_s:.3f} s into a run"
        started = time.perf_counter()
        with bench.begun() as child:
            child.hear()
            if child.pipe.poll(delay_s):
                child.hear()
            else:
                child.process.kill()
            died = child.end() == -9
        if not died:
            whole_s = 0.5 * whole_s + 0.5 * (time.perf_counter() - started)
        _check(bench)
        yield "killed" if died else "finished before the kill"


def kill_at_steps(bench: Bench, every: int = 1) -> Iterator[str]:
    """Change the notes, die in front of step 1, 2, 3 ... (or every n-th) of the run, until one is long enough to end."""
    step = 1
    while True:
        bench.notes.change()
        bench.blow = f"a kill in front of step {step}"
        with bench.begun(step) as child:
            child.hear()
            ended = isinstance(child.hear(), Ran)
            bench.must(ended or child.end() == -9, f"the run ended by itself, with {child.end()}")
        _check(bench)
        if ended:
            return
        yield "killed"
        step += every


def _check(bench: Bench) -> None:
    bench.check_reader(bench.published, bench.notes.state)
    bench.check_newcomer(bench.published, bench.notes.state)
    bench.heal()
