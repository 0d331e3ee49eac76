"""Other words that answer a question: a term's other names, English words in Hangul and back, words spelled together.

Pure: what the collections hold is asked through `Lexicon`. Every expansion says which terms of the question it stands for, so
that a passage which says the same in other words counts as saying it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from rag_app.calendar_days import days_in, writings_of
from rag_app.respelling import Respelling
from rag_app.transliteration import least_similarity, similarity, skeletons

MOST_TERMS = 8
"""Terms that a question may gain, in all."""

NAMED_WEIGHT = 0.8
WRITTEN_WEIGHT = 0.9
HEARD_WEIGHT = 0.8
JOINED_WEIGHT = 1.0
DATED_WEIGHT = 1.0
"""What a term found in other words counts beside the term itself: mined name, user's name, sound, the same in parts, the same day.

Source: chosen on the golden questions with even numbers (docs/guide/evaluation.md).
"""

_MOST_CANDIDATES = 80
_MOST_NAMES = 2  # other names taken for one name
_LEAST_HALF = 2  # syllables of each half of a word that is heard as two, and of each part of one written together
_MAY_NAME_A_DAY = re.compile(r"[\dA-Za-z]")
_HANGUL = re.compile("[가-힣]{2,12}")
_LATIN = re.compile("[a-z]{3,20}")
_NO_UNIT = r"(?<![가-힣A-Za-z\d])(?<!몇 )(?<!\d )"  # `몇 퍼센트` asks for a number, not about percent


class Lexicon(Protocol):
    """What the collections searched hold."""

    def frequency(self, term: str) -> int:
        """In how many chunks a term stands."""

    def words_like(self, skeletons: Sequence[str], most: int) -> Sequence[tuple[str, int]]:
        """Words by their consonants, and in how many chunks each stands, frequent ones first."""

    def names_of(self, heads: Sequence[str]) -> Sequence[tuple[tuple[str, ...], tuple[str, ...], float]]:
        """(terms of a name, terms of another name, weight) of the names that begin with one of these terms, surest first."""

    def terms_of(self, text: str) -> tuple[str, ...]:
        """The lexical terms of a text."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """`terms`, all of them together, stand for `covers` of the question and count `weight` (0 to 1) of it.

    `heard` is the word that a word of the question sounds like, in small letters, where that is the `origin`. The terms of a
    date stand for it side by side only.
    """

    covers: tuple[str, ...]
    terms: tuple[str, ...]
    weight: float
    origin: Literal["name", "sound", "join", "date"]
    heard: str = ""

    def stands_in(self, packed: str) -> bool:
        """Whether a chunk (`catalog.pack_terms`) says it."""
        if self.origin == "date":
            return f" {' '.join(self.terms)} " in packed
        return all(f" {term} " in packed for term in self.terms)


def expand(terms: Sequence[str], unknown: Sequence[str], lexicon: Lexicon) -> tuple[Expansion, ...]:
    """What else to look for, surest first, at most `MOST_TERMS` new terms; `unknown` are the terms that stand nowhere."""
    heard = [*_heard(terms, unknown, lexicon)]
    covered = {term for one in heard for term in one.covers}
    found = [*_named(terms, lexicon), *heard, *_spaced([term for term in unknown if term not in covered], lexicon)]
    kept: list[Expansion] = []
    new: set[str] = set(terms)
    for one in sorted(found, key=lambda one: -one.weight):
        fresh = {term for term in one.terms if term not in new}
        if len(new) + len(fresh) - len(set(terms)) <= MOST_TERMS and one not in kept:
            new |= fresh
            kept.append(one)
    return tuple(kept)


def said_otherwise(packed: str, matched: Sequence[str], expansions: Sequence[Expansion]) -> Mapping[str, float]:
    """Terms of the question that a chunk (`catalog.pack_terms`) says only in other words, and what each then counts."""
    said: dict[str, float] = {}
    for one in expansions:
        if one.stands_in(packed):
            said.update((term, max(one.weight, said.get(term, 0.0))) for term in one.covers if term not in matched)
    return said


def dated(question: str, terms: Sequence[str], lexicon: Lexicon) -> tuple[Expansion, ...]:
    """The other ways in which documents write the days and months that a question names."""
    line, found = f" {' '.join(terms)} ", []
    for day, start, end in days_in(question) if _MAY_NAME_A_DAY.search(question) else ():
        figures = lexicon.terms_of(question[start:end])
        covers = tuple(dict.fromkeys(term for term in figures if term in terms))
        for other in map(lexicon.terms_of, writings_of(day)):
            if covers and f" {' '.join(other)} " not in line and all(map(lexicon.frequency, other)):
                found.append(Expansion(covers, other, DATED_WEIGHT, "date"))
    return tuple(found)


def as_heard(question: str, expansions: Sequence[Expansion]) -> tuple[str, tuple[Respelling, ...]]:
    """The question with its heard words written as the documents write them, and what was changed: the terms of a word that
    stands nowhere may be looked for by sound, but its meaning is known to no embedder."""
    changed: list[Respelling] = []
    for one in expansions:
        typed = max((term for term in one.covers if term in question.casefold()), key=len, default="")
        if one.heard and typed:
            rest = "[A-Za-z]*" if typed.isascii() else ""  # a term is the stem of an English word
            word = re.compile(rf"{_NO_UNIT}{re.escape(typed)}{rest}", re.IGNORECASE)
            if found := word.search(question):
                question = word.sub(one.heard, question)
                changed.append(Respelling(found[0], one.heard))
    return question, tuple(changed)


def _spaced(unknown: Sequence[str], lexicon: Lexicon) -> Iterator[Expansion]:
    """`소프트맥스함수`, which stands nowhere, is in a passage when 소프트맥스 and 함수 are.

    It moves no ranking that was measured, but without it a word that is only written together is called unknown.
    """
    for word in unknown:
        if _HANGUL.fullmatch(word):
            parts = _fewest_parts(word, lexicon)
            if len(parts) > 1:
                yield Expansion((word,), parts, JOINED_WEIGHT, "join")


def _fewest_parts(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The fewest words of two syllables or more that stand somewhere and together make this one; none if there are none."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(_LEAST_HALF, len(word) + 1):
        for start in range(end - _LEAST_HALF + 1):
            before, shorter = best[start], best[end]
            if before is None or (shorter is not None and len(shorter) <= len(before) + 1):
                continue
            if lexicon.frequency(word[start:end]):
                best[end] = (*before, word[start:end])
    return best[-1] or ()


def _named(terms: Sequence[str], lexicon: Lexicon) -> Iterator[Expansion]:
    """The other names of every name whose terms stand side by side in the question."""
    line = f" {' '.join(terms)} "
    taken: dict[tuple[str, ...], int] = {}
    for name, alias, weight in lexicon.names_of(tuple(dict.fromkeys(terms))):
        if f" {' '.join(name)} " in line and taken.get(name, 0) < _MOST_NAMES and not set(alias) <= set(terms):
            taken[name] = taken.get(name, 0) + 1
            yield Expansion(name, alias, weight, "name")


def _heard(terms: Sequence[str], unknown: Sequence[str], lexicon: Lexicon) -> Iterator[Expansion]:
    """English words for Hangul ones that stand nowhere, and Hangul words for English ones; the longest word first."""
    covered: set[str] = set()
    for word in sorted(unknown, key=lambda word: -len(word)):
        if word in covered:
            continue
        if _HANGUL.fullmatch(word):
            heard = [_english_for(word, lexicon) or _two_english_for(word, lexicon)]
        elif _LATIN.fullmatch(word):
            heard = [_hangul_for(word, lexicon)]
        else:
            continue
        for found, sureness, written in filter(None, heard):
            covers = tuple(dict.fromkeys(term for term in terms if term in word))
            covered.update(covers)
            yield Expansion(covers, found, HEARD_WEIGHT * sureness, "sound", written)


_Heard = tuple[tuple[str, ...], float, str]
"""The terms of a word that another one sounds like, how surely it does, and the word."""


def _english_for(word: str, lexicon: Lexicon) -> _Heard | None:
    """The English word that a Hangul word sounds like."""
    for sureness, latin in _closest(word, lexicon):
        found = _standing(latin, lexicon)
        if found:
            return found, sureness, latin.replace("|", "")
    return None


def _two_english_for(word: str, lexicon: Lexicon) -> _Heard | None:
    """The same for two English words in one (`플래시어텐션`), where each half is sure by itself."""
    for at in range(_LEAST_HALF, len(word) - _LEAST_HALF + 1):
        first = _english_for(word[:at], lexicon)
        second = _english_for(word[at:], lexicon) if first else None
        if first and second:
            return (*first[0], *second[0]), min(first[1], second[1]), f"{first[2]} {second[2]}"
    return None


def _hangul_for(latin: str, lexicon: Lexicon) -> _Heard | None:
    """The Hangul word that sounds like an English word of the question."""
    found = []
    for hangul, chunks in lexicon.words_like(skeletons(latin), _MOST_CANDIDATES):
        least = 1.0 if hangul.isascii() else least_similarity(hangul)
        sureness = similarity(hangul, latin, least=least) if least < 1 else 0.0
        if sureness >= least:
            found.append((round(sureness, 2), chunks, hangul))
    return ((max(found)[2],), max(found)[0], max(found)[2]) if found else None


def _closest(word: str, lexicon: Lexicon) -> list[tuple[float, str]]:
    """English words that a Hangul word sounds like, surest first; of equals the more frequent."""
    least = least_similarity(word)
    if least > 1:
        return []
    found = []
    for latin, chunks in lexicon.words_like(skeletons(word), _MOST_CANDIDATES):
        sureness = similarity(word, latin, least=least) if latin.isascii() else 0.0
        if sureness >= least:
            found.append((round(sureness, 2), chunks, latin))
    return [(sureness, latin) for sureness, _, latin in sorted(found, reverse=True)]


def _standing(latin: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The terms under which the passages hold an English word: whole where it is written so, else in its parts."""
    whole = lexicon.terms_of(latin.replace("|", ""))
    parts = lexicon.terms_of(latin.replace("|", " "))
    for terms in (parts, whole) if len(parts) > 1 else (whole,):
        if terms and all(lexicon.frequency(term) for term in terms):
            return terms
    return ()
