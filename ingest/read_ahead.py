"""Files read, cut and embedded by a child process while the run works on those before them.

That is half of a run. With a second processor a child does it, file by file in their order, and waits when it is far ahead;
vectors go through the embedding cache. What it does is what the run would do itself: a child that dies costs the time of
going on without it.
"""

import contextlib
import json
import logging
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

from ingest.content import Cutting, chunks_of
from ingest.cutting import Job, Outcome, read_and_cut
from ingest.outcome_json import outcome_from_bytes, outcome_to_bytes, read_outcome
from ingest.sandbox import Sandbox
from rag_app.embedder.static import load_static
from rag_app.embedding import SHIPPED, Embedder, EmbeddingCache, embed_passages_cached, passage_text
from rag_app.errors import SourceError
from rag_app.processes import die_with_parent, processors
from rag_app.settings import Settings

WORTH_A_PROCESS: Final = 1024 * 1024
"""Bytes to read from which on a child pays: it starts in half a second, and reads as much in one."""

_FAR_AHEAD_BYTES = 8 * 1024 * 1024
_ROOT = Path(__file__).resolve().parent.parent
_START = "import sys; sys.path.insert(0, sys.argv[1]); from ingest.read_ahead import serve; serve()"
_ChildProcess = subprocess.Popen
_LOG = logging.getLogger(__name__)


def outcomes(jobs: Sequence[Job], cutting: Cutting, settings: Settings, *, embed: bool) -> Generator[Outcome]:
    """The outcome of every job, in their order; closing the iterator ends the child, if there is one.

    A child puts the vectors of what it reads into the embedding cache, unless `embed` is False.
    """
    done = 0
    if settings.embedding_model == SHIPPED and processors() > 1 and bytes_of(jobs) >= WORTH_A_PROCESS:
        no_process_to_be_had = contextlib.suppress(OSError)
        with no_process_to_be_had, _Ahead(jobs, cutting, settings, embed=embed) as ahead:
            for outcome in ahead:
                yield outcome
                done += 1
        if done < len(jobs):
            _LOG.warning("the process that reads ahead ended early; the run goes on without it")
    with Sandbox() as sandbox:
        for job in jobs[done:]:
            yield read_and_cut(job, cutting, settings.max_file_mb, sandbox)


class _Ahead:
    """The child, and a thread that takes what it has done."""

    def __init__(self, jobs: Sequence[Job], cutting: Cutting, settings: Settings, *, embed: bool) -> None:
        order = {
            "files": [[str(job.path), job.name] for job in jobs],
            "max_tokens": cutting.max_tokens,
            "model": cutting.model,
            "max_file_mb": settings.max_file_mb,
            "cache": str(settings.cache_path.absolute()) if embed else "",
        }
        self._child = _ChildProcess(
            [sys.executable, "-I", "-B", "-X", "utf8", "-c", _START, str(_ROOT)],
            stdin=subprocess.PIPE,  # its end tells the child that we have died
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT.anchor,
            start_new_session=True,
        )
        self._waiting: deque[bytes] = deque()
        self._ended = False
        self._news = threading.Condition()
        self._taker = threading.Thread(target=self._take, args=(json.dumps(order).encode(),), daemon=True)
        self._taker.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._news:
            self._ended = True
            self._news.notify_all()
        self._child.kill()
        self._child.wait()
        self._taker.join()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def __iter__(self) -> Iterator[Outcome]:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._ended)
                if not self._waiting:
                    return
                data = self._waiting.popleft()
                self._news.notify_all()
            try:
                outcome = outcome_from_bytes(data)
            except ValueError:
                return
            yield outcome

    def _take(self, order: bytes) -> None:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            self._child.stdin.write(order + b"\n")
            self._child.stdin.flush()
            while True:
                data = read_outcome(self._child.stdout)
                with self._news:
                    self._waiting.append(data)
                    self._news.notify_all()
                    self._news.wait_for(lambda: self._ended or sum(map(len, self._waiting)) < _FAR_AHEAD_BYTES)
        except (OSError, EOFError, ValueError) as end:
            _LOG.debug("nothing more comes from the process that reads ahead (%s)", end)
        finally:
            with self._news:
                self._ended = True
                self._news.notify_all()


def serve() -> None:
    """The child's work: an order as a line on standard input, outcomes on standard output; dies with its parent."""
    order = json.loads(sys.stdin.buffer.readline())
    embedder = load_static()
    if embedder.digest != order["model"]:
        return
    die_with_parent()
    cutting = Cutting(order["max_tokens"], embedder.count_tokens, embedder.digest)
    with Sandbox() as sandbox, contextlib.ExitStack() as stack:
        cache = stack.enter_context(EmbeddingCache(Path(order["cache"]))) if order["cache"] else None
        for path, name in order["files"]:
            outcome = read_and_cut(Job(Path(path), name), cutting, order["max_file_mb"], sandbox)
            if cache is not None:
                outcome = _embedded(outcome, embedder, cache)
            sys.stdout.buffer.write(outcome_to_bytes(outcome))
            sys.stdout.buffer.flush()


def _embedded(outcome: Outcome, embedder: Embedder, cache: EmbeddingCache) -> Outcome:
    """The outcome, with the vectors of its pieces in the cache."""
    if isinstance(outcome.read, SourceError):
        return outcome
    started = time.perf_counter()
    texts = [passage_text(chunk) for chunk in chunks_of(outcome.read.source, outcome.pieces)]
    _, computed = embed_passages_cached(embedder, cache, texts)
    return replace(outcome, embed_s=time.perf_counter() - started, embedded=computed)


def bytes_of(jobs: Sequence[Job]) -> int:
    """Bytes of the files, as far as they are there."""
    total = 0
    for job in jobs:
        with contextlib.suppress(OSError):
            total += job.path.stat().st_size
    return total
