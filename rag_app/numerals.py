"""Numbers written in words: `3백만`, `삼백만 원`, `1억 2천만 원`, `열다섯 명` as the plain number a searcher would type."""

import re
from collections.abc import Iterator

_DIGITS = {char: value for value, char in enumerate("영일이삼사오육칠팔구")} | {"공": 0, "육": 6, "륙": 6}
_TENS = {"십": 10, "백": 100, "천": 1000}
_MYRIADS = {"만": 10**4, "억": 10**8, "조": 10**12}
_NATIVE_TENS = {
    "열": 10,
    "스물": 20,
    "스무": 20,
    "서른": 30,
    "마흔": 40,
    "쉰": 50,
    "예순": 60,
    "일흔": 70,
    "여든": 80,
    "아흔": 90,
}
_NATIVE_ONES = {
    "한": 1,
    "두": 2,
    "세": 3,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
}
_COUNTED = "명|개|살|시간|권|마리|달|대|번|가지|시|배"
_MONEY = "원|달러|유로|엔|명|개|년"
_MEASURED = f"{_MONEY}|퍼센트|프로|일|개월|주|분|초|회|건|쪽|장(?!자)|점|배|세|평|킬로|미터|{_COUNTED}"

_MIXED = (
    r"(?P<mixed>[0-9][0-9,]*(?:\.[0-9]+)?[십백천]?[만억](?:\s?[0-9][0-9,]*[십백천]?[만억]?(?![0-9.,]))*"
    r"|[0-9]+[백천](?![가-힣]{2}))"
)
_SPOKEN = (
    r"(?P<spoken>[일이삼사오육륙칠팔구]?[십백천만억](?:\s?[일이삼사오육륙칠팔구십백천만억])*)"
    rf"(?:(?<=[가-힣][가-힣])\s?(?=(?:{_MEASURED}))|\s?(?=(?:{_MONEY})))"
)
_NATIVE = (
    rf"(?P<native>(?:{'|'.join(_NATIVE_TENS)})?(?:{'|'.join(sorted(_NATIVE_ONES, key=len, reverse=True))})?)"
    rf"\s?(?=(?:{_COUNTED})(?![가-힣]{{3}}))"
)
_DIGIT = r"(?P<digit>[일이삼사오육륙칠팔구])(?=\s?(?:개월|퍼센트))"  # before other units a syllable may be a word: 이 일, 사 주
_NUMERAL = re.compile(rf"{_MIXED}|{_SPOKEN}|{_DIGIT}|{_NATIVE}")
_FIRST = "".join({*"0123456789", *_DIGITS, *_TENS, *_MYRIADS, *(word[0] for word in (*_NATIVE_TENS, *_NATIVE_ONES))})
_START = re.compile(rf"[{_FIRST}](?<![가-힣0-9A-Za-z.,].)")  # a set in front is found many times faster than the whole
_STEP = re.compile(r"(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)|(?P<char>[가-힣])")


def numerals(text: str) -> Iterator[tuple[int, str]]:
    """Where a number in words begins, and its digits: `삼백만 원` gives `(0, "3000000")`.

    Spoken numbers count only in front of a unit, so that `이 사람`, `만나다` and `제3조` stay words.
    """
    end = 0
    for start in _START.finditer(text):
        match = _NUMERAL.match(text, start.start()) if start.start() >= end else None
        if match is None:
            continue
        end = match.end()
        written = match["mixed"] or match["spoken"]
        if written:
            value = _value(written)
        elif match["digit"]:
            value = str(_DIGITS[match["digit"]])
        elif match["native"]:
            value = _native_value(match["native"])
        else:
            continue
        if value is not None:
            yield match.start(), value


def _value(written: str) -> str | None:
    total = section = 0.0
    number: float | None = None
    for step in _STEP.finditer(written):
        if step["number"]:
            number = float(step["number"].replace(",", ""))
        elif step["char"] in _DIGITS:
            number = _DIGITS[step["char"]]
        elif step["char"] in _TENS:
            section += (1 if number is None else number) * _TENS[step["char"]]
            number = None
        else:
            section += number or 0
            total += (section or 1) * _MYRIADS[step["char"]]
            section, number = 0, None
    total += section + (number or 0)
    return str(int(total)) if total == int(total) and total < 10**16 else None


def _native_value(written: str) -> str | None:
    for word, tens in _NATIVE_TENS.items():
        if written.startswith(word):
            rest = written.removeprefix(word)
            return str(tens + _NATIVE_ONES.get(rest, 0))
    return str(_NATIVE_ONES[written])
