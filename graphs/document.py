"""One whole document: which one a question means, its sections as passages, and its summary without any model."""

from collections.abc import Sequence
from typing import Final, Protocol

from graphs.extract import Extract, citation_of
from graphs.units import Unit, shown, units_of
from rag_app.language import detect_language
from rag_app.schema import Chunk, Heading, Placement, Source
from rag_app.search_result import Hit

MIN_NAME_MATCH: Final = 0.5
"""A document is meant when its name and the question share this much of their words (Dice coefficient)."""
MAX_POINTS: Final = 7


class TermRules(Protocol):
    """What this module needs of `rag_app.language.Terms`."""

    def of_text(self, text: str) -> tuple[str, ...]: ...


def meant_source(question: str, sources: Sequence[Source], hits: Sequence[Hit], terms: TermRules) -> Source | None:
    """The source that the question names by title or file name; of several versions the one whose year or number is said,
    else the last by name. Without a name, the source of at least half of the hits; None when there is none either.

    `question` without the words that ask for a summary.
    """
    asked = frozenset(terms.of_text(question))
    figures = frozenset(term for term in asked if term.isdigit())
    scored = [(_match(asked, figures, source, terms), source.name, source) for source in sources]
    best = max(scored, key=lambda item: item[:2], default=None)
    if best is not None and best[0] >= MIN_NAME_MATCH:
        return best[2]
    first = hits[0].source if hits else None
    of_first = sum(hit.source.id == first.id for hit in hits) if first else 0
    return first if first is not None and of_first * 2 >= len(hits) else None


def sections_of(source: Source, text: str, outline: Sequence[Heading]) -> tuple[Hit, ...]:
    """The document as passages, one for each heading, in order; sections with nothing but their heading are left out."""
    starts = [heading.start for heading in outline]
    found: list[Hit] = []
    path: list[Heading] = []
    if not starts or text[: starts[0]].strip():
        end = starts[0] if starts else len(text)
        found.append(_section(source, text, (), 0, end))
    for position, heading in enumerate(outline):
        path = [*(above for above in path if above.level < heading.level), heading]
        end = starts[position + 1] if position + 1 < len(starts) else len(text)
        after_title = text.find("\n", heading.start, end)
        if after_title != -1 and text[after_title:end].strip():
            found.append(_section(source, text, tuple(step.title for step in path), heading.start, end))
    return tuple(found)


def summarise(sections: Sequence[Hit]) -> Extract:
    """The first thing that each section says, quoted and cited; empty when there is nothing to quote."""
    firsts: dict[int, Unit] = {}
    for unit in units_of(sections, lambda _: ""):
        if unit.kind in ("sentence", "item") and unit.hit not in firsts:
            firsts[unit.hit] = unit
    step = max(1, -(-len(firsts) // MAX_POINTS))
    chosen = [unit for rank, unit in enumerate(firsts.values()) if rank % step == 0]
    lines = []
    for number, unit in enumerate(chosen, start=1):
        heading = sections[unit.hit].chunk.heading_path[-1:]
        lead = f"**{heading[0]}**: " if heading else ""
        lines.append(f"- {lead}{shown(unit)} [{number}]")
    citations = tuple(citation_of(number, unit, sections[unit.hit]) for number, unit in enumerate(chosen, start=1))
    return Extract("\n".join(lines), citations, 1.0 if chosen else 0.0)


def _section(source: Source, text: str, path: tuple[str, ...], start: int, end: int) -> Hit:
    body = text[start:end].rstrip()
    identifier = f"{source.id}:{start}"
    chunk = Chunk(identifier, source.title, path, body, detect_language(body))
    placement = Placement(identifier, source.id, 0, start, start + len(body), text.count("\n", 0, start) + 1)
    return Hit(chunk, placement, source, 1.0)


def _match(asked: frozenset[str], figures: frozenset[str], source: Source, terms: TermRules) -> float:
    """How well the question names a source; a figure that both hold breaks a tie between versions."""
    names = [frozenset(terms.of_text(name)) for name in (source.title, _stem(source.name))]
    said = figures & (names[0] | names[1])
    return max(_dice(asked - figures, name - figures) for name in names) + 0.1 * len(said)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _stem(name: str) -> str:
    """The file name without folders and ending, its separators as spaces."""
    last = name.rpartition("/")[2]
    return (last.rpartition(".")[0] or last).replace("_", " ").replace("-", " ")
