"""The answer without any model: the units that answer best, quoted word for word and cited, each with its own mark."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from graphs.relevance import Relevance, TermRules
from graphs.units import Unit, shown
from rag_app.answer import Citation, Style
from rag_app.search_result import Hit

MOST_UNITS: dict[Style, int] = {"direct": 3, "few_shot": 3, "classify": 3, "program": 4, "step_by_step": 5}
KEEP_SHARE = 0.72
"""A further unit is quoted when its score reaches this share of the best one's."""
SAME_WORDS = 0.8
"""Two units that share this much of their words say the same thing; only the better is quoted."""
MAX_LIST_ITEMS = 7
_ANNOUNCING = re.compile(
    r"(?:^|\s)(?:다음|아래)(?:과|와|의|에|은|는)?\s(?!해|달|날|주|분기|학기|단계|회차|번에?\b)[가-힣]|\b(?:the following|as follows|listed below)\b",
    re.IGNORECASE,
)
"""A sentence that speaks of what stands under it: "다음 비용은 결제할 수 없습니다.", "for the following"."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Extract:
    """A quoted answer. `text` ends every quoted unit with its mark `[n]`; `confidence` is the best unit's score."""

    text: str
    citations: tuple[Citation, ...]
    confidence: float


def extract_answer(hits: Sequence[Hit], ranked: Sequence[Relevance], *, style: Style = "direct") -> Extract:
    """Quote the best of `ranked` (best first, as `relevance_of` gives them); empty text when there is nothing to quote.

    What says outright what the question asks the meaning of stands first; else passages stay in the order of their text. A
    sentence that only announces a list or a table ("…은 다음과 같다:", "다음 표의 금액") brings what stands under it.
    """
    if not ranked:
        return Extract("", (), 0.0)
    chosen = _with_list_items(_choose(ranked, MOST_UNITS[style]), ranked)
    lead = ranked[0].unit if ranked[0].defines else None
    chosen = sorted(chosen, key=lambda unit: (unit != lead, _first_rank(unit, chosen), unit.start))
    citations = tuple(citation_of(number, unit, hits[unit.hit]) for number, unit in enumerate(chosen, start=1))
    return Extract(_compose(chosen), citations, ranked[0].score)


def unsaid(ranked: Sequence[Relevance], earlier: str, wanted: frozenset[str], terms: TermRules) -> Sequence[Relevance]:
    """What a follow-up can be answered with: not what the answer before it quoted, unless that holds a term `wanted` now.

    All of `ranked` when nothing else is left, or when the follow-up asks for nothing of its own.
    """
    if not wanted:
        return ranked
    fresh = [
        item
        for item in ranked
        if shown(item.unit) not in earlier or wanted.intersection(terms.of_text(shown(item.unit)))
    ]
    return fresh or ranked


def citation_of(number: int, unit: Unit, hit: Hit) -> Citation:
    """The citation `[number]` of a unit: its verbatim span in its source, and the line on which it starts."""
    before = hit.chunk.text[: unit.start - hit.placement.start]
    return Citation(
        n=number,
        source=hit.source.name,
        source_id=hit.source.id,
        heading=hit.heading,
        quote=unit.text,
        start=unit.start,
        end=unit.end,
        line=hit.placement.line + before.count("\n"),
        locator=hit.placement.locator,
    )


def _choose(ranked: Sequence[Relevance], most: int) -> list[Unit]:
    best = ranked[0]
    chosen = [best.unit]
    for item in ranked[1:]:
        if len(chosen) >= most or item.score < KEEP_SHARE * best.score:
            break
        repeats = any(_alike(item.unit, unit) for unit in chosen)
        if item.same_language == best.same_language and not repeats and not _is_other_row(item, ranked):
            chosen.append(item.unit)
    return chosen


def _is_other_row(item: Relevance, ranked: Sequence[Relevance]) -> bool:
    """Whether the question names another row of the same table, or that one holds more of it: then this one is not meant."""
    unit = item.unit
    return unit.kind == "row" and any(
        (other.names_row, other.coverage) > (item.names_row, item.coverage)
        for other in ranked
        if other.unit.kind == "row" and (other.unit.hit, other.unit.header) == (unit.hit, unit.header)
    )


def _with_list_items(chosen: list[Unit], ranked: Sequence[Relevance]) -> list[Unit]:
    """The chosen units, plus the list items or table rows that a chosen sentence announces."""
    extended = list(chosen)
    for unit in chosen:
        if unit.kind != "sentence":
            continue
        below = sorted(
            (item.unit for item in ranked if item.unit.hit == unit.hit and item.unit.start >= unit.end),
            key=lambda item: item.start,
        )
        if unit.text.rstrip(" *_").endswith((":", "다음과 같다.", "다음과 같습니다.")):
            extended += _new([item for item in below if item.kind == "item"], extended)
        elif below and below[0].kind in ("item", "row") and _ANNOUNCING.search(unit.text):
            extended += _new(_in_a_row(below), extended)
    return extended


def _in_a_row(units: Sequence[Unit]) -> list[Unit]:
    """The list or table that the first of the units begins."""
    first = units[0]
    return list(itertools.takewhile(lambda unit: (unit.kind, unit.header) == (first.kind, first.header), units))


def _new(listed: Sequence[Unit], chosen: Sequence[Unit]) -> list[Unit]:
    """The first of a list that is announced; none of it when the question picked some of its rows or items itself."""
    return [] if any(unit in chosen for unit in listed) else list(listed[:MAX_LIST_ITEMS])


def _first_rank(unit: Unit, chosen: Sequence[Unit]) -> int:
    """Units of one passage stay together, passages in the order in which their first unit was chosen."""
    return next(rank for rank, other in enumerate(chosen) if other.hit == unit.hit)


def _alike(one: Unit, other: Unit) -> bool:
    words, others = set(_WORD.findall(one.text.casefold())), set(_WORD.findall(other.text.casefold()))
    return len(words & others) >= SAME_WORDS * max(1, min(len(words), len(others)))


def _compose(units: Sequence[Unit]) -> str:
    """Units of prose run on; rows, items and code stand on lines of their own."""
    lines: list[str] = []
    for number, unit in enumerate(units, start=1):
        if unit.kind == "code":
            fence = unit.text.lstrip()[:3]
            closed = unit.text if unit.text.rstrip().endswith(fence) else f"{unit.text}\n{fence}"
            lines.append(f"{closed}\n[{number}]")
        elif unit.kind in ("row", "item"):
            lines.append(f"- {shown(unit)} [{number}]")
        elif lines and units[number - 2].kind == "sentence" and units[number - 2].hit == unit.hit:
            lines[-1] += f" {shown(unit)} [{number}]"
        else:
            lines.append(f"{shown(unit)} [{number}]")
    return "\n\n".join(_join_list(lines))


def _join_list(lines: Sequence[str]) -> list[str]:
    """Neighbouring list lines form one Markdown list."""
    blocks: list[str] = []
    for line in lines:
        if blocks and line.startswith("- ") and blocks[-1].startswith("- "):
            blocks[-1] += f"\n{line}"
        else:
            blocks.append(line)
    return blocks
