"""The store of generations: which is live, open it, build the next one and publish it, roll back, prune, sweep.

    index/
      CURRENT                 names the live generation; replaced by one atomic rename, last
      LOCK                    the writer's lock
      PROVED.json             how the files of the live generation looked when they were last read through
      gen-000042/             never changes once it is published
        catalog.sqlite  chroma/  lexical/  SEAL.json
      building-*/             a run under way, or what a killed one left
      readers/                private folders of open readers

A crash anywhere leaves the live generation answering and at most some garbage for `sweep`.
"""

import contextlib
import itertools
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from rag_app.errors import DamagedIndex, IndexFault, IndexLocked, NoIndex
from rag_app.index.base import Base as Base
from rag_app.index.base import copy_base, find_base, makes_anew
from rag_app.index.building import Building
from rag_app.index.change import BuildCounts as BuildCounts
from rag_app.index.change import Change as Change
from rag_app.index.change import Embed, Progress
from rag_app.index.change import SourceContent as SourceContent
from rag_app.index.folder import (
    BUILDING,
    generation_numbers,
    name_of,
    read_current,
    remove_tree,
    storage_faults,
    write_current,
)
from rag_app.index.lexical import TermsLike
from rag_app.index.lock import held_lock
from rag_app.index.publishing import clear_leftovers, publish
from rag_app.index.seal import damaged_files, read_seal
from rag_app.index.snapshot import Snapshot, open_snapshot, sweep_desks
from rag_app.receipts import Receipt
from rag_app.schema import Stamp

_LOG = logging.getLogger(__name__)


