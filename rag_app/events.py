"""What happens while a question is answered, in the order in which it happens: the stream's events."""

from dataclasses import dataclass, field

from rag_app.answer import Answer, Route
from rag_app.search_result import Hit, Scope


@dataclass(frozen=True, slots=True)
class RouteChosen:
    """The router has decided; `question` is the self-contained form that is searched."""

    route: Route
    question: str


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """Retrieval has ended; `scope` is what it was restricted to."""

    hits: tuple[Hit, ...]
    scope: Scope = field(default_factory=Scope)


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
