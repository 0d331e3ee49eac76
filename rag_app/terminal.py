"""What both command lines do with standard output: speak UTF-8 whatever the locale, and end quietly when nobody reads on."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator


def speak_utf8() -> None:
    """Korean reaches the terminal also under LANG=C or in another code page; what it cannot show is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextlib.contextmanager
def output_may_be_cut() -> Iterator[None]:
    """A reader of standard output that goes early (`| head`) is no failure: what is left to say is dropped."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
