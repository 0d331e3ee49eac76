"""HWP 5, the binary form of Hangul documents, by its published format: text, headings, tables, footnotes, text boxes."""

import io
import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.formats.composer import Composer, one_line
from ingest.formats.hwp_records import BULLET, Record, levels_of, text_of, tree_of
from ingest.formats.korean_tables import Cell, rows_of
from rag_app.errors import SourceTooLarge, UnreadableSource, UnsupportedSource
from rag_app.schema import Reading, SourceText

MAX_STREAM_BYTES = 128 * 1024 * 1024
MAX_DEPTH = 12
MAX_HEADING_CHARS = 200

_SIGNATURE = b"HWP Document File"
_COMPRESSED, _LOCKED, _DISTRIBUTION, _DRM = 0x1, 0x2, 0x4, 0x10
_PARA_HEADER, _PARA_TEXT, _CTRL_HEADER, _LIST_HEADER, _TABLE = 66, 67, 71, 72, 77
_SECTION = re.compile(r"Section(\d+)\Z")
_NOTES = (b"fn  ", b"en  ")
_LEFT_OUT = (b"head", b"foot", b"tcmt")
_OTHER_OLE = (
    ("WordDocument", "an older Word file (.doc); save it as .docx"),
    ("Workbook", "an older Excel file (.xls); save it as .xlsx"),
    ("Book", "an older Excel file (.xls); save it as .xlsx"),
    ("PowerPoint Document", "an older PowerPoint file (.ppt); save it as .pptx"),
    ("EncryptedPackage", "an Office file locked with a password; save it without one"),
    ("__properties_version1.0", "an Outlook message (.msg); save it as .eml"),
)


@dataclass(slots=True)
class _Reading:
    """What is known while a document is read: heading levels (`BULLET`: items) of styles and paragraph shapes, notes that wait."""

    styles: Sequence[int]
    shapes: Sequence[int]
    composer: Composer = field(default_factory=Composer)
    notes: list[str] = field(default_factory=list)
    count: int = 0


def read_hwp(data: bytes) -> SourceText:
    """The body in reading order; places are the sections of the document ("section 1").

    Heads, feet and hidden comments are left out; a footnote stands behind the paragraph that cites it.

    Raises:
        UnsupportedSource: it is another program's file, or a document for distribution.
        UnreadableSource: it is damaged or locked with a password.
        SourceTooLarge: it unpacks to more than the limits.
    """
    from olefile import OleFileIO

    try:
        container: Any = OleFileIO(io.BytesIO(data))
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise UnreadableSource("the file is damaged; open it in its program and save it again") from error
    try:
        compressed = _check_header(container)
        reading = _Reading(*levels_of(_stream(container, "DocInfo", compressed)))
        sections = sorted(
            (int(match[1]), path[1])
            for path in container.listdir()
            if len(path) == 2 and path[0] == "BodyText" and (match := _SECTION.match(path[1]))
        )
        if not sections:
            raise UnreadableSource("the HWP file is damaged (it holds no section); open it in Hangul and save it again")
        for number, (_, name) in enumerate(sections, start=1):
            reading.composer.place(f"section {number}")
            _blocks(tree_of(_stream(container, f"BodyText/{name}", compressed)), reading, depth=0)
        title, metadata = _stated(container)
    finally:
        container.close()
    return reading.composer.source(
        title=title or reading.composer.first_heading,
        format_name="hwp",
        encoding="utf-16-le",
        metadata=metadata,
        reading=Reading(len(sections)),
    )


def _check_header(container: Any) -> bool:
    """Whether the streams are compressed; refuses what cannot be read."""
    header = container.openstream("FileHeader").read(256) if container.exists("FileHeader") else b""
    if not header.startswith(_SIGNATURE) or len(header) < 40:
        kind = next((kind for name, kind in _OTHER_OLE if container.exists(name)), "a file of an older program")
        raise UnsupportedSource(f"by its content it is {kind}")
    flags = int.from_bytes(header[36:40], "little")
    if flags & (_LOCKED | _DRM):
        raise UnreadableSource("the HWP file is locked with a password; save it without one")
    if flags & _DISTRIBUTION:
        raise UnsupportedSource(
            "the HWP file is a document for distribution, which no other program can read; save it as HWPX"
        )
    return bool(flags & _COMPRESSED)


