"""Words of a text, and the terms of those that need no dictionary: English words, identifiers, numbers, other scripts."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from rag_app.cleaning import FULL_WIDTH
from rag_app.english import stem
from rag_app.numerals import numerals

Kind = Literal["hangul", "latin", "number", "other"]

MAX_WORD_CHARS = 64
_REMEMBERED_WORDS = 1 << 16  # a text says most of its words many times

_LATIN = "A-Za-z_\u00c0-\u024f"
_WORD = re.compile(
    "(?P<hangul>[가-힣ㄱ-ㅎㅏ-ㅣ]+)"
    r"|(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9]|,[0-9]{3})"
    rf"|[0-9]+(?:\.[0-9]+)*(?![-_]?[{_LATIN}0-9]|,[0-9]{{3}}|\.[0-9]))"
    rf"|(?P<latin>[{_LATIN}0-9]+(?:[.\-'’][{_LATIN}0-9]+)*(?:\+\+|#(?![{_LATIN}0-9#]))?)"
    r"|(?P<cjk>[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])"
    r"|(?P<other>[^\W\d_A-Za-z\u3040-\u30ff\u3131-\u318e\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]+|[\u2190-\u2bff\U0001f000-\U0001faff])"
)
_SIGNS = r"[!-/:-@\[-^`{-~…·“”‘’「」『』《》〈〉、。]*"
_LONE_HANGUL = re.compile(f"{_SIGNS}([가-힣ㄱ-ㅎㅏ-ㅣ]{{1,{MAX_WORD_CHARS}}}){_SIGNS}")
_LINK_TARGET = re.compile(r"\]\((?=[^()\s]*[/#.:])[^()\s]*\)")
_TAG_ATTRIBUTES = re.compile(r"<([a-z][a-z0-9]*)\s[^<>=]*=[^<>]*>")
_WIDE = re.compile("[\uff01-\uffe6]")
_OPENERS = frozenset('([{<|~*:="“‘「『《')  # signs that belong to no word
_CLOSING_TAG = re.compile(r"</[A-Za-z][A-Za-z0-9.]*>")
_ORDINAL = re.compile(r"제(?<![가-힣]제)(?=\s?[0-9])")
_PART = re.compile(r"[A-Z]+(?![a-z\u00df-\u00ff])|[A-Z]?[a-z\u00df-\u024f]+|[\u00c0-\u024f]+|[0-9]+")
_PLURAL_ACRONYM = re.compile(r"[A-Z]{2,}s")
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_CONTRACTION = re.compile(r"(?i)['’](?:s|re|ve|ll|d|m|t)$")
_KINDS: dict[str | None, Kind] = {"hangul": "hangul", "latin": "latin", "number": "number"}
_GLUED: dict[Kind, Literal["", "name", "number"]] = {"latin": "name", "number": "number", "hangul": "", "other": ""}


DOCUMENT_ENDING = re.compile(r"(?i)(?<=\w)\.(?:hwpx?|docx?|pptx?|xlsx?|pdf)(?![a-z0-9])")
"""How the name of a document ends where a question names one: `휴가규정_2024.hwp`."""

_FILE_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_FOR_A_SPACE = re.compile(r"[_/]+|(?<![0-9])-+|-+(?![0-9])")


class Word(NamedTuple):
    """A run of one script; `behind` says what a Hangul run is glued to: `RAG가` -> a name, `15일` -> a number."""

    kind: Kind
    text: str
    behind: Literal["", "name", "number"] = ""


def words(text: str) -> Iterator[Word]:
    """The text's words in order, composed and narrow, case kept; a number in words comes with its digits in front.

    Mark-up speaks by its text: link targets, attributes and closing tags are left out. A run longer than
    `MAX_WORD_CHARS` comes in pieces.
    """
    for token in tokens(text):
        yield from words_of_token(token)


def tokens(text: str) -> list[str]:
    """The text at its white space, ready for `words_of_token`: equal tokens have equal words wherever they stand."""
    if text.isascii():
        return _spoken(text).split()
    narrow = text.translate(FULL_WIDTH) if _WIDE.search(text) else text
    plain = _ORDINAL.sub("", _spoken(unicodedata.normalize("NFC", narrow)))
    found: list[str] = []
    done = 0
    for start, digits in numerals(plain):
        found += plain[done:start].split()
        glued = start > done and not (plain[start - 1].isspace() or plain[start - 1] in _OPENERS)
        done = start - len(found.pop()) if glued else start
        found.append(digits)
    return found + plain[done:].split()


def file_words(name: str) -> str:
    """The name of a file as a text: without its ending, and with a space for every sign that stands for one."""
    return _FOR_A_SPACE.sub(" ", _FILE_ENDING.sub("", name))


def lone_hangul(token: str) -> str:
    """The only word of a token that is one Hangul word, with signs around it or none; empty for any other."""
    match = _LONE_HANGUL.fullmatch(token)
    return match[1] if match else ""


def words_of_token(token: str) -> Iterator[Word]:
    """The words of one of the `tokens` of a text, in order."""
    end = -1
    before: Kind = "other"
    for match in _WORD.finditer(token):
        start, text, kind = match.start(), match[0], _KINDS.get(match.lastgroup, "other")
        behind = _GLUED[before] if start == end else ""
        if len(text) <= MAX_WORD_CHARS:
            yield Word(kind, text, behind)
        else:
            for at in range(0, len(text), MAX_WORD_CHARS):
                yield Word(kind, text[at : at + MAX_WORD_CHARS], behind)
                behind = ""
        end, before = start + len(text), kind


def plain_terms(word: Word) -> tuple[str, ...]:
    """The terms of a word that is not Hangul."""
    if word.kind == "number":
        return number_terms(word.text)
    return latin_terms(word.text) if word.kind == "latin" else (word.text.lower(),)


def number_terms(token: str) -> tuple[str, ...]:
    """A number without grouping commas or padding (`1,200,000` -> 1200000, `03` -> 3); a version also without its last step."""
    plain = token.replace(",", "")
    if plain.count(".") >= 2:
        steps = plain.split(".")
        year = len(steps[0]) == 4
        return (plain, *(step.lstrip("0") or "0" for step in steps)) if year else (plain, ".".join(steps[:2]))
    return (plain[1:] if len(plain) == 2 and plain[0] == "0" else plain,)


@lru_cache(_REMEMBERED_WORDS)
def latin_terms(token: str) -> tuple[str, ...]:
    """The stem of a word, or an identifier whole and in parts: `st.session_state` -> itself, st, session, state."""
    if _CONTRACTION.search(token):
        base = _CONTRACTION.sub("", token)
        token = base[:-1] if token[-1] in "tT" and base[-1:] in "nN" and len(base) > 1 else base
    if _PLURAL_ACRONYM.fullmatch(token):
        token = token[:-1]
    parts = [part.lower() for piece in re.split(r"[.\-'’_]+", token) if piece for part in _parts(piece)]
    if len(parts) < 2:
        return tuple(stem(part) for part in parts)
    whole = token.lower().strip("_")
    if whole[0] == "v" and _VERSION.fullmatch(whole[1:]):
        return (whole, *number_terms(whole[1:]))
    numbers = [number for found in _VERSION.findall(token) if found != whole for number in number_terms(found)]
    if re.fullmatch(r"[0-9]+(?:-[0-9]+)+", token):
        return (whole, *(term for part in parts for term in number_terms(part)))
    whole = whole.replace("-", "").replace("'", "").replace("’", "")
    return (whole, *numbers, *(stem(part) for part in parts if not (numbers and part.isdigit()) and part != whole))


def _spoken(text: str) -> str:
    if "](" in text:
        text = _LINK_TARGET.sub("] ", text)
    if "<" in text:
        text = _CLOSING_TAG.sub(" ", _TAG_ATTRIBUTES.sub(r" \1 ", text))
    return text


def _parts(piece: str) -> list[str]:
    if piece.islower() or piece.isupper():
        return re.findall(r"[^\W\d]+[+#]*|[0-9]+", piece) if any(char.isdigit() for char in piece) else [piece]
    return _PART.findall(piece)
