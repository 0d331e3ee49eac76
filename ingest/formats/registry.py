"""The table of formats: which reader takes which file, by content first and by suffix second."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

from ingest.formats.archive import read_archive
from ingest.formats.csv_table import read_csv
from ingest.formats.docx import read_docx
from ingest.formats.eml import read_eml
from ingest.formats.html import read_html
from ingest.formats.hwp import read_hwp
from ingest.formats.hwpx import read_hwpx
from ingest.formats.image import read_image
from ingest.formats.markdown import read_markdown
from ingest.formats.notebook import read_notebook
from ingest.formats.packages import directory_of
from ingest.formats.pdf import read_pdf
from ingest.formats.pptx import read_pptx
from ingest.formats.rst import read_rst
from ingest.formats.text import read_text
from ingest.formats.xlsx import read_xlsx
from rag_app.errors import UnsupportedSource
from rag_app.schema import SourceText

Read = Callable[[bytes], SourceText]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_PICTURE = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")


@dataclass(frozen=True, slots=True)
class Format:
    """One family: its suffixes, the bytes its files start with (none for text), and its reader.

    `member` stands in the directory of a ZIP file of this family. `in_process` readers need no child process: they take
    nothing but text. `alone` names the reader that leaves out the documents inside, for when one of them ends the process.
    """

    name: str
    suffixes: tuple[str, ...]
    signatures: tuple[bytes, ...]
    read: Read
    member: bytes = b""
    in_process: bool = False
    alone: str = ""


def _read_archive(data: bytes) -> SourceText:
    return read_archive(data, _read_member)


def _read_eml(data: bytes) -> SourceText:
    return read_eml(data, _read_member)


def _read_eml_alone(data: bytes) -> SourceText:
    return read_eml(data, lambda name, data, depth: None)


FORMATS = (
    Format("markdown", (".md", ".markdown", ".mdx"), (), read_markdown, in_process=True),
    Format("text", (".txt", ".text"), (), read_text, in_process=True),
    Format("rst", (".rst",), (), read_rst, in_process=True),
    Format("html", (".html", ".htm", ".xhtml"), (), read_html),
    Format("notebook", (".ipynb",), (), read_notebook),
    Format("csv", (".csv", ".tsv"), (), read_csv),
    Format("eml", (".eml",), (), _read_eml, alone="eml without attachments"),
    Format("eml without attachments", (), (), _read_eml_alone),
    Format("pdf", (".pdf",), (b"%PDF-",), read_pdf),
    Format("docx", (".docx", ".docm"), _ZIP, read_docx, member=b"word/document.xml"),
    Format("xlsx", (".xlsx", ".xlsm"), _ZIP, read_xlsx, member=b"xl/workbook.xml"),
    Format("pptx", (".pptx", ".pptm", ".ppsx"), _ZIP, read_pptx, member=b"ppt/presentation.xml"),
    Format("hwpx", (".hwpx",), _ZIP, read_hwpx, member=b"Contents/section0.xml"),
    Format("hwp", (".hwp", ".doc", ".xls", ".ppt", ".msg"), _OLE, read_hwp),  # the others are named for what they are
    Format("image", (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"), _PICTURE, read_image),
    Format("archive", (".zip",), _ZIP, _read_archive),  # behind the families that are ZIP files
)

_READABLE = frozenset(suffix for format_ in FORMATS for suffix in format_.suffixes)
_UNREADABLE = {
    ".odt": "OpenDocument",
    ".ods": "OpenDocument",
    ".odp": "OpenDocument",
    ".rtf": "RTF",
    ".epub": "EPUB",
    ".hml": "HWPML",
    ".pages": "Pages",
    ".numbers": "Numbers",
}
_SIGNATURES = (
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"BZh91AY&SY", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf1", "an RTF file"),
)


_LATE_SIGNATURES = frozenset((".pdf", ".bmp", ".webp"))
"""Suffixes of families whose files may begin with something else; their reader sees for itself."""
_LOOKS_LIKE_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,400}?-->\s*)?<(?:!doctype\s+html|html|head|meta|body|table)\b",
    re.IGNORECASE | re.DOTALL,
)


def is_readable(name: str) -> bool:
    """Whether the suffix belongs to a format of the table."""
    return _suffix(name) in _READABLE


def is_document(name: str) -> bool:
    """Whether the suffix belongs to a document, readable or not; programs and code are none."""
    suffix = _suffix(name)
    return suffix in _READABLE or suffix in _UNREADABLE


def check_readable(name: str) -> None:
    """Raise UnsupportedSource when no file of this name can be read, whatever it holds."""
    if not is_readable(name):
        suffix = _suffix(name)
        kind = _UNREADABLE.get(suffix, suffix or "no suffix")
        raise UnsupportedSource(
            f"the format ({kind}) is not read; save it as Markdown or plain text, .docx, .hwpx or .pdf"
        )


def format_of(name: str, data: bytes) -> Format:
    """The format of a file by its content first, by its name second.

    Raises:
        UnsupportedSource: no reader takes it; the message says what it is and what to save it as.
    """
    found = _by_content(data)
    if found is not None:
        return found
    check_readable(name)
    suffix = _suffix(name)
    by_suffix = next(format_ for format_ in FORMATS if suffix in format_.suffixes)
    content = _foreign_content(data)
    if content is not None:
        raise UnsupportedSource(f"the name ends in {suffix}, but by its content it is {content}; save it as plain text")
    if by_suffix.signatures and suffix not in _LATE_SIGNATURES:
        if _LOOKS_LIKE_HTML.match(data[:1024]):  # what many portals give out as .xls and .doc
            return reader_format("html")
        raise UnsupportedSource(
            f"the name ends in {suffix}, but its content is no such file; open it in its program and save it again"
        )
    return by_suffix


def misnamed(name: str, found: Format) -> tuple[str, ...]:
    """A warning when the name promises another format than the content has."""
    suffix = _suffix(name)
    if suffix in found.suffixes or not suffix:
        return ()
    return (f"the name ends in {suffix}, but by its content it is {found.name}; it was read as that",)


def reader_format(name: str) -> Format:
    """The format of that name in the table."""
    return next(format_ for format_ in FORMATS if format_.name == name)


def reader_named(name: str) -> Read:
    """The reader of the format of that name."""
    return reader_format(name).read


def _by_content(data: bytes) -> Format | None:
    directory: bytes | None = None
    for format_ in FORMATS:
        if data.startswith(format_.signatures):
            if not format_.member:
                return format_
            directory = directory_of(data) if directory is None else directory
            if format_.member in directory:
                return format_
    return None


def _read_member(name: str, data: bytes, depth: int) -> SourceText | None:
    """A member of an archive or an attachment of a mail; None when it is no document."""
    if not is_readable(name):
        return None
    found = format_of(name, data)
    if found.name == "archive":
        return read_archive(data, _read_member, depth)
    return read_eml(data, _read_member, depth) if found.name == "eml" else found.read(data)


def _foreign_content(data: bytes) -> str | None:
    head = data[:64]
    if head.startswith(b"MZ") and b"\x00\x00" in head:  # a note may well begin with "MZ세대"
        return "a Windows program"
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def _suffix(name: str) -> str:
    """With its dot; without pathlib, which took a quarter of a run that changes nothing."""
    suffix = posixpath.splitext(name)[1].lower()
    return "" if suffix == "." else suffix
