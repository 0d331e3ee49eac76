"""Other names for a term: mined from what documents say of themselves, or written down by the user in `glossary.tsv`.

Mined: `경사하강법(gradient descent)` in either order, `LoRA(Low-Rank Adaptation)`, and tables with Korean beside English.
Does not cover: translations that stand in different documents.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag_app.cleaning import clean_text
from rag_app.english import FUNCTION_WORDS

FILE_NAME = "glossary.tsv"

_MOST_WORDS = 4
_MOST_CHARS = 48
_LEAST_ROWS = 2

_HANGUL = "가-힣"
_BRACKETS = re.compile(r"[(（]([^()（）]{2,80})[)）]")
_BEFORE_CHARS = 80
_MARKS = re.compile(r"[*`\"“”‘’「」『』]+")
_HANGUL_TAIL = re.compile(rf"(?:^|[^{_HANGUL}A-Za-z0-9 ]|\s)((?:[{_HANGUL}]+ ){{0,3}}[{_HANGUL}]+)$")
_LATIN_TAIL = re.compile(r"(?:^[\s\-]*|[^A-Za-z0-9 \-])\s*((?:[A-Za-z][A-Za-z\-]*[ ]){0,7}[A-Za-z][A-Za-z\-]*)$")
_HANGUL_NAME = re.compile(rf"[{_HANGUL}]+(?: [{_HANGUL}]+){{0,3}}")
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z]*(?:[ \-/][A-Za-z]+){0,4}")
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{0,4}[A-Z]s?")
_ANY_HANGUL, _ANY_ACRONYM = re.compile(f"[{_HANGUL}]"), re.compile("[A-Z][A-Za-z]{0,4}[A-Z]")
_SEPARATORS = re.compile(r"\s*[,;/·]\s*")
_ROW = re.compile(r"^\s*\|(.+)\|\s*$")
_NO_NAME_ENDING = re.compile(
    "(?:은|는|을|를|의|에|에서|에게|으로|부터|까지|하는|하고|하며|하여|한|된|되는|인|할|된다|이란|라는|와|과|및|또는|있는|없는|같은|이는)$"
)
_SENTENCE_ENDING = re.compile("(?:다|고|게|며|면|자|지고|주고)$")
_IDENTIFIER = re.compile(r"[a-z]+[A-Z][a-zA-Z]*|(?:[A-Z][a-z]+){3,}")
_NOT_A_NAME = frozenset(
    "ok eg ie etc vs or and see yes no true false none null default optional required example".split()
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names of one thing, as they are written."""

    term: str
    alias: str


def mine_pairs(title: str, headings: Sequence[str], text: str) -> tuple[Pair, ...]:
    """The pairs of names that a passage states, each once, in the order in which they stand."""
    found: dict[Pair, None] = {}
    for line in _MARKS.sub("", "\n".join((title, *headings, text))).split("\n"):
        if "(" in line or "（" in line:
            found.update(dict.fromkeys(_in_brackets(line)))
    if "|" in text:
        found.update(dict.fromkeys(_in_tables(text)))
    return tuple(found)


