"""What kind of answer a question asks for, and whether a span gives one: a sum of money, a time, "몇 명", a reason, code.

Strict kinds are safe to refuse on: "몇 개월?" is not answered by documents that name no number of months. Where an expected kind is
missing, the absence is no proof, but a reason for doubt.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_NUMERAL = r"(?:\d[\d,.]*|[일이삼사오육칠팔구십백천만억]{1,6}|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|반)"
_ENGLISH_NUMERAL = r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|once|twice|half|a|an)"

# Counters that a question may put behind 몇, with every way in which a document writes the same quantity.
_COUNTERS: dict[str, str] = {
    "개월": r"개월|달|months?",
    "달": r"개월|달|months?",
    "시간": r"시간|hours?",
    "시": r"시(?!간)|:\d\d|[ap]\.?m\.?",
    "분": r"분|minutes?",
    "초": r"초|seconds?",
    "일": r"일|days?",
    "주": r"주|weeks?",
    "년": r"년|years?",
    "살": r"살|세|years? old",
    "명": r"명|인|사람|분|people|persons?|members?|engineers?|employees?|speakers?|reviewers?",
    "번": r"번|회|차례|times?|once|twice",
    "회": r"번|회|차례|times?|once|twice",
    "층": r"층|layers?|floors?",
    "퍼센트": r"%|퍼센트|프로|percent",
    "프로": r"%|퍼센트|프로|percent",
    "점": r"점|points?",
    "자": r"자|글자|characters?",
    "기가": r"GB|기가|gigabytes?",
    "GB": r"GB|기가|gigabytes?",
    "달러": r"달러|\$|USD|dollars?",
    "장": r"장|images?|pictures?|pages?",
}
_MONEY = re.compile(
    r"\d[\d,.]*\s*(?:만|천|백|억)?\s*(?:원|달러|won|KRW|USD|dollars?|%)|[$₩€]\s*\d|무료|전액|실비|free of charge",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\d{1,4}\s*(?:년|월|일|시|분|주|개월|시간)|\d{4}-\d\d|\d{1,2}:\d\d|\b(?:19|20)\d\d\b|[월화수목금토일]요일|매일|매주|매월|매년|즉시|전날|당일|다음 날|"
    r"(?:하루|이틀|사흘|열흘|보름|한 달|반년)|오전|오후|까지|이후|부터|전에|후에|때|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|daily|weekly|monthly|yearly|day|days|week|weeks|month|months|hours?|minutes?|"
    r"before|after|until|once|when|immediately|at once)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"\d|{_NUMERAL}\s?(?:배|번|명|개|가지|회|곳)|절반|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|twice|once|no|none)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"때문|이유|까닭|위해|위하여|덕분|므로|니까|탓|그래서|따라서|없이|필요가? 없|기에\b|려고|도록|면서|아서|어서|여서|해서"
    r"|\b(?:because|since|so that|so|therefore|thus|reason|without|due to|in order to|to avoid|no longer|which is why|that is why|otherwise)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"(?:은|는|이란|란)\s.*(?:다|요|음|것|일|말|뜻)|[:：·]|\b(?:is|are|means|refers to|stands for)\b",
    re.IGNORECASE | re.DOTALL,
)
_CODE = re.compile(r"```|~~~|^\s{4}|[A-Za-z_]+\([^)]*\)|`[^`]+`")


@dataclass(frozen=True, slots=True)
class Asked:
    """A kind of answer. `given` finds one in a span; `strict` when a question of this kind is never answered without, `expected`
    when it seldom is; `narrow` when few spans hold one, so that holding it tells much; all that stands under a heading like
    `headed` gives one."""

    name: str
    given: re.Pattern[str]
    strict: bool
    narrow: bool = False
    expected: bool = False
    headed: re.Pattern[str] | None = None

    def is_given_by(self, span: str, heading: str = "") -> bool:
        """Whether the span, which stands under the heading, holds an answer of this kind."""
        return bool(self.given.search(span) or (self.headed and self.headed.fullmatch(heading)))


_MONEY_ASKED = re.compile(
    r"얼마(?:까지|예요|에요|야|죠|인가요|나와|받|내|를|씩)?(?!나|\s?(?:동안|만큼|전|후|뒤|걸|자주|많이|오래))|금액|가격|요금|단가|"
    r"\bhow much (?:money|does|do|is|are|can|will|would|allowance|compensation)\b|\bwhat (?:is|are|was) the (?:fee|fees|cost|price|amount|allowance|ceiling)\b",
    re.IGNORECASE,
)
_TIME_ASKED = re.compile(
    r"언제|며칠|몇 ?월|기한|\bwhen\b|\bhow (?:long|soon|early|late|often|fast|quickly)\b|\bwhat (?:time|date|day|year)\b|\bby when\b",
    re.IGNORECASE,
)
_NUMBER_ASKED = re.compile(
    r"몇|얼마나|얼마|비율|퍼센트|정확도|개수|갯수|\bhow (?:many|much|large|big|high|far|few)\b|\bwhat (?:percentage|percent|share|rate|score|accuracy|number)\b",
    re.IGNORECASE,
)
_DAYS_ASKED = re.compile(r"며칠|몇 ?일|\bhow many (?:\w+ ){0,3}days\b", re.IGNORECASE)
_DAYS = re.compile(
    r"(?<![월\d.] )(?<![월\d.])\d+(?:\.\d+)?\s?(?:근무)?일"
    r"(?!\s?(?:에|자|부터|까지\s?(?:써|제출|신청|내|반납|보내|입력)))|하루|이틀|사흘|나흘|열흘|보름"
    rf"|\b{_ENGLISH_NUMERAL}\s+(?:\w+\s+){{0,2}}days?\b",
    re.IGNORECASE,
)
_YEAR_ASKED = re.compile(r"몇 ?년도?에|\b(?:in )?(?:what|which) year\b", re.IGNORECASE)
_PHONE_ASKED = re.compile(r"전화번호|내선|연락처|\b(?:phone|telephone|extension) number\b", re.IGNORECASE)
_REASON_ASKED = re.compile(r"왜|이유|까닭|\bwhy\b|\breasons?\b", re.IGNORECASE)
_DEFINITION_ASKED = re.compile(
    r"뭐야|뭔가요|뭐에요|뭐예요|뭐죠|뭐임|무엇|무슨 뜻|이란\b|란\?|정의|뜻|의미|\bwhat (?:is|are|does)\b|\bmeaning\b|\bdefine\b",
    re.IGNORECASE,
)
_DECISION_ASKED = re.compile(
    r"(?:뭘|뭐를?|무엇을?|무슨 \S+|어떤 \S+|어떻게)\s(?:\S+\s)?(?:정했|정한|결정|의결|합의|하기로)|(?:결정|의결|합의)(?:된|한)?\s?(?:사항|내용|것)|"
    r"\bwhat\b.*\b(?:decided?|agreed?|resolved?)\b|\bdecisions?\b",
    re.IGNORECASE,
)
_DECISION = re.compile(
    r"기로 (?:했|하였|정했|결정|합의|한다)|(?:결정|의결|합의|확정)(?:했|하였|됐|되었|하지)|정했다|정하였다"
    r"|\b(?:decided|agreed|resolved|approved|was (?:rejected|postponed))\b",
    re.IGNORECASE,
)
_DECISIONS = re.compile(
    r"\W*(?:\d+[.)]\s*)?(?:주요\s)?(?:결정|의결|합의)(?:\s?(?:사항|내용|한 것|된 것))?\W*|\W*(?:\d+[.)]\s*)?(?:key )?(?:decisions?|resolutions?)(?: made| taken)?\W*",
    re.IGNORECASE,
)
_CODE_ASKED = re.compile(r"코드|작성하|구현|명령어|메서드|함수 이름|\bcode\b|\bsnippet\b|\bcommand\b", re.IGNORECASE)
_COUNTED = re.compile(r"몇\s?(" + "|".join(sorted(_COUNTERS, key=len, reverse=True)) + r")(?!도)")


def asked_of(question: str) -> Asked | None:
    """The kind of answer, the most telling first; None when any span may answer."""
    if _PHONE_ASKED.search(question):
        return Asked("phone number", re.compile(r"\d{2,4}[- .]\d{3,4}|내선 ?\d+|\bext\.? ?\d+|\+\d{2}"), strict=True)
    if _REASON_ASKED.search(question):
        return Asked("reason", _REASON, strict=False)
    if _YEAR_ASKED.search(question):
        return Asked("year", re.compile(r"\b(?:19|20)\d\d|\d{4}년"), strict=True)
    if counted := _COUNTED.search(question):
        return Asked(f"몇 {counted[1]}", _quantity(counted[1]), strict=True, narrow=True)
    if _DAYS_ASKED.search(question):
        return Asked("days", _DAYS, strict=False, narrow=True, expected=True)
    if _MONEY_ASKED.search(question):
        return Asked("money", _MONEY, strict=False, expected=True)
    if _TIME_ASKED.search(question):
        return Asked("time", _TIME, strict=False, expected=True)
    if _NUMBER_ASKED.search(question):
        return Asked("number", _NUMBER, strict=True)
    if _DECISION_ASKED.search(question):
        return Asked("decision", _DECISION, strict=False, narrow=True, headed=_DECISIONS)
    if _CODE_ASKED.search(question):
        return Asked("code", _CODE, strict=False)
    if _DEFINITION_ASKED.search(question):
        return Asked("definition", _DEFINITION, strict=False)
    return None


@lru_cache(maxsize=64)
def _quantity(counter: str) -> re.Pattern[str]:
    """A number with this counter, in Korean or English; "하루" and its like count as days."""
    words = _COUNTERS[counter]
    days = r"|하루|이틀|사흘|나흘|열흘|보름" if counter == "일" else ""
    return re.compile(
        rf"{_NUMERAL}\s?(?:여\s?)?(?:{words})|\b{_ENGLISH_NUMERAL}[\s-]+(?:\w+\s){{0,2}}(?:{words})\b{days}",
        re.IGNORECASE,
    )
