"""Freed memory goes back to the system."""

import ctypes
import os
import sys
from pathlib import Path

import pytest

from rag_app.freed_memory import give_back

BLOCKS, BLOCK_BYTES = 2000, 32 * 1024  # smaller than what the C library takes from the system one by one


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1024**2


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs the C library of Linux"
)
def test_what_was_freed_below_something_in_use_goes_back() -> None:
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    library.malloc.argtypes = [ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    blocks = [library.malloc(BLOCK_BYTES) for _ in range(BLOCKS)]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK_BYTES)
    last = blocks.pop()  # keeps the C library from giving back what lies below
    for block in blocks:
        library.free(block)
    before = resident_mb()
    give_back()
    assert before - resident_mb() > 0.5 * BLOCKS * BLOCK_BYTES / 1024**2
    library.free(last)


def test_it_may_be_asked_at_any_time() -> None:
    give_back()
    give_back()
