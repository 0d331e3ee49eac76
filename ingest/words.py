"""Where a stretch of text is cut that offers nothing better than its words, and words that nothing ends: between signs."""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from typing import Final

MAX_WORD_CHARS: Final = 64
_LEAST_WORD_CHARS = 16
_SEEN_CHARS = 8
_VIRAMA = 9  # the class of the marks that join an Indic letter to the next
_WORD = re.compile(r"(\S+)\s*")


def word_groups(text: str, start: int, end: int, *, max_chars: int) -> Iterator[tuple[int, int]]:
    """Spans of whole words, cut behind words that their own letters choose, so that an edit shifts nothing far away.

    White space belongs to the word before it. A group has at most `max_chars` characters, that white space apart, but for a longer word;
    words of more than 64 characters are several.
    """
    left = start
    for first, last in _words(text, start, end):
        if first > left and last - left > max_chars:
            yield left, first
            left = first
        elif last - left > max_chars // 4 and zlib.crc32(text[first:last].encode("utf-8", "replace")) % 8 == 0:
            yield left, last
            left = last
    if left < end:
        yield left, end


def inside_sign(text: str, at: int) -> bool:
    """Whether a cut in front of `text[at]` would part what is read as one sign: a letter and its marks, a syllable, an emoji.

    Covers what occurs in clean text of the grapheme clusters of UAX #29. Does not cover: how the letters of flags pair up (no cut is
    made between any two of them).
    """
    before, behind = text[at - 1], text[at]
    return (
        unicodedata.category(behind)[0] == "M"
        or before == "\u200d"
        or unicodedata.combining(before) == _VIRAMA
        or behind in "\u200d\uff9e\uff9f"
        or "\U0001f3fb" <= behind <= "\U0001f3ff"
        or (_is_flag(before) and _is_flag(behind))
        or _is_vowel_or_final(behind)
        or ("\u1100" <= before <= "\u115f" and ("\u1100" <= behind <= "\u115f" or "가" <= behind <= "힣"))
    )


def _words(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _WORD.finditer(text, start, end):
        left, run_end = match.span(1)
        while run_end - left > MAX_WORD_CHARS:
            cut = _cut_of_run(text, left)
            yield left, cut
            left = cut
        yield left, match.end()


def _cut_of_run(text: str, left: int) -> int:
    """Where a run without white space is cut: between signs, in front of the letters that hash lowest, which an edit before them leaves alone.

    A sign of more than 64 characters, which no writing has, is cut all the same.
    """
    allowed = (at for at in range(left + _LEAST_WORD_CHARS, left + MAX_WORD_CHARS + 1) if not inside_sign(text, at))
    return min(allowed, key=lambda at: (_hash(text[at : at + _SEEN_CHARS]), -at), default=left + MAX_WORD_CHARS)


def _hash(letters: str) -> int:
    return zlib.crc32(letters.encode("utf-8", "replace"))


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_vowel_or_final(char: str) -> bool:
    """Whether it is the second or third letter of a Hangul syllable that is spelled out."""
    return "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7fb"
