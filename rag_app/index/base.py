"""The generation that a build starts from: found, checked file by file, and copied."""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag_app.errors import DamagedIndex, IndexFault
from rag_app.index.catalog import Catalog
from rag_app.index.folder import CATALOG, CHROMA, LEXICAL, name_of
from rag_app.index.proof import is_proved, remember
from rag_app.index.seal import damaged_files, read_seal
from rag_app.index.snapshot import check_stamp
from rag_app.schema import Stamp

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Base:
    """The generation that a build starts from: the live one, or the newest whose catalog is whole.

    `broken` names its engines ("chroma", "lexical") that are damaged; a build fills them again from the catalog.
    """

    number: int
    stamp: Stamp
    folder: Path
    is_live: bool
    broken: frozenset[str]

    def open_catalog(self) -> Catalog:
        """The catalog that a change is planned against; close it before the generation can be pruned."""
        return Catalog(self.folder / CATALOG)


def find_base(index_folder: Path, live: int | None, generations: Sequence[int], *, is_writer: bool) -> Base | None:
    """The live generation, else the newest one whose catalog is whole; None when there is none.

    Only the writer notes what was proved whole.
    """
    for number in dict.fromkeys([*([] if live is None else [live]), *reversed(generations)]):
        folder = index_folder / name_of(number)
        try:
            seal = read_seal(folder)
        except DamagedIndex as error:
            _LOG.warning("%s", error)
            continue
        proved = is_proved(index_folder, folder, seal)
        wrong = () if proved else damaged_files(folder, seal)
        if not wrong and not proved and is_writer and number == live:
            remember(index_folder, folder, seal)
        if CATALOG in wrong:
            _LOG.warning("the catalog of generation %d is damaged; looking for an older one", number)
            continue
        broken = frozenset(name.split("/")[0] for name in wrong)
        return Base(number, seal.stamp, folder, number == live, broken)
    return None


def makes_anew(found: Stamp, wanted: Stamp) -> bool:
    """Whether every vector and term has to be made again, because another embedder or other term rules made them."""
    try:
        check_stamp(found, wanted)
    except IndexFault:
        return True
    return False


def copy_base(base: Base | None, target: Path) -> None:
    """The base's catalog and whole engines, file by file; never its seal."""
    target.mkdir()
    if base is None:
        return
    shutil.copyfile(base.folder / CATALOG, target / CATALOG)
    for engine in {CHROMA, LEXICAL} - base.broken:
        shutil.copytree(base.folder / engine, target / engine, copy_function=shutil.copyfile)
