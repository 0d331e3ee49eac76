"""Members of a ZIP file, within limits; what Word, Excel, PowerPoint and HWPX files are made of."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from rag_app.errors import SourceTooLarge, UnreadableSource

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MIB = 1024 * 1024
MAX_MEMBERS = 10_000
MAX_TOTAL_BYTES = 512 * MIB
MAX_XML_BYTES = 128 * MIB
MAX_RATIO = 400
_SMALL_BYTES = 4 * MIB
_ENCRYPTED_FLAG = 0x1
_UTF8_FLAG = 0x800


def directory_of(data: bytes) -> bytes:
    """The list of members at the end of a ZIP file, as raw bytes: enough to see what kind of file it is."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    if at < 0 or at + 22 > len(data):
        return data[:4096]
    size, start = int.from_bytes(data[at + 12 : at + 16], "little"), int.from_bytes(data[at + 16 : at + 20], "little")
    return data[start : start + size] if start + size <= at else data[max(0, at - size) : at]


def open_package(data: bytes) -> zipfile.ZipFile:
    """The ZIP file, after a look at what it declares; nothing is unpacked yet.

    Raises:
        UnreadableSource: it is damaged, or locked with a password.
        SourceTooLarge: it would unpack to more than the limits, as bombs do.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OverflowError) as error:
        raise UnreadableSource(f"the file is damaged ({error}); save it again or get another copy") from error
    members = package.infolist()
    if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
        raise UnreadableSource("the file is locked with a password; save it without one")
    if len(members) > MAX_MEMBERS:
        raise SourceTooLarge(f"the file holds {len(members):,} members, the limit is {MAX_MEMBERS:,}")
    total = sum(member.file_size for member in members)
    if total > MAX_TOTAL_BYTES:
        raise SourceTooLarge(f"the file unpacks to {total // MIB:,} MiB, the limit is {MAX_TOTAL_BYTES // MIB}")
    for member in members:
        if member.file_size > max(_SMALL_BYTES, MAX_RATIO * member.compress_size):
            ratio = member.file_size // max(1, member.compress_size)
            raise SourceTooLarge(f"a member of the file unpacks to {ratio:,} times its size, the limit is {MAX_RATIO}")
    spans = sorted((member.header_offset, member.compress_size) for member in members)
    if any(start + size > following for (start, size), (following, _) in pairwise(spans)):
        raise UnreadableSource("members of the file overlap, as in a bomb; save it again")
    return package


def read_member(package: zipfile.ZipFile, member: str | zipfile.ZipInfo, *, max_bytes: int = MAX_XML_BYTES) -> bytes:
    """The bytes of one member; never more than `max_bytes`, whatever it declares.

    Raises:
        UnreadableSource: it is missing or damaged.
        SourceTooLarge: it is larger.
    """
    name = member if isinstance(member, str) else member.filename
    try:
        with package.open(member) as stream:
            data = stream.read(max_bytes + 1)
    except KeyError as error:
        raise UnreadableSource(f"the file is damaged (its part {name[:80]} is missing); save it again") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise UnreadableSource(
            f"the file is damaged (its part {name[:80]} cannot be unpacked); save it again"
        ) from error
    if len(data) > max_bytes:
        raise SourceTooLarge(f"the part {name[:80]} of the file is larger than {max_bytes // MIB} MiB")
    return data


def check_xml(package: zipfile.ZipFile, suffixes: Sequence[str] = (".xml", ".rels", ".hpf")) -> None:
    """Refuses XML that declares entities: no office program writes any, only attacks do.

    Raises:
        UnreadableSource: a part holds a document type declaration.
    """
    for member in package.infolist():
        if member.filename.lower().endswith(tuple(suffixes)):
            with_declaration = _declares(read_member(package, member))
            if with_declaration:
                raise UnreadableSource(
                    f"its part {member.filename[:80]} declares XML entities, which office programs never do; it is not read"
                )


def parse_xml(data: bytes) -> "Element":
    """The root of an XML part.

    Raises:
        UnreadableSource: it is not well-formed, or declares entities or external parts.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root: Element = ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnreadableSource("it declares XML entities, which office programs never do; it is not read") from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableSource(f"the file is damaged (its XML breaks off: {error}); save it again") from error
    return root


def member_name(member: zipfile.ZipInfo) -> str:
    """The name of a member as its author saw it; names of older Korean programs are CP949, which ZIP does not say."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _declares(xml: bytes) -> bool:
    """Whether a document type declaration stands in the XML, in UTF-8 or UTF-16."""
    head = xml.replace(b"\x00", b"") if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in xml[:4] else xml
    return b"<!DOCTYPE" in head or b"<!ENTITY" in head
