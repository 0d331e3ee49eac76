"""The records of an HWP 5 stream as a tree, the characters of a paragraph, the heading levels of its styles."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

MAX_RECORDS = 2_000_000
BULLET: Final = -1

_PARA_SHAPE, _STYLE = 25, 26
_OUTLINE_STYLE = re.compile(r"(?:개요|outline)\s*(\d{1,2})\Z", re.IGNORECASE)
_LONG_CONTROLS = frozenset((*range(1, 10), 11, 12, *range(14, 24)))  # 8 units: the code, 6 of data, the code again
_SHORT_CONTROLS = {10: "\n", 24: "-", 30: " ", 31: " "}


@dataclass(slots=True)
class Record:
    """A record and those below it."""

    tag: int
    data: bytes
    below: list["Record"] = field(default_factory=list)


def records_of(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Tag, level and content of each record; a cut record ends the stream."""
    at = count = 0
    while at + 4 <= len(data) and count < MAX_RECORDS:
        header = int.from_bytes(data[at : at + 4], "little")
        at += 4
        size = header >> 20
        if size == 0xFFF:
            size = int.from_bytes(data[at : at + 4], "little")
            at += 4
        yield header & 0x3FF, header >> 10 & 0x3FF, data[at : at + size]
        at += size
        count += 1


def tree_of(data: bytes) -> list[Record]:
    """The records by their levels; a level that skips steps hangs on the last record there is."""
    roots: list[Record] = []
    above: list[Record] = []
    for tag, level, content in records_of(data):
        record = Record(tag, content)
        del above[level:]
        (above[-1].below if above else roots).append(record)
        above.append(record)
    return roots


def text_of(data: bytes) -> str:
    """The characters of a paragraph; controls take one or eight units and become white space or nothing."""
    units = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
    parts: list[str] = []
    at = 0
    while at < len(units):
        unit = units[at]
        if unit >= 32:
            parts.append(chr(unit))
            at += 1
        elif unit in _LONG_CONTROLS:
            parts.append("\t" if unit == 9 else "")
            at += 8
        else:
            parts.append(_SHORT_CONTROLS.get(unit, ""))
            at += 1
    return "".join(parts)


def levels_of(info: bytes) -> tuple[list[int], list[int]]:
    """The heading levels of styles and of paragraph shapes, in their order; 0 for none."""
    styles: list[int] = []
    shapes: list[int] = []
    for tag, _, data in records_of(info):
        if tag == _STYLE:
            match = _OUTLINE_STYLE.match(_named(data, 0)[0]) or _OUTLINE_STYLE.match(
                _named(data, _named(data, 0)[1])[0]
            )
            styles.append(int(match[1]) if match else 0)
        elif tag == _PARA_SHAPE:
            attributes = int.from_bytes(data[:4], "little")
            kind = attributes >> 23 & 3
            shapes.append((attributes >> 25 & 7) + 1 if kind == 1 else BULLET if kind == 3 else 0)
    return styles, shapes


def _named(data: bytes, at: int) -> tuple[str, int]:
    """A counted name and where it ends."""
    end = at + 2 + 2 * int.from_bytes(data[at : at + 2], "little")
    return data[at + 2 : end].decode("utf-16-le", "replace"), end
