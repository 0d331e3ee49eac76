"""What to say when no document meets the filters: which of them fails, and what there is instead, in English and in Korean."""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from rag_app.dates import date_of
from rag_app.errors import WrongFilter
from rag_app.filters import Condition, Filters, folded, meets, tags_of
from rag_app.schema import Source

SHOWN = 5
"""Tags, paths or collections named in one sentence."""

_LEAST_ALIKE = 0.6
_CUTS = re.compile(r"[*?\[\]/]+(?:\.\w+$)?")


def nothing_met(filters: Filters, sources: Sequence[Source]) -> WrongFilter:
    """The failure to raise when no source meets the filters; the first condition that no source meets is explained."""
    wanted = [one for one in filters.conditions if not one.excluded]
    failing = next((one for one in wanted if not any(meets(one, source) for source in sources)), None)
    if not sources:
        return WrongFilter(
            "no document was searched: the collection is empty; run `python -m ingest PATH`",
            "찾을 문서가 없습니다. 모음이 비어 있으니 `python -m ingest 폴더`로 문서를 읽어 주세요.",
        )
    if failing is not None:
        return _unmet(failing, sources)
    counts = {one: sum(meets(one, source) for source in sources) for one in filters.conditions}
    each = ", ".join(f"{one} ({count})" for one, count in counts.items())
    return WrongFilter(
        f"no document meets all filters together, though each has some: {each}; leave one out",
        f"모든 조건에 함께 맞는 문서가 없습니다. 조건마다 맞는 문서 수: {each}. 조건을 하나 빼 보세요.",
    )


def _unmet(condition: Condition, sources: Sequence[Source]) -> WrongFilter:
    match condition.key:
        case "date":
            return _no_date(condition, sources)
        case "tag":
            tags = Counter(tag for source in sources for tag in tags_of(source))
            if not tags:
                return WrongFilter(
                    f"no document meets {condition}: none of the {len(sources)} documents has tags; "
                    "give them a line `tags: [...]` at the top, or leave the filter out",
                    f"‘{condition}’에 맞는 문서가 없습니다. 문서 {len(sources)}개에 태그가 하나도 없습니다. "
                    "문서 맨 위에 `tags: [...]` 줄을 적거나 조건을 빼 주세요.",
                )
            return _nearest(condition, tags, ("tags", "태그"))
        case "collection":
            return _nearest(condition, Counter(source.collection for source in sources), ("collections", "모음"))
        case "path":
            return _nearest(condition, Counter(_places(sources)), ("paths", "경로"))


def _nearest(condition: Condition, there: "Counter[str]", noun: tuple[str, str]) -> WrongFilter:
    close = alike(_telling(condition), there)
    named = close or [name for name, _ in there.most_common(SHOWN)]
    listed = ", ".join(named)
    return WrongFilter(
        f"no document meets {condition}; "
        + (f"the nearest {noun[0]} are: {listed}" if close else f"there are the {noun[0]}: {listed}")
        + (f" ({len(there)} in all)" if len(there) > len(named) else ""),
        f"‘{condition}’에 맞는 문서가 없습니다. "
        + (f"가까운 {noun[1]}: {listed}" if close else f"있는 {noun[1]}: {listed}")
        + (f" (모두 {len(there)}개)" if len(there) > len(named) else ""),
    )


def _no_date(condition: Condition, sources: Sequence[Source]) -> WrongFilter:
    dates = sorted(filter(None, map(date_of, sources)))
    undated = len(sources) - len(dates)
    if not dates:
        return WrongFilter(
            f"no document meets {condition}: none of the {len(sources)} documents has a date; give them a line "
            "`date: 2024-03-05` at the top or a date in the file name, or leave the filter out",
            f"‘{condition}’에 맞는 문서가 없습니다. 문서 {len(sources)}개에 날짜가 하나도 없습니다. 문서 맨 위에 "
            "`date: 2024-03-05` 줄을 적거나 파일 이름에 날짜를 넣거나 조건을 빼 주세요.",
        )
    return WrongFilter(
        f"no document meets {condition}; dates run from {dates[0]} to {dates[-1]}, and {undated} documents have none",
        f"‘{condition}’에 맞는 문서가 없습니다. 날짜는 {dates[0]}부터 {dates[-1]}까지 있고, 날짜가 없는 문서가 {undated}개입니다.",
    )


def alike(value: str, names: Iterable[str]) -> list[str]:
    """The names that hold the value, or are spelled much like it, letter by letter also in Hangul; nearest first."""
    wanted = _letters(value)
    scored = []
    for name in names if wanted else ():
        whole, last = _letters(name), _letters(name.rstrip("/").rpartition("/")[2])
        ratio = max(difflib.SequenceMatcher(None, wanted, part, autojunk=False).ratio() for part in (whole, last))
        inside = wanted in whole
        if inside or ratio >= _LEAST_ALIKE:
            scored.append((not inside, -ratio, name))
    return [name for *_, name in sorted(scored)[:SHOWN]]


def _telling(condition: Condition) -> str:
    """The part of a value that tells the most: the longest piece of a path between slashes and wildcards."""
    if condition.key != "path":
        return condition.value.lstrip("#")
    return max(_CUTS.split(condition.value.removesuffix("/")), key=len)


def _letters(text: str) -> str:
    """Folded, with Hangul syllables taken apart into their letters."""
    return unicodedata.normalize("NFD", folded(text))


def _places(sources: Iterable[Source]) -> Iterable[str]:
    """Every file, and every folder once for each file in it."""
    for source in sources:
        yield source.name
        steps = source.name.split("/")[:-1]
        yield from ("/".join(steps[: depth + 1]) + "/" for depth in range(len(steps)))
