"""The walk over a folder: which files are documents, and what each is called."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from ingest.formats.registry import is_document
from ingest.ignore import is_ignored_file, is_ignored_folder, is_ruled_out, read_rules
from ingest.roots import as_utf8
from rag_app.cleaning import normalise_name
from rag_app.receipts import Failure

MAX_DEPTH = 100

Rules = tuple[tuple[int, GitIgnoreSpec], ...]


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A document in a walk: its path, its name (see `schema.Source.name`), and what is odd about the name."""

    path: Path
    name: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """What a walk found, by name. `unreached` are the names of folders that could not be entered, each with a failure."""

    files: tuple[FoundFile, ...]
    failures: tuple[Failure, ...] = ()
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Folder:
    path: Path
    steps: tuple[str, ...]
    rules: Rules


def scan_folder(root: Path, *, without: Sequence[Path] = ()) -> Scan:
    """The documents below a folder, also those whose format is not read (reading them says so).

    Symbolic links are not followed: what they point to inside the folder is found where it stands. Pipes, sockets and devices
    are never opened. `without` names folders that are not entered: the product's own data.
    """
    barred = {identity for path in without if (identity := _identity(path)) is not None}
    found: list[tuple[str, Path]] = []
    failures: list[Failure] = []
    unreached: list[str] = []
    open_folders = [_Folder(root, (), ())]
    while open_folders:
        folder = open_folders.pop()
        try:
            entries = sorted(os.scandir(folder.path), key=lambda entry: entry.name)
        except OSError as error:
            name = _name(folder.steps)
            reason = f"the folder cannot be read ({error.strerror}); its documents are kept as they were"
            failures.append(Failure(name, reason))
            unreached.append(name)
            continue
        own = read_rules(folder.path)
        rules = folder.rules if own is None else (*folder.rules, (len(folder.steps), own))
        for entry in entries:
            steps = (*folder.steps, as_utf8(entry.name))
            match _kind(entry):
                case "folder" if _is_entered(steps, rules) and _identity(Path(entry.path)) not in barred:
                    if len(steps) <= MAX_DEPTH:
                        open_folders.append(_Folder(Path(entry.path), steps, rules))
                    else:
                        reason = (
                            f"folders are read {MAX_DEPTH} deep; move this one up, its documents are kept as they were"
                        )
                        failures.append(Failure(_name(steps), reason))
                        unreached.append(_name(steps))
                case "file" if _is_wanted(steps, rules):
                    found.append(("/".join(steps), Path(entry.path)))
                case "unreachable":
                    failures.append(
                        Failure(_name(steps), "it cannot be reached, perhaps its path is too long; move it up")
                    )
                    unreached.append(_name(steps))
                case _:
                    pass
    return Scan(tuple(sorted(_named(found), key=lambda file: file.name)), tuple(failures), tuple(unreached))


def _is_entered(steps: Sequence[str], rules: Rules) -> bool:
    return not is_ignored_folder(steps[-1]) and not is_ruled_out(steps, rules, folder=True)


def _is_wanted(steps: Sequence[str], rules: Rules) -> bool:
    return is_document(steps[-1]) and not is_ignored_file(steps[-1]) and not is_ruled_out(steps, rules, folder=False)


def _named(found: Sequence[tuple[str, Path]]) -> Iterator[FoundFile]:
    """Each file with a name of its own: of two that differ only in composition, the composed one keeps the plain name."""
    taken: set[str] = set()
    for raw, path in sorted(found, key=lambda item: (item[0] != normalise_name(item[0]), item[0])):
        plain = name = normalise_name(raw)
        copy = 2
        while name in taken:
            stem, dot, suffix = plain.rpartition(".")
            name = f"{stem}~{copy}{dot}{suffix}"
            copy += 1
        taken.add(name)
        note = f"another file in the folder has the same name ({plain}), written in other code points; this one is listed as {name}"
        yield FoundFile(path, name, (note,) if name != plain else ())


def _kind(entry: os.DirEntry[str]) -> str:
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except FileNotFoundError:
        return "vanished"
    except OSError:
        return "unreachable"
    return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "other"


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _name(steps: Sequence[str]) -> str:
    return normalise_name("/".join(steps)) or "."
