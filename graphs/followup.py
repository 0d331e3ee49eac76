"""A follow-up and what was asked before it -> one question that stands on its own; by rules, with no model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from graphs.state import Voice

LOOK_BACK: Final = 6
"""Earlier questions that are read; a topic older than that has changed."""
MAX_KEY_WORDS: Final = 8
_SHORT_WORDS: Final = 3


class TermRules(Protocol):
    """What this module needs of `rag_app.language.Terms`."""

    def of_text(self, text: str) -> tuple[str, ...]: ...

    def of_question(self, text: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Resolved:
    """`question` stands on its own; `voice` is set when the follow-up asked for another language."""

    question: str
    follows: bool
    voice: Voice | None = None


_POINTING: Final = re.compile(
    r"(?:^|\s)(?P<ko>(?:그|이|저)(?:것들?|거|건|게|걸|곳|분|사람|회사|제도|규정|방법|모델|기법|문서|과정|내용|값|숫자|함수|단계|경우|때)"
    r"(?:은|는|이|가|을|를|의|에|에서|에는|도|로|으로|와|과|랑|하고|보다|만|부터|까지|처럼)?(?![가-힣])"
    r"|(?:둘|셋|두\s?(?:개|가지)|세\s?(?:개|가지))(?:\s?(?:중|가운데)(?:에서|에)?|[은는이가을를의]|\s?다)?(?![가-힣])"
    r"|(?:이|그)(?:를|에|들은|들의|중에서?|와는?|로써)(?![가-힣])|(?:거기|여기|저기)(?:서|에|에서|에는|는|선|도)?(?![가-힣])"
    r"|(?:위|앞|방금|아까|이전)(?:의|에서)?\s?(?:말한|설명한|답한|언급한|나온)?\s?(?:것|내용|답변?|얘기|이야기|질문)?(?:은|는|이|가|을|를|에|에서)?(?=\s|$))"
    r"|\b(?P<en>it|its|that|this|those|these|they|them|their|he|she|him|her|his|there|the (?:same|former|latter|above))\b",
    re.IGNORECASE,
)
_CONNECTING: Final = re.compile(
    r"^\s*(?:그럼|그러면|그렇다면|그리고|그런데|근데|그래서|그래도|또|또한|아니면|혹시 그|반대로|반면에?|예를 들면|더)(?=[\s,?]|$)"
    r"|^\s*(?:and|but|so|then|or|also|what about|how about|what if|and what|okay so|ok so|why not|else)\b",
    re.IGNORECASE,
)
_ELLIPTIC: Final = re.compile(
    r"^\s*(?:왜|어째서|어떻게|언제|어디서?|누가|얼마나?|몇\s?\S{0,2})\s*(?:요|그래요?|그런가요|그렇지|그런 거야|그런 건가요|인가요|이야|야|죠)?\s*[?？.!]*\s*$"
    r"|^\s*(?:좀 |조금 )?(?:더 )?(?:자세히|간단히|짧게|쉽게|다시|길게)(?: (?:설명|말|알려|얘기)\S*)*(?: ?(?:줘|주세요|해|봐)요?)?\s*[?.!]*$"
    r"|^\s*(?:(?:예시?|예제|샘플) )?(?:예시?|예를|이유|근거|출처|코드|장점|단점|차이|정의|종류|예외|조건|방법|절차|기한|금액|공식)(?:은|는|이|가|도|를|을)?(?: (?:뭐\S*|무엇\S*|있\S*|보여\S*|알려\S*|들어\S*|더))*\s*[?.!]*$"
    r"|^\s*(?:why|how|when|where|who|how (?:much|many|long|so|come)|why (?:not|so|is that)|for example|such as|in (?:more )?detail|(?:tell me )?more|"
    r"(?:an |any |more )?examples?|explain(?: more| again)?|elaborate|go on|continue|shorter|simpler)\s*(?:please)?\s*[?.!]*$",
    re.IGNORECASE,
)
_IN_ENGLISH: Final = re.compile(
    r"^\s*(?:그럼 |그걸 |그것을 |이걸 |방금 (?:답|것)을 |다시 )*(?:영어로|영문으로)\s?(?:는|도)?(?:요)?(?: ?(?:다시|한번|좀))*(?: ?(?:답|말|설명|번역|알려|써|적어)\S*)?(?: ?(?:줘|주세요|주실래요|해줘))?\s*[?.!]*$"
    r"|^\s*(?:and |now |again |say (?:it|that) |answer |please )*in english(?: please)?\s*[?.!]*$",
    re.IGNORECASE,
)
_IN_KOREAN: Final = re.compile(
    r"^\s*(?:그럼 |그걸 |그것을 |이걸 |방금 (?:답|것)을 |다시 )*(?:한국어로|한글로|우리말로|국문으로)\s?(?:는|도)?(?:요)?(?: ?(?:다시|한번|좀))*(?: ?(?:답|말|설명|번역|알려|써|적어)\S*)?(?: ?(?:줘|주세요|주실래요|해줘))?\s*[?.!]*$"
    r"|^\s*(?:and |now |again |say (?:it|that) |answer |please )*in korean(?: please)?\s*[?.!]*$",
    re.IGNORECASE,
)
_PARTICLES: Final = (
    *(
        "이라는",
        "에서는",
        "으로는",
        "에게는",
        "이라고",
        "이란",
        "에서",
        "에는",
        "으로",
        "라는",
        "라고",
        "에게",
        "까지",
        "부터",
    ),
    *(
        "하고",
        "이나",
        "처럼",
        "보다",
        "란",
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "의",
        "에",
        "와",
        "과",
        "도",
        "로",
        "만",
    ),
)
_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*\s?(?P<unit>[가-힣%]|[A-Za-z]*)")
_WORD: Final = re.compile(r"[^\s,;:!?.…“”\"'‘’()\[\]]+(?:[.'’\-][^\s,;:!?…“”\"'‘’()\[\]]+)*")


def is_follow_up(question: str, terms: TermRules) -> bool:
    """True when the question leans on an earlier one: it points, connects, or is too short to have a topic."""
    if _CONNECTING.search(question) or _ELLIPTIC.match(question) or _asked_voice(question) is not None:
        return True
    if not own_words(question, terms):
        return True
    if _POINTING.search(question):
        return len(_key_words(_POINTING.sub(" ", question), terms)) <= _SHORT_WORDS
    return _is_bare_topic(question, terms)


def resolve(question: str, earlier: Sequence[str], terms: TermRules) -> Resolved:
    """The question with the topic of the questions before it (oldest first); itself when it does not lean on them."""
    before = ""
    for past in earlier[-LOOK_BACK:]:
        before = _joined(past, before, terms).question if before else past
    return _joined(question, before, terms) if before else Resolved(question, follows=False)


def with_topic(question: str, earlier: Sequence[str], terms: TermRules) -> str:
    """The question behind the key words of the last one, whether it seems to lean on it or not: the second try of a
    search that found nothing."""
    if not earlier:
        return question
    topic = resolve(earlier[-1], earlier[:-1], terms).question
    return _merge(question, topic, terms)


def key_words(question: str, terms: TermRules) -> tuple[str, ...]:
    """The words that carry the question's topic, in order, without particles and without the words that only ask."""
    return _key_words(question, terms)


