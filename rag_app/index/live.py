"""The live generation, open for any number of threads, and followed when another one is published."""

import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from rag_app.errors import DamagedIndex, IndexFault
from rag_app.index.folder import CURRENT, mark_of
from rag_app.index.snapshot import Snapshot
from rag_app.index.store import Store
from rag_app.schema import Stamp

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _Lease:
    """An open snapshot and how many readers are using it now."""

    snapshot: Snapshot
    users: int = 0
    retired: bool = False

    @property
    def number(self) -> int:
        return self.snapshot.number


class LiveGeneration:
    """Opens the live generation when it is first read, then whichever CURRENT names; the old one is closed when nobody
    reads it any more. An open generation goes on answering when the next one cannot be opened."""

    def __init__(self, store: Store, stamp: Stamp) -> None:
        self._store = store
        self._stamp = stamp
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._lease: _Lease | None = None
        self._refused: int | None = None
        self._pointer = str(store.folder / CURRENT)
        self._known: tuple[tuple[int, int, int], int] | None = (
            None  # how CURRENT looked when it was read, and what it said
        )

    @contextlib.contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """The live generation, kept open for as long as the block lasts.

        Raises:
            IndexFault: as `Store.open_current`, when none is open yet.
        """
        lease = self._take()
        try:
            yield lease.snapshot
        finally:
            self._give_back(lease)

    def close(self) -> None:
        """Let go of the index; the next reader opens it again."""
        with self._lock:
            old, self._lease = self._lease, None
        self._retire(old)

    def _take(self) -> _Lease:
        """The open generation, counted as in use. While one thread opens a new one, the others go on with the old."""
        while True:
            lease = self._held()
            if lease is not None:
                return lease
            with self._opening:
                self._follow()

    def _held(self) -> _Lease | None:
        """The open generation; None when this thread has to open another one first."""
        live = self._live_number()
        with self._lock:
            lease = self._lease
            if lease is None or (live not in (lease.number, self._refused) and not self._opening.locked()):
                return None
            lease.users += 1
            return lease

    def _live_number(self) -> int | None:
        mark = mark_of(self._pointer)
        known = self._known
        if mark is not None and known is not None and known[0] == mark:
            return known[1]
        try:
            number = self._store.current()
        except DamagedIndex:
            lease = self._lease
            if lease is None:
                raise
            return lease.number  # the pointer is lost; what is open is still whole
        self._known = None if mark is None or number is None else (mark, number)
        return number

    def _follow(self) -> None:
        """Open the live generation in place of the open one; when that fails, the open one stays."""
        with self._lock:
            lease = self._lease
        if lease is not None and self._live_number() == lease.number:
            return
        try:
            snapshot = self._store.open_current(self._stamp)
        except IndexFault as error:
            if lease is None:
                raise
            self._refused = self._live_number()
            _LOG.warning("generation %d goes on answering: %s", lease.number, error)
            return
        with self._lock:
            self._lease = _Lease(snapshot)
        self._retire(lease)

    def _give_back(self, lease: _Lease) -> None:
        with self._lock:
            lease.users -= 1
            is_last = lease.retired and lease.users == 0
        if is_last:
            lease.snapshot.close()

    def _retire(self, lease: _Lease | None) -> None:
        """Close a generation as soon as nobody reads it."""
        if lease is None:
            return
        with self._lock:
            lease.retired = True
            is_idle = lease.users == 0
        if is_idle:
            lease.snapshot.close()
