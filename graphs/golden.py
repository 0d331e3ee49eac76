"""Golden questions: the file format, and where their quotes stand in the documents of the index."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag_app.answer import Citation
from rag_app.cleaning import clean_text
from rag_app.errors import UsageError
from rag_app.schema import Source
from rag_app.search_result import Hit


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """A verbatim quote that answers, or is `needed` together with others for the answer."""

    source: str
    quote: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question over the shipped documents; `evidence` is empty when the documents hold no answer."""

    id: str
    language: str
    question: str
    kind: str
    evidence: tuple[GoldQuote, ...]
    cross_language: bool

    @property
    def answerable(self) -> bool:
        return bool(self.evidence)

    @property
    def held_out(self) -> bool:
        """Whether the question is only reported on; thresholds are chosen on the others. By the last digit of the id."""
        return self.id[-1] in "13579"


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """Where a gold quote stands: the source's id and the span in its clean text."""

    source_id: str
    start: int
    end: int
    needed: bool

    def touches(self, hit: Hit) -> bool:
        """Whether the passage holds at least half of the quote."""
        place = hit.placement
        shared = min(self.end, place.end) - max(self.start, place.start)
        return place.source_id == self.source_id and 2 * shared >= self.end - self.start

    def is_held_by(self, citation: Citation) -> bool:
        """Whether the cited quote holds the whole gold quote, or is the part of it that says something (a cell of a row)."""
        if citation.source_id != self.source_id:
            return False
        shared = min(self.end, citation.end) - max(self.start, citation.start)
        return shared >= 0.9 * (self.end - self.start)


def read_golden(paths: Iterable[Path]) -> tuple[GoldQuestion, ...]:
    """Every question of the JSON-lines files (or of the `*.jsonl` in a folder), in order.

    Raises:
        UsageError: names the file and line that cannot be read.
    """
    files = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    if not files:
        raise UsageError("no golden questions found; give a folder with *.jsonl files: --golden tests/golden")
    return tuple(question for file in files for question in _read(file))


def spans_of(
    question: GoldQuestion, sources: Mapping[str, Sequence[Source]], text_of: Callable[[str], str]
) -> tuple[GoldSpan, ...]:
    """Where the quotes of a question stand; `sources` maps a name to the sources of that name."""
    spans = []
    for evidence in question.evidence:
        quote = clean_text(evidence.quote)
        for source in sources.get(evidence.source, ()):
            start = text_of(source.id).find(quote)
            if start >= 0:
                spans.append(GoldSpan(source.id, start, start + len(quote), evidence.needed))
                break
    return tuple(spans)


def _read(file: Path) -> Iterable[GoldQuestion]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"the golden questions in {file.name} cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _question(json.loads(line))
            except (KeyError, TypeError, ValueError) as error:
                raise UsageError(f"{file.name}, line {number}, is no golden question ({error!r})") from error


def _question(row: Mapping[str, object]) -> GoldQuestion:
    evidence = row["evidence"]
    if not isinstance(evidence, list):
        raise TypeError("evidence must be a list")
    quotes = tuple(GoldQuote(str(item["source"]), str(item["quote"]), bool(item.get("needed"))) for item in evidence)
    return GoldQuestion(
        id=str(row["id"]),
        language=str(row["language"]),
        question=str(row["question"]),
        kind=str(row["kind"]),
        evidence=quotes,
        cross_language=bool(row["cross_language"]),
    )
