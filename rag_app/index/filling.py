"""Chroma's files brought in line with the catalog: here, or in a process of its own while other work goes on.

Chroma's `add` lets no other thread of its process run, and what it takes in memory stays with the process. So a large run
has it done by a child, which ends with its work; a child that fails or hangs costs the time of doing it again here.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import DamagedIndex, SeodangError
from rag_app.index.spool import Spool
from rag_app.index.vectors import BATCH, Vectors
from rag_app.processes import die_with_parent

WORTH_A_PROCESS: Final = 2000
"""Vectors from which on a child pays: below, it starts for longer than Chroma works."""

_WAIT_S, _WAIT_S_PER_VECTOR = 120.0, 0.05  # a hundred times what it takes (measured)
_PROBES = 16  # vectors per collection that are looked up by themselves before a generation is published
_ITSELF = 0.99  # cosine; stored vectors are rounded
_LOST_SHARE = 0.25  # of the probes
_ROOT = Path(__file__).resolve().parent.parent.parent
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from rag_app.index.filling import serve; sys.exit(serve(sys.argv[2]))"
)
_ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}  # Chroma's threads take turns; a heap for each keeps 30 MB more (measured)
_LOG = logging.getLogger(__name__)

VectorsOf = Callable[[Sequence[int]], NDArray[np.float32]]
"""Rows -> their vectors."""


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes of one collection: rows that are new, in the order in which they go in, and rows that go."""

    collection: str
    fresh: tuple[int, ...]
    gone: tuple[int, ...] = ()


def fill(
    folder: Path,
    parts: Sequence[Part],
    counts: Mapping[str, int],
    vectors_of: VectorsOf,
    on_added: Callable[[int], None] = lambda done: None,
) -> list[str]:
    """Apply the parts to the Chroma files in `folder`; what is odd about the outcome, as sentences.

    `counts` says how many vectors each collection then has to hold; `on_added` hears how many were added so far.

    Raises:
        DamagedIndex: it holds another number, or many of the new vectors do not find themselves.
        StorageFault: Chroma cannot write.
    """
    done = 0
    with Vectors(folder) as vectors:
        for part in parts:
            vectors.delete(part.collection, part.gone)
            for start in range(0, len(part.fresh), BATCH):
                batch = part.fresh[start : start + BATCH]
                vectors.add(part.collection, batch, vectors_of(batch))
                done += len(batch)
                on_added(done)
        for collection, count in counts.items():
            must_equal("vectors", collection, vectors.count(collection), count)
        return [said for part in parts if (said := _probe(vectors, part, vectors_of))]


class Filler:
    """A child process that fills the Chroma files in `folder` from a spool that holds every new row.

    `seconds` is what it took, once `wait` has said that it is done.
    """

    def __init__(self, folder: Path, parts: Sequence[Part], counts: Mapping[str, int], spool: Spool) -> None:
        task = {"folder": str(folder), "dimension": spool.dimension, "counts": dict(counts)}
        task["parts"] = [asdict(part) for part in parts]
        (spool.folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
        self.seconds = 0.0
        self._done: bool | None = None
        self._patience_s = _WAIT_S + _WAIT_S_PER_VECTOR * sum(len(part.fresh) for part in parts)
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-B", "-X", "utf8", "-c", _START, str(_ROOT), str(spool.folder)],
            stdin=subprocess.PIPE,  # never written to: its end tells the child that we have died
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR") if name in os.environ} | _ONE_HEAP,
            cwd=_ROOT.anchor,
            start_new_session=True,
        )

    def wait(self) -> bool:
        """Wait until the child is done; False when its work has to be done again. It may be asked again."""
        if self._done is None:
            self._done = self._wait()
        return self._done

    def _wait(self) -> bool:
        try:
            self._child.wait(self._patience_s)  # what it says is short and fits into the pipe
            assert self._child.stdout is not None
            done, sentences, self.seconds = json.loads(self._child.stdout.read())
        except subprocess.TimeoutExpired:
            done, sentences = False, [f"it took longer than {self._patience_s:.0f} s"]
        except ValueError:
            done, sentences = False, [f"exit code {self._child.returncode}"]
        finally:
            self.close()
        for sentence in sentences:
            _LOG.warning("%s", sentence if done else f"the process that fills Chroma failed ({sentence}); done again")
        return bool(done)

    def close(self) -> None:
        """End the child, done or not."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def serve(spool_folder: str) -> int:
    """The child's work: one line of JSON on standard output, [done, sentences, seconds]; dies with its parent."""
    die_with_parent()
    task = json.loads((Path(spool_folder) / "task.json").read_text(encoding="utf-8"))
    spool = Spool(Path(spool_folder), task["dimension"])
    parts = [Part(one["collection"], tuple(one["fresh"]), tuple(one["gone"])) for one in task["parts"]]
    try:
        started = time.perf_counter()
        sentences = fill(Path(task["folder"]), parts, task["counts"], spool.vectors)
        print(json.dumps([True, sentences, time.perf_counter() - started]))
    except SeodangError as error:
        print(json.dumps([False, [str(error)], 0.0]))
    return 0


def must_equal(what: str, collection: str, found: int, expected: int) -> None:
    """Raise DamagedIndex unless an engine holds as many chunks of a collection as the catalog."""
    if found != expected:
        raise DamagedIndex(
            f"the {what} of {collection!r} holds {found} chunks, the catalog {expected}; nothing was published: run it "
            "again, and report this when it happens twice"
        )


def _probe(vectors: Vectors, part: Part, vectors_of: VectorsOf) -> str:
    """What is to be said of the new vectors when some of a sample do not find themselves (or an equal).

    HNSW loses a lone vector beside a thousand that hardly differ; one that is lost so is still found by its words.
    """
    probed = part.fresh[:: max(1, len(part.fresh) // _PROBES)]
    found = {row: vectors.query(part.collection, vectors_of([row])[0], 1) for row in probed}
    lost = [row for row, hits in found.items() if not hits or hits[0][1] < _ITSELF]
    if len(lost) > _LOST_SHARE * len(probed):
        raise DamagedIndex(
            f"{len(lost)} of {len(probed)} new vectors of {part.collection!r} are not found again (chunk {lost[0]}); "
            "nothing was published: run it again, and report this when it happens twice"
        )
    return f"{len(lost)} of {len(probed)} sampled vectors of {part.collection!r} do not find themselves" if lost else ""
