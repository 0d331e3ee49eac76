"""HWPX and HWP 5 files written from their published formats, for tests: KS X 6101 and Hancom's "HWP 5.0 document file format".

An HWP file is an OLE compound file; `compound_file` writes one in version 3 with a short-stream container, as Hangul does.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[str]]

_FREE, _END, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph: its text, its outline level (0: body), a footnote, a table behind it. `merged` makes its first column one cell."""

    text: str = ""
    level: int = 0
    note: str = ""
    table: Rows = ()
    merged: bool = False


# ---------------------------------------------------------------- HWPX

_HP = 'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section"'


def write_hwpx(sections: Sequence[Sequence[Para]], *, title: str = "", extra: Mapping[str, str] | None = None) -> bytes:
    """An HWPX file; `extra` adds or replaces parts."""
    parts = {
        "mimetype": "application/hwp+zip",
        "version.xml": '<?xml version="1.0"?><hv:HCFVersion xmlns:hv="http://www.hancom.co.kr/hwpml/2011/version" major="5"/>',
        "Contents/header.xml": _hwpx_header(),
        "Contents/content.hpf": '<?xml version="1.0" encoding="UTF-8"?><opf:package xmlns:opf="http://www.idpf.org/2007/opf/">'
        f"<opf:metadata><opf:title>{escape(title)}</opf:title>"
        '<opf:meta name="creator" content="text">김서연</opf:meta>'
        '<opf:meta name="ModifiedDate" content="text">2025-03-02T01:02:03Z</opf:meta></opf:metadata></opf:package>',
    }
    for number, paragraphs in enumerate(sections):
        body = "".join(map(_hwpx_paragraph, paragraphs))
        parts[f"Contents/section{number}.xml"] = f'<?xml version="1.0" encoding="UTF-8"?><hs:sec {_HP}>{body}</hs:sec>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**parts, **(extra or {})}.items():
            package.writestr(name, content)
    return buffer.getvalue()


def _hwpx_header() -> str:
    shapes = "".join(
        f'<hh:paraPr id="{level}"><hh:heading type="{"OUTLINE" if level else "NONE"}" idRef="0" level="{max(level - 1, 0)}"/></hh:paraPr>'
        for level in range(4)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><hh:head xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"><hh:refList>'
        f'<hh:paraProperties itemCnt="4">{shapes}</hh:paraProperties>'
        '<hh:styles itemCnt="2"><hh:style id="0" type="PARA" name="바탕글" engName="Normal" paraPrIDRef="0"/>'
        '<hh:style id="1" type="PARA" name="개요 1" engName="Outline 1" paraPrIDRef="1"/></hh:styles></hh:refList></hh:head>'
    )


def _hwpx_paragraph(para: Para) -> str:
    words = escape(para.text).replace("\t", "<hp:tab/>").replace("\n", "<hp:lineBreak/>")
    note = ""
    if para.note:
        note = (
            '<hp:ctrl><hp:footNote number="1"><hp:subList><hp:p paraPrIDRef="0" styleIDRef="0"><hp:run charPrIDRef="0">'
            f"<hp:t>{escape(para.note)}</hp:t></hp:run></hp:p></hp:subList></hp:footNote></hp:ctrl>"
        )
    table = _hwpx_table(para) if para.table else ""
    style = 1 if para.level == 1 else 0
    return (
        f'<hp:p id="0" paraPrIDRef="{para.level}" styleIDRef="{style}"><hp:run charPrIDRef="0"><hp:t>{words}</hp:t>{note}{table}</hp:run>'
        '<hp:linesegarray><hp:lineseg textpos="0"/></hp:linesegarray></hp:p>'
    )


def _hwpx_table(para: Para) -> str:
    rows = []
    for y, row in enumerate(para.table):
        cells = []
        for x, text in enumerate(row):
            span = len(para.table) - 1 if para.merged and x == 0 and y == 1 else 1
            if para.merged and x == 0 and y > 1:
                continue
            cells.append(
                f'<hp:tc name="" header="{int(y == 0)}"><hp:subList><hp:p paraPrIDRef="0" styleIDRef="0"><hp:run charPrIDRef="0">'
                f'<hp:t>{escape(text)}</hp:t></hp:run></hp:p></hp:subList><hp:cellAddr colAddr="{x}" rowAddr="{y}"/>'
                f'<hp:cellSpan colSpan="1" rowSpan="{span}"/></hp:tc>'
            )
        rows.append(f"<hp:tr>{''.join(cells)}</hp:tr>")
    return f'<hp:tbl rowCnt="{len(para.table)}" colCnt="{len(para.table[0])}">{"".join(rows)}</hp:tbl>'


