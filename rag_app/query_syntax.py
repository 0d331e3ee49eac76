"""A question with filters in it -> the question without them, and the filters: `연차 며칠? path:규정/*.hwp tag:인사 date:2024..`.

A filter is a known key, a colon and a value without a blank between them, at the start or behind a blank: `http://…`, `10:30`,
`title:foo` and `RAG: 무엇인가` stay what they are, and so does a filter in quotes or backticks.
"""

import re
from collections.abc import Mapping
from typing import Final

from rag_app.filters import Condition, Filters, Key, checked

KEYS: Final[Mapping[str, Key]] = {
    **dict.fromkeys(("collection", "모음", "컬렉션"), "collection"),
    **dict.fromkeys(("path", "경로"), "path"),
    **dict.fromkeys(("tag", "태그"), "tag"),
    **dict.fromkeys(("date", "날짜"), "date"),
}
"""Every word that begins a filter."""

_FILTER = re.compile(
    rf"(?<!\S)(?P<minus>-?)(?P<key>{'|'.join(KEYS)}):"
    r"(?:\"(?P<double>[^\"]+)\"|“(?P<curly>[^”]+)”|'(?P<single>[^']+)'|(?P<bare>[^\s\"“'?!,;][^\s]*?)(?=[?!,;]*(?:\s|$)))[,;]*",
    re.IGNORECASE,
)
_LOOSE_MARK = re.compile(r"\s+(?=[?!,;](?:\s|$))")


def read_query(text: str) -> tuple[str, Filters]:
    """The question without its filters, and the filters, in the order in which they stand.

    Raises:
        WrongFilter: a date is none; says what dates look like.
    """
    conditions = tuple(_condition(found) for found in _FILTER.finditer(text))
    return without_filters(text), checked(Filters(conditions))


def without_filters(text: str) -> str:
    """The question alone, whatever its filters say."""
    if not _FILTER.search(text):
        return text
    return _LOOSE_MARK.sub("", " ".join(_FILTER.sub(" ", text).split()))


def _condition(found: re.Match[str]) -> Condition:
    value = found["double"] or found["curly"] or found["single"] or found["bare"]
    key = KEYS[found["key"].casefold()]
    if key in ("tag", "collection"):
        value = value.rstrip(".")
    return Condition(key, value.strip(), excluded=bool(found["minus"]))
