"""Memory that was freed, handed back to the system."""

import ctypes
import sys


def give_back() -> None:
    """Have the C library hand back what it keeps for later, where it is one that can be told to (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
