"""ZIP archives: every document inside as a section of its own, at "name p. 3"."""

from functools import partial

from ingest.formats.composer import Composer
from ingest.formats.members import MAX_DOCUMENTS, MAX_MEMBER_BYTES, MAX_NESTING, Members, ReadMember, shown_name
from ingest.formats.ocr import not_installed
from ingest.formats.packages import member_name, open_package, read_member
from rag_app.errors import EmptySource, NeedsOcr, UnreadableSource
from rag_app.schema import SourceText


def read_archive(data: bytes, read_member_text: ReadMember, depth: int = 0) -> SourceText:
    """The documents in the order of their names, each under a heading with its name.

    What a walk over a folder passes over (hidden files, keys, lock files, node_modules) is left out here too.
    Members that cannot be read are named in the warnings. Archives in archives are read one level deep.

    Raises:
        EmptySource: there is no document in it, or none with text; NeedsOcr where all text is in pictures.
        UnreadableSource: it is damaged or locked, or none of its documents can be read.
        SourceTooLarge: it unpacks to more than the limits.
    """
    if depth >= MAX_NESTING:
        raise UnreadableSource("archives are nested too deeply")
    package = open_package(data)
    files = [(shown_name(member_name(member)), member) for member in package.infolist() if not member.is_dir()]
    composer = Composer()
    members = Members(composer, read_member_text, level=1, depth=depth)
    full: list[str] = []
    for name, member in sorted(files, key=lambda file: file[0]):
        if members.is_full:
            full.append(f"only the first {MAX_DOCUMENTS} documents of the archive were read; unpack it")
            break
        members.add(name, partial(read_member, package, member, max_bytes=MAX_MEMBER_BYTES))
    warnings = [*full, *members.warnings()]
    if not members.read:
        said = "; ".join(["the archive holds no document that can be read", *warnings[:5]])
        if members.failed:
            raise UnreadableSource(said)
        raise NeedsOcr(not_installed("pictures")) if members.unread else EmptySource(said)
    return composer.source(
        title="",
        format_name="archive",
        metadata={"documents": str(members.read)},
        warnings=warnings,
        reading=members.reading(),
    )
