"""The nouns of the house, as frozen values; a word means one thing everywhere.

Offsets are counts of Unicode code points in the clean text of a source (`cleaning.clean_text`), `start` inclusive,
`end` exclusive; lines count from 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["ko", "en", "other"]
Evidence = Literal["none", "notes", "whole_document"]
Style = Literal["direct", "few_shot", "step_by_step", "program", "classify"]
SignalName = Literal["lexical", "dense", "coverage", "fused"]

DEFAULT_COLLECTION = "default"


# ---------------------------------------------------------------- documents


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a source: its level (1 = top), its text without marks, where its line starts."""

    level: int
    title: str
    start: int
    line: int


@dataclass(frozen=True, slots=True)
class Mark:
    """From `start` on (until the next mark) the text stands at `locator`: "p. 3", "slide 2", "Sheet1!A2:C9"."""

    start: int
    locator: str


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a reader makes of one file: clean text, an outline with offsets into it, what it says of itself."""

    title: str
    text: str
    outline: tuple[Heading, ...]
    format: str
    encoding: str
    marks: tuple[Mark, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One document as the catalog knows it.

    `id` is a hash of collection, root and name; `name` is the NFC posix path relative to the ingested folder;
    `root` is an opaque key of that folder, `root_label` its last path part; `digest` is SHA-256 of the file's bytes.
    `metadata` holds what the document states of itself (date, version, tags ...), flattened to strings.
    """

    id: str
    collection: str
    root: str
    root_label: str
    name: str
    title: str
    digest: str
    format: str
    encoding: str
    chars: int
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a passage says. `id` hashes title, heading path, text and chunker version; never where it stands."""

    id: str
    title: str
    heading_path: tuple[str, ...]
    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a chunk stands: `text_of(source)[start:end] == chunk.text`."""

    chunk_id: str
    source_id: str
    ordinal: int
    start: int
    end: int
    line: int
    locator: str = ""


# ---------------------------------------------------------------- retrieval


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason for a hit: the raw value of a signal and its rank (1 = best; 0 = not ranked by it)."""

    name: SignalName
    value: float
    rank: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk with its score, the placement to cite, and why it was found. `copies` counts its other placements."""

    chunk: Chunk
    placement: Placement
    source: Source
    score: float
    signals: tuple[Signal, ...] = ()
    matched_terms: tuple[str, ...] = ()
    copies: int = 0

    def signal(self, name: SignalName) -> float:
        """The raw value of one signal; 0.0 when the hit does not carry it."""
        return next((signal.value for signal in self.signals if signal.name == name), 0.0)

    @property
    def heading(self) -> str:
        """The heading path in one line, outermost first."""
        return " › ".join(self.chunk.heading_path)


@dataclass(frozen=True, slots=True)
class OtherWords:
    """`terms`, all of them together, say what `covers` of the question says, and count `weight` (0..1) of it."""

    covers: tuple[str, ...]
    terms: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and what the search knew of the question. `generation` is 0 when there is no index.

    `term_weights` gives each term of the question its inverse document frequency in the collections searched; a term
    that stands nowhere has weight 0 there and is named in `unknown_terms`. `other_words` are names and spellings that the
    documents use for terms of the question.
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


# ---------------------------------------------------------------- conversation


@dataclass(frozen=True, slots=True)
class Route:
    """How a question travels: which evidence it needs, in which style it is answered, and why."""

    evidence: Evidence
    style: Style
    reason: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Citation:
    """Mark `[n]` of an answer: `text_of(source)[start:end] == quote`."""

    n: int
    source: str
    source_id: str
    heading: str
    quote: str
    start: int
    end: int
    line: int
    locator: str = ""
    supported: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """One finished answer. `text` carries marks `[1]`; `steps` are the silent thoughts, shown on request."""

    text: str
    language: Language
    abstained: bool
    route: Route
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    warnings: tuple[str, ...] = ()
    steps: str = ""
    model: str = "extractive"
    generation: int = 0
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One earlier question and the answer it got, as the next question needs it."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A stored question and answer. `vote` is 1, -1 or 0 (none); `created_at` is ISO 8601 in UTC."""

    id: str
    conversation_id: str
    question: str
    answer: Answer
    created_at: str
    vote: int = 0
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """A row of the conversation list, newest activity first."""

    id: str
    title: str
    created_at: str
    updated_at: str
    turns: int


# ---------------------------------------------------------------- the stream's events


@dataclass(frozen=True, slots=True)
class RouteChosen:
    """The router has decided; `question` is the self-contained form that is searched."""

    route: Route
    question: str


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """Retrieval has ended."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class ThoughtMade:
    """The silent thinking has ended."""

    steps: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the visible answer."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerRevised:
    """The text shown so far is withdrawn and replaced (verification changed it, or the model broke off)."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerDone:
    """The last event of every stream."""

    answer: Answer


StreamEvent = RouteChosen | EvidenceFound | ThoughtMade | TextDelta | AnswerRevised | AnswerDone


# ---------------------------------------------------------------- ingestion


@dataclass(frozen=True, slots=True)
class Stamp:
    """What made an index; two stamps that differ never share vectors or terms."""

    embedder: str
    digest: str
    dimension: int
    chunker: str
    terms: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that was not ingested, and the reason with the remedy."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: "added", "updated", "kept", "removed" or "failed"; the counts are chunks."""

    source: str
    outcome: Literal["added", "updated", "kept", "removed", "failed"]
    format: str = ""
    encoding: str = ""
    chars: int = 0
    added: int = 0
    kept: int = 0
    removed: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a run did. `added`, `removed`, `kept`, `embedded` count chunks of this run's scope; `embedded` counts model
    calls for texts (cache hits not included); `sources` and `chunks` are the totals of the live generation after it."""

    generation: int
    added: int
    removed: int
    kept: int
    embedded: int
    failed: tuple[Failure, ...]
    sources: int
    chunks: int
    seconds: float
    files: tuple[FileReport, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
