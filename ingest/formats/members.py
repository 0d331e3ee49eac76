"""Documents inside a document: members of an archive, attachments of a mail; names are words here, never paths."""

import re
from collections.abc import Callable

from ingest.formats.composer import Composer
from ingest.formats.packages import MIB
from ingest.ignore import is_ignored_file, is_ignored_folder
from rag_app.cleaning import normalise_name, printable
from rag_app.errors import EmptySource, NeedsOcr, SourceError
from rag_app.schema import Reading, SourceText

MAX_DOCUMENTS = 500
MAX_MEMBER_BYTES = 64 * MIB
MAX_NESTING = 2

_MAX_NAME_CHARS = 200
_MAX_WARNINGS = 20
_OF_MACOS = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|\._)")

ReadMember = Callable[[str, bytes, int], SourceText | None]
"""Name, bytes and depth to a source text; None when the name belongs to no document."""


class Members:
    """Puts documents into a composer, each as a section under its name, and counts what became of them."""

    def __init__(self, composer: Composer, read_member: ReadMember, *, level: int, depth: int) -> None:
        """`level` is that of the heading of each document, `depth` how deep the document around them is nested itself."""
        self._composer = composer
        self._read_member = read_member
        self._level = level
        self._depth = depth
        self._ignored = 0
        self._warnings: list[str] = []
        self.read = self.empty = self.failed = self.ocr = self.unread = 0

    @property
    def is_full(self) -> bool:
        """Whether no more documents are taken."""
        return self.read >= MAX_DOCUMENTS

    def add(self, name: str, unpacked: Callable[[], bytes]) -> bool:
        """Read one document of this name; whether it is one at all. What goes wrong becomes a warning.

        What a walk over a folder passes over is left out and counted, but for what macOS adds to every archive.
        """
        if _OF_MACOS.search(name):
            return False
        *folders, file = name.split("/")
        if is_ignored_file(file) or any(map(is_ignored_folder, folders)):
            self._ignored += 1
            return False
        try:
            source = self._read_member(name, unpacked(), self._depth + 1)
        except EmptySource as error:
            self.unread += isinstance(error, NeedsOcr)
            self.empty += 1
            return True
        except SourceError as error:
            self._fail(name, str(error))
            return True
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a parser does, the documents beside it are read
            self._fail(
                name, f"its reader stopped with {type(error).__name__}; open it in its program and save it again"
            )
            return True
        if source is None:
            return False
        if not source.text.strip():
            self.empty += 1
            return True
        self.read += 1
        self.ocr += source.reading.ocr
        self.unread += source.reading.unread
        shown = name[-_MAX_NAME_CHARS:]
        self._composer.place(" ".join((shown, *(mark.locator for mark in source.marks[:1] if mark.start == 0))))
        self._composer.heading(self._level, shown, opens_document=True)
        self._composer.markdown(source.text, source.outline, source.marks, deeper=self._level, within=shown)
        self._warnings += [f"{shown}: {warning}" for warning in source.warnings]
        return True

    def warnings(self) -> list[str]:
        """What was odd, in order; the rest of many is only counted."""
        said = self._warnings[:_MAX_WARNINGS]
        if len(self._warnings) > _MAX_WARNINGS:
            said.append(f"and {len(self._warnings) - _MAX_WARNINGS} more remarks")
        if self._ignored:
            said.append(
                f"{self._ignored} file(s) in it were left out, as in a folder: hidden, keys and passwords, "
                "lock and temporary files, node_modules"
            )
        return said

    def reading(self, *, parts: int = 0) -> Reading:
        """How much was read of the documents, and of `parts` more that hold them."""
        return Reading(parts + self.read + self.empty + self.failed, self.empty, self.ocr, self.unread)

    def _fail(self, name: str, reason: str) -> None:
        self.failed += 1
        self._warnings.append(f"{name[-_MAX_NAME_CHARS:]}: {reason}")


def shown_name(raw: str) -> str:
    """A name as it is shown: forward slashes, no way up; empty when nothing is left of it."""
    return "/".join(step for step in printable(normalise_name(raw)).split("/") if step not in ("", ".."))
