"""From a path to a source text: the one place that opens documents, with limits and a second look at moving files."""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ingest.formats.registry import Format, format_of, misnamed
from ingest.sandbox import Sandbox
from ingest.suspicion import garbled, orders_to_a_model
from rag_app.errors import EmptySource, NeedsOcr, SourceError, SourceTooLarge, UnreadableSource
from rag_app.schema import Reading, SourceText

MIB: Final = 1024 * 1024
_BLOCK_BYTES = 1024 * 1024
_ATTEMPTS = 2
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True, slots=True)
class ReadSource:
    """A source text and the SHA-256 of the very bytes it was made from; the text is empty when there is nothing to read.

    `reason` then says why, and `needs_ocr` that tesseract would find more.
    """

    digest: str
    source: SourceText
    reason: str = ""
    needs_ocr: bool = False


def read_source(path: Path, name: str, *, max_file_mb: int, sandbox: Sandbox | None = None) -> ReadSource:
    """The clean text of a file, its outline, and warnings about what is odd in it.

    All formats but plain text and Markdown are parsed in `sandbox`, or in one of their own without it.

    Raises:
        UnreadableSource: it cannot be opened, is no regular file, changes while it is read, twice, or no parser copes with it.
        SourceTooLarge: it is larger than RAG_MAX_FILE_MB.
        UnsupportedSource: by content or name no reader takes it.
        UndecodableSource: its bytes are no text.
    """
    data = _whole(path, max_file_mb)
    digest = hashlib.sha256(data).hexdigest()
    if not data:
        return _nothing(digest, "", EmptySource("the file is empty (0 bytes)"))
    found = format_of(name, data)
    try:
        source = _parsed(found, data, sandbox)
    except EmptySource as nothing:
        return _nothing(digest, found.name, nothing)
    if not source.text.strip():
        return _nothing(digest, found.name, EmptySource("the file holds no text"))
    warnings = (*misnamed(name, found), *source.warnings, *orders_to_a_model(source.text), *garbled(source.text))
    return ReadSource(digest, replace(source, warnings=warnings))


def digest_of(path: Path, *, max_file_mb: int) -> str:
    """SHA-256 of a file's bytes, read in blocks.

    Raises:
        UnreadableSource: it cannot be opened or is no regular file.
        SourceTooLarge: it is larger than RAG_MAX_FILE_MB.
    """
    try:
        with _opened(path, max_file_mb) as descriptor:
            digest = hashlib.sha256()
            while block := os.read(descriptor, _BLOCK_BYTES):
                digest.update(block)
            return digest.hexdigest()
    except OSError as error:
        raise UnreadableSource(_cannot_read(error)) from error


def _nothing(digest: str, format_name: str, why: EmptySource) -> ReadSource:
    """A file without text."""
    missing = isinstance(why, NeedsOcr)
    reading = Reading(parts=1, empty=1, unread=int(missing))
    source = SourceText(title="", text="", outline=(), format=format_name, encoding="", reading=reading)
    return ReadSource(digest, source, str(why), missing)


def _parsed(found: Format, data: bytes, sandbox: Sandbox | None) -> SourceText:
    if found.in_process:
        return found.read(data)
    if sandbox is None:
        with Sandbox() as own:
            return _parsed(found, data, own)
    try:
        return sandbox.read(found.name, data)
    except (UnreadableSource, SourceTooLarge) as error:
        if not found.alone:
            raise
        with contextlib.suppress(SourceError):
            alone = sandbox.read(found.alone, data)
            left_out = f"its attachments are left out, since reading one of them failed; save them as files ({error})"
            return replace(alone, warnings=(*alone.warnings, left_out))
        raise


def _whole(path: Path, max_file_mb: int) -> bytes:
    """The bytes of one state of the file: when it changes under the reading, it is read once more."""
    try:
        for _ in range(_ATTEMPTS):
            with _opened(path, max_file_mb) as descriptor:
                before = os.fstat(descriptor)
                data = _drained(descriptor, max_file_mb)
                after = os.fstat(descriptor)
            if _state(before) == _state(after) and len(data) == after.st_size:
                return data
    except OSError as error:
        raise UnreadableSource(_cannot_read(error)) from error
    raise UnreadableSource("the file keeps changing while it is read; run again when it is written")


@contextlib.contextmanager
def _opened(path: Path, max_file_mb: int) -> Iterator[int]:
    """A descriptor of a regular file that is not too large; a pipe or a device is never waited for, a link never followed.

    The path comes from a walk, which takes no links, or was resolved: what is a link now took the place of a document since.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSource("it is no regular file")
        _check_size(status.st_size, max_file_mb)
        yield descriptor
    finally:
        os.close(descriptor)


def _drained(descriptor: int, max_file_mb: int) -> bytes:
    blocks: list[bytes] = []
    size = 0
    while block := os.read(descriptor, _BLOCK_BYTES):
        blocks.append(block)
        size += len(block)
        _check_size(size, max_file_mb)
    return b"".join(blocks)


def _check_size(size: int, max_file_mb: int) -> None:
    if size > max_file_mb * MIB:
        raise SourceTooLarge(
            f"the file has {size / MIB:.1f} MiB, the limit is {max_file_mb}; split it or raise RAG_MAX_FILE_MB"
        )


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino


def _cannot_read(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "it is a symbolic link by now; links are not followed"
    reasons = {
        FileNotFoundError: "the file vanished while the folder was read",
        PermissionError: "there is no permission to read it",
        IsADirectoryError: "it is a folder, not a file",
    }
    return reasons.get(type(error)) or f"the file cannot be read ({error.strerror or type(error).__name__})"
