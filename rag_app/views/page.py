"""The whole page in one run: the side, the conversation or the first screen, and the field for the next question."""

import streamlit as st

from rag_app.views import state
from rag_app.views.chat import answer_again, answer_question, draw_chat, listen_for_clicks
from rag_app.views.given import Given
from rag_app.views.sidebar import draw_sidebar
from rag_app.views.style import draw_style
from rag_app.views.welcome import draw_nothing_to_ask, draw_welcome


def draw_page(given: Given) -> None:
    """Draw the page for what the address and the reader's last act ask for."""
    texts = given.texts
    chat_id = state.chat_in_address()
    info = given.conversations.find(chat_id) if chat_id is not None else None
    if info is None and "chat" in st.query_params:  # foreign, deleted or odd: a new chat
        state.go_to_chat(None)
    chat_id = info.id if info is not None else None
    draw_style()
    with st.sidebar:
        draw_sidebar(given, chat_id)
    with st.container():
        for trouble in given.troubles:
            st.warning(trouble, icon=":material/warning:")
    if given.shelf is None and chat_id is None:
        draw_nothing_to_ask(given)
        return
    typed = st.chat_input(
        texts.ask_again if info is not None and info.turns else texts.ask,
        key="question",
        submit_mode="stop",
        disabled=given.shelf is None,
    )
    question = state.take_pending() or (typed if isinstance(typed, str) else None)
    again, reworded = state.take_again(), state.take_reworded()
    welcome = st.empty()  # emptied at once by the first question, not when its answer is done
    if chat_id is None and not question:
        with welcome.container():
            draw_welcome(given)
    with st.container():
        turns = draw_chat(given, chat_id, without=again) if chat_id is not None else ()
    live = st.empty()  # a place of its own, so that nothing of the last answer stays on while the next one is written
    if again is not None and turns:
        with live.container():
            answer_again(given, turns, again, reworded)
    elif question and question.strip():
        with live.container():
            answer_question(given, chat_id, question, turns)
    else:
        listen_for_clicks(given, turns)
