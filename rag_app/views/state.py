"""What a browser tab remembers: the chat and the language in its address, the rest in the session."""

import re
from typing import Final

import streamlit as st

from rag_app.views.texts import PageLanguage

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

PENDING = "pending_question"
AGAIN = "answer_again"
REWORDED = "reworded_question"
SHOWN_TURNS = "shown_turns"
COLLECTIONS = "collections"


def chat_in_address() -> str | None:
    """The id of the chat that `?chat=` names; None when there is none or it cannot be an id."""
    named = st.query_params.get("chat", "")
    return named if _ID.fullmatch(named) else None


def go_to_chat(id: str | None) -> None:
    """Put a chat into the address, or take it out for a new one."""
    st.session_state.pop(SHOWN_TURNS, None)
    if id is None:
        st.query_params.pop("chat", None)
    else:
        st.query_params["chat"] = id


def language_in_address() -> PageLanguage | None:
    """The language that `?lang=` names."""
    match st.query_params.get("lang"):
        case "ko":
            return "ko"
        case "en":
            return "en"
        case _:
            return None


def ask_later(question: str) -> None:
    """Leave a question for the next run, as if it had been typed."""
    st.session_state[PENDING] = question


def take_pending() -> str | None:
    """The question that was left, once."""
    found = st.session_state.pop(PENDING, None)
    return found if isinstance(found, str) else None


def again_later(turn_id: str) -> None:
    """Have a turn answered anew by the next run."""
    st.session_state[AGAIN] = turn_id


def again_wanted() -> bool:
    """Whether a turn waits to be answered anew."""
    return AGAIN in st.session_state


def take_again() -> str | None:
    """The turn to answer anew, once."""
    found = st.session_state.pop(AGAIN, None)
    return found if isinstance(found, str) else None


def reword_later(turn_id: str, question: str) -> None:
    """Have the next run put another question in place of a turn's own and answer it; an empty one changes nothing."""
    if question.strip():
        st.session_state[REWORDED] = question
        again_later(turn_id)


def take_reworded() -> str | None:
    """The question to ask in place of the turn's own, once; None when it stays."""
    found = st.session_state.pop(REWORDED, None)
    return found if isinstance(found, str) else None
