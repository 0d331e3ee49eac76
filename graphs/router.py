"""Question -> route: rules first, then the nearest labelled examples; never a model call."""

import json
import re
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from graphs.definition import without_meaning
from graphs.state import Voice
from rag_app.answer import Evidence, Route, Style

Label = Literal["direct", "few_shot", "step_by_step", "program", "classify", "whole_document"]

NEIGHBOURS: Final = 1
MIN_SIMILARITY: Final = 0.60
"""Below this an example shares the topic of a question, not its intent: of the golden questions that no rule decides, the
nearest example of another kind was right for 6 of 23 at 0.40, and for 2 of 3 at 0.60 (measured 2026-11-20)."""
MIN_LEAD: Final = 0.10
"""By how much the mean similarity of a label's nearest examples must exceed that of `direct`."""


class Embeds(Protocol):
    """What the router needs of an embedder: questions -> `(n, dim)` unit rows."""

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class RouteExample:
    """A question with the label that a person gave it."""

    question: str
    label: Label


@dataclass(frozen=True, slots=True)
class _Rule:
    label: Label
    pattern: re.Pattern[str]
    ko: str
    en: str


def load_route_examples() -> tuple[RouteExample, ...]:
    """The labelled questions that ship with the product."""
    text = resources.files("graphs").joinpath("examples", "routes.jsonl").read_text(encoding="utf-8")
    rows = (json.loads(line) for line in text.splitlines() if line.strip())
    return tuple(RouteExample(str(row["question"]), cast(Label, row["label"])) for row in rows)


def searchable(question: str, route: Route) -> str:
    """The question without the words that say how to answer ("표로 정리해 줘") or what to calculate with ("3박이면"): they
    stand in no document. The question itself when nothing would be left."""
    label: Label = "whole_document" if route.evidence == "whole_document" else route.style
    if label == "program":
        rest = _OPERATION.sub(" ", _OPERAND.sub(" ", question))
    elif label in ("few_shot", "whole_document"):
        form = (
            _CONDENSING if label == "whole_document" else next(rule for rule in _RULES if rule.label == label).pattern
        )
        rest = _REQUEST.sub(" ", form.sub(" ", question))
    else:
        return without_meaning(question)
    rest = " ".join(rest.split()).strip(" ,.?!")
    return rest if sum(char.isalpha() for char in rest) >= 2 else question


class Router:
    """Decides how a question travels. The examples are embedded at the first question that no rule decides."""

    def __init__(self, examples: Sequence[RouteExample], embedder: Embeds) -> None:
        self._examples = tuple(examples)
        self._embedder = embedder
        self._vectors: NDArray[np.float32] | None = None
        self._lock = threading.Lock()

    def route(self, question: str, voice: Voice) -> Route:
        """The route of a self-contained question, with the reason in the given language."""
        for rule in _RULES:
            if found := rule.pattern.search(question):
                word = " ".join(found.group(0).split())[:40]
                return _route(rule.label, (rule.ko if voice == "ko" else rule.en).format(word=word), 0.95)
        label, lead, nearest = self._nearest(question)
        if label == "direct":
            reason = "문서에서 찾아 바로 답할 질문입니다." if voice == "ko" else "A question to look up and answer."
            return _route("direct", reason, 0.8)
        reason = (
            f"비슷한 예시 질문이 있습니다: “{nearest}”" if voice == "ko" else f"It resembles the example “{nearest}”."
        )
        return _route(label, reason, min(0.9, 0.5 + lead))

    def _nearest(self, question: str) -> tuple[Label, float, str]:
        """The label whose examples are nearest, its lead over `direct`, and its nearest example."""
        vectors = self._example_vectors()
        if not len(vectors):
            return "direct", 0.0, ""
        similarities = vectors @ self._embedder.embed_questions([question])[0]
        by_label: dict[Label, list[tuple[float, str]]] = defaultdict(list)
        for example, similarity in zip(self._examples, similarities, strict=True):
            by_label[example.label].append((float(similarity), example.question))
        means = {
            label: sum(value for value, _ in sorted(found, reverse=True)[:NEIGHBOURS]) / NEIGHBOURS
            for label, found in by_label.items()
        }
        best = max(means, key=lambda label: means[label])
        lead = means[best] - means.get("direct", 0.0)
        similarity, nearest = max(by_label[best])
        if similarity < MIN_SIMILARITY or lead < MIN_LEAD:
            return "direct", 0.0, ""
        return best, lead, nearest

    def _example_vectors(self) -> NDArray[np.float32]:
        with self._lock:
            if self._vectors is None:
                questions = [example.question for example in self._examples]
                self._vectors = (
                    self._embedder.embed_questions(questions) if questions else np.zeros((0, 1), dtype=np.float32)
                )
            return self._vectors