class Store:
    """The index `folder` of one installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._is_locked = False

    def current(self) -> int | None:
        """The number of the live generation; None when nothing was ingested yet.

        Raises:
            DamagedIndex: CURRENT is missing although generations exist, or cannot be read.
        """
        return read_current(self.folder)

    def generations(self) -> tuple[int, ...]:
        """The published generations, oldest first."""
        return generation_numbers(self.folder)

    @contextlib.contextmanager
    def lock(self, *, wait_s: float = 0.0) -> Iterator[None]:
        """Be the only writer, across processes; waits at most `wait_s` seconds.

        Raises:
            IndexLocked: another run holds the lock; the message names its process.
            StorageFault: the folder cannot be written.
        """
        with held_lock(self.folder, wait_s=wait_s):
            self._is_locked = True
            try:
                yield
            finally:
                self._is_locked = False

    def open_current(self, stamp: Stamp | None = None) -> Snapshot:
        """The live generation, open for reading; with `stamp`, only if questions made that way fit it.

        Raises:
            NoIndex: nothing was ingested yet.
            DamagedIndex, StampMismatch, StorageFault: see `open_snapshot`.
        """
        for _ in range(3):  # a generation may be pruned between the look at CURRENT and the opening
            number = self.current()
            if number is None:
                raise NoIndex(f"there is no index in {self.folder} yet; run `python -m ingest PATH` first")
            try:
                return self.open(number, stamp)
            except DamagedIndex:
                if self.current() == number:
                    raise
        raise DamagedIndex(f"the index in {self.folder} changes faster than it can be opened; try again")

    def open(self, number: int, stamp: Stamp | None = None) -> Snapshot:
        """One published generation, open for reading; raises as `open_current` does."""
        return open_snapshot(self.folder, self.folder / name_of(number), stamp)

    def base(self) -> Base | None:
        """The generation that the next build starts from, checked file by file; None when it starts from nothing.

        Files that were proved whole and not written since are not read again (see `proof`).
        """
        try:
            live = self.current()
        except DamagedIndex as error:
            _LOG.warning("%s", error)
            live = None
        return find_base(self.folder, live, self.generations(), is_writer=self._is_locked)

    def build(
        self,
        change: Change,
        *,
        stamp: Stamp,
        embed: Embed,
        terms: TermsLike,
        receipt: Callable[[BuildCounts], Receipt],
        on_progress: Progress | None = None,
        sparing: bool = False,
    ) -> BuildCounts:
        """Make and publish the next generation: the base with the change applied. The caller holds `lock`.

        A change that changes nothing publishes nothing. Damaged engines are filled again from the catalog; another
        embedder or other term rules in `stamp` make every vector and term anew, whatever the change. `sparing` takes less
        memory and more time, which a large change is worth.

        Raises:
            IndexLocked: the caller does not hold the lock.
            EmbeddingFault: the embedder gave an unusable vector; the message names the chunk.
            StorageFault: the disk is full or read-only. In every case the live generation stays as it was.
        """
        if not self._is_locked:
            raise IndexLocked(f"building in {self.folder} needs the writer's lock; call it inside `with store.lock():`")
        self.sweep()
        base = self.base()
        contents = iter(change.written)
        first = next(contents, None)
        is_whole = base is not None and base.is_live and not base.broken and not makes_anew(base.stamp, stamp)
        if base is not None and is_whole and first is None and not self._holds_any(base, change.removed):
            return self._unchanged(base)
        written = contents if first is None else itertools.chain([first], contents)
        begin = partial(Building, stamp=stamp, embed=embed, terms=terms, progress=on_progress, sparing=sparing)
        target = self.folder / f"{BUILDING}{os.getpid()}-{secrets.token_hex(4)}"
        try:
            with storage_faults(self.folder):
                return self._build(Change(written, change.removed), base, target, stamp, receipt, begin)
        finally:
            if target.exists():
                remove_tree(target)

    def roll_back(self, number: int) -> None:
        """Make an earlier (or later) generation the live one; open readers follow. The caller holds `lock`.

        Raises:
            IndexFault: there is no such generation. DamagedIndex: it is not whole.
        """
        if not self._is_locked:
            raise IndexLocked(f"rolling back in {self.folder} needs the writer's lock")
        if number not in self.generations():
            known = ", ".join(map(str, self.generations())) or "none"
            raise IndexFault(f"there is no generation {number}; there are: {known}")
        folder = self.folder / name_of(number)
        wrong = damaged_files(folder, read_seal(folder))
        if wrong:
            raise DamagedIndex(f"generation {number} is damaged ({wrong[0]}); roll back to another one")
        with storage_faults(self.folder):
            write_current(self.folder, number)

    def prune(self, keep: int) -> tuple[int, ...]:
        """Remove all but the newest `keep` generations and the live one; the numbers removed. The caller holds `lock`."""
        if not self._is_locked:
            raise IndexLocked(f"pruning in {self.folder} needs the writer's lock")
        kept = {*self.generations()[-max(keep, 1) :], self.current()}
        gone = tuple(number for number in self.generations() if number not in kept)
        for number in gone:
            remove_tree(self.folder / name_of(number))
        return gone

    def sweep(self) -> int:
        """Remove what killed runs and readers left behind, never anything in use; how many folders that were."""
        swept = sweep_desks(self.folder)
        with contextlib.ExitStack() as stack:
            if not self._is_locked:
                try:
                    stack.enter_context(held_lock(self.folder))
                except IndexFault:
                    return swept  # a run is under way, or nothing can be removed here
            swept += clear_leftovers(self.folder)
        return swept

    def _build(
        self,
        change: Change,
        base: Base | None,
        target: Path,
        stamp: Stamp,
        receipt: Callable[[BuildCounts], Receipt],
        begin: Callable[[Path], Building],
    ) -> BuildCounts:
        start = time.perf_counter()
        copy_base(base, target)
        copy_ms = 1000 * (time.perf_counter() - start)
        broken = frozenset() if base is None else base.broken
        building = begin(target)
        try:
            building.timings_ms["copy"] = copy_ms
            applied = building.apply(change, None if base is None else base.stamp, broken)
            if base is not None and base.is_live and not applied.is_different:
                return self._unchanged(base)
            number = max((*self.generations(), 0)) + 1
            counts = building.counts(number, applied)
            building.draft.finish(stamp, receipt(counts), tombstones=applied.tombstones)
        finally:
            building.close()
        start = time.perf_counter()
        publish(self.folder, target, number, stamp)
        sealed = {"seal": 1000 * (time.perf_counter() - start)}
        _LOG.info("generation %d published: %d sources, %d chunks", number, counts.sources, counts.chunks)
        return replace(counts, timings_ms={**counts.timings_ms, **sealed})

    def _unchanged(self, base: Base) -> BuildCounts:
        with contextlib.closing(base.open_catalog()) as catalog:
            sources, chunks = catalog.counts()
        return BuildCounts(base.number, 0, 0, 0, sources, chunks, published=False)

    def _holds_any(self, base: Base, source_ids: Sequence[str]) -> bool:
        with contextlib.closing(base.open_catalog()) as catalog:
            return bool(catalog.sources_by_id(source_ids))
