"""An answer while it is written: what is being done, the text as it grows, and what is kept when it is stopped."""

import time
from collections.abc import Sequence

import streamlit as st

from rag_app.answer import Answer, Exchange, Route, Turn
from rag_app.errors import SeodangError
from rag_app.events import AnswerDone, AnswerRevised, EvidenceFound, RouteChosen, TextDelta, ThoughtMade
from rag_app.schema import Language
from rag_app.views.blocks import draw_text
from rag_app.views.clicks import link_of
from rag_app.views.faults import logger
from rag_app.views.given import Given
from rag_app.views.texts import Texts

REDRAW_S = 0.05
HISTORY_TURNS = 8
CURSOR = " :primary[▍]"


def stream_answer(given: Given, turn: Turn, earlier: Sequence[Turn], collections: Sequence[str]) -> None:
    """Draw the answer of a turn as it comes, and store it; stopped on the way, what was said so far is stored as interrupted.

    A failure is stored with the turn too, as a warning, so that nothing asked is ever lost.
    """
    texts = given.texts
    with st.chat_message("assistant", avatar=":material/menu_book:"):
        note, body = st.empty(), st.empty()
    note.caption(f":shimmer[{texts.warming}…]")
    kept, marks = _Kept(texts.language), link_of(turn.id)
    try:
        events = given.stream(turn.question, history_of(earlier), collections=collections, page_language=texts.language)
        drawn_at = 0.0
        for event in events:
            kept.take(event)
            if isinstance(event, TextDelta | AnswerRevised):
                if isinstance(event, AnswerRevised) or time.monotonic() - drawn_at >= REDRAW_S:
                    body.markdown(draw_text(kept.text, link=marks) + CURSOR, anchors=False)
                    drawn_at = time.monotonic()
            elif not isinstance(event, AnswerDone):
                note.caption(f":shimmer[{_status(texts, event)}…]")
    except Exception as error:  # noqa: BLE001 - the last line before the reader: kept with the turn, logged, shown
        if not isinstance(error, SeodangError):
            logger.error("an answer failed", exc_info=error)
        kept.fail(_sentence(texts, error))
    finally:  # also when the reader presses stop, asks something else or closes the tab
        given.conversations.answer(turn.id, kept.answer, finished=kept.done)


def history_of(turns: Sequence[Turn]) -> tuple[Exchange, ...]:
    """What the next question needs of the conversation: the last turns that were answered."""
    answered = [turn for turn in turns if turn.answer.text and not turn.interrupted]
    return tuple(Exchange(turn.question, turn.answer.text) for turn in answered[-HISTORY_TURNS:])


class _Kept:
    """What is known of an answer so far."""

    def __init__(self, language: Language) -> None:
        self.answer = Answer("", language, abstained=False, route=Route("none", "direct", ""))
        self.text = ""
        self.done = False

    def take(self, event: object) -> None:
        match event:
            case AnswerDone(answer):
                self.answer, self.done = answer, True
                return
            case TextDelta(text):
                self.text += text
            case AnswerRevised(text):
                self.text = text
            case RouteChosen(route, _):
                self.answer = _with(self.answer, route=route)
            case EvidenceFound(hits, scope):
                self.answer = _with(self.answer, hits=hits, scope=scope)
            case ThoughtMade(steps):
                self.answer = _with(self.answer, steps=steps)
        self.answer = _with(self.answer, text=self.text)

    def fail(self, sentence: str) -> None:
        self.answer = _with(self.answer, warnings=(*self.answer.warnings, sentence))


def _with(answer: Answer, **changes: object) -> Answer:
    from dataclasses import replace

    return replace(answer, **changes)  # type: ignore[arg-type]


def _status(texts: Texts, event: object) -> str:
    match event:
        case RouteChosen(route, _) if route.evidence == "none":
            return texts.writing
        case RouteChosen():
            return texts.searching
        case EvidenceFound(hits, _):
            return texts.reading.format(count=len(hits))
        case _:
            return texts.writing


def _sentence(texts: Texts, error: Exception) -> str:
    """A failure in one line, with what it says itself when that adds something."""
    said = texts.fault_details(error)
    return f"{texts.fault(error)} ({said})" if said else texts.fault(error)
