"""Editions of one document: which of the sources found are superseded by a newer one, unless the question asks for them.

Two sources are editions of one document when they have the same title but for years and edition numbers, in one collection. The
newer one states the later date; a document that lays down rules may also bear it in its title or file name.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rag_app.dates import date_of, stated_date
from rag_app.schema import Source
from rag_app.search_result import Hit

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_EDITION = re.compile(
    r"[(\[]?\s*(?:(?:19|20)\d\d\s*년?\s*판?|제?\s*\d+(?:\.\d+)*\s*판|v(?:er(?:sion)?)?\.?\s*\d+(?:\.\d+)*)\s*[)\]]?",
    re.IGNORECASE,
)
_DATED_EDITION = re.compile(
    r"[-_ ]*[(\[]?\s*(?<!\d)(?:19|20)\d\d(?:\d\d(?:\d\d)?|\s*[-._/년]\s*\d{1,2}(?:\s*[-._/월]\s*\d{1,2}\s*[.일]?)?)(?!\d)"
    r"\s*(?:시행|개정|제정|현행)?판?\s*[)\]]?"
)
_RULES = re.compile(
    r"규정|규칙|지침|내규|정책|약관|매뉴얼|편람|\b(?:polic(?:y|ies)|rules?|regulations?|guidelines?|handbook|manual)\b",
    re.IGNORECASE,
)
"""What comes in editions."""
_RECORDS = re.compile(
    r"회의록|의사록|속기록|회의 ?결과|보고서?(?![가-힣])|일지|일보|주보|월보|소식지|공지|알림|"
    r"\b(?:minutes|meeting|reports?|journal|diary|log|newsletter|announcements?|notices?|retrospective)\b",
    re.IGNORECASE,
)
"""What tells of its own day: the minutes of this week do not supersede those of the last."""
_WITHDRAWN = re.compile(r"\s*(?:폐지|만료|실효|구판|superseded|withdrawn|obsolete|expired|repealed)", re.IGNORECASE)
_OLDER_ASKED = re.compile(
    r"이전|지난|예전|옛날?|과거|종전|달라|바뀌|바뀐|변경|변화|차이|비교|개정|원래|"
    r"\b(?:old|older|previous|former|earlier|used to|before|chang\w*|differ\w*|compar\w*|revis\w*|versions?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Editions:
    """The editions of one document as (file name, date), newest first: those an answer rests on, and the others found."""

    used: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]


def editions_of(cited: Collection[str], hits: Sequence[Hit]) -> tuple[Editions, ...]:
    """For each document that an answer cites by some of its editions (source ids) and of which another one was found."""
    families: dict[tuple[str, str], dict[str, Source]] = {}
    for hit in hits:
        if _date(hit.source):
            families.setdefault(_family(hit.source), {})[hit.source.id] = hit.source
    found = []
    for sources in families.values():
        newest_first = sorted(sources.values(), key=lambda source: (_date(source), source.name), reverse=True)
        used = tuple((source.name, _date(source)) for source in newest_first if source.id in cited)
        dates = {date for _, date in used}
        others = tuple(
            (source.name, _date(source))
            for source in newest_first
            if source.id not in cited and _date(source) not in dates
        )
        if used and others:
            found.append(Editions(used, others))
    return tuple(found)


def outdated_sources(question: str, hits: Sequence[Hit]) -> frozenset[str]:
    """The ids of the sources that a newer edition among the hits supersedes; empty when the question asks for older ones, and
    without any edition whose year it names."""
    if _OLDER_ASKED.search(question):
        return frozenset()
    asked = set(_YEAR.findall(question))
    sources = {hit.source.id: hit.source for hit in hits}.values()
    newest: dict[tuple[str, str], str] = {}
    for source in sources:
        if date := _date(source):
            key = _family(source)
            newest[key] = max(newest.get(key, ""), date)
    return frozenset(source.id for source in sources if _is_outdated(source, newest) and not asked & _years(source))


def _is_outdated(source: Source, newest: Mapping[tuple[str, str], str]) -> bool:
    """A later edition was found, or the source says of itself that it is no longer in force."""
    date = _date(source)
    return bool(date and date < newest[_family(source)]) or bool(_WITHDRAWN.match(source.metadata.get("status", "")))


def tells_of_its_day(source: Source) -> bool:
    """Whether it is a record (minutes, a report, a notice): its date is the day that it is about, not that of an edition."""
    return bool(_RECORDS.search(source.title) or _RECORDS.search(source.name.replace("_", " ")))


def _date(source: Source) -> str:
    """The date of the edition; "" of what has none."""
    if _lays_down_rules(source):
        return date_of(source)
    return "" if tells_of_its_day(source) else stated_date(source.metadata)


def _family(source: Source) -> tuple[str, str]:
    name = source.title or PurePosixPath(source.name).stem
    if _lays_down_rules(source):
        name = _DATED_EDITION.sub(" ", name)
    return source.collection, " ".join(_EDITION.sub(" ", name).casefold().split())


def _lays_down_rules(source: Source) -> bool:
    return bool(_RULES.search(source.title) or _RULES.search(source.name.replace("_", " ")))


def _years(source: Source) -> set[str]:
    """The years that the source bears itself: in its name, its title or its date; not those of its successor."""
    return set(_YEAR.findall(" ".join((source.name, source.title, _date(source)))))