# ---------------------------------------------------------------- HWP 5


def write_hwp(sections: Sequence[Sequence[Para]], *, flags: int = 1) -> bytes:
    """An HWP 5 file; `flags` are those of its header (1 compressed, 2 locked, 4 for distribution)."""
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000300, flags) + bytes(216)
    streams = {"FileHeader": header, "DocInfo": _packed(_doc_info(), flags)}
    for number, paragraphs in enumerate(sections):
        body = b"".join(_paragraph(para, 0) for para in paragraphs)
        streams[f"BodyText/Section{number}"] = _packed(body, flags)
    return compound_file(streams)


def record(tag: int, level: int, data: bytes) -> bytes:
    """One record: 10 bits of tag, 10 of level, 12 of size, or the size in a word of its own."""
    if len(data) < 0xFFF:
        return struct.pack("<I", tag | level << 10 | len(data) << 20) + data
    return struct.pack("<II", tag | level << 10 | 0xFFF << 20, len(data)) + data


def _packed(data: bytes, flags: int) -> bytes:
    if not flags & 1:
        return data
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def _doc_info() -> bytes:
    shapes = b"".join(
        record(25, 1, struct.pack("<I", 1 << 23 | (level - 1) << 25 if level else 0) + bytes(50)) for level in range(4)
    )
    styles = b"".join(
        record(26, 1, _counted(name) + _counted(english) + bytes(2) + struct.pack("<HHH", 0, shape, 0))
        for name, english, shape in (("바탕글", "Normal", 0), ("개요 1", "Outline 1", 1))
    )
    return shapes + styles


