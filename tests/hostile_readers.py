"""Readers that do everything a parser must not, for the sandbox: its child loads this module instead of the table of formats."""

import ctypes
import errno
import importlib
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from rag_app.errors import SourceTooLarge
from rag_app.schema import SourceText


def _text(words: str) -> SourceText:
    return SourceText(title="", text=words, outline=(), format="test", encoding="utf-8")


def _said(act: Callable[[], object]) -> SourceText:
    """The name of what was raised, or "done"."""
    try:
        act()
    except OSError as error:
        return _text(f"{type(error).__name__}: {error}")
    return _text("done")


def _endless(data: bytes) -> SourceText:
    while True:
        pass


def _greedy(data: bytes) -> SourceText:
    held = [bytearray(64 * 1024 * 1024) for _ in range(1_000)]
    return _text(str(len(held)))


def _crash(data: bytes) -> SourceText:
    ctypes.string_at(0)
    return _text("")


def _leave(data: bytes) -> SourceText:
    os._exit(3)


def _refuse(data: bytes) -> SourceText:
    raise SourceTooLarge("the limit is 7")


def _fail(data: bytes) -> SourceText:
    raise KeyError(data.decode())


def _deep(data: bytes) -> SourceText:
    return _deep(data)


def _print(data: bytes) -> SourceText:
    os.write(1, b"x" * 1000)
    print("noise")
    return _text(data.decode())


def _connect(data: bytes) -> SourceText:
    return _said(lambda: socket.create_connection(("192.0.2.1", 80), timeout=1))


def _connect_in_c(data: bytes) -> SourceText:
    """What a parser's own C code would do, which no audit hook sees: a socket to this port of this machine."""
    library = ctypes.CDLL(None, use_errno=True)
    address = struct.pack("=H", socket.AF_INET) + struct.pack(">H", int(data)) + bytes((127, 0, 0, 1)) + bytes(8)
    descriptor = library.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    if library.connect(descriptor, address, len(address)) == 0:
        return _text("connected")
    return _text(errno.errorcode[ctypes.get_errno()])


def _write(data: bytes) -> SourceText:
    return _said(lambda: Path(data.decode()).write_text("x"))


def _start(data: bytes) -> SourceText:
    return _said(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))


def _look(data: bytes) -> SourceText:
    """Environment, open handles and process number."""
    handles = sorted(int(name) for name in os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else []
    return _text(f"{sorted(os.environ)} {len(handles)} {os.getpid()}")


_READERS = {
    "eml": _crash,  # as the real reader with an attachment that ends its process
    "endless": _endless,
    "greedy": _greedy,
    "crash": _crash,
    "leave": _leave,
    "refuse": _refuse,
    "fail": _fail,
    "deep": _deep,
    "print": _print,
    "connect": _connect,
    "connect_in_c": _connect_in_c,
    "write": _write,
    "start": _start,
    "look": _look,
}


def reader_named(name: str) -> Callable[[bytes], SourceText]:
    """The reader of that name; the one that a mail is left to is real."""
    return _READERS[name] if name in _READERS else importlib.import_module("ingest.formats.registry").reader_named(name)