def _stream(container: Any, name: str, compressed: bool) -> bytes:
    try:
        raw: bytes = container.openstream(name).read()
        if not compressed:
            return raw
        unpacking = zlib.decompressobj(-15)
        data = unpacking.decompress(raw, MAX_STREAM_BYTES)
    except (OSError, zlib.error, IndexError, struct.error) as error:
        raise UnreadableSource(
            f"the HWP file is damaged (its part {name}); open it in Hangul and save it again"
        ) from error
    if unpacking.unconsumed_tail:
        raise SourceTooLarge(f"the part {name} of the HWP file unpacks to more than {MAX_STREAM_BYTES // 2**20} MiB")
    return data


def _blocks(records: Sequence[Record], reading: _Reading, depth: int) -> None:
    for record in records:
        if record.tag == _PARA_HEADER:
            _paragraph(record, reading, depth)


def _paragraph(paragraph: Record, reading: _Reading, depth: int) -> None:
    """The text of a paragraph, then its tables and text boxes, then its footnotes."""
    text = "".join(text_of(record.data) for record in paragraph.below if record.tag == _PARA_TEXT)
    level = _level(paragraph.data, reading)
    if level > 0 and len(text) <= MAX_HEADING_CHARS:
        reading.composer.heading(level, text)
    elif level == BULLET:
        reading.composer.item(text)
    else:
        reading.composer.paragraph(text)
    for control in paragraph.below:
        if control.tag != _CTRL_HEADER:
            continue
        kind = control.data[3::-1]
        if kind in _NOTES:
            reading.count += 1
            reading.notes.append(f"{reading.count}) {one_line(_flat(control.below))}")
        elif kind not in _LEFT_OUT and depth < MAX_DEPTH:
            _object(kind, control, reading, depth + 1)
    if depth == 0:
        for note in reading.notes:
            reading.composer.paragraph(note)
        reading.notes.clear()


def _object(kind: bytes, control: Record, reading: _Reading, depth: int) -> None:
    if kind == b"tbl ":
        at = next((index for index, record in enumerate(control.below) if record.tag == _TABLE), 0)
        cells = list(_cells(control.below[at:]))
        if len(cells) > 1:
            _blocks(control.below[:at], reading, depth)  # the caption
            reading.composer.table(rows_of(cells))
            return
    _blocks(control.below, reading, depth)
    for record in control.below:
        if record.tag not in (_PARA_HEADER, _CTRL_HEADER) and record.below:
            _object(b"", record, reading, depth + 1) if depth < MAX_DEPTH else None


def _cells(records: Sequence[Record]) -> Iterator[Cell]:
    """The cells of a table: a list header with the address, then the paragraphs of the cell at the same level."""
    address: tuple[int, ...] | None = None
    parts: list[str] = []
    for record in records:
        if record.tag == _LIST_HEADER:
            if address is not None:
                yield Cell(address[1], address[0], "\n".join(parts), address[3], address[2])
            address = struct.unpack_from("<4H", record.data, 8) if len(record.data) >= 16 else None
            parts = [_flat(record.below)] if record.below else []
        elif record.tag == _PARA_HEADER and address is not None:
            parts.append(_flat([record]))
    if address is not None:
        yield Cell(address[1], address[0], "\n".join(parts), address[3], address[2])


def _flat(records: Sequence[Record]) -> str:
    """All text below, paragraph by paragraph, nested tables too."""
    parts: list[str] = []
    waiting = [iter(records)]
    while waiting:
        record = next(waiting[-1], None)
        if record is None:
            waiting.pop()
        elif record.tag == _PARA_TEXT:
            parts.append(text_of(record.data))
        elif record.tag != _CTRL_HEADER or record.data[3::-1] not in _LEFT_OUT:
            waiting.append(iter(record.below))
    return "\n".join(part for part in parts if part.strip())


def _level(header: bytes, reading: _Reading) -> int:
    if len(header) < 11:
        return 0
    shape, style = int.from_bytes(header[8:10], "little"), header[10]
    of_style = reading.styles[style] if style < len(reading.styles) else 0
    return of_style or (reading.shapes[shape] if shape < len(reading.shapes) else 0)


def _stated(container: Any) -> tuple[str, Mapping[str, str]]:
    """The title and what else the summary states; a summary that cannot be read says nothing."""
    name = "\x05HwpSummaryInformation"
    if not container.exists(name):
        return "", {}
    try:
        stated = container.getproperties(name, convert_time=True)
    except (OSError, ValueError, IndexError, struct.error, TypeError):
        return "", {}
    changed = stated.get(13) or stated.get(12)
    date = changed.date().isoformat() if hasattr(changed, "date") and changed.year > 1980 else ""
    texts = {key: value if isinstance(value, str) else "" for key, value in ((2, stated.get(2)), (4, stated.get(4)))}
    return texts[2].strip("\x00 "), {"author": texts[4].strip("\x00 "), "date": date}
