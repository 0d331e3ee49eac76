"""Editions of one document: which of the sources found are superseded by a newer one, unless the question asks for them.

Two sources are editions of one document when they state the same title but for years and edition numbers, in one collection. The
newer one states the later date.
"""

import re
from collections.abc import Mapping, Sequence

from rag_app.dates import stated_date
from rag_app.schema import Source
from rag_app.search_result import Hit

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_EDITION = re.compile(
    r"[(\[]?\s*(?:(?:19|20)\d\d\s*년?\s*판?|제?\s*\d+(?:\.\d+)*\s*판|v(?:er(?:sion)?)?\.?\s*\d+(?:\.\d+)*)\s*[)\]]?",
    re.IGNORECASE,
)
_WITHDRAWN = re.compile(r"\s*(?:폐지|만료|실효|구판|superseded|withdrawn|obsolete|expired|repealed)", re.IGNORECASE)
_OLDER_ASKED = re.compile(
    r"이전|지난|예전|옛날?|과거|종전|달라|바뀌|바뀐|변경|변화|차이|비교|개정|원래|"
    r"\b(?:old|older|previous|former|earlier|used to|before|chang\w*|differ\w*|compar\w*|revis\w*|versions?)\b",
    re.IGNORECASE,
)


def outdated_sources(question: str, hits: Sequence[Hit]) -> frozenset[str]:
    """The ids of the sources that a newer edition among the hits supersedes; empty when the question asks for older ones, and
    without any edition whose year it names."""
    if _OLDER_ASKED.search(question):
        return frozenset()
    asked = set(_YEAR.findall(question))
    sources = {hit.source.id: hit.source for hit in hits}.values()
    newest: dict[tuple[str, str], str] = {}
    for source in sources:
        if date := stated_date(source.metadata):
            key = _family(source)
            newest[key] = max(newest.get(key, ""), date)
    return frozenset(source.id for source in sources if _is_outdated(source, newest) and not asked & _years(source))


def _is_outdated(source: Source, newest: Mapping[tuple[str, str], str]) -> bool:
    """A later edition was found, or the source says of itself that it is no longer in force."""
    date = stated_date(source.metadata)
    return bool(date and date < newest[_family(source)]) or bool(_WITHDRAWN.match(source.metadata.get("status", "")))


def _family(source: Source) -> tuple[str, str]:
    bare = _EDITION.sub(" ", source.title or source.name)
    return source.collection, " ".join(bare.casefold().split())


def _years(source: Source) -> set[str]:
    """The years that the source bears itself: in its name, its title or its date; not those of its successor."""
    return set(_YEAR.findall(" ".join((source.name, source.title, stated_date(source.metadata)))))
