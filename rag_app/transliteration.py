"""Whether a Hangul word is an English word written as it sounds: `파인튜닝` and fine-tuning, `랭체인` and LangChain.

Both sides become strings of sounds. A table says which sounds the letters of an English word may have in Korean writing and at
what cost; the cheapest way through the table is the distance.

Covers: words as the loanword rules write them, with the usual liberties, and acronyms read letter by letter (`에이피아이`).
Does not cover: names that kept a French, German or Japanese sound, numbers, Chinese characters.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rag_app.english import FUNCTION_WORDS

_ONSETS = ("g", "?", "n", "d", "?", "l", "m", "b", "?", "s", "s", "", "j", "?", "c", "k", "t", "p", "h")
_VOWELS = "a E ya yE A e yA ye o wa wE ? yo u wA we wi yu - ? i".split()
_CODAS = ("", *"K ? ? n ? ? ? l ? ? ? ? ? ? ? m P ? T T N ? ? ? ? ? ?".split())
# Small letters begin a syllable, capitals end one; A is ㅓ, E is ㅐ; ㅡ is silent: it only carries a consonant; ? is what no English
# word has in Hangul: ㄲ ㄸ ㅃ ㅉ, ㅚ ㅢ, and finals other than ㄱ ㄴ ㄹ ㅁ ㅂ ㅅ ㅇ.

_RULES = """
a      a E e:.05 A:.1 ei:.05 o:.2 i:.3
ai     ei e:.1 E:.1
ay     ei e:.1
au     o au:.2
aw     o
e      e i:.1 A:.1 E:.1 _:.25
e$     _ e:.1 i:.3
en$    n:.05 en in:.1 An:.1
ea     i e ia:.1 iE:.1
ee     i
ei     ei i ai:.1
eu     yu u:.1
ew     yu u
ey     i ei:.1
i      i ai:.05 A:.3 y:.2
ie     i ai:.1
igh    ai
o      o A:.1 a:.1 u:.3 ou:.2 wA:.5 _:.3
oa     o oa:.1
on$    n:.05 An:.05 on
oi     oi
oy     oi
oo     u o:.3
ou     au u A:.1 o:.2
ow     au o ou:.2
u      A u yu a:.2 i:.4 wi:.3 w:.1
ui     i:.1 wi:.1 u:.1
y      i ai:.05
^y     y
er%    A
ar%    a A:.1 o:.2
or%    o A
ir%    A
ur%    A
yr%    A:.1
ear%   iA A:.1
eer%   iA
air%   eA EA:.1
are$   eA EA:.1
ire$   aiA
ore$   o oA
ure$   yuA yA:.1 A:.1 uA:.1
our%   auA oA:.1 o:.1 A:.1
r      l
r%     _:.05 A:.2 l:.3
rr     l
re$    A:.1 _:.1
wr     l
rh     l
l      l _:.6
ll     l
le$    l Al:.1
les$   lj ls
alk    oK ok
b      b P p:.4
bb     b P
mb$    m
c      k K g:.4
c&     s
cc     k K
cc&    Ks ks
ck     k K
ch     c k:.1 K:.1 s:.3
ch%    ci c:.1 k:.1 K:.1
che$   si syu:.2 c:.2
tch    c Tc:.1
tch%   ci Tci:.1 c:.1
sch    sk
cial   syAl
tial   syAl
cian   syAn
d      d T:.1 t:.4
du     dyu ju:.1 jyu:.1 dA du
dd     d T:.1
dg&    j Tj:.05
dge    ji Tji:.1 j:.05
dge$   ji Tji:.1
f      p P:.1 h:.4
ff     p P:.1
g      g K k:.4
g&     j g:.05
gg     g K
ge$    ji
gh     _ g:.2 p:.4
gn$    n
gu     g gw:.1 gA gu gyu:.1
h      h _:.2
j      j
k      k K g:.4
^kn    n
m      m n:.6
mm     m mm
n      n
nn     n nn
nk     Nk NK:.1 nk:.1
nc     nk Nk
nc&    ns
ng     N Ng ng:.1
ng&    nj N:.1 Ng:.1
nx     NKs:.1 Nks
p      p P b:.4
ph     p
pp     p P
^ps    s
^pn    n
q      k K
qu     kw k:.1 ku:.1
que$   k K
s      s j:.05 sy:.2
s$     s j:.05
sc&    s
sh     s sy
sh%    si swi:.1 syu:.3
ss     s sy:.2
sion   jAn syAn
ssion  syAn
sure   jA syuA
t      t T d:.4
tt     t T
tion   syAn cAn:.1
ture   cA cyA tyuA:.1
tu     tyu cu:.1 tA tu cyu:.2
th     s d:.1 t:.1 T:.2
tz     c cu tj:.1
v      b p:.4
w      w u:.2 _:.3
wh     w hw h:.2
x      Ks ks gj:.05 Kj:.05
^x     j
z      j s:.3
zz     j
|      _
"""
# ^ at the beginning, $ at the end of a word or part, % where no vowel follows, & before e, i, y; _ is no sound.

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
_UNHEARD = FUNCTION_WORDS | frozenset(["", *"not no all any some such out over up only own same too very just also each".split()])
_BOUNDARY = re.compile(r"[\s_.|\-]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_ONE_SOUND = frozenset(["ee", "oo", "ay", "oy", "ey", "aw", "sh", "ck"])  # never read as two letters
_LONGEST_CHARS = 40
_SKIPPED_LETTER = 1.0
_SKIPPED_SOUND = 0.9
_LONGEST_ACRONYM = 5
_MOST_SKELETONS = 12
_NEVER = 1.01
_NO_MORE = 2.0  # a distance beyond which two words have nothing to do with each other

_Rule = tuple[str, tuple[tuple[str, float], ...]]


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


def parts_of(word: str) -> str:
    """An English word as the table reads it: small letters, `|` between its parts; empty when it holds anything else."""
    parts = "|".join(part.lower() for part in _BOUNDARY.split(word) if part)
    return parts if parts.isascii() and parts.replace("|", "").isalpha() and len(parts) <= _LONGEST_CHARS else ""


def vocabulary(text: str, terms: Iterable[str]) -> frozenset[str]:
    """What of a text may be heard in the other script: of its lexical terms the borrowed-looking Hangul words, and its
    English words as `parts_of` writes them, identifiers whole and in parts. Closed-class words are left out."""
    found = {term for term in terms if _HANGUL_WORD.fullmatch(term) and _BORROWED.search(term)}
    for word in set(_LATIN_WORD.findall(text)):
        parts = parts_of(word)
        found.add(parts)
        if "|" in parts:
            found.update(part for part in parts.split("|") if len(part) > 3)
    return frozenset(found - _UNHEARD)


def skeletons(word: str) -> tuple[str, ...]:
    """The consonants, by kind, that a word of either script may be heard with."""
    return skeletons_of_latin(word) if word.isascii() else skeletons_of_hangul(word)


def skeletons_of_hangul(word: str) -> tuple[str, ...]:
    """The consonants of a Hangul word, by kind; none when it cannot be an English word in Hangul."""
    sounds = sounds_of(word)
    if not sounds:
        return ()
    return (_skeleton(_CLOSED_BEFORE_AFFRICATE.sub("", sounds)),)


@lru_cache(maxsize=20_000)
def skeletons_of_latin(word: str) -> tuple[str, ...]:
    """Every string of consonants, by kind, that the likely readings of an English word have."""
    parts = parts_of(word)
    found: list[set[str]] = [set() for _ in range(len(parts) + 1)]
    found[0].add("")
    for at in range(len(parts)):
        before = found[at]
        if before:
            for letters, readings in _rules_at(parts, at):
                kinds = {sounds.translate(_CLASSES) for sounds, cost in readings if cost <= 0.1}
                after = found[at + len(letters)]
                after.update(start + kind for start in before for kind in kinds)
    likely = sorted({_REPEATED.sub(r"\1", one) for one in found[-1]}, key=lambda one: (len(one), one))[:_MOST_SKELETONS]
    spelled = _spelled(parts)
    return tuple(dict.fromkeys([*likely, *([_skeleton(sounds_of(spelled))] if spelled else [])])) if parts else ()


def similarity(hangul: str, latin: str) -> float:
    """How surely the Hangul word is the English word as it sounds, 0 to 1.

    Case tells the parts of an identifier (`LangChain`). Acronyms may be read by their letters.
    """
    sounds, parts = sounds_of(hangul), parts_of(latin)
    if not sounds or not parts:
        return 0.0
    if hangul.replace("씨", "시") == _spelled(parts):
        return 1.0
    return max(0.0, 1.0 - distance(sounds, parts) / _scale(sounds))


def sounds_alike(hangul: str, latin: str) -> bool:
    """Whether `similarity` is high enough to take one word for the other; short words have to fit exactly."""
    return similarity(hangul, latin) >= least_similarity(hangul)


def least_similarity(hangul: str) -> float:
    """What `similarity` a Hangul word of this length needs.

    Source: chosen on the word pairs of tests/test_transliteration.py for a precision of .97.
    """
    length = len(sounds_of(hangul))
    if not _BORROWED.search(hangul):
        return 0.95 if length > 5 else _NEVER
    return _NEVER if length < 3 else 0.97 if length < 5 else 0.93 if length < 7 else 0.88


def distance(sounds: str, parts: str) -> float:
    """The cost of the cheapest reading of an English word (`parts_of`) that gives these sounds; at most `_NO_MORE`."""
    width = len(sounds) + 1
    rows = [[_NO_MORE] * width for _ in range(len(parts) + 1)]
    rows[0][0] = 0.0
    for at in range(len(parts) + 1):
        row = rows[at]
        for j in range(1, width):
            if row[j - 1] + _SKIPPED_SOUND < row[j]:
                row[j] = row[j - 1] + _SKIPPED_SOUND
        if at == len(parts):
            break
        steps = _rules_at(parts, at)
        for j in range(width):
            spent = row[j]
            if spent >= _NO_MORE:
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


def _scale(sounds: str) -> float:
    return max(4.0, float(len(sounds)))


def _skeleton(sounds: str) -> str:
    return _REPEATED.sub(r"\1", sounds.translate(_CLASSES))


def _spelled(parts: str) -> str:
    """A short word read letter by letter, in Hangul; empty for a longer one."""
    if not 2 <= len(parts) <= _LONGEST_ACRONYM or "|" in parts:
        return ""
    return "".join(_LETTERS[letter] for letter in parts)


@lru_cache(maxsize=20_000)
def _rules(parts: str) -> tuple[tuple[_Rule, ...], ...]:
    return tuple(tuple(_fitting(parts, at)) for at in range(len(parts)))


def _rules_at(parts: str, at: int) -> tuple[_Rule, ...]:
    return _rules(parts)[at]


def _fitting(parts: str, at: int) -> Iterator[_Rule]:
    """The rules whose letters stand at this place; one that names its surroundings goes before the bare one."""
    taken: set[str] = {parts[at]} if parts[at : at + 2] in _ONE_SOUND else set()
    for letters, mark, readings in _table()[parts[at]]:
        end = at + len(letters)
        if letters in taken or not parts.startswith(letters, at):
            continue
        following = parts[end : end + 1]
        fits = (
            not mark
            or (mark == "^" and (at == 0 or parts[at - 1] == "|"))
            or (mark == "$" and following in ("", "|"))
            or (mark == "%" and (not following or following not in "aeiouy"))
            or (mark == "&" and following != "" and following in "eiy")
        )
        if fits:
            taken.add(letters)
            yield letters, readings


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[tuple[str, str, tuple[tuple[str, float], ...]], ...]]:
    """The rules by first letter: (letters, where, readings with their costs), those with a `where` first."""
    table: dict[str, list[tuple[str, str, tuple[tuple[str, float], ...]]]] = {}
    for line in _RULES.strip().splitlines():
        name, *entries = line.split()
        letters = name.strip("^$%&")
        readings = []
        for entry in entries:
            heard, _, cost = entry.partition(":")
            readings.append((heard.replace("_", ""), float(cost or 0)))
        table.setdefault(letters[0], []).append((letters, name.replace(letters, ""), tuple(readings)))
    return {letter: tuple(sorted(rules, key=lambda rule: not rule[1])) for letter, rules in table.items()}
