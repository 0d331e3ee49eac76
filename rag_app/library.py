"""What stands in the live index, for pages and lists: sources, counts, texts. Opens catalogs only, never an engine.

Follows CURRENT: a generation published meanwhile is seen by the next call.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag_app.errors import NoIndex
from rag_app.index.catalog import Catalog
from rag_app.index.folder import CATALOG, name_of, read_current
from rag_app.receipts import FileReport
from rag_app.schema import Heading, Source


@dataclass(frozen=True, slots=True)
class Shelf:
    """The contents of one generation; `collections` gives each collection its number of sources, `empty` are the files that
    hold nothing to read."""

    generation: int
    sources: tuple[Source, ...]
    passages: int
    collections: Mapping[str, int]
    empty: tuple[Source, ...] = ()

    def find(self, name: str) -> Source | None:
        """The first source whose path ends with `name`."""
        return next(
            (source for source in self.sources if source.name == name or source.name.endswith("/" + name)), None
        )


class Library:
    """The live index as a reader sees it; safe to share between threads."""

    def __init__(self, index_dir: Path) -> None:
        self._folder = index_dir
        self._lock = threading.Lock()
        self._number = 0
        self._catalog: Catalog | None = None
        self._shelf: Shelf | None = None

    def shelf(self) -> Shelf:
        """The sources of the live generation.

        Raises:
            NoIndex: nothing was ingested yet.
            DamagedIndex: the pointer or the catalog cannot be read.
        """
        with self._lock:
            catalog = self._live()
            if self._shelf is None:
                sources = catalog.sources()
                counts = {name: catalog.counts(name)[0] for name in catalog.collections()}
                self._shelf = Shelf(self._number, sources, catalog.counts()[1], counts, catalog.empty_sources())
            return self._shelf

    def text_of(self, source_id: str) -> str:
        """The clean text of a source; empty when the live generation does not hold it."""
        with self._lock:
            return self._live().text_of(source_id)

    def outline_of(self, source_id: str) -> tuple[Heading, ...]:
        """The headings of a source, in order."""
        with self._lock:
            return self._live().outline_of(source_id)

    def report_of(self, source_id: str) -> FileReport | None:
        """How the file of a source was read the last time; None when that is not known."""
        with self._lock:
            return self._live().report_of(source_id)

    def close(self) -> None:
        """Let go of the catalog."""
        with self._lock:
            if self._catalog is not None:
                self._catalog.close()
            self._catalog, self._shelf, self._number = None, None, 0

    def _live(self) -> Catalog:
        number = read_current(self._folder)
        if number is None:
            raise NoIndex("No documents were ingested yet; run `make run`, or `python -m ingest PATH`")
        if self._catalog is None or number != self._number:
            fresh = Catalog(self._folder / name_of(number) / CATALOG)
            if self._catalog is not None:
                self._catalog.close()
            self._catalog, self._shelf, self._number = fresh, None, number
        return self._catalog
