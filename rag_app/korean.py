"""Korean morphemes to lexical terms: nouns whole and in parts, verbs in dictionary form, no particles and no endings."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_LIGHT = (
    "것 수 등 때문 데 바 줄 지 거 하다 되다 있다 없다 같다 위하다 대하다 의하다 통하다 이다 아니다 주다 않다 말다 싶다"
)
_ASKING = "알리다 알다 무엇 뭐 뭣 어떻다 어떠하다 어떤 어느 무슨 왜 얼마 몇 며칠 궁금 가르치다 어디 언제 누구 누가"
QUESTION_WORDS = frozenset(_LIGHT.split()) | frozenset(_ASKING.split())

COMMANDS = re.compile(
    "(?:알려|말해|말씀해|설명해|가르쳐|찾아|보여|요약해|정리해|소개해|답해|대답해)"
    r"\s?(?:줘요?|줘라|주라|주세요|주십시오|주실래요?|주실 수 있나요|줄래요?|줄 수 있(?:어요?|나요?|니)|주시겠어요|주시겠습니까|달라|다오|봐요?|보세요)"
    "(?![가-힣])|(?:부탁드립니다|부탁드려요|부탁해요?|부탁합니다|궁금합니다|궁금해요?)(?![가-힣])"
)

# Spellings that mean one word; the second is the form of the National Institute of Korean Language.
_VARIANTS = """
메소드 메서드|컨텐츠 콘텐츠|컨텐트 콘텐츠|어플리케이션 애플리케이션|데이타 데이터|알고리듬 알고리즘|라이센스 라이선스|메세지 메시지|컨퍼런스 콘퍼런스
디렉토리 디렉터리|쓰레드 스레드|쉘 셸|악세스 액세스|억세스 액세스|네비게이션 내비게이션|솔류션 솔루션|매니져 매니저|캐쉬 캐시|푸쉬 푸시|해쉬 해시
플래쉬 플래시|화일 파일|레포지토리 리포지토리|리포지터리 리포지토리|레포지터리 리포지토리|패러미터 파라미터|파라메터 파라미터|파라메타 파라미터
릴리즈 릴리스|아키텍쳐 아키텍처|피쳐 피처|텍스쳐 텍스처|워크플로우 워크플로|플로우 플로|섀도우 섀도|윈도우 윈도|어댑타 어댑터|콜렉션 컬렉션
케릭터 캐릭터|써버 서버|싸이트 사이트|써비스 서비스|센타 센터|스케쥴 스케줄|리더쉽 리더십|멤버쉽 멤버십|워크샵 워크숍|까페 카페|로보트 로봇
타겟 타깃|컴포넌츠 컴포넌트|인터페이즈 인터페이스|프로포잘 프로포절|비지니스 비즈니스|브라우져 브라우저|메뉴얼 매뉴얼|테스크 태스크|테그 태그
"""
_SPELLING = dict(pair.split() for line in _VARIANTS.split("\n") for pair in line.split("|") if pair)

_NOUNS = frozenset(["NNG", "NNP", "NNB", "NR", "NP", "XR", "XPN", "XSN", "SL", "SH", "SN"])
_TOPICS = frozenset(["NNG", "NNP", "XR", "NR"])
_AFFIXES = frozenset(["XPN", "XSN"])
_VERBS = frozenset(["VV", "VA"])
_ENDINGS_OF_A_DOUBTFUL_VERB = frozenset(["EF", "EC", "ETN", "JX"])
_PARTICLES_OF_A_HIDDEN_NOUN = frozenset(["JX", "JKB"])
_REALLY_VERBS = frozenset(
    "대해 인해 가지 하지 하자 되지 위해 통해 관해 의해 보고 주고 알고 가고 하기 되기 보기".split()
)
_LONGEST_JOINED = 10
_LONGEST_DOUBTFUL = 8
_LONGEST_SIMPLE = 3


class Morpheme(NamedTuple):
    """One morpheme: its form, its Sejong tag without subtype, whether the dictionary knows it."""

    form: str
    tag: str
    known: bool


class Nouns(NamedTuple):
    """Nouns that touch each other: the string they make, and how they were split where they were read."""

    text: str
    parts: tuple[Morpheme, ...]


class Reading(NamedTuple):
    """What one word says: nouns and dictionary forms in order; `doubtful` when the whole word might be a noun instead."""

    word: str
    items: tuple[Nouns | str, ...]
    doubtful: bool


def read(word: str, morphemes: Sequence[Morpheme]) -> Reading:
    """The word's nouns, verbs and adverbs; particles and endings fall away."""
    if morphemes and morphemes[0].tag == "VX":  # `만드는` alone is read as if a verb stood in front of it
        morphemes = (Morpheme(morphemes[0].form, "VV", morphemes[0].known), *morphemes[1:])
    return Reading(word, _items(morphemes), _is_doubtful(word, morphemes))


