"""ZIP archives: every document inside as a section of its own, at "name p. 3"; names are words here, never paths."""

from collections.abc import Callable
from zipfile import ZipInfo

from ingest.formats.composer import Composer
from ingest.formats.packages import MIB, member_name, open_package, read_member
from rag_app.cleaning import normalise_name, printable
from rag_app.errors import EmptySource, SourceError
from rag_app.schema import SourceText

MAX_DOCUMENTS = 500
MAX_MEMBER_BYTES = 64 * MIB
MAX_NESTING = 2

ReadMember = Callable[[str, bytes, int], SourceText | None]
"""Name, bytes and depth to a source text; None when the name belongs to no document."""


def read_archive(data: bytes, read_member_text: ReadMember, depth: int = 0) -> SourceText:
    """The documents in the order of their names, each under a heading with its name.

    Members that cannot be read are named in the warnings. Archives in archives are read one level deep.

    Raises:
        EmptySource: there is no document in it that can be read.
        UnreadableSource, SourceTooLarge: it is damaged, locked, or unpacks to more than the limits.
    """
    if depth >= MAX_NESTING:
        raise EmptySource("archives are nested too deeply")
    package = open_package(data)
    members = sorted((name, member) for member in package.infolist() if (name := _wanted(member)))
    composer = Composer()
    warnings: list[str] = []
    read = 0
    for name, member in members:
        if read >= MAX_DOCUMENTS:
            warnings.append(f"only the first {MAX_DOCUMENTS} documents of the archive were read; unpack it")
            break
        try:
            source = read_member_text(name, read_member(package, member, max_bytes=MAX_MEMBER_BYTES), depth + 1)
        except SourceError as error:
            warnings.append(f"{name}: {error}")
            continue
        if source is None or not source.text.strip():
            continue
        read += 1
        composer.place(name)
        composer.heading(1, name)
        composer.markdown(source.text, source.outline, source.marks, deeper=1, within=name)
        warnings += [f"{name}: {warning}" for warning in source.warnings]
    if not read:
        raise EmptySource("; ".join(["the archive holds no document that can be read", *warnings[:5]]))
    return composer.source(
        title="", format_name="archive", metadata={"documents": str(read)}, warnings=_shortened(warnings)
    )


def _wanted(member: ZipInfo) -> str:
    """The name to show; empty for folders, hidden files and what programs leave behind."""
    steps = [step for step in printable(normalise_name(member_name(member))).split("/") if step not in ("", "..")]
    hidden = any(step.startswith((".", "__MACOSX", "~$")) for step in steps)
    return "" if member.is_dir() or hidden else "/".join(steps)[-200:]


def _shortened(warnings: list[str]) -> list[str]:
    return warnings if len(warnings) <= 20 else [*warnings[:20], f"and {len(warnings) - 20} more remarks"]
