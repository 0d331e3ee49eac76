"""Whether a Hangul word is an English word written as it sounds: `파인튜닝` and fine-tuning, `랭체인` and LangChain.

The Hangul word becomes a string of sounds; `readings` says which sounds the letters of an English word may have and at what
cost; the cheapest way through its table is the distance.

Covers: words as the loanword rules write them, with the usual liberties, and acronyms read letter by letter (`에이피아이`).
Does not cover: names that kept a French, German or Japanese sound, numbers, Chinese characters.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from rag_app.english import FUNCTION_WORDS
from rag_app.readings import readings_at

_ONSETS = ("g", "?", "n", "d", "?", "l", "m", "b", "?", "s", "s", "", "j", "?", "c", "k", "t", "p", "h")
_VOWELS = "a E ya yE A e yA ye o wa wE ? yo u wA we wi yu - ? i".split()
_CODAS = ("", *"K ? ? n ? ? ? l ? ? ? ? ? ? ? m P ? T T N ? ? ? ? ? ?".split())
# Small letters begin a syllable, capitals end one; A is ㅓ, E is ㅐ; ㅡ is silent: it only carries a consonant; ? is what no English
# word has in Hangul: ㄲ ㄸ ㅃ ㅉ, ㅚ ㅢ, and finals other than ㄱ ㄴ ㄹ ㅁ ㅂ ㅅ ㅇ.

_LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "에이 비 시 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 알 에스 티 유 브이 더블유 엑스 와이 제트".split(),
        strict=True,
    )
)
_CLASSES = str.maketrans("gkKdtTbpPscjlmnN", "KKKTTTPPPSSSLMNN", "aeiouAEywh")
_CLOSED_BEFORE_AFFRICATE = re.compile("T(?=[jc])")
_REPEATED = re.compile(r"(.)\1+")
_BORROWED = re.compile(
    "[카-킿러버스크트프블클플츠즈션셔슈쇼뉴튜듀뷰퓨뮤쉬셰섀웨웹윈윙]|[데-뎋테-텧베-벻페-펳메-멯헤-헿레-렣터-텋퍼-펗]"
    "|[디맵맨밴샘샌핸햄푸풋폰폼폴펀턴팩팝팟앱롤럽룹롭봇넷랫릿셋샷숏밋맷핏젯셀딩닝링싱밍핑팅킹]|.[그드브르글]"
    "|^[라-맇에엔엘엠엑엣]|^드[라래레로리릴]|[더머너널]$"
)
# Syllables that hardly any native or Chinese word has: the mark of a borrowed one.
_HANGUL_WORD = re.compile("[가-힣]{2,12}")
_LATIN_WORD = re.compile("[A-Za-z]{2,}(?:-[A-Za-z]+)*")
_UNHEARD = FUNCTION_WORDS | frozenset(
    ["", *"not no all any some such out over up only own same too very just also each".split()]
)
_BOUNDARY = re.compile(r"[\s_.|\-]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_LONGEST_CHARS = 40
_SKIPPED_LETTER = 1.0
_SKIPPED_SOUND = 0.9
_LONGEST_ACRONYM = 5
_MOST_SKELETONS = 12
_NEVER = 1.01
_NO_MORE = 2.0  # a distance beyond which two words have nothing to do with each other
_ROUNDING = 1e-6


def sounds_of(hangul: str) -> str:
    """The sounds of a Hangul word; empty when it cannot be an English word in Hangul."""
    out: list[str] = []
    for char in hangul:
        number = ord(char) - ord("가")
        if not 0 <= number < 11172:
            return ""
        onset, vowel, coda = number // 588, number % 588 // 28, number % 28
        out.append(_ONSETS[onset] + _VOWELS[vowel].strip("-") + _CODAS[coda])
    sounds = "".join(out).replace("ll", "l")
    return "" if "?" in sounds else sounds


@lru_cache(maxsize=50_000)
def parts_of(word: str) -> str:
    """An English word as the table reads it: small letters, `|` between its parts; empty when it holds anything else."""
    if word.islower() and word.isascii() and word.isalpha():
        return word if len(word) <= _LONGEST_CHARS else ""
    parts = "|".join(part.lower() for part in _BOUNDARY.split(word) if part)
    return parts if parts.isascii() and parts.replace("|", "").isalpha() and len(parts) <= _LONGEST_CHARS else ""


def vocabulary(text: str, terms: Iterable[str]) -> frozenset[str]:
    """What of a text may be heard in the other script: of its lexical terms the borrowed-looking Hangul words, and its
    English words as `parts_of` writes them, identifiers whole and in parts. Closed-class words are left out."""
    found = set(filter(_looks_borrowed, set(terms)))
    words = set(map(parts_of, set(_LATIN_WORD.findall(text))))
    found |= words
    for word in words:
        if "|" in word:
            found.update(part for part in word.split("|") if len(part) > 3)
    return frozenset(found - _UNHEARD)


@lru_cache(maxsize=100_000)
def _looks_borrowed(term: str) -> bool:
    return _HANGUL_WORD.fullmatch(term) is not None and _BORROWED.search(term) is not None


def skeletons(word: str) -> tuple[str, ...]:
    """The consonants, by kind, that a word of either script may be heard with."""
    return skeletons_of_latin(word) if word.isascii() else skeletons_of_hangul(word)


def skeletons_of_hangul(word: str) -> tuple[str, ...]:
    """The consonants of a Hangul word, by kind; none when it cannot be an English word in Hangul."""
    sounds = sounds_of(word)
    if not sounds:
        return ()
    return (_skeleton(_CLOSED_BEFORE_AFFRICATE.sub("", sounds)),)


@lru_cache(maxsize=50_000)
def skeletons_of_latin(word: str) -> tuple[str, ...]:
    """Every string of consonants, by kind, that the likely readings of an English word have."""
    parts = parts_of(word)
    found: list[set[str]] = [set() for _ in range(len(parts) + 1)]
    found[0].add("")
    for at in range(len(parts)):
        before = found[at]
        if before:
            for letters, readings in readings_at(parts, at):
                kinds = _likely_kinds(readings)
                after = found[at + len(letters)]
                after.update(start + kind for start in before for kind in kinds)
    likely = sorted({_REPEATED.sub(r"\1", one) for one in found[-1]}, key=lambda one: (len(one), one))[:_MOST_SKELETONS]
    spelled = _spelled(parts)
    return tuple(dict.fromkeys([*likely, *([_skeleton(sounds_of(spelled))] if spelled else [])])) if parts else ()


@lru_cache(maxsize=1024)
def _likely_kinds(readings: tuple[tuple[str, float], ...]) -> frozenset[str]:
    return frozenset(sounds.translate(_CLASSES) for sounds, cost in readings if cost <= 0.1)


def similarity(hangul: str, latin: str, *, least: float = 0.0) -> float:
    """How surely the Hangul word is the English word as it sounds, 0 to 1.

    Case tells the parts of an identifier (`LangChain`). Acronyms may be read by their letters. What would come out below
    `least` is 0, and found sooner.
    """
    sounds, parts = sounds_of(hangul), parts_of(latin)
    if not sounds or not parts:
        return 0.0
    if hangul.replace("씨", "시") == _spelled(parts):
        return 1.0
    scale = max(4.0, float(len(sounds)))
    most = min(_NO_MORE, (1.0 - least) * scale + _ROUNDING)
    spent = distance(sounds, parts, most)
    return 0.0 if spent >= most else max(0.0, 1.0 - spent / scale)


def least_similarity(hangul: str) -> float:
    """What `similarity` a Hangul word of this length needs to be taken for an English one; short ones have to fit exactly.

    Source: chosen on the word pairs of tests/test_transliteration.py for a precision of .97.
    """
    length = len(sounds_of(hangul))
    if not _BORROWED.search(hangul):
        return 0.95 if length > 5 else _NEVER
    return _NEVER if length < 3 else 0.97 if length < 5 else 0.93 if length < 7 else 0.88


def distance(sounds: str, parts: str, most: float) -> float:
    """The cost of the cheapest reading of an English word (`parts_of`) that gives these sounds; `most` if it is no less."""
    width = len(sounds) + 1
    rows = [[most] * width for _ in range(len(parts) + 1)]
    rows[0][0] = 0.0
    for at in range(len(parts) + 1):
        row = rows[at]
        for j in range(1, width):
            if row[j - 1] + _SKIPPED_SOUND < row[j]:
                row[j] = row[j - 1] + _SKIPPED_SOUND
        if at == len(parts):
            break
        steps = readings_at(parts, at)
        for j in range(width):
            spent = row[j]
            if spent >= most:
                continue
            _lower(rows[at + 1], j, spent + _SKIPPED_LETTER)
            for letters, readings in steps:
                target = rows[at + len(letters)]
                for heard, cost in readings:
                    if sounds.startswith(heard, j):
                        _lower(target, j + len(heard), spent + cost)
    return rows[-1][-1]


def _lower(row: list[float], j: int, cost: float) -> None:
    if cost < row[j]:
        row[j] = cost


def _skeleton(sounds: str) -> str:
    return _REPEATED.sub(r"\1", sounds.translate(_CLASSES))


def _spelled(parts: str) -> str:
    """A short word read letter by letter, in Hangul; empty for a longer one."""
    if not 2 <= len(parts) <= _LONGEST_ACRONYM or "|" in parts:
        return ""
    return "".join(_LETTERS[letter] for letter in parts)
