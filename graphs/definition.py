"""What a question asks the meaning of ("LoRA가 뭐야?", "What is LoRA?"), and which span says outright what it is.

Covers: sentences and list items whose subject is the topic or another name of it, and rows of tables that explain words.
Does not cover: definitions whose subject stands behind other words, or is a pronoun.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from graphs.units import Unit, cells_of
from rag_app.search_result import OtherWords

OUTRIGHT = 1.0
ABOUT = 0.4
"""How much of a definition a unit is: one that says what the topic is, and one that says something else of it."""

_SUBJECT_CHARS = 80
_WHAT = r"뭐(?:야|에요|예요|죠|임|지|니|냐|라고)\S*|뭔(?:가요|가|데|지|지요)|뭡니까|무엇\S*|무슨\s(?:뜻|말|의미)\S*|어떤\s(?:뜻|의미|말)\S*"
_TELL = r"(?:\s*(?:좀|간단히|짧게|쉽게))*(?:\s*(?:알려|설명|말해|가르쳐|정의)\S*)?(?:\s*(?:줘|주세요|줄래|봐)\S*)?"
_ASKED_KO = re.compile(
    rf"\s*(?:그럼|그러면|그런데|혹시)?\s*(?P<topic>[^?!]{{1,60}}?)\s*"
    rf"(?:(?:이?란|이?라는 (?:게|건|것은|말은)|[은는이가])?\s*(?:{_WHAT}){_TELL}|이?란|의\s?(?:뜻|정의|의미|개념)[은는이가을를]?{_TELL})\s*(?:[?!.]+(?:\s.*)?)?"
)
_ASKED_EN = re.compile(
    r"\s*(?:please\s+)?(?:what(?:'s|’s|\s+is|\s+are)\s+(?:meant\s+by\s+|the\s+(?:meaning|definition)\s+of\s+)?|define\s+|what\s+do(?:es)?\s+)"
    r"(?P<topic>[\w\s+./&'’-]{1,50}?)(?:\s+(?:mean|stand\s+for|refer\s+to))?\s*[?!.]*\s*",
    re.IGNORECASE,
)
_VERB_ASKED = re.compile(r"what\s+do(?:es)?\b(?!.*\b(?:mean|stand\s+for|refer\s+to)\b)", re.IGNORECASE)
_SCOPE = re.compile(r"^.*\S(?:에서|에서의|에서 말하는|에 나오는)\s+|\s+in\s+(?:an?\s+|the\s+)?[\w\s-]+$", re.IGNORECASE)
_MEANING = re.compile(
    r"(?:(?:이?라는 말)?의)?\s(?:뜻|정의|의미|개념)[은는이가]?$|의\s?(?:뜻|정의|의미|개념)[은는이가]?$"
)
_OF_MEANING = re.compile(r"의\s?(?:뜻|정의|의미|개념)[은는이가을를]?(?=[\s?!.]|$)")
_MARKS = " \t*_`~\"'“”‘’「」『』[]#"
_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)
_GLOSS = re.compile(r"\s?\((?P<inner>[^()]{1,80})\)[*_]*$")
_BORDER = re.compile(
    r"(?P<outright>이?란|이?라는 것은|이?라고 하면)(?=[\s,])|(?P<topic>[은는])(?=[\s,])|(?P<colon>\s?[:：]\s)"
    r"|\s(?P<verb>is|are|was|were|means?|refers? to|stands? for|describes?|[a-z]{2,}s)\s(?P<noun>(?:an?|the|one|how|what|when)\s)?",
    re.IGNORECASE,
)
_SAYS_WHAT = re.compile(
    r"(?<!때문)(?<!덕분)(?<!까닭)(?:이다|입니다|이에요|예요|말한다|말합니다|뜻한다|뜻합니다|가리킨다|가리킵니다|의미한다|의미합니다|부른다|부릅니다|일컫는다"
    r"|[것법말일]다|라고 (?:한다|합니다))\W*$"
)
_DEFINING_VERBS = frozenset("mean means refer refers to stand stands for describe describes".split())
_EXPLAINING = re.compile(
    r"뜻|의미|설명|정의|풀이|원래 말|\bmeaning\b|\bdefinition\b|\bdescription\b|\bstands for\b|\bwhat it (?:is|means)\b",
    re.I,
)


class TermRules(Protocol):
    """What this module needs of `rag_app.language.Terms`."""

    def of_text(self, text: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Definition:
    """What is to be explained: the terms of its name and of each other name."""

    names: frozenset[frozenset[str]]
    terms: TermRules

    def given_by(self, unit: Unit, held: frozenset[str]) -> float:
        """`OUTRIGHT`, `ABOUT`, or 0 for a unit that is about something else; `held` are the terms of the unit."""
        if unit.kind == "code" or not any(name <= held for name in self.names):
            return 0.0
        if unit.kind == "row":
            explains = any(_EXPLAINING.search(column) for column in unit.header[1:])
            return OUTRIGHT if explains and self._is_named(cells_of(unit.text)[0]) else 0.0
        text = " ".join(unit.text.split())
        for border in _BORDER.finditer(text[:_SUBJECT_CHARS]):
            subject = text[: border.start()]
            outright = _is_outright(text, subject, border)
            if self._is_named(subject):
                return OUTRIGHT if outright else ABOUT
            if _GLOSS.search(subject) and self._is_kind(subject):
                return ABOUT
        return 0.0

    def _is_named(self, subject: str) -> bool:
        """Whether a subject is one of the names, or has one in brackets behind it."""
        gloss = _GLOSS.search(subject)
        spoken = [subject[: gloss.start()], *gloss["inner"].split(",")] if gloss else [subject]
        return any(frozenset(self.terms.of_text(_ARTICLE.sub("", one.strip(_MARKS)))) in self.names for one in spoken)

    def _is_kind(self, subject: str) -> bool:
        """Whether a subject is a name with one word more: "제로샷 분류(zero-shot classification)" for 제로샷."""
        terms = frozenset(self.terms.of_text(_GLOSS.sub("", subject)))
        return any(name < terms and len(terms - name) == 1 for name in self.names)


def definition_of(question: str, others: Sequence[OtherWords], terms: TermRules) -> Definition | None:
    """What the question asks the meaning of; None when it asks for something else."""
    topic = topic_of(question)
    names = {frozenset(terms.of_text(one)) for one in (topic, _SCOPE.sub("", topic))} - {frozenset()}
    names |= {frozenset(one.terms) for one in others if frozenset(one.covers) in names}
    return Definition(frozenset(names), terms) if names else None


def topic_of(question: str) -> str:
    """The words whose meaning is asked for; empty when the question asks for something else."""
    found = _ASKED_KO.fullmatch(question) or (
        None if _VERB_ASKED.match(question.strip()) else _ASKED_EN.fullmatch(question)
    )
    if found is None:
        return ""
    return _ARTICLE.sub("", _MEANING.sub("", found["topic"].strip(_MARKS)).strip(_MARKS))


def without_meaning(question: str) -> str:
    """The question without the words that only say that a meaning is asked for: "과적합의 뜻이 뭐야?" as "과적합이 뭐야?"."""
    topic = topic_of(question)
    if not topic or not _OF_MEANING.search(question):
        return question
    return f"{topic}{'이' if _ends_in_consonant(topic) else '가'} 뭐야?"


def _is_outright(text: str, subject: str, border: re.Match[str]) -> bool:
    """Whether what follows the subject says what it is; a name that is spelled out in brackets is being introduced."""
    if border["outright"] or border["colon"] or _GLOSS.search(subject):
        return True
    if border["topic"]:
        return bool(_SAYS_WHAT.search(text))
    verb = border["verb"].casefold()
    return bool(_DEFINING_VERBS.intersection(verb.split()) or (verb in ("is", "are") and border["noun"]))


def _ends_in_consonant(word: str) -> bool:
    last = ord(word[-1]) - ord("가")
    return 0 <= last < 11172 and last % 28 > 0
