"""Folders and sources by key: opaque, free of absolute paths, the same in every run."""

import hashlib
import os
from collections.abc import Collection
from pathlib import Path

from rag_app.cleaning import normalise_name


def root_key(folder: Path, data_dir: Path) -> str:
    """The key of an ingested folder: a hash of the way to it from where the data folder lies (16 hex digits).

    A project that is moved or copied together with its data folder keeps its keys.
    """
    real = os.path.realpath(folder)
    try:
        way = os.path.relpath(real, os.path.dirname(os.path.realpath(data_dir)))
    except ValueError:  # another drive: there is no way between them
        way = real
    return _hash("root", Path(way).as_posix())[:16]


def root_label(folder: Path) -> str:
    """The last part of the folder's path, as the page shows it."""
    return source_name(os.path.basename(os.path.realpath(folder))) or "/"


def source_name(path: str) -> str:
    """The name of a source from its relative path as the system gives it: read as UTF-8 in every locale, composed."""
    return normalise_name(as_utf8(path))


def as_utf8(path: str) -> str:
    """A path or file name as UTF-8 text, also where the locale made Python read its bytes as ASCII."""
    try:
        return os.fsencode(path).decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # the text never came from the file system
        return path


def source_id(collection: str, root: str, name: str) -> str:
    """The identity of a source: a hash of collection, root key and name (32 hex digits)."""
    return _hash(collection, root, name)[:32]


def known_root_above(file: Path, data_dir: Path, known: Collection[str]) -> Path | None:
    """The nearest folder above a file whose key is known; None when no folder above it was ever ingested."""
    real = Path(os.path.realpath(file))
    return next((folder for folder in real.parents if root_key(folder, data_dir) in known), None)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