def _route(label: Label, reason: str, confidence: float) -> Route:
    evidence: Evidence = "whole_document" if label == "whole_document" else "notes"
    style: Style = "direct" if label == "whole_document" else label
    return Route(evidence, style, reason, confidence)


def _rule(label: Label, pattern: str, ko: str, en: str) -> _Rule:
    return _Rule(label, re.compile(pattern, re.IGNORECASE), ko, en)


_OPERAND: Final = re.compile(r"(?<!\S)(?!(?:19|20)\d\d(?!\d))\d[\d,.]*\S*")
"""A figure that the question brings along; a year belongs to what is searched."""
_OPERATION: Final = re.compile(
    r"계산\S*(?: 줘\S*| 주세요)?|합치면|더하면|빼면|곱하면|나누면|모두|전부|(?<!\S)총(?!\S)|\b(?:calculate|compute|altogether|in total|add up)\b",
    re.IGNORECASE,
)
_CONDENSING: Final = re.compile(
    r"요약\S*|(?:정리|간추|훑어|줄여|줄이)\S*|통째로|핵심만|요점\S*|개요\S*|(?<!\S)알려(?!\S)"
    r"|\b(?:summar(?:y|i[sz]e|i[sz]ing)(?: of)?|tl;? ?dr|overview(?: of)?|key (?:points|takeaways|ideas)(?: of)?|gist|main points|condense|recap|shorten)\b",
    re.IGNORECASE,
)
_REQUEST: Final = re.compile(
    r"(?<!\S)(?:줘요?|주세요|주십시오|간단히|짧게|전체|초보자에게|설명하듯|하나로|한눈에)(?=[\s.?!]|$)|(?<!\S)(?:을|를)(?!\S)"
    r"|\b(?:please|give me|write(?: me)?|make(?: me)?|draft|put|turn|list|show|explain|define|the|a|an|of|for me|for a beginner)\b",
    re.IGNORECASE,
)
_MAKE: Final = r"(?:해|하여|하라|하세요|하십시오|하시오|해줘|해주세요|할까|하면|하기|돼|되나|될까|되니|됩니까|될)"

