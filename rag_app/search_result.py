"""What a search gives back: hits, each with the reasons why it stands where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rag_app.errors import RerankingFault
from rag_app.respelling import Respelling
from rag_app.schema import Chunk, Language, Placement, Source

SignalName = Literal["lexical", "dense", "coverage", "rerank", "fused"]
Origin = Literal["name", "sound", "join", "date"]


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason for a hit: the raw value of a signal and its rank (1 = best; 0 = not ranked by it)."""

    name: SignalName
    value: float
    rank: int


@dataclass(frozen=True, slots=True)
class OtherWords:
    """`terms`, all of them together, say what `covers` of the question says, and count `weight` (0..1) of it.

    `origin`: another name of it, the same word by its sound in the other alphabet, the word written in parts, or the
    same day written otherwise.
    """

    covers: tuple[str, ...]
    terms: tuple[str, ...]
    weight: float
    origin: Origin = "name"


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one kind of evidence adds to a raw score: `value` is the evidence, `points` what it is worth."""

    name: str
    value: float
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hit stands where it stands: terms it holds as such, those it says in other words, and those it lacks; its
    `parts` add up to `raw`, which squashed between 0 and 1 is the score, unless a reranker had its say too."""

    matched: tuple[str, ...]
    other_words: tuple[OtherWords, ...]
    missing: tuple[str, ...]
    parts: tuple[ScorePart, ...]
    raw: float
    same_language: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk with its score, the placement to cite, and why it was found. `copies` counts its other placements;
    `explanations` holds one when the search was asked to explain, and is empty else."""

    chunk: Chunk
    placement: Placement
    source: Source
    score: float
    signals: tuple[Signal, ...] = ()
    matched_terms: tuple[str, ...] = ()
    copies: int = 0
    explanations: tuple[Explanation, ...] = ()

    def signal(self, name: SignalName) -> float:
        """The raw value of one signal; 0.0 when the hit does not carry it."""
        return next((signal.value for signal in self.signals if signal.name == name), 0.0)

    @property
    def heading(self) -> str:
        """The heading path in one line, outermost first."""
        return " › ".join(self.chunk.heading_path)


@dataclass(frozen=True, slots=True)
class Scope:
    """The filters in force, as they are written, and how many documents meet them; without filters none are counted."""

    filters: tuple[str, ...] = ()
    documents: int = 0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and what the search knew of the question. `generation` is 0 when there is no index.

    `term_weights` gives each term of the question its inverse document frequency in the collections searched; a term
    that stands nowhere has weight 0 there and is named in `unknown_terms`. `other_words` are names and spellings that the
    documents use for terms of the question; `respelled` are words that `question` spells otherwise than they were typed.
    `fault` says why the reranker that the settings name had no say.
    """

    question: str
    language: Language
    terms: tuple[str, ...]
    hits: tuple[Hit, ...]
    generation: int
    term_weights: Mapping[str, float] = field(default_factory=dict)
    unknown_terms: tuple[str, ...] = ()
    other_words: tuple[OtherWords, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    scope: Scope = Scope()
    fault: RerankingFault | None = None
    respelled: tuple[Respelling, ...] = ()
