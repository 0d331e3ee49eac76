"""The real child processes: one that ingests and may die at a step of its own, one that answers like the page.

Children are forked from a server that has imported everything and opened nothing, so that each costs milliseconds.
"""

import contextlib
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import TracebackType
from typing import Literal

from ingest import read_ahead
from ingest import sync as syncing
from ingest.generations import problems_of
from ingest.sync import sync
from rag_app.errors import SeodangError
from rag_app.index import building
from rag_app.index.store import Store
from rag_app.retrieval import Retriever
from rag_app.settings import Settings
from tests.fakes import HashEmbedder, SplitTerms

Way = Literal["in one process", "with child processes", "sparing memory"]
"""How a run works, which its size decides otherwise: alone; with processes that read ahead and fill Chroma; and those one by one."""

KEPT = 3
PATIENCE_S = 120.0
_EVENTS = frozenset(
    (
        "open",
        "os.rename",
        "os.remove",
        "os.mkdir",
        "os.rmdir",
        "os.link",
        "os.truncate",
        "shutil.copyfile",
        "sqlite3.connect",
    )
)

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    ["tests.torture.processes", "chromadb.api.client", "chromadb.api.rust", "chromadb.config", "tantivy"]
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run that lived to its end says: its receipt in short, and how many steps it took."""

    generation: int
    embedded: int
    steps: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader answers: the generation, all texts by name, the hits of each question as (name, text), what is wrong.

    `refusal` is the clean error instead; then nothing else is set.
    """

    generation: int = 0
    texts: tuple[tuple[str, str], ...] = ()
    hits: tuple[tuple[tuple[str, str], ...], ...] = ()
    problems: tuple[str, ...] = ()
    refusal: str = ""


class Child:
    """A process with a pipe to it."""

    def __init__(self, work: Callable[..., None], *arguments: object) -> None:
        self.pipe, other = _context.Pipe()
        self.process: ForkServerProcess = _context.Process(target=work, args=(*arguments, other), daemon=True)
        self.process.start()
        other.close()

    def hear(self) -> object:
        """What the child says next; None when it has died."""
        with contextlib.suppress(EOFError, ConnectionResetError):
            if self.pipe.poll(PATIENCE_S):
                return self.pipe.recv()
        return None

    def end(self) -> int | None:
        """Wait for its end; the exit code, negative for a signal."""
        self.process.join(PATIENCE_S)
        return self.process.exitcode

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.is_alive():
            self.process.kill()
        self.process.join(PATIENCE_S)
        self.pipe.close()


def ingest(notes: Path, data: Path, die_at: int, way: Way, pipe: Connection) -> None:
    """Ingest and prune, as a child; die by SIGKILL in front of step `die_at` (0: never). Sends True, then a `Ran`."""
    logging.disable(logging.WARNING)  # what was survived is the rule here
    if way != "in one process":
        _divide()
    if way == "sparing memory":
        syncing.SPARING_FROM = 0  # type: ignore[misc]
    steps = _Steps(data, die_at)
    pipe.send(True)
    store, embedder = Store(data / "index"), HashEmbedder()
    receipt = sync(
        [notes],
        settings=Settings(data_dir=data, chunk_tokens=64),
        store=store,
        embedder=embedder,
        terms=SplitTerms(),
        collection="default",
        allow_shrink=True,
        on_progress=lambda stage, done, total: steps.take(),
    )
    with store.lock():
        store.prune(KEPT)
    pipe.send(Ran(receipt.generation, receipt.embedded, steps.taken))


def _divide() -> None:
    read_ahead.WORTH_A_PROCESS, building.WORTH_A_PROCESS = 0, 1  # type: ignore[misc]
    read_ahead.processors = building.processors = lambda: 2
    read_ahead._START = (
        "import sys; sys.path.insert(0, sys.argv[1]); from ingest import read_ahead; from tests.fakes import HashEmbedder; "
        "read_ahead.load_static = HashEmbedder; read_ahead.serve()"
    )


def answer(data: Path, pipe: Connection) -> None:
    """Answer questions until the pipe closes, as a child: gets lists of questions, sends a `Seen` for each."""
    retriever = Retriever(Store(data / "index"), HashEmbedder(), SplitTerms(), Settings(data_dir=data))
    with contextlib.suppress(EOFError):
        while True:
            questions: Sequence[str] = pipe.recv()
            try:
                pipe.send(_seen(retriever, questions))
            except SeodangError as error:
                pipe.send(Seen(refusal=f"{type(error).__name__}: {error}"))
    retriever.close()


def _seen(retriever: Retriever, questions: Sequence[str]) -> Seen:
    results = [retriever.search(question, k=8) for question in questions]
    snapshot = retriever.snapshot()
    texts = tuple((source.name, snapshot.catalog.text_of(source.id)) for source in snapshot.catalog.sources())
    hits = tuple(tuple((hit.source.name, hit.chunk.text) for hit in result.hits) for result in results)
    numbers = {result.generation for result in results} | {snapshot.number}
    mixed = () if len(numbers) == 1 else (f"answers come from generations {sorted(numbers)}",)
    return Seen(snapshot.number, texts, hits, (*mixed, *problems_of(snapshot)))


class _Steps:
    """Counts what the run does to the data folder (opening for writing, fsync, rename, link, removal, progress) and kills."""

    def __init__(self, data: Path, die_at: int) -> None:
        self.taken = 0
        self._data = str(data)
        self._die_at = die_at
        self._fsync = os.fsync
        os.fsync = self._counted_fsync
        sys.addaudithook(self._heard)

    def take(self) -> None:
        """One step; the last thing the process does when its time has come."""
        self.taken += 1
        if self.taken == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _counted_fsync(self, descriptor: int) -> None:
        self.take()
        self._fsync(descriptor)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in _EVENTS or not arguments:
            return
        path = arguments[0]
        words = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
        if event == "open" and not _writes(arguments):
            return
        if words.startswith(self._data) or event == "os.truncate":
            self.take()


def _writes(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2] if len(arguments) > 2 else 0
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
