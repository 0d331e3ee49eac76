"""The date of a document, and periods of time as people write them: `2024`, `2024-03..2024-06`, `..2023`.

A date is a string of year, month and day as far as they are known ("2024", "2024-03", "2024-03-05"), so that later dates compare
greater.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rag_app.schema import Source

_KEYS = (
    *("effective", "effective_date", "valid_from", "date", "updated", "revised", "시행일", "개정일", "날짜"),
    *("published", "modified", "created", "작성일", "등록일"),
)
_STATED = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?!\d)"
    r"(?:\s*년\s*(?P<month_ko>\d{1,2})\s*월(?:\s*(?P<day_ko>\d{1,2})\s*일)?"
    r"|\s?[-./]\s?(?P<month>\d{1,2})(?!\d)(?:\s?[-./]\s?(?P<day>\d{1,2})(?!\d))?)?"
)
_NAMED = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)"
    r"(?:(?P<cut>[-_. ]?)(?P<month>0[1-9]|1[0-2])(?P=cut)(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
    r"|[-_.](?P<only_month>0[1-9]|1[0-2])(?![-_.]?\d)|(?!\d))"
)
_WRITTEN = re.compile(r"(?P<year>\d{4})년?(?:[-./]?(?P<month>\d{1,2})월?(?:[-./]?(?P<day>\d{1,2})일?)?)?(?<![-./])")
_RANGE = re.compile(r"\.\.|~")


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` to `until`, both included; empty for no limit on that side."""

    since: str = ""
    until: str = ""

    def holds(self, date: str) -> bool:
        """Whether a date lies in the period, or may: a document of "2024" fits March 2024. One without a date never does."""
        return (
            bool(date)
            and date[: len(self.since)] >= self.since[: len(date)]
            and date[: len(self.until)] <= self.until[: len(date)]
        )


@lru_cache(maxsize=256)
def period_of(written: str) -> Period:
    """The period that was written: a year, a month, a day, or a range with `..` (or `~`) that may be open on one side.

    Raises:
        ValueError: it is none of these; a day that no calendar has; a range that ends before it begins.
    """
    parts = _RANGE.split(written)
    if len(parts) == 1:
        date = _written(written)
        return Period(date, date)
    if len(parts) > 2 or not any(parts):
        raise ValueError(written)
    period = Period(*(_written(part) if part else "" for part in parts))
    shorter = min(len(period.since), len(period.until))
    if period.since[:shorter] > period.until[:shorter]:
        raise ValueError(written)
    return period


def stated_date(metadata: Mapping[str, str]) -> str:
    """The first date that a document states of itself (front matter, document properties); "" without one."""
    folded = {key.casefold(): value for key, value in metadata.items()}
    for key in _KEYS:
        found = _STATED.search(folded.get(key, ""))
        if found:
            return _joined(found["year"], found["month"] or found["month_ko"], found["day"] or found["day_ko"])
    return ""


def date_of(source: Source) -> str:
    """The date that the document states, else the one in its file name, title or folders; "" when there is none.

    The time stamp of the file is not asked: a copy or a checkout changes it, and it tells nothing about the text.
    """
    folders, _, name = source.name.rpartition("/")
    stated = stated_date(source.metadata)
    return stated or next((date for text in (name, source.title, folders) if (date := _named(text))), "")


def _named(text: str) -> str:
    found = _NAMED.search(text)
    return _joined(found["year"], found["month"] or found["only_month"], found["day"]) if found else ""


def _written(text: str) -> str:
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    date = _joined(found["year"], found["month"], found["day"])
    if date.count("-") != sum(found[part] is not None for part in ("month", "day")):
        raise ValueError(text)
    return date


def _joined(year: str, month: str | None, day: str | None) -> str:
    """The parts with their digits padded; a month or day that no calendar has is left out, with what follows it."""
    if month is None or not 1 <= int(month) <= 12:
        return year
    if day is None or not 1 <= int(day) <= calendar.monthrange(max(1, int(year)), int(month))[1]:
        return f"{year}-{int(month):02}"
    return f"{year}-{int(month):02}-{int(day):02}"