_RULES: Final = (
    _rule(
        "classify",
        rf"분류 ?{_MAKE}(?![가-힣]* ?(?:손실|함수|모델))|(?:어느|어떤|무슨) (?:범주|유형|부류|카테고리|클래스|등급|종류)(?:에|으로|로|일까|이야|인가|입니까|인지|에요|예요)"
        r"|(?:긍정|부정)(?:인지|일까|이야|인가|적인가| 중)|감정을? ?(?:분석|판단|판별|맞)(?:해|하)\S*|(?:어디|어느 쪽|어떤 \S+|어느 \S+|무슨 \S+)에 (?:속|해당|들어가)\S*|(?:이야|이에요|예요|인가요?|일까요?|입니까|(?<![아어해와가나워려라])야) \S+(?: \S+)?(?:이야|이에요|예요|야|인가요?|일까요?|입니까)\s*\?"
        r"|인지 아닌지|, ?\S+(?: \S+)? 중 ?(?:에서 )?(?:하나|무엇|어디|어느|뭐)\S*|몇 등급|어느 (?:\S+ )?(?:항목|등급|범주|유형)(?:으로|로|에)|인지 \S+인지 ?\S* ?(?:판단|구분|골라|알려|판별|답)\S*"
        r"|\bclassif(?:y|ied as)\b|\b(?:which|what) (?:category|class|type|label|kind|group) (?:does|do|is|would|should|are)\b"
        r"|\bpositive or negative\b|\b(?:label|categori[sz]e|tag) (?:this|these|the following|it)\b|\bfalls? (?:under|into) which\b|\b(?:which|what) (?:\w+ )?(?:category|class|type|level|label|severity)\b(?! of (?:model|data|gpu|file))"
        r"|^\s*(?:is|are|was|were|should|does|do)\b[^?]+\bor\b[^?]+\?|\bsort (?:this|these|it|the following)\b|\blabel the\b|\bor not\?|\bbelong to\b",
        "‘{word}’: 정해진 범주 가운데 하나를 고르는 질문입니다.",
        "“{word}”: a choice among given categories.",
    ),
    _rule(
        "few_shot",
        r"(?:표|목록|불릿|글머리표|용어집|용어 카드|단어장|카드|퀴즈|체크리스트|번호 목록|순서도|메일|공지문|안내문|양식|형식|한 문장|두 문장|세 문장|한 줄|두 줄|세 줄|한마디|문답|Q&A|FAQ)"
        r"(?:으?로|에 맞게|처럼|만)\s?(?:\S+ ){0,3}?(?:만들|정리|작성|써|적어|정의|설명|요약|답|바꿔|나열|보여|뽑|알려|표현|말)\S*"
        r"|(?:퀴즈|체크리스트|용어 카드|암기 카드|공지문|안내문|용어집(?: 항목)?)(?:를|을)? ?(?:\d+\S* )?(?:만들|작성|써|내)\S*"
        r"|\b(?:as|into|in) (?:a |an |one |two |three |the |form of |the form of )*(?:markdown )?(?:table|bullets?(?: points| list)?|checklist|glossary(?: entry)?|flash ?cards?|numbered (?:list|steps)|single sentence|sentence|line|e-?mail|notice|quiz|q ?& ?a|faq)\b"
        r"|\b(?:write|make|draft|create|give me) (?:me )?(?:a |an |\d+ )?(?:glossary entry|flash ?cards?|quiz(?: questions?)?|checklist|notice|one-line\w*|one-sentence\w*|table)\b",
        "‘{word}’: 답의 꼴이 정해져 있어 비슷한 예시 답을 본보기로 삼습니다.",
        "“{word}”: the answer has a set form, so similar example answers lead the way.",
    ),
    _rule(
        "whole_document",
        r"요약(?!해도|해야|하면)(?=해|하|을|본|문|좀|부탁|\s|[?.!]|$)(?! (?:모델|과제|기법|알고리즘))|(?:전체|문서|노트|회의록|보고서|규정|지침|가이드|자료|강의|내용|주차|문서)\S* ?(?:내용 ?)?(?:을|를)? ?(?:간단히 |짧게 |한눈에 )?(?:정리|간추려|훑어)\S*|핵심만|요점|개요(?:를|만)|줄거리|간추\S+|통째로|짧게 줄\S+"
        r"|(?:문서|노트|보고서|회의록|규정|지침|안내서|가이드|자료|파일)\S*(?: 전체)?(?:에는|에|은|는|에서는)? ?(?:어떤 내용|무슨 내용|무엇을 다루|뭘 다루|어떻게 구성)\S*"
        r"|\bsummar(?:y|i[sz]e|i[sz]ing|ies)\b|\btl;? ?dr\b|\boverview of\b|\bkey (?:points|takeaways|ideas)\b|\bgist\b|\bmain points\b|\bcondense\b|\brecap\b|\bshorten\b"
        r"|\bwhat (?:does|do|is|are|topics does)\b.*\b(?:document|notes?|file|guide|report|policy|minutes|handbook|faq)\b.*\b(?:about|cover|contain|deal with)(?: overall| in general)?\s*\?*$",
        "‘{word}’: 한 문서 전체를 읽고 줄이는 질문입니다.",
        "“{word}”: a whole document is to be condensed.",
    ),
    _rule(
        "program",
        r"계산(?:해|하면|하세요|하나요|할까|좀)\S*|합계\S*|총액\S*|총합\S*|(?:모두|전부|다) (?:합|더)\S+|(?:합치면|합쳐서|더하면|빼면|곱하면|나누면) ?\S{0,6} ?(?:얼마|몇|며칠)\S*|차액|평균(?:은|을|이|값은|값을)? ?(?:얼마|몇|구|알려|내)|몇 배|몇 ?(?:%p|퍼센트포인트|퍼센트 포인트)|환산"
        r"|보다 (?:\S+ ){0,4}?(?:몇|얼마나?)(?: \S+){0,2} ?(?:높|낮|많|적|크|작|줄|늘|빠|느|비싸|싸|길|짧|더|덜|차이)\S*"
        r"|\d[\d,.]*\s?(?:만|천|억)?\s?(?:원|달러|박|일|명|인|개월|회|시간|분|km|킬로미터|%|퍼센트|장|대|건|주|배)\S*(?: \S+){0,6}? ?(?:총 |모두 |최대 |다 )?(?:얼마\S*|총 몇\S*|모두 몇\S*|몇 원\S*)"
        r"|\d\s*[+*×÷^]\s*\d|\d\s+[-/]\s+\d|\d\S*(?: \S+){0,8}? ?\S+면 (?:\S+ ){0,3}?(?:총 |모두 )?(?:얼마|며칠 남|몇 \S+ ?남|몇 ?(?:번|장|개|MB|GB|원|명))\S*|\d\S* (?:중|가운데)\s?(?:에서 )?\S*\d?\S* ?(?:몇|며칠)\S*"
        r"|\b(?:calculate|compute|sum of|add up|in total|altogether|average of|multipl(?:y|ied) by|divided by|percentage points?|how many times (?:more|larger|bigger|higher|as))\b"
        r"|\b\d[\d,.]* ?%? ?(?:percent )?of \d|\bhow (?:many|much)\b[^?]*\d[^?]*\d|\d[^?]*\d[^?]*\bhow (?:many|much)\b|\btotal (?:\w+ )?(?:cost|amount|price|number|sum|expense|expenses|reimbursement|budget)\b|\bhow (?:much|many) (?:\w+ ){0,3}(?:more|less|fewer|higher|lower|larger|smaller|longer|cheaper) (?:\w+ ){0,6}than\b"
        r"|\bhow much (?:\w+ ){0,8}(?:for|if|with|over|per) (?:\w+ ){0,3}\d[\d,.]*\b|\b\d[\d,.]* ?(?:nights?|people|persons|employees|hours|months|km|won|dollars|units|%|percent)\b.*\bhow much\b",
        "‘{word}’: 문서의 숫자로 계산하는 질문입니다.",
        "“{word}”: figures of the documents have to be worked out.",
    ),
    _rule(
        "step_by_step",
        r"(?:^|\s)왜(?=\s|\?|$|요|인|일)|어째서|이유\S*|까닭\S*|원인\S*|비교(?:해|하|를|$)\S*|차이\S*|장단점|장점과 단점|어떻게 다\S+|다른 점|공통점|영향(?:을|이|은)? ?(?:미|주|끼|뭐|무|어)\S*|(?:어떤|무슨) 관계|관계(?:를|는) ?(?:설명|뭐|무엇|어떻)\S*"
        r"|단계별로|단계적으로|차근차근|근거를 들어|유도(?:해|하)\S*|증명(?:해|하)\S*|무엇이 더 (?:낫|좋|적합)\S*|어느 (?:쪽|것)이 더\S*|(?:않으면|없으면|안 하면) (?:어떻게|무슨|어떤)\S*|어떤 문제가 생\S*"
        r"|\bwhy\b|\bcompar(?:e|ed|ing|ison)\b|\bdifferen(?:ce|ces|t from|tiate)\b|\bdiffer\b|\bversus\b|\bvs\.?(?=\s)|\bpros and cons\b|\badvantages and disadvantages\b|\btrade-?offs?\b"
        r"|\bstep[- ]by[- ]step\b|\breasons?\b|\bwhat (?:causes|happens if|happens when|would happen)\b|\bhow (?:does|do|is|are) .+ (?:affect|influence|relate|related|lead to|cause)\b|\bwhich (?:one )?is better\b|\bexplain how\b|\bhow come\b",
        "‘{word}’: 이유나 차이를 묻는 질문이라 단계별로 따져 봅니다.",
        "“{word}”: reasons or differences are asked, so it is thought through step by step.",
    ),
)