def read_stem(morphemes: Sequence[Morpheme]) -> Reading | None:
    """What every word of three syllables or more says that is this stem and an ending; None where that takes the whole word."""
    begins_inside = morphemes[0].tag.startswith(("J", "E", "XS", "VX"))
    if begins_inside or _TOPICS.isdisjoint([one.tag for one in morphemes]):
        return None
    return Reading("", _items(morphemes), False)


def standing_alone(word: str, morphemes: Sequence[Morpheme]) -> Sequence[Morpheme]:
    """The morphemes of a word with nothing in front: an unknown noun where they begin as no word does (`도커` as 도+크다)."""
    begins_inside = bool(morphemes) and morphemes[0].tag.startswith(("J", "E", "XS"))
    if begins_inside and any(one.tag in _VERBS or one.tag in _TOPICS for one in morphemes):
        return (Morpheme(word, "NNG", False),)
    return morphemes


def may_split(nouns: Nouns) -> bool:
    """Whether the noun might be split otherwise elsewhere; a short word of the dictionary is not."""
    return len(nouns.parts) > 1 or len(nouns.text) > _LONGEST_SIMPLE or not nouns.parts[0].known


def object_form(noun: str) -> str:
    """The noun with its object particle, in which Kiwi reads hardly anything but a noun."""
    return noun + ("을" if _has_final_consonant(noun[-1]) else "를")


def as_noun(noun: str, object_morphemes: Sequence[Morpheme]) -> tuple[Morpheme, ...]:
    """How the noun is split when its object form is read; empty when that reading is no known noun."""
    *parts, particle = object_morphemes
    fits = particle.tag == "JKO" and "".join(part.form for part in parts) == noun
    return tuple(parts) if fits and all(part.known and part.tag in _NOUNS for part in parts) else ()


def terms_of(reading: Reading, canonical: Mapping[str, tuple[Morpheme, ...]]) -> tuple[str, ...]:
    """The word's terms in order, none for a word of particles or endings alone.

    `canonical` gives a noun's split (`as_noun`), the same wherever the noun stands; empty or absent where the reading
    in place is as good.
    """
    out: list[str] = []
    for item in reading.items:
        if isinstance(item, str):
            out.append(item)
        else:  # what other words made known of a noun that is not in doubt here would make terms depend on their order
            out.extend(_noun_terms(item, canonical.get(item.text, ()) if may_split(item) else ()))
    if reading.doubtful:
        parts = canonical.get(reading.word, ())
        if len(parts) == 1 and parts[0].tag == "NNG":
            return (reading.word,) if len(reading.word) == 1 else (*out, reading.word)
    return tuple(out)


def _items(morphemes: Sequence[Morpheme]) -> tuple[Nouns | str, ...]:
    items: list[Nouns | str] = []
    run: list[Morpheme] = []
    for morpheme in morphemes:
        tag = morpheme.tag
        if tag in _NOUNS:
            run.append(morpheme)
            continue
        if run:
            items.append(_together(run))
            run = []
        if tag in _VERBS:
            items.append(morpheme.form + "다")
        elif tag == "MAG":
            items.append(morpheme.form)
    if run:
        items.append(_together(run))
    return tuple(items)


def _together(run: list[Morpheme]) -> Nouns:
    """The nouns as one, without the 들 that only says that they are many."""
    while len(run) > 1 and run[-1].tag == "XSN" and run[-1].form == "들":
        run.pop()
    return Nouns("".join([one.form for one in run]) if len(run) > 1 else run[0].form, tuple(run))


def _noun_terms(nouns: Nouns, canonical: tuple[Morpheme, ...]) -> tuple[str, ...]:
    parts = canonical or nouns.parts
    forms = [part.form for part in parts if part.tag not in _AFFIXES] or [nouns.text]
    out = [_SPELLING.get(form, form) for form in forms]
    if nouns.text not in forms and len(nouns.text) <= _LONGEST_JOINED:
        out.append(_SPELLING.get(nouns.text) or "".join(out) if len(forms) == len(parts) else nouns.text)
    if len(canonical) == 1 < len(nouns.parts):  # `도로가`, a roadside, may be a road with its particle
        out.extend(part.form for part in nouns.parts[:1] if part.tag in _TOPICS and len(part.form) > 1)
    return tuple(out)


def _is_doubtful(word: str, morphemes: Sequence[Morpheme]) -> bool:
    """Whether a bare noun may hide in another reading: `용해` as 용하다, `본거지` as 보다, `금` as 그렇다, `파도` as 파 with a particle."""
    if not morphemes or word in _REALLY_VERBS or len(word) > _LONGEST_DOUBTFUL:
        return False
    last = morphemes[-1]
    if not _TOPICS.isdisjoint([one.tag for one in morphemes]):
        return len(word) == len(morphemes) == 2 and last.tag in _PARTICLES_OF_A_HIDDEN_NOUN
    if len(word) == 1:
        return last.form in ("\u11ab", "\u11b7")
    return len(morphemes) > 1 and last.tag in _ENDINGS_OF_A_DOUBTFUL_VERB


def _has_final_consonant(syllable: str) -> bool:
    return "가" <= syllable <= "힣" and (ord(syllable) - ord("가")) % 28 > 0
