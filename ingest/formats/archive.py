"""ZIP archives: every document inside as a section of its own, at "name p. 3"; names are words here, never paths."""

from collections.abc import Callable
from zipfile import ZipInfo

from ingest.formats.composer import Composer
from ingest.formats.ocr import not_installed
from ingest.formats.packages import MIB, member_name, open_package, read_member
from rag_app.cleaning import normalise_name, printable
from rag_app.errors import EmptySource, NeedsOcr, SourceError, UnreadableSource
from rag_app.schema import Reading, SourceText

MAX_DOCUMENTS = 500
MAX_MEMBER_BYTES = 64 * MIB
MAX_NESTING = 2

ReadMember = Callable[[str, bytes, int], SourceText | None]
"""Name, bytes and depth to a source text; None when the name belongs to no document."""


def read_archive(data: bytes, read_member_text: ReadMember, depth: int = 0) -> SourceText:
    """The documents in the order of their names, each under a heading with its name.

    Members that cannot be read are named in the warnings. Archives in archives are read one level deep.

    Raises:
        EmptySource: there is no document in it, or none with text; NeedsOcr where all text is in pictures.
        UnreadableSource: it is damaged or locked, or none of its documents can be read.
        SourceTooLarge: it unpacks to more than the limits.
    """
    if depth >= MAX_NESTING:
        raise UnreadableSource("archives are nested too deeply")
    package = open_package(data)
    members = sorted((name, member) for member in package.infolist() if (name := _wanted(member)))
    composer = Composer()
    warnings: list[str] = []
    read = empty = ocr = unread = failed = 0
    for name, member in members:
        if read >= MAX_DOCUMENTS:
            warnings.append(f"only the first {MAX_DOCUMENTS} documents of the archive were read; unpack it")
            break
        try:
            source = read_member_text(name, read_member(package, member, max_bytes=MAX_MEMBER_BYTES), depth + 1)
        except EmptySource as error:
            unread += isinstance(error, NeedsOcr)
            empty += 1
            continue
        except SourceError as error:
            failed += 1
            warnings.append(f"{name}: {error}")
            continue
        if source is None:
            continue
        if not source.text.strip():
            empty += 1
            continue
        read += 1
        ocr += source.reading.ocr
        unread += source.reading.unread
        composer.place(name)
        composer.heading(1, name)
        composer.markdown(source.text, source.outline, source.marks, deeper=1, within=name)
        warnings += [f"{name}: {warning}" for warning in source.warnings]
    if not read:
        said = "; ".join(["the archive holds no document that can be read", *warnings[:5]])
        raise UnreadableSource(said) if failed else NeedsOcr(not_installed("pictures")) if unread else EmptySource(said)
    return composer.source(
        title="",
        format_name="archive",
        metadata={"documents": str(read)},
        warnings=_shortened(warnings),
        reading=Reading(read + empty + failed, empty, ocr, unread),
    )


def _wanted(member: ZipInfo) -> str:
    """The name to show; empty for folders, hidden files and what programs leave behind."""
    steps = [step for step in printable(normalise_name(member_name(member))).split("/") if step not in ("", "..")]
    hidden = any(step.startswith((".", "__MACOSX", "~$")) for step in steps)
    return "" if member.is_dir() or hidden else "/".join(steps)[-200:]


def _shortened(warnings: list[str]) -> list[str]:
    return warnings if len(warnings) <= 20 else [*warnings[:20], f"and {len(warnings) - 20} more remarks"]
