"""What the views are handed: values and callables. The composition root fills it, tests fill it with fakes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag_app.answer import Exchange
from rag_app.conversations import Conversations
from rag_app.events import StreamEvent
from rag_app.feedback import Feedback
from rag_app.library import Shelf
from rag_app.receipts import FileReport
from rag_app.views.texts import PageLanguage, Texts


class Streams(Protocol):
    """Answers one question as a stream of events, `AnswerDone` last; closing the iterator stops the work."""

    def __call__(
        self,
        question: str,
        history: Sequence[Exchange],
        *,
        collections: Sequence[str],
        page_language: PageLanguage,
    ) -> Iterator[StreamEvent]: ...


def _no_headings(_: str) -> Sequence[str]:
    return ()


def _no_report(_: str) -> FileReport | None:
    return None


@dataclass(frozen=True, slots=True)
class Given:
    """Everything one run of the page may use.

    `shelf` is None while nothing was ingested; `index_fault` then says why in the page's words. `examples` are questions that have an
    answer in the index, best first. `notices` are lines for the first screen, `troubles` what must be seen always. `headings_of`
    gives the headings of a source that one may ask about, `report_of` how its file was read.
    """

    texts: Texts
    conversations: Conversations
    feedback: Feedback
    stream: Streams
    text_of: Callable[[str], str]
    shelf: Shelf | None
    collection: str
    max_question_chars: int
    index_fault: Exception | None = None
    examples: Sequence[str] = ()
    notices: Sequence[str] = ()
    troubles: Sequence[str] = ()
    headings_of: Callable[[str], Sequence[str]] = _no_headings
    report_of: Callable[[str], FileReport | None] = _no_report
