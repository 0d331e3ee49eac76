"""Borrowed words as people type them: `임배딩` for 임베딩, `어탠션` for 어텐션. ㅐ and ㅔ sound alike, and so do ㅙ, ㅚ and ㅞ.

A word is respelled only when it stands nowhere in the documents and a borrowed word of theirs differs from it in such vowels
alone. Pure: what the documents hold is asked through `Words`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag_app.transliteration import skeletons_of_hangul

_RUN = re.compile("[가-힣]{3,}")
_LEAST_SYLLABLES = 3  # shorter words that differ in such a vowel alone are often two words: 개장 and 계장
_LONGEST_SYLLABLES = 10
_MOST_CANDIDATES = 80
_ALIKE = str.maketrans("\u1162\u1164\u116b\u116c", "\u1166\u1168\u1170\u1170")  # conjoining ㅐ ㅒ ㅙ ㅚ as ㅔ ㅖ ㅞ ㅞ
_SAID_ALIKE = frozenset("\u1162\u1164\u1166\u1168\u116b\u116c\u1170")


class Words(Protocol):
    """What the collections searched hold."""

    def frequency(self, term: str) -> int:
        """In how many chunks a term stands."""

    def words_like(self, skeletons: Sequence[str], most: int) -> Sequence[tuple[str, int]]:
        """Words by their consonants, and in how many chunks each stands, frequent ones first."""


@dataclass(frozen=True, slots=True)
class Respelling:
    """A word as it was typed, and as the documents spell it."""

    typed: str
    meant: str


def respell(question: str, words: Words) -> tuple[str, tuple[Respelling, ...]]:
    """The question (NFC) with its borrowed words spelled as in the documents, and what was changed."""
    changed: list[Respelling] = []

    def mend(run: re.Match[str]) -> str:
        found = _meant(run[0], words)
        if found is None:
            return run[0]
        if found not in changed:
            changed.append(found)
        return found.meant + run[0][len(found.typed) :]

    return _RUN.sub(mend, question), tuple(changed)


def as_meant(text: str, changed: Sequence[Respelling]) -> str:
    """Another form of the same question with the same words respelled."""
    for one in changed:
        text = text.replace(one.typed, one.meant)
    return text


def as_written(changed: Sequence[Respelling], texts: Sequence[str]) -> tuple[Respelling, ...]:
    """The same with English words in the letters, small and capital, of the first text that holds them."""
    return tuple(Respelling(one.typed, _written(one.meant, texts)) for one in changed)


def _written(word: str, texts: Sequence[str]) -> str:
    pattern = re.compile(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", re.IGNORECASE)
    return next((found[0] for text in texts if (found := pattern.search(text))), word)


def _meant(run: str, words: Words) -> Respelling | None:
    """What the longest beginning of a run was meant to be; None when it is right, or like no word."""
    for end in range(min(len(run), _LONGEST_SYLLABLES), _LEAST_SYLLABLES - 1, -1):
        typed = run[:end]
        if not _has_alike(typed):
            return None
        skeletons = skeletons_of_hangul(typed)
        if not skeletons:
            continue
        alike = [word for word, _ in words.words_like(skeletons, _MOST_CANDIDATES) if _folded(word) == _folded(typed)]
        if typed in alike or (alike and words.frequency(typed)):
            return None
        if alike:
            return Respelling(typed, alike[0])
    return None


def _folded(word: str) -> str:
    """The word with vowels that sound alike written alike, in NFC."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_ALIKE))


def _has_alike(word: str) -> bool:
    return not _SAID_ALIKE.isdisjoint(unicodedata.normalize("NFD", word))