def _counted(name: str) -> bytes:
    raw = name.encode("utf-16-le")
    return struct.pack("<H", len(raw) // 2) + raw


def _paragraph(para: Para, level: int) -> bytes:
    """The header, the text with a control for each object, then the objects."""
    units = b""
    controls = b""
    if level == 0:
        units += struct.pack("<8H", 2, 0x6364, 0x7365, 0, 0, 0, 0, 2)  # the section definition, as the first thing
    text = para.text.replace("\n", "\x0a")
    for part, tab in _with_tabs(text):
        units += part.encode("utf-16-le") + (struct.pack("<8H", 9, 0, 0, 0, 0, 0, 0, 9) if tab else b"")
    if para.note:
        units += struct.pack("<8H", 17, 0x2020, 0x666E, 0, 0, 0, 0, 17)
        controls += record(71, level + 1, b"  nf" + bytes(8)) + record(
            72, level + 2, struct.pack("<iI", 1, 0) + bytes(8)
        )
        controls += _paragraph(Para(f"{para.note}"), level + 2)
    if para.table:
        units += struct.pack("<8H", 11, 0x6C20, 0x7462, 0, 0, 0, 0, 11)
        controls += _table(para, level + 1)
    units += struct.pack("<H", 13)
    shape, style = para.level, 1 if para.level == 1 else 0
    header = struct.pack("<IIHBBHHHI", len(units) // 2, 0, shape, style, 0, 1, 0, 1, 0)
    return record(66, level, header) + record(67, level + 1, units) + record(68, level + 1, bytes(8)) + controls


def _with_tabs(text: str) -> list[tuple[str, bool]]:
    parts = text.split("\t")
    return [(part, index + 1 < len(parts)) for index, part in enumerate(parts)]


def _table(para: Para, level: int) -> bytes:
    rows, columns = len(para.table), len(para.table[0])
    made = record(71, level, b" lbt" + bytes(40)) + record(
        77, level + 1, struct.pack("<IHHH", 0, rows, columns, 0) + bytes(20)
    )
    for y, row in enumerate(para.table):
        for x, text in enumerate(row):
            span = rows - 1 if para.merged and x == 0 and y == 1 else 1
            if para.merged and x == 0 and y > 1:
                continue
            made += record(72, level + 1, struct.pack("<iI4H", 1, 0, x, y, 1, span) + bytes(26))
            made += _paragraph(Para(text), level + 1)
    return made


# ---------------------------------------------------------------- OLE compound files


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file (version 3, 512-byte sectors); names are paths of at most one folder."""
    entries: list[list[object]] = [["Root Entry", 5, [], b""]]  # name, kind, children, data
    folders: dict[str, int] = {"": 0}
    for path, data in streams.items():
        folder, _, name = path.rpartition("/")
        if folder not in folders:
            folders[folder] = len(entries)
            entries.append([folder, 1, [], b""])
            _children(entries, 0).append(folders[folder])
        _children(entries, folders[folder]).append(len(entries))
        entries.append([name, 2, [], data])
    mini, mini_fat, starts = b"", [], {}
    for index, (_, kind, _, data) in enumerate(entries):
        if kind == 2 and isinstance(data, bytes) and 0 < len(data) < 4096:
            starts[index] = len(mini) // 64
            count = -(-len(data) // 64)
            mini_fat += [len(mini_fat) + step + 1 for step in range(count - 1)] + [_END]
            mini += data.ljust(count * 64, b"\0")
    sectors: list[bytes] = []
    fat: list[int] = []

    def put(data: bytes) -> int:
        first, count = len(sectors), -(-len(data) // 512)
        sectors.extend(data[512 * step : 512 * step + 512].ljust(512, b"\0") for step in range(count))
        fat.extend([first + step + 1 for step in range(count - 1)] + [_END] if count else [])
        return first if count else _END

    for index, (_, kind, _, data) in enumerate(entries):
        if kind == 2 and isinstance(data, bytes) and len(data) >= 4096:
            starts[index] = put(data)
    starts[0] = put(mini)
    mini_start = put(struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(-(-len(mini_fat) // 128) * 512, b"\xff"))
    directory = b"".join(
        _entry(entries, index, starts.get(index, _END if index else 0), len(mini)) for index in range(len(entries))
    )
    directory_start = put(directory.ljust(-(-len(directory) // 512) * 512, b"\0"))
    fat_count = 1
    while 128 * fat_count < len(fat) + fat_count:
        fat_count += 1
    fat_start = len(sectors)
    fat += [_FAT_SECTOR] * fat_count
    fat += [_FREE] * (128 * fat_count - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, fat_count, directory_start, 0, 4096, mini_start, -(-len(mini_fat) // 128), _END, 0)
    header += struct.pack("<109I", *([fat_start + step for step in range(fat_count)] + [_FREE] * (109 - fat_count)))
    return header + b"".join(sectors) + struct.pack(f"<{len(fat)}I", *fat)


def _children(entries: list[list[object]], index: int) -> list[int]:
    children = entries[index][2]
    assert isinstance(children, list)
    return children


def _entry(entries: list[list[object]], index: int, start: int, mini_size: int) -> bytes:
    """One entry of 128 bytes; siblings hang on each other to the right, in the order that the format wants."""
    name, kind, _, data = entries[index]
    assert isinstance(name, str)
    assert isinstance(kind, int)
    assert isinstance(data, bytes)
    raw = (name + "\0").encode("utf-16-le")
    ordered = {
        of: sorted(_children(entries, of), key=lambda at: (len(str(entries[at][0])), str(entries[at][0]).upper()))
        for of in range(len(entries))
    }
    parent = next((of for of, children in ordered.items() if index in children), None)
    siblings = ordered[parent] if parent is not None else []
    place = siblings.index(index) if index in siblings else -1
    right = siblings[place + 1] if 0 <= place < len(siblings) - 1 else _FREE
    child = ordered[index][0] if ordered[index] else _FREE
    size = mini_size if kind == 5 else len(data)
    body = raw.ljust(64, b"\0") + struct.pack("<HBB3I", len(raw), kind, 1, _FREE, right, child) + bytes(36)
    return body + struct.pack("<IQ", start if kind != 1 else 0, size)
