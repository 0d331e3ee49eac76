"""A question that is itself closed arithmetic ("120만 원의 15%는?", "what is 3 * 4?") -> a program for `calculate`."""

import re
from decimal import Decimal

_LARGE = {
    "천": 10**3,
    "만": 10**4,
    "억": 10**8,
    "조": 10**12,
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "billion": 10**9,
}
_UNIT = r"(?:원|won|krw|달러|dollars?|usd|일|days?|명|개|회|시간|hours?|분|minutes?|배)"
_NUMBER = rf"(?P<{{0}}>\d[\d,]*(?:\.\d+)?)\s*(?P<{{0}}_large>천만|백만|십만|천|만|억|조|thousand|million|billion|k\b)?\s*{_UNIT}?"


def _number(name: str) -> str:
    return _NUMBER.replace("{0}", name)


_TAIL = r"\s*(?:은|는|이|가|을|를|면|이면|하면)?\s*(?:얼마|몇|뭐|무엇|계산|알려|구해)?[^\d]{0,16}$"
_LEAD = r"\s*(?:[^\W\d]{1,10}\s+){0,2}"  # "연봉 3600만원을 12로 나누면?"
_PERCENT = (
    re.compile(rf"^{_LEAD}{_number('whole')}\s*의\s*(?P<part>\d+(?:\.\d+)?)\s*(?:%|퍼센트|프로){_TAIL}", re.IGNORECASE),
    re.compile(
        rf"^(?:what(?:'s| is)|how much is|calculate|compute)?\s*(?P<part>\d+(?:\.\d+)?)\s*(?:%|percent)\s+of\s+{_number('whole')}\s*\??\s*$",
        re.IGNORECASE,
    ),
)
_WORDED = (
    (
        re.compile(
            rf"^{_LEAD}{_number('a')}\s*(?:에|에다|와|과|하고|더하기)\s*{_number('b')}\s*(?:을|를)?\s*(?:더하면|더한|합치면|합하면|합은|은|는){_TAIL}"
        ),
        "+",
    ),
    (
        re.compile(rf"^{_LEAD}{_number('a')}\s*(?:에서|빼기)\s*{_number('b')}\s*(?:을|를)?\s*(?:빼면|뺀|은|는){_TAIL}"),
        "-",
    ),
    (
        re.compile(
            rf"^{_LEAD}{_number('a')}\s*(?:에|와|과|곱하기)\s*{_number('b')}\s*(?:을|를)?\s*(?:곱하면|곱한|은|는){_TAIL}"
        ),
        "*",
    ),
    (
        re.compile(
            rf"^{_LEAD}{_number('a')}\s*(?:을|를|나누기)\s*{_number('b')}\s*(?:으로|로)\s*(?:나누면|나눈){_TAIL}"
        ),
        "/",
    ),
)
_AROUND = re.compile(
    r"^\s*(?:what(?:'s| is)|how much is|calculate|compute|계산해\s?줘[:,]?)?\s*(?P<core>[\d\s.,+\-*/×÷()^]+?)\s*"
    r"(?:=|은|는|을|를|의 값은|이)?\s*(?:\?|얼마\S*|뭐\S*|몇\S*|계산\S*(?:\s?줘)?|=)*\s*[?!.]*\s*$",
    re.IGNORECASE,
)


def arithmetic_of(question: str) -> str | None:
    """The program of a question that carries all its numbers itself; None when anything else is asked.

    Covers symbols (`3*4는?`), percentages of an amount, and two numbers joined by a Korean verb (더하면, 빼면, 곱하면, 나누면).
    Does not cover numbers that stand in documents.
    """
    if len(question) > 200:
        return None
    for pattern in _PERCENT:
        if found := pattern.match(question):
            return f"{_plain(found, 'whole')} * {found['part']} / 100"
    for pattern, operator in _WORDED:
        if found := pattern.match(question):
            return f"{_plain(found, 'a')} {operator} {_plain(found, 'b')}"
    found = _AROUND.match(question)
    if found and re.search(r"\d\s*(?:\*\*|[-+*/×÷^])\s*[\d(]", found["core"]) and not _is_date(found["core"]):
        core = re.sub(r"(?<=\d),(?=\d{3}\b)", "", found["core"])
        return core.replace("×", "*").replace("÷", "/").replace("^", "**").strip()
    return None


def _plain(found: re.Match[str], name: str) -> str:
    number = Decimal(found[name].replace(",", ""))
    large = (found[f"{name}_large"] or "").casefold()
    factor = {"천만": 10**7, "백만": 10**6, "십만": 10**5}.get(large) or _LARGE.get(large, 1)
    value = number * factor
    return f"{value.normalize():f}"


def _is_date(core: str) -> bool:
    return bool(re.fullmatch(r"\s*\d{2,4}\s*[-/.]\s*\d{1,2}\s*([-/.]\s*\d{1,2})?\s*", core)) and bool(
        re.search(r"\d{4}", core)
    )
