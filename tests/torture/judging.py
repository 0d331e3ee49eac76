"""What must hold after every blow: the reader lives, one whole state is answered, the next run heals and then rests."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.torture.notes import Notes, State
from tests.torture.processes import Child, Ran, Seen, Way, answer, ingest


class BrokenPromiseError(AssertionError):
    """Something that must hold does not; the words say what, and after which blow."""


class Bench:
    """A folder of notes, its index, and a reader that stays open the whole time; `way` is how its runs work."""

    def __init__(self, folder: Path, seed: int, *, way: Way = "in one process") -> None:
        self.data = folder / "data"
        self.way = way
        self.notes = Notes(folder / "notes", seed)
        self.published: State = {}
        self.blow = "the start"
        self.reader = Child(answer, self.data)
        self.check_reader(refusal=True)
        self.heal()

    def close(self) -> None:
        """End the reader."""
        self.reader.__exit__(None, None, None)

    def heal(self, *, calls: bool = True) -> Ran:
        """Run to the end, and once more: it converges, embeds only what the cache does not hold, then changes nothing, and
        the open reader follows.
        """
        before = self.cached()
        ran = self.run()
        embedded = self.cached() - before
        self.must(ran.embedded == embedded, f"{ran.embedded} texts were embedded, but only {embedded} were unknown")
        self.must(calls or ran.embedded == 0, f"healing asked the model for {ran.embedded} texts")
        again = self.run()
        self.must(again.generation == ran.generation, "a second run published again")
        self.must(again.embedded == 0, "a second run embedded again")
        self.published = self.notes.state
        left = [path.name for path in (self.data / "index").iterdir() if path.name.startswith(("building-", "dying-"))]
        self.must(not left, f"the run left {left}")
        self.check_reader(self.published)
        return ran

    def run(self) -> Ran:
        """One run that is left alone."""
        with self.begun() as child:
            child.hear()
            ran = child.hear()
            self.must(isinstance(ran, Ran), f"a run that nobody killed ended with {child.end()}")
            assert isinstance(ran, Ran)
            return ran

    def begun(self, die_at: int = 0) -> Child:
        """A run that has just started, and dies in front of a step of its own unless that is 0."""
        return Child(ingest, self.notes.folder, self.data, die_at, self.way)

    def check_reader(self, *allowed: State, refusal: bool = False) -> None:
        """The open reader lives and answers from one of these states."""
        self._check(self.reader, "the open reader", allowed, refusal)

    def check_newcomer(self, *allowed: State, refusal: bool = False) -> None:
        """A reader that opens the index now answers from one of these states, or refuses with a sentence where it may."""
        with Child(answer, self.data) as newcomer:
            self._check(newcomer, "a new reader", allowed, refusal)

    def cached(self) -> int:
        """How many texts the embedding cache holds."""
        path = self.data / "embeddings.sqlite"
        if not path.exists():
            return 0
        with closing(sqlite3.connect(path)) as connection:
            try:
                return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
            except sqlite3.OperationalError:  # killed before the table was made
                return 0

    def must(self, holds: bool, words: str) -> None:
        """Raise BrokenPromiseError unless it holds."""
        if not holds:
            raise BrokenPromiseError(f"after {self.blow}: {words}")

    def _check(self, reader: Child, who: str, allowed: Sequence[State], refusal: bool) -> None:
        reader.pipe.send(self.notes.questions)
        seen = reader.hear()
        self.must(isinstance(seen, Seen), f"{who} died ({reader.end() if seen is None else seen})")
        assert isinstance(seen, Seen)
        if seen.refusal:
            self.must(refusal, f"{who} refused: {seen.refusal}")
            return
        self.must(not seen.problems, f"{who} found {seen.problems[:3]}")
        state = next((state for state in allowed if dict(seen.texts) == dict(state)), None)
        self.must(state is not None, f"{who} sees generation {seen.generation}, which is no whole state")
        assert state is not None
        for question, hits in zip(self.notes.questions, seen.hits, strict=True):
            strange = [name for name, text in hits if text not in state.get(name, "")]
            self.must(not strange, f"{who} cites {strange} with words that are not there")
            asked = [name for name, text in state.items() if text.startswith(f"# {question}\n")]
            self.must(not asked or asked[0] in {name for name, _ in hits}, f"{who} does not find {question!r}")
