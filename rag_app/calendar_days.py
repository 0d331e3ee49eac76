"""Days and months that a text names, however they are written: `3월 11일`, `3/11`, `03.11`, `2025-03-11`, `11 March`.

Covers: figures with the signs and words that Korean and English have for a date, and the second day of `12일부터 13일까지`.
Does not cover: days in words (`삼월 초하루`, `the first of May`), days of the week, and days counted from today.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS = "january february march april may june july august september october november december".split()
_NAME = rf"(?P<name>{'|'.join(f'{month}|{month[:3]}' for month in _MONTHS)}|sept)\b\.?"
_WHOLE_NAME = rf"(?P<name>{'|'.join(month.title() for month in _MONTHS if month != 'may')})\b"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\d:])"
_YEAR = r"(?:,?\s+(?P<year>(?:19|20)\d\d))?"
_ALONE = r"(?<![\d.,/-])"
_FORMS = (
    re.compile(
        rf"{_ALONE}(?P<year>(?:19|20)\d\d)\s?[-./]\s?(?P<month>\d{{1,2}})\s?[-./]\s?(?P<day>\d{{1,2}})(?![\d/-])"
    ),
    re.compile(rf"{_ALONE}(?:(?P<year>(?:19|20)\d\d)년\s*)?(?P<month>\d{{1,2}})월(?:\s*(?P<day>\d{{1,2}})일)?"),
    re.compile(rf"{_ALONE}(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})(?![\d/.%-])"),
    re.compile(rf"{_ALONE}(?P<month>0\d|1[0-2])\.(?P<day>0[1-9]|[12]\d|3[01])(?![\d.,%-])"),
    re.compile(rf"\b{_NAME}\s+{_DAY}{_YEAR}", re.IGNORECASE),
    re.compile(rf"{_ALONE}{_DAY}\s+(?:of\s+)?{_NAME}{_YEAR}", re.IGNORECASE),
    re.compile(rf"\b{_WHOLE_NAME}(?!\s+\d{{1,2}}(?!\d))(?:\s+(?P<year>(?:19|20)\d\d))?"),
)
"""Each with a month, by number or name; May and small letters alone may be other words."""
_LAST_DAY = 31
_SECOND_DAY = re.compile(
    r"(?:\([^()]{1,8}\))?\s*(?:부터|에서|[-~∼–→,·]|와|과|및|and|to)\s*(?P<day>\d{1,2})(?:일|(?!\d|월))"
)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day, or a month where `day` is 0; `year` is 0 where the text names none."""

    year: int
    month: int
    day: int

    def may_be(self, other: "CalendarDay") -> bool:
        """Whether both may be the same: what only one of them names decides nothing, but a month is no day."""
        years = self.year == other.year or 0 in (self.year, other.year)
        return years and (self.month, self.day) == (other.month, other.day)

    def holds(self, other: "CalendarDay") -> bool:
        """Whether the other lies in this month, or is this day."""
        return self.may_be(other if self.day else CalendarDay(other.year, other.month, 0))


def days_in(text: str) -> tuple[tuple[CalendarDay, int, int], ...]:
    """The days and months that a text names, in order, with the span `(start, end)` in which each is written."""
    return tuple(_found(text))


def writings_of(day: CalendarDay) -> tuple[str, ...]:
    """How documents write a day or a month, without its year: in Korean, with signs, and in English."""
    name = _MONTHS[day.month - 1]
    if not day.day:
        return f"{day.month}월", name
    return f"{day.month}월 {day.day}일", f"{day.month}/{day.day}", f"{name} {day.day}", f"{day.day} {name}"


def _found(text: str) -> Iterator[tuple[CalendarDay, int, int]]:
    done = 0
    matches = [match for form in _FORMS for match in form.finditer(text)]
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        one = _day_of(match)
        if one is None or match.start() < done:
            continue
        done = match.end()
        yield one, *match.span()
        if one.day and (second := _SECOND_DAY.match(text, done)):
            other = CalendarDay(one.year, one.month, int(second["day"]))
            if one.day < other.day <= _LAST_DAY:
                yield other, *second.span("day")


def _day_of(match: re.Match[str]) -> CalendarDay | None:
    """What a form names; None when no calendar has it."""
    named = match.groupdict()
    month = int(named["month"]) if named.get("month") else _month(named["name"])
    day = int(named["day"]) if named.get("day") else 0
    possible = 1 <= month <= len(_MONTHS) and (1 <= day <= _LAST_DAY or not named.get("day"))
    return CalendarDay(int(named["year"] or 0) if "year" in named else 0, month, day) if possible else None


def _month(name: str) -> int:
    return 1 + next(at for at, month in enumerate(_MONTHS) if month.startswith(name[:3].casefold()))
