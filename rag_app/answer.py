"""The words of a conversation: how a question travels, the answer with its citations, and the turns that are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rag_app.schema import Language
from rag_app.search_result import Hit, Scope

Evidence = Literal["none", "notes", "whole_document"]
Style = Literal["direct", "few_shot", "step_by_step", "program", "classify"]


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
    """One finished answer. `text` carries marks `[1]`; `steps` are the silent thoughts, shown on request; `doubtful`: it quotes
    what is nearest and says that this may not be what was asked."""

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
    scope: Scope = field(default_factory=Scope)
    doubtful: bool = False


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
