"""Clean text: the one form in which sources, questions and names are stored, cut and compared.

Offsets, hashes and terms are all made on the result, so every door (file reader, page, command line) passes through here.
Everything runs in linear time, also over a single line of many megabytes.
"""

import re
import unicodedata

_EMOJI = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff"
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANK = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]")
_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 controls other than tab and the line breaks
    "\xad\u034f\u061c\u180b-\u180f"  # soft hyphen, grapheme joiner, Arabic letter mark, Mongolian selectors
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"  # zero width, bidirectional
    "\ufe00-\ufe0e\ufeff\ufff9-\ufffb"  # variation selectors but the emoji one, byte order mark, annotations
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # lone surrogates, non-characters
    "\U000e0000-\U000e0fff"  # tags and supplementary variation selectors: text that hides in text
    "]+"
)
_STRAY_JOINER = re.compile(f"(?<![{_EMOJI}])\u200d|\u200d(?![{_EMOJI}])")  # a joiner stays only inside an emoji
FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0xFFE5: 0xA5, 0xFFE6: 0x20A9, 0xFFE0: 0xA2, 0xFFE1: 0xA3}


def clean_text(raw: str) -> str:
    """The text as it is stored: NFC, `\\n` line ends, no invisible characters, no blanks at line ends or blank lines in front.

    Case, punctuation, indentation and inner blank lines stay. Cleaning a clean text changes nothing.
    """
    text = raw
    if not text.isascii():
        text = _SURROGATE_PAIR.sub(_join_surrogates, text)
        text = _BLANK.sub(" ", text)
    text = _LINE_BREAK.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    if "\u200d" in text:
        text = _STRAY_JOINER.sub("", text)
    text = unicodedata.normalize("NFC", text)
    return "\n".join(line.rstrip(" \t") for line in text.split("\n")).lstrip("\n")


def normalise_question(raw: str) -> str:
    """One line as the asker meant it: clean, full-width letters made plain, white space collapsed."""
    text = unicodedata.normalize("NFC", clean_text(raw).translate(FULL_WIDTH))
    return " ".join(text.split())


def normalise_name(raw: str) -> str:
    """A source's name: its path with forward slashes, composed (NFC), without `.` steps or doubled slashes.

    `..` and a leading slash are kept: whether a path may leave its root is the reader's decision.
    Bytes that are no UTF-8 appear as `&#56575;`, so that every name can be stored.
    """
    name = unicodedata.normalize("NFC", raw.replace("\\", "/"))
    steps = [step for step in name.split("/") if step not in ("", ".")]
    path = ("/" if name.startswith("/") else "") + "/".join(steps)
    return path.encode("utf-8", "xmlcharrefreplace").decode("utf-8")


def printable(raw: str) -> str:
    """The text for a log line or a table cell: what would move the cursor, colour, hide or reorder is shown as an escape."""
    if raw.isprintable():
        return raw
    return "".join(char if char.isprintable() else _escape(char) for char in raw)


def _join_surrogates(match: re.Match[str]) -> str:
    return match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
