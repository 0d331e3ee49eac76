"""Parsers in a child process of their own: what crashes, hangs or eats memory there is one sentence in the receipt here.

The child gets the bytes of a file over a pipe and gives JSON back. It has an empty environment, no handles of ours, no network,
may write nowhere, and dies at its limits; see `sandbox_child`. One child reads many files and is replaced when it dies.
"""

import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ingest.source_json import error_named, source_from_json
from rag_app.errors import SourceError, SourceTooLarge, UnreadableSource
from rag_app.schema import SourceText

REQUEST: Final = struct.Struct("<IQ")  # lengths: name of the format, bytes of the file
REPLY: Final = struct.Struct("<BQ")  # what follows (see below), its length
OK, REFUSED, BROKEN = 0, 1, 2
MAX_REPLY_BYTES = 512 * 1024 * 1024
FILES_PER_CHILD = 500
READERS: Final = "ingest.formats.registry"

_ROOT = Path(__file__).resolve().parent.parent
_START = "import sys; sys.path.insert(0, sys.argv[1]); from ingest.sandbox_child import serve; serve(sys.argv[2], sys.argv[3])"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: address space of the child in MiB, processor seconds, seconds on the clock."""

    memory_mb: int = 2048
    cpu_s: int = 150
    wall_s: float = 240.0


class Sandbox:
    """Reads files in a child process, which starts with the first one. One file at a time; safe to share between threads."""

    def __init__(self, limits: Limits | None = None, *, readers: str = READERS) -> None:
        """`readers` is the module whose `reader_named(name)` the child calls."""
        self._limits = limits or Limits()
        self._readers = readers
        self._child: subprocess.Popen[bytes] | None = None
        self._served = 0
        self._lock = threading.Lock()

    def read(self, format_name: str, data: bytes) -> SourceText:
        """What the reader of that format makes of the bytes.

        Raises:
            SourceError: what the reader raised; UnreadableSource when it crashed or took too long, SourceTooLarge when it
                needed more memory than the limit, or gave up as for want of memory.
        """
        with self._lock:
            used_before = self._served > 0
            try:
                return self._read(format_name, data)
            except _ChildDied as death:
                if (
                    used_before and not death.in_time_limit
                ):  # earlier files may have worn it out: once more in a fresh one
                    with contextlib.suppress(_ChildDied):
                        return self._read(format_name, data)
                raise death.explained(format_name, self._limits) from None

    def close(self) -> None:
        """Ends the child, if there is one."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, format_name: str, data: bytes) -> SourceText:
        child = self._started()
        late = threading.Event()

        def give_up() -> None:
            late.set()
            child.kill()

        clock = threading.Timer(self._limits.wall_s, give_up)
        clock.daemon = True
        clock.start()
        try:
            kind, reply = _exchange(child, format_name, data)
        except (OSError, EOFError, ValueError):
            child.kill()
            code = child.wait()
            self._end()
            raise _ChildDied(code, too_slow=late.is_set()) from None
        finally:
            clock.cancel()
            clock.join()
        self._served += 1
        if kind == OK:
            try:
                return source_from_json(reply)
            except ValueError as error:
                self._end()
                raise UnreadableSource(
                    f"the {format_name} reader gave nonsense ({error}); save the file in another format"
                ) from None
        if kind == BROKEN:  # it may be short of memory, or in a state nobody planned
            self._end()
        raise _raised(reply)

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is not None and (self._child.poll() is not None or self._served >= FILES_PER_CHILD):
            self._end()
        if self._child is None:
            self._served = 0
            self._child = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-B",
                    "-X",
                    "utf8",
                    "-c",
                    _START,
                    str(_ROOT),
                    self._readers,
                    json.dumps(asdict(self._limits)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                cwd=_ROOT.anchor,
                close_fds=True,
                start_new_session=True,
            )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            child.kill()
            child.wait()


class _ChildDied(Exception):
    """The child ended without an answer."""

    def __init__(self, code: int, *, too_slow: bool) -> None:
        super().__init__(code)
        self._code = code
        self._too_slow = too_slow
        self.in_time_limit = too_slow or -code == _signal("SIGXCPU")

    def explained(self, format_name: str, limits: Limits) -> SourceError:
        """The sentence for the receipt."""
        if self._too_slow:
            return UnreadableSource(
                f"reading it as {format_name} took longer than {limits.wall_s:g} s; split it or save it anew"
            )
        if self.in_time_limit:
            return UnreadableSource(
                f"reading it as {format_name} took more than {limits.cpu_s} s of processor time; split it or save it anew"
            )
        if -self._code == _signal("SIGABRT"):  # how libraries in C and C++ end when they get no more memory
            return SourceTooLarge(
                f"the {format_name} reader gave up on it (signal {-self._code}), as it does when it needs more than "
                f"{limits.memory_mb} MiB of memory; split it, or save it anew"
            )
        how = f"signal {-self._code}" if self._code < 0 else f"exit code {self._code}"
        return UnreadableSource(
            f"the {format_name} reader crashed on it ({how}); open it in its program and save it again, or as another format"
        )


def _exchange(child: "subprocess.Popen[bytes]", format_name: str, data: bytes) -> tuple[int, bytes]:
    assert child.stdin is not None
    assert child.stdout is not None
    name = format_name.encode()
    child.stdin.write(REQUEST.pack(len(name), len(data)) + name)
    child.stdin.write(data)
    child.stdin.flush()
    kind, size = REPLY.unpack(_exactly(child, REPLY.size))
    if size > MAX_REPLY_BYTES:
        raise ValueError("the answer is too long")
    return kind, _exactly(child, size)


def _exactly(child: "subprocess.Popen[bytes]", size: int) -> bytes:
    assert child.stdout is not None
    data = child.stdout.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _raised(reply: bytes) -> SourceError:
    """The error that the child named."""
    try:
        name, message = json.loads(reply)
    except ValueError:
        name, message = "", ""
    return (
        SourceTooLarge("reading it failed for want of memory") if name == "MemoryError" else error_named(name, message)
    )


def _environment() -> dict[str, str]:
    """Nothing, but what Windows needs to start a process at all."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if os.name == "nt" and name in os.environ}


def _signal(name: str) -> int:
    return int(getattr(signal, name, 0))
