"""What the walk passes over: machine folders, lock and temporary files, secrets, and what `.seodangignore` names."""

import re
from collections.abc import Sequence
from fnmatch import translate
from pathlib import Path

from pathspec import GitIgnoreSpec

IGNORE_FILE = ".seodangignore"
MAX_IGNORE_BYTES = 256 * 1024


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)))


_FOLDERS = frozenset(("node_modules", "__pycache__", "$recycle.bin", "system volume information"))
_SECRETS = _any_of(
    ".env*",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.kdbx",
    "secrets.toml",
    ".netrc",
    ".pgpass",
    ".htpasswd",
)
_LEFTOVERS = _any_of("~$*", "._*", ".~lock.*", "thumbs.db", "desktop.ini", "*~", "*.tmp", "*.swp", "*.bak", "*.part")


def is_secret(file_name: str) -> bool:
    """Whether a file of this name holds keys or passwords; such a file is never ingested, also when it is named."""
    return _SECRETS.match(file_name.casefold()) is not None


def is_ignored_file(file_name: str) -> bool:
    """Whether a file of this name is passed over in a walk: hidden, a secret, a lock or a temporary file."""
    return file_name.startswith(".") or is_secret(file_name) or _LEFTOVERS.match(file_name.casefold()) is not None


def is_ignored_folder(folder_name: str) -> bool:
    """Whether a folder of this name is not entered: hidden or made by a machine."""
    return folder_name.startswith(".") or folder_name.casefold() in _FOLDERS


def read_rules(folder: Path) -> GitIgnoreSpec | None:
    """The rules of the folder's `.seodangignore`, in gitignore syntax; None when there is no such file to read."""
    path = folder / IGNORE_FILE
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            lines = file.read(MAX_IGNORE_BYTES).decode("utf-8-sig", "replace").splitlines()
    except OSError:
        return None
    return GitIgnoreSpec.from_lines(line for line in lines if _is_valid(line))


def is_ruled_out(steps: Sequence[str], rules: Sequence[tuple[int, GitIgnoreSpec]], *, folder: bool) -> bool:
    """Whether rules rule out the path of these steps below the root; each rule set stands at a depth of the same path.

    The innermost rule set that says anything decides, as in git.
    """
    for depth, spec in reversed(rules):
        verdict = spec.check_file("/".join(steps[depth:]) + ("/" if folder else "")).include
        if verdict is not None:
            return verdict
    return False


def _is_valid(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
