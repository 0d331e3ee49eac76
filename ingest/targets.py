"""What a command's paths stand for: folders and files with their roots, the files in them, and what the run owns."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.content import Place
from ingest.formats.registry import check_readable
from ingest.ignore import is_secret
from ingest.roots import as_utf8, known_root_above, root_key, root_label, source_id, source_name
from ingest.scan import FoundFile, scan_folder
from rag_app.cleaning import printable
from rag_app.errors import UnsupportedSource, UsageError
from rag_app.receipts import Failure
from rag_app.schema import Source


@dataclass(frozen=True, slots=True)
class Target:
    """One path of the command: the sources it owns, the files that are there, and what could not be reached.

    `owned` are sources of the index; `files` maps the place of each document found to its file.
    """

    label: str
    owned: tuple[Source, ...]
    files: Mapping[Place, FoundFile]
    failures: tuple[Failure, ...] = ()
    unreached: tuple[str, ...] = ()


def find_targets(
    paths: Sequence[Path], sources: Sequence[Source], *, collection: str, data_dir: Path, allow_shrink: bool
) -> tuple[Target, ...]:
    """The targets of a command, folders first. `sources` are those of the collection in the index.

    Raises:
        UsageError: paths do not exist or are neither file nor folder; the message names every one of them.
    """
    problems: list[str] = []
    folders: list[Path] = []
    files: list[Path] = []
    gone: list[Path] = []
    for path in dict.fromkeys(paths):
        match _kind(path):
            case "folder":
                folders.append(path)
            case "file":
                files.append(path)
            case "nothing":
                gone.append(path)
            case problem:
                problems.append(f"{_shown(path)} {problem}")
    by_root = {root_key(folder, data_dir): folder for folder in folders}
    targets = [_folder(folder, key, sources, collection, data_dir) for key, folder in by_root.items()]
    known = {source.root for source in sources} | set(by_root)
    targets += [_file(path, known, sources, collection, data_dir) for path in files]
    for path in gone:
        owned = tuple(_owned_by_gone(path, known, sources, data_dir))
        if owned and allow_shrink:
            targets.append(Target(_shown(path), owned, {}))
        else:
            problems.append(f"{_shown(path)} {_missing(owned)}")
    if problems:
        raise UsageError("; ".join(problems))
    return tuple(targets)


def _folder(folder: Path, key: str, sources: Sequence[Source], collection: str, data_dir: Path) -> Target:
    without = [data_dir / "index"] if _is_same(folder, data_dir) else [data_dir]
    scan = scan_folder(folder, without=without)
    label = root_label(folder)
    places = {Place(source_id(collection, key, f.name), collection, key, label, f.name): f for f in scan.files}
    owned = tuple(source for source in sources if source.root == key)
    return Target(label, owned, places, scan.failures, scan.unreached)


def _file(path: Path, known: set[str], sources: Sequence[Source], collection: str, data_dir: Path) -> Target:
    real = Path(os.path.realpath(path))
    root = known_root_above(real, data_dir, known) or real.parent
    key, name = root_key(root, data_dir), source_name(real.relative_to(root).as_posix())
    place = Place(source_id(collection, key, name), collection, key, root_label(root), name)
    owned = tuple(source for source in sources if source.id == place.id)
    try:
        if is_secret(real.name) or is_secret(path.name):
            raise UnsupportedSource("by its name it holds keys or passwords; such files are never ingested")
        check_readable(name)
    except UnsupportedSource as error:
        return Target(name, (), {}, (Failure(name, str(error)),))
    return Target(name, owned, {place: FoundFile(real, name)})


def _owned_by_gone(path: Path, known: set[str], sources: Sequence[Source], data_dir: Path) -> Iterator[Source]:
    """The sources of a path that is no longer there: of a folder that was ingested, or one file of such a folder."""
    key = root_key(path, data_dir)
    root = known_root_above(path, data_dir, known)
    name = source_name(Path(os.path.realpath(path)).relative_to(root).as_posix()) if root is not None else None
    for source in sources:
        if source.root == key or (root is not None and source.root == root_key(root, data_dir) and source.name == name):
            yield source


def _missing(owned: Sequence[Source]) -> str:
    if owned:
        return f"does not exist any more; add --allow-shrink to remove its {len(owned)} document(s) from the index"
    return "does not exist; name a file or a folder with documents"


def _kind(path: Path) -> str:
    """ "folder", "file", "nothing", or what is wrong with the path."""
    if str(path).startswith(("\\\\", "//")):
        return "is a network (UNC) path and is refused; name a local file or folder"
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "nothing"
    except (OSError, ValueError) as error:
        return f"cannot be opened ({getattr(error, 'strerror', None) or error})"
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "is neither a file nor a folder"


def _is_same(a: Path, b: Path) -> bool:
    try:
        return a.samefile(b)
    except OSError:
        return False


def _shown(path: Path) -> str:
    return printable(as_utf8(str(path)))[:300]
