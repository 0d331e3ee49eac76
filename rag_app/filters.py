"""Which documents a question is restricted to: conditions on collection, path, tag and date, and the documents that meet them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pathspec import GitIgnoreSpec

from rag_app.dates import date_of, period_of
from rag_app.errors import WrongFilter
from rag_app.schema import Source

Key = Literal["collection", "path", "tag", "date"]

_TAG_KEYS = frozenset("tags tag keywords keyword categories category labels 태그 분류 키워드".split())
_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter as it was written; `excluded` documents are those that meet it."""

    key: Key
    value: str
    excluded: bool = False

    def __str__(self) -> str:
        value = f'"{self.value}"' if " " in self.value else self.value
        return f"{'-' if self.excluded else ''}{self.key}:{value}"


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that a document must meet: of several tags all, of several values of another key any, of the excluded none."""

    conditions: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def __add__(self, other: "Filters") -> "Filters":
        return Filters(tuple(dict.fromkeys((*self.conditions, *other.conditions))))

    def of(self, key: Key) -> tuple[str, ...]:
        """The values wanted for a key."""
        return tuple(one.value for one in self.conditions if one.key == key and not one.excluded)


NO_FILTERS = Filters()


def checked(filters: Filters) -> Filters:
    """The same filters.

    Raises:
        WrongFilter: a date is none.
    """
    for one in filters.conditions:
        if one.key == "date":
            try:
                period_of(one.value)
            except ValueError as error:
                raise WrongFilter(
                    f"{str(one)!r} is no date or period; write 2024, 2024-03, 2024-03-05, 2024-03..2024-06, 2024.. or ..2023",
                    f"‘{one}’에서 날짜를 알아볼 수 없습니다. 2024, 2024-03, 2024-03-05, 2024-03..2024-06, 2024.., ..2023처럼 적어 주세요.",
                ) from error
    return filters


def select(filters: Filters, sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources that meet every condition, in their order."""
    return tuple(source for source in sources if _fits(filters, source))


def meets(condition: Condition, source: Source) -> bool:
    """Whether a source has what a condition names, be it wanted or excluded."""
    match condition.key:
        case "collection":
            return folded(source.collection) == folded(condition.value)
        case "path":
            return _paths(condition.value).match_file(folded(source.name))
        case "tag":
            return folded(condition.value.lstrip("#")) in map(folded, tags_of(source))
        case "date":
            return period_of(condition.value).holds(date_of(source))


def tags_of(source: Source) -> tuple[str, ...]:
    """The tags and keywords that a document states of itself, as it writes them."""
    stated = (value for key, value in source.metadata.items() if key.casefold() in _TAG_KEYS)
    tags = (tag.strip().lstrip("#") for value in stated for tag in re.split(r"[,;]", value))
    return tuple(dict.fromkeys(filter(None, tags)))


def folded(text: str) -> str:
    """Text as values are compared: composed, without case, with single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _fits(filters: Filters, source: Source) -> bool:
    wanted: dict[Key, list[bool]] = {}
    for one in filters.conditions:
        if one.excluded:
            if meets(one, source):
                return False
        else:
            wanted.setdefault(one.key, []).append(meets(one, source))
    return all(all(found) if key == "tag" else any(found) for key, found in wanted.items())


@lru_cache(maxsize=256)
def _paths(glob: str) -> GitIgnoreSpec:
    """Paths that fit a glob as in a .gitignore: `*` stays within a folder, `**` does not, a folder means all in it.

    It may begin at any folder, unless it begins with a slash; without a wildcard a file may be named without its ending.
    """
    bare = folded(glob).replace("\\", "/").removeprefix("./")
    inside = bare if bare.startswith("/") else f"**/{bare}"
    return GitIgnoreSpec.from_lines([inside] if _WILDCARD.search(bare) else [inside, f"{inside.rstrip('/')}.*"])