def own_words(question: str, terms: TermRules) -> tuple[str, ...]:
    """The key words that ask for something of their own; empty for one that leans wholly on what was said before."""
    return tuple(word for word in _key_words(question, terms) if word not in _ADVERBS)


def _joined(question: str, before: str, terms: TermRules) -> Resolved:
    voice = _asked_voice(question)
    if voice is not None:
        return Resolved(before, follows=True, voice=voice)
    if not is_follow_up(question, terms):
        return Resolved(question, follows=False)
    return Resolved(_merge(question, before, terms), follows=True)


def _merge(question: str, before: str, terms: TermRules) -> str:
    """Key words of the earlier question in front of what the new one asks. A figure of the new question replaces one
    with the same unit ("2025년" gives way to "2023년"), and a word already in it is not repeated."""
    rest = _CONNECTING.sub("", _POINTING.sub(" ", question)).strip(" ,")
    if not any(char.isalnum() for char in rest):
        rest = question
    units = {match["unit"] for match in _FIGURE.finditer(rest)}
    own = set(terms.of_text(rest))
    kept = [
        word
        for word in _key_words(before, terms)
        if not ((figure := _FIGURE.match(word)) and figure["unit"] in units) and not set(terms.of_text(word)) <= own
    ]
    return " ".join((*kept[:MAX_KEY_WORDS], " ".join(rest.split())))


def _key_words(question: str, terms: TermRules) -> tuple[str, ...]:
    asked = set(terms.of_question(question))
    found: dict[str, None] = {}
    for match in _WORD.finditer(question):
        word = match[0]
        own = terms.of_text(word)
        is_small_verb = len(word) <= 2 and all(term.endswith("다") for term in own)
        if own and asked.intersection(own) and not is_small_verb and not _ASKING.fullmatch(word):
            found[_without_particle(word, own, terms)] = None
    return tuple(found)


_ADVERBS: Final = frozenset(
    ("안", "못", "잘", "더", "덜", "또", "꼭", "쉽게", "간단히", "짧게", "다시", "not", "again", "simpler", "shorter")
)
"""Words that no question is about by themselves: "언제 쓰면 안 돼?" is about what was asked before."""
_ASKING: Final = re.compile(
    r"왜|뭐\S{0,4}|무엇\S{0,4}|어떻게|어떤|얼마\S{0,4}|언제\S{0,3}|어디\S{0,3}|누구\S{0,3}|누가|몇\S{0,5}|며칠\S{0,4}|알려\S*|설명\S*|말해\S*|궁금\S*"
    r"|제|제가|저|저는|저희\S?|나|나는|내|내가|우리\S?|좀|조금|가능\S*|왜요|줘|주세요|해줘|이유\S{0,2}|what|why|how|when|where|who|which|is|are|the|a|an|of|does|do|did|please|tell|me|explain",
    re.IGNORECASE,
)


def _without_particle(word: str, own: tuple[str, ...], terms: TermRules) -> str:
    """The word without its particle, when the rest means the same to the search: `휴가` keeps its `가`."""
    for particle in _PARTICLES:
        stem = word.removesuffix(particle)
        if len(stem) >= 1 and stem != word and terms.of_text(stem) == own:
            return stem
    return word


def _is_bare_topic(question: str, terms: TermRules) -> bool:
    """`병가는?`, `2023년에는?`: a noun with a topic particle and nothing that is asked of it."""
    words = question.strip().rstrip("?？.! ").split()
    if not 1 <= len(words) <= 2:
        return False
    return bool(
        re.fullmatch(r".*(?:은|는|에는|에서는|은요|는요|이면|라면|일 때는|도|도요)", words[-1])
    ) and question.rstrip().endswith(("?", "？", "요", "은", "는"))


def _asked_voice(question: str) -> Voice | None:
    if _IN_ENGLISH.match(question):
        return "en"
    return "ko" if _IN_KOREAN.match(question) else None
