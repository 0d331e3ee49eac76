"""The days that a question names: each counts as one word, whichever way it and the documents write it.

By their figures alone "3월 11일" would stand in every row that says "11월 3일".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from graphs.editions import tells_of_its_day
from rag_app.calendar_days import CalendarDay, days_in
from rag_app.dates import date_of
from rag_app.search_result import Hit


class TermRules(Protocol):
    """What this module needs of `rag_app.language.Terms`."""

    def of_text(self, text: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class AskedDays:
    """`weights` of the question's terms, where the figures of a day have given way to one term for it; `days` by that term;
    `rest` is the question without them; `asked` are all days that it names, also those that no passage names."""

    weights: Mapping[str, float]
    days: Mapping[str, CalendarDay]
    rest: str
    asked: tuple[CalendarDay, ...]

    def named_in(self, *texts: str) -> frozenset[str]:
        """The terms of the asked days that one of the texts names."""
        if not self.days:
            return frozenset()
        named = [day for text in texts for day, _, _ in days_in(text)]
        return frozenset(term for term, day in self.days.items() if any(day.holds(one) for one in named))

    def named_around(self, hit: Hit) -> frozenset[str]:
        """Those that the title or headings of a passage name, or that its document bears as the day it is about."""
        return self.named_in(*_borne(hit)) if self.days else frozenset()

    def is_of_another(self, hit: Hit) -> bool:
        """Whether a day was asked for, and the passage bears others."""
        borne = [day for text in _borne(hit) for day, _, _ in days_in(text) if day.day] if self.asked else []
        return bool(borne) and not any(one.holds(day) for one in self.asked for day in borne)


def asked_days(question: str, weights: Mapping[str, float], hits: Sequence[Hit], terms: TermRules) -> AskedDays:
    """The days of the question that some passage found names; of the others the figures go on counting as they are.

    A day weighs as much as its figures did together.
    """
    found = _confirmed(question, hits)
    asked = tuple(day for day, _, _ in days_in(question))
    if not found:
        return AskedDays(weights, {}, question, asked)
    rest = question
    for _, start, end in reversed(found):
        rest = f"{rest[:start]} {rest[end:]}"
    others = frozenset(terms.of_text(rest))
    kept = dict(weights)
    days: dict[str, CalendarDay] = {}
    for day, start, end in found:
        figures = [term for term in dict.fromkeys(terms.of_text(question[start:end])) if term not in others]
        term = f"{day.year:04}-{day.month:02}-{day.day:02}"
        kept[f"day {term}"] = sum(weights.get(figure, 0.0) for figure in figures)
        days[f"day {term}"] = day
        for figure in figures:
            kept.pop(figure, None)
    return AskedDays(kept, days, " ".join(rest.split()), asked)


def _borne(hit: Hit) -> tuple[str, ...]:
    """What tells the day of a passage as a whole."""
    own = (date_of(hit.source),) if tells_of_its_day(hit.source) else ()
    return hit.chunk.title, *hit.chunk.heading_path, *own


def _confirmed(question: str, hits: Sequence[Hit]) -> list[tuple[CalendarDay, int, int]]:
    asked = days_in(question)
    if not asked:
        return []
    named = frozenset(_named(hits))
    return [found for found in asked if any(found[0].holds(day) for day in named)]


def _named(hits: Sequence[Hit]) -> Iterable[CalendarDay]:
    for hit in hits:
        for text in (*_borne(hit), hit.chunk.text):
            for day, _, _ in days_in(text):
                yield day
