"""Read-only connections to a database file that nobody writes any more, one for each thread that reads at the same time."""

import contextlib
import sqlite3
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from rag_app.errors import DamagedIndex
from rag_app.index.folder import REBUILD

_IDLE_CONNECTIONS = 8
_MAPPED_BYTES = 1 << 28


class Connections:
    """Opened when they are needed, kept for the next reader. Safe between threads.

    A `mapped` file is read from memory, which saves a twentieth of a search, but one that is cut short while it is open ends the
    process: only for a file that nobody else knows.
    """

    def __init__(self, path: Path, *, mapped: bool = False) -> None:
        self._path = path.absolute()
        self._mapped_bytes = _MAPPED_BYTES if mapped else 0
        self._idle: deque[sqlite3.Connection] = (
            deque()
        )  # its ends are atomic; a queue's locks cost more than the reading
        self._closed = False

    def close(self) -> None:
        """Close every idle connection; one in use is closed by its reader."""
        self._closed = True
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for as long as the block lasts.

        Raises:
            DamagedIndex: the file turns out not to be a sound database.
        """
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            raise DamagedIndex(f"the catalog {self._path} cannot be read ({error}); {REBUILD}") from error
        finally:
            if self._closed or len(self._idle) >= _IDLE_CONNECTIONS:
                connection.close()
            else:
                self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        try:
            address = f"{self._path.as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
            connection.execute(f"PRAGMA mmap_size={self._mapped_bytes}")
            return connection
        except sqlite3.Error as error:
            raise DamagedIndex(f"the catalog {self._path} cannot be opened ({error}); {REBUILD}") from error
