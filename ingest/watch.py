"""Ingestion as files change: the system's own notices where there are any, a look every half minute everywhere.

A run without changes costs about as much as reading the files, so the look is what makes network drives and lost notices
harmless; the notices only make it prompt.
"""

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import FrameType

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from ingest.ignore import IGNORE_FILE, is_ignored_file, is_ignored_folder

LOOK_S = 30.0
SETTLE_S = 1.0
SETTLE_AT_MOST_S = 10.0
END_S = 5.0
HEED_S = 1.0
"""How long an interrupt may go unnoticed that Python dropped while the watch began to wait."""

_CHANGES: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
_LOG = logging.getLogger(__name__)


class Changes(FileSystemEventHandler):
    """Notices of changes to documents, gathered until they pause. `data_dir` and what a walk passes over do not count."""

    def __init__(self, roots: Sequence[Path], data_dir: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._roots = [os.path.realpath(root) for root in roots]
        self._data = os.path.realpath(data_dir)
        self._clock = clock
        self._last = 0.0
        self._heard = threading.Event()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog, from a thread of its own."""
        if any(self._counts(os.fsdecode(path)) for path in (event.src_path, event.dest_path) if path):
            self._last = self._clock()
            self._heard.set()

    def wait(
        self,
        look_s: float = LOOK_S,
        settle_s: float = SETTLE_S,
        at_most_s: float = SETTLE_AT_MOST_S,
        *,
        told: threading.Event | None = None,
    ) -> None:
        """Return when changes have paused for `settle_s`, or went on for `at_most_s`, or after `look_s` without any, or soon
        after `told` was set."""
        end = self._clock() + look_s
        while not self._heard.wait(max(0.0, min(HEED_S, end - self._clock()))):
            if self._clock() >= end or (told is not None and told.is_set()):
                return
        end = self._clock() + at_most_s
        while (now := self._clock()) < min(self._last + settle_s, end):
            self._heard.clear()
            self._heard.wait(min(self._last + settle_s, end) - now)
        self._heard.clear()

    def _counts(self, path: str) -> bool:
        real = os.path.realpath(os.path.dirname(path))
        if (real + os.sep).startswith(self._data + os.sep):
            return False
        root = next((root for root in self._roots if (real + os.sep).startswith(root.rstrip(os.sep) + os.sep)), real)
        steps = Path(os.path.relpath(real, root)).parts
        name = os.path.basename(path)
        return name == IGNORE_FILE or not (is_ignored_file(name) or any(is_ignored_folder(step) for step in steps))


def watch(paths: Sequence[Path], data_dir: Path, run: Callable[[], None]) -> None:
    """Run once, then again whenever documents below the paths change, until a KeyboardInterrupt ends it."""
    changes = Changes(paths, data_dir)
    with _observing(paths, changes), _heeding_interrupts() as told:
        while not told.is_set():
            run()
            changes.wait(told=told)
        raise KeyboardInterrupt


@contextlib.contextmanager
def _heeding_interrupts() -> Iterator[threading.Event]:
    """Set once the process was told to end: Python drops the exception where it falls into a finaliser, and the watch went on."""
    told = threading.Event()
    with contextlib.ExitStack() as stack:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                before = signal.getsignal(number)
                if callable(before):
                    signal.signal(number, partial(_tell, told, before))
                    stack.callback(signal.signal, number, before)
        yield told


def _tell(
    told: threading.Event, before: Callable[[int, FrameType | None], object], number: int, frame: FrameType | None
) -> None:
    told.set()
    before(number, frame)


@contextlib.contextmanager
def _observing(paths: Sequence[Path], changes: Changes) -> Iterator[None]:
    """The system's notices, or watchdog's own polling where it gives none (too many folders, an odd file system)."""
    folders = {str(path if path.is_dir() else path.parent): path.is_dir() for path in paths}
    observer = Observer()
    try:
        _start(observer, folders, changes)
    except OSError as error:
        _LOG.warning("the system gives no notice of changes (%s); looking every few seconds instead", error)
        observer = PollingObserver(timeout=2.0)
        _start(observer, folders, changes)
    try:
        yield
    finally:
        # A Ctrl-C at a bad moment may leave its threads waiting, for us or for each other; they die with the process.
        stopping = threading.Thread(target=observer.stop, daemon=True)
        stopping.start()
        stopping.join(END_S)
        observer.join(END_S)


def _start(observer: BaseObserver, folders: dict[str, bool], changes: Changes) -> None:
    for folder, is_deep in folders.items():
        observer.schedule(changes, folder, recursive=is_deep, event_filter=_CHANGES)
    observer.start()
