"""The child process that parses: closes itself in first, then reads requests until there are no more."""

import contextlib
import ctypes
import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from ingest.sandbox import BROKEN, OK, REFUSED, REPLY, REQUEST
from ingest.source_json import source_to_json
from rag_app.errors import SourceError
from rag_app.schema import SourceText

_MIB = 1024 * 1024
_MAX_OPEN_FILES = 64
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_FOREIGN_PROGRAMS = ("tesseract",)
_STARTS_PROGRAMS = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def serve(readers: str, limits: str) -> None:
    """Answers requests from standard input until it ends. `readers` is a module with `reader_named`, `limits` JSON."""
    requests, replies = _own_pipes()
    allowed: dict[str, Any] = json.loads(limits)
    _limit_memory(allowed["memory_mb"])
    _leave_network()
    reader_named = importlib.import_module(readers).reader_named
    sys.addaudithook(_forbid)
    while len(header := requests.read(REQUEST.size)) == REQUEST.size:
        name_size, data_size = REQUEST.unpack(header)
        name = requests.read(name_size).decode()
        data = requests.read(data_size)
        if len(data) < data_size:
            return
        _limit_time(allowed["cpu_s"])
        kind, reply = _answer(reader_named, name, data, allowed["memory_mb"])
        replies.write(REPLY.pack(kind, len(reply)) + reply)
        replies.flush()


def _answer(
    reader_named: Callable[[str], Callable[[bytes], SourceText]], name: str, data: bytes, memory_mb: int
) -> tuple[int, bytes]:
    """The source text, or the name and the message of an error."""
    try:
        return OK, source_to_json(reader_named(name)(data))
    except SourceError as error:
        return REFUSED, _error(type(error).__name__, str(error))
    except MemoryError:
        return BROKEN, _error(
            "SourceTooLarge", f"reading it as {name} needs more than {memory_mb} MiB of memory; split it"
        )
    except RecursionError:
        return REFUSED, _error(
            "UnreadableSource", "it is nested too deeply to be read; save it anew, or as another format"
        )
    except Exception as error:  # noqa: BLE001 - whatever a parser does, the run goes on
        said = f"the {name} reader stopped with {type(error).__name__}; open it in its program and save it again"
        return BROKEN, _error("UnreadableSource", said)


def _error(name: str, message: str) -> bytes:
    return json.dumps([name, message]).encode()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent under new numbers; what a parser prints goes nowhere."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    return requests, replies


def _limit_memory(memory_mb: int) -> None:
    """Address space, no core file, no written file, few open ones; where the system has such limits."""
    with contextlib.suppress(ImportError):
        import resource

        wanted = {
            "RLIMIT_AS": memory_mb * _MIB,
            "RLIMIT_CORE": 0,
            "RLIMIT_FSIZE": 0,
            "RLIMIT_NOFILE": _MAX_OPEN_FILES,
        }
        for name, value in wanted.items():
            with contextlib.suppress(AttributeError, ValueError, OSError):
                _, hard = resource.getrlimit(getattr(resource, name))
                lower = value if hard == resource.RLIM_INFINITY else min(value, hard)
                resource.setrlimit(getattr(resource, name), (lower, lower))


def _limit_time(cpu_s: int) -> None:
    """Processor time for the next file, on top of what the earlier ones took."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(usage.ru_utime + usage.ru_stime) + cpu_s + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _leave_network() -> None:
    """A network of its own without any interface, where the kernel lets us; below, `_forbid` holds everywhere."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            if library.unshare(_NEW_NETWORK) != 0:
                library.unshare(_NEW_USER | _NEW_NETWORK)


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuses sockets, foreign programs and writing files; nothing in this process can take it away again."""
    if event.startswith("socket.") and event != "socket.gethostname":
        raise PermissionError("a parser has no network")
    if event in _STARTS_PROGRAMS:
        raise PermissionError("a parser starts no programs")
    if event == "subprocess.Popen" and os.path.basename(os.fsdecode(arguments[1][0])) not in _FOREIGN_PROGRAMS:
        raise PermissionError("a parser starts no programs")
    if (
        event == "open"
        and isinstance(arguments[0], str | bytes)
        and arguments[0] != os.devnull
        and arguments[2] & _WRITING
    ):
        raise PermissionError("a parser writes no files")
