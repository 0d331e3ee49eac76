"""What was odd about a file, said in Korean: the receipt keeps English sentences, the page and the terminal show either.

Readers run in a child process and in archives within archives, so their remarks travel as sentences, not as codes. A sentence
that no pattern knows is shown as it is.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from rag_app.reading_notes_ko import KOREAN

_VALUE = re.compile(r"\\\{(\w+)\\\}")
_LONGEST: Final = 2_000


def in_korean(note: str) -> str:
    """The remark in Korean. One about a part ("notes.md: the file is empty") keeps the name in front; one of several joined by
    "; " is turned piece by piece. Unknown words stay English."""
    if len(note) > _LONGEST:
        return note
    found = _whole(note)
    if found is None:
        found = _behind_a_name(note)
    if found is None:
        found = _joined(note)
    return found if found is not None else note


def _whole(note: str) -> str | None:
    for pattern, korean in _patterns():
        match = pattern.fullmatch(note)
        if match is not None:
            return korean.format(**{name: _value(value) for name, value in match.groupdict().items()})
    return None


def _value(words: str) -> str:
    """A value is a number or a name, a word of the table, or a remark itself."""
    return _KINDS.get(words) or _whole(words) or words


def _behind_a_name(note: str) -> str | None:
    for found in re.finditer(": ", note):
        if "; " in note[: found.start()]:
            break
        said = _whole(note[found.end() :])
        if said is not None:
            return f"{note[: found.end()]}{said}"
    return None


def _joined(note: str) -> str | None:
    """The longest known beginning up to a "; ", and what follows it."""
    for found in reversed(list(re.finditer("; ", note))):
        head = note[: found.start()]
        said = _whole(head) or _behind_a_name(head)
        if said is not None:
            return f"{said}; {in_korean(note[found.end() :])}"
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(_VALUE.sub(r"(?P<\1>(?:(?!; ).)+?)", re.escape(english)), re.DOTALL), korean)
        for english, korean in KOREAN.items()
    )


_KINDS: Mapping[str, str] = {
    "no suffix": "확장자 없음",
    "it is nested too deeply": "너무 깊이 겹쳐 있음",
    "it holds zero bytes, as programs and images do": "프로그램이나 그림처럼 0바이트가 들어 있음",
    "a Windows program": "Windows 프로그램",
    "a file of an older program": "옛 프로그램의 파일",
    "a gzip archive": "gzip 압축 파일",
    "a bzip2 archive": "bzip2 압축 파일",
    "an xz archive": "xz 압축 파일",
    "a 7-Zip archive": "7-Zip 압축 파일",
    "a RAR archive": "RAR 압축 파일",
    "an SQLite database": "SQLite 데이터베이스",
    "an RTF file": "RTF 파일",
}
"""Values that are words themselves."""