def read_groups(path: Path) -> tuple[tuple[str, ...], ...]:
    """The groups of equal names in the user's file; none when there is no file. Lines of `#` are comments.

    A line with a single name says that this name has no other: what was mined for it is not used.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return ()
    groups = []
    for line in clean_text(raw.decode("utf-8-sig", "replace")).split("\n"):
        names = tuple(dict.fromkeys(name for part in line.split("\t") if (name := " ".join(part.split()))))
        if names and not line.lstrip().startswith("#"):
            groups.append(names)
    return tuple(groups)


def _in_brackets(line: str) -> Iterator[Pair]:
    may_be_korean, may_be_short = _ANY_HANGUL.search(line) is not None, _ANY_ACRONYM.search(line) is not None
    if not may_be_korean and not may_be_short:
        return  # most lines of code and of English
    for match in _BRACKETS.finditer(line):
        opening = match.start()
        outside = line[max(0, opening - _BEFORE_CHARS) : opening].rstrip()
        inner = [part for part in _SEPARATORS.split(match[1].strip()) if part]
        latin = [part for part in inner if _is_latin_name(part)] if may_be_korean else []
        for name in latin:
            before = _hangul_before(outside, name)
            if before:
                yield Pair(before, name)
        if may_be_short:
            yield from _acronyms(outside, inner)
        if len(inner) == 1 and _HANGUL_NAME.fullmatch(inner[0]) and len(inner[0]) <= _MOST_CHARS:
            before = _latin_before(outside, inner[0])
            if before:
                yield Pair(inner[0], before)


def _hangul_before(text: str, latin: str) -> str:
    """The Hangul name at the end of a text: at most as many words as the English one has, or its acronym letters."""
    tail = _HANGUL_TAIL.search(text)
    if tail is None:
        return ""
    words = tail[1].split(" ")
    most = len(latin) if _ACRONYM.fullmatch(latin) else len(re.split(r"[ \-]", latin))
    words = words[-max(1, min(most, _MOST_WORDS)) :]
    for at in range(len(words) - 1, -1, -1):
        if at < len(words) - 1 and _NO_NAME_ENDING.search(words[at]):
            words = words[at + 1 :]
            break
    name = " ".join(words)
    return name if len(name) >= 2 and not _SENTENCE_ENDING.search(name) else ""


def _latin_before(text: str, hangul: str) -> str:
    """The English name at the end of a text, when it stands alone: in running text nobody can tell where it begins."""
    tail = _LATIN_TAIL.search(text)
    if tail is None or len(tail[1].split(" ")) > max(2, len(hangul.split(" ")) + 1):
        return ""
    words = tail[1].split(" ")
    while words and words[0].lower() in FUNCTION_WORDS:
        words = words[1:]
    name = " ".join(words)
    return name if _is_latin_name(name) else ""


def _acronyms(before: str, inner: Sequence[str]) -> Iterator[Pair]:
    """`LoRA(Low-Rank Adaptation)`, `Low-Rank Adaptation (LoRA)`, `저순위 적응(Low-Rank Adaptation, LoRA)`."""
    latin = re.search(r"[A-Za-z][A-Za-z \-]*$", before)
    names = [*([latin[0]] if latin else []), *inner]
    for short in names:
        if not _ACRONYM.fullmatch(short.split(" ")[-1]):
            continue
        short = short.split(" ")[-1].removesuffix("s")
        for long in names:
            spelled = _spelled_form(short, long)
            if spelled:
                yield Pair(short, spelled)


def _spelled_form(short: str, long: str) -> str:
    """The last words of `long` whose first letters are the acronym; empty when there are none."""
    words = [word for word in re.split(r"[ \-]+", long) if word]
    letters = re.sub("[a-z]", "", short).lower() if not short.isupper() else short.lower()
    for candidate in {short.lower(), letters}:
        tail = words[-len(candidate) :]
        if len(tail) == len(candidate) > 1 and "".join(word[0] for word in tail).lower() == candidate:
            start = long.rfind(tail[0]) if len(tail) < len(words) else 0
            return long[start:].strip() if start >= 0 else ""
    return ""


def _in_tables(text: str) -> Iterator[Pair]:
    """Rows of a table whose neighbouring cells are a Korean and an English name, where several rows say so."""
    rows: list[list[str]] = []
    for line in (*text.split("\n"), ""):
        match = _ROW.match(line)
        if match:
            rows.append([_MARKS.sub("", cell).strip() for cell in match[1].split("|")])
        elif rows:
            yield from _column_pairs(_below_the_rule(rows))
            rows = []


def _below_the_rule(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """The rows of a table without its head; all of them when the head stands in another passage."""
    rules = [at for at, row in enumerate(rows) if set("".join(row)) <= set("-: ")]
    return rows[rules[0] + 1 :] if rules else rows


def _column_pairs(rows: Sequence[Sequence[str]]) -> Iterator[Pair]:
    for column in range(max((len(row) for row in rows), default=0) - 1):
        pairs: list[Pair] = []
        filled = 0
        for row in rows:
            if column + 1 >= len(row):
                continue
            filled += 1
            pairs.extend(_cell_pairs(row[column], row[column + 1]) or _cell_pairs(row[column + 1], row[column]))
        if len(pairs) >= _LEAST_ROWS and len({pair.term for pair in pairs}) >= 0.7 * filled:
            yield from pairs


def _cell_pairs(korean: str, english: str) -> list[Pair]:
    names = [part.strip(" )") for part in re.split(r"[(,;]", english) if part.strip(" )")]
    if not _HANGUL_NAME.fullmatch(korean) or not names or not all(map(_is_latin_name, names)):
        return []
    return [Pair(korean, name) for name in names]


@lru_cache(20_000)
def _is_latin_name(text: str) -> bool:
    if (
        not _LATIN_NAME.fullmatch(text)
        or not 2 <= len(text) <= _MOST_CHARS
        or text.lower() in _NOT_A_NAME
        or _IDENTIFIER.fullmatch(text)
    ):
        return False
    words = re.split(r"[ \-/]", text.lower())
    return words[0] not in FUNCTION_WORDS and 2 * sum(word in FUNCTION_WORDS for word in words) < len(words)
