"""The conversation: turns with their sources and votes, and the field for the next question."""

import hashlib
import itertools
from collections.abc import Sequence

import streamlit as st

from rag_app.answer import Citation, Turn
from rag_app.conversations import UNREADABLE
from rag_app.views import state
from rag_app.views.blocks import draw_text
from rag_app.views.clicks import clicked_citation, link_of
from rag_app.views.details import draw_details, route_line, scope_line
from rag_app.views.export import answer_markdown
from rag_app.views.faults import guarded
from rag_app.views.follow_ups import draw_follow_ups
from rag_app.views.given import Given
from rag_app.views.markdown import escape_text
from rag_app.views.sources import open_drawer
from rag_app.views.stream import stream_answer
from rag_app.views.texts import Texts

TURNS_DRAWN = 8


def draw_chat(given: Given, chat_id: str, *, without: str | None = None) -> tuple[Turn, ...]:
    """Draw the last turns of a conversation, up to `without`, which is answered anew; gives back those that were read."""
    wanted = int(st.session_state.get(state.SHOWN_TURNS, TURNS_DRAWN))
    info = given.conversations.find(chat_id)
    turns = given.conversations.turns(chat_id, last=wanted)
    hidden = (info.turns if info is not None else 0) - len(turns)
    if hidden > 0 and st.button(
        given.texts.older.format(count=hidden), icon=":material/expand_less:", type="tertiary", width="stretch"
    ):
        st.session_state[state.SHOWN_TURNS] = wanted + 4 * TURNS_DRAWN
        st.rerun()
    for turn in turns:
        if turn.id == without:
            break
        draw_turn(given, turn, last=turn is turns[-1])
    return turns


def listen_for_clicks(given: Given, turns: Sequence[Turn]) -> None:
    """Open the drawer when a number in an answer is clicked; reruns nothing but itself."""

    @st.fragment
    @guarded(given.texts)
    def listen() -> None:
        clicked = clicked_citation()
        turn = next((turn for turn in turns if clicked is not None and turn.id == clicked[0]), None)
        if clicked is not None and turn is not None:
            open_drawer(given, turn, clicked[1])

    listen()


def draw_question(question: str, note: str = "") -> None:
    """A question, as it was typed, and a note under it in Markdown."""
    with st.chat_message("user", avatar=":material/person:"):
        st.markdown(escape_text(question))
        if note:
            st.caption(note)


def draw_turn(given: Given, turn: Turn, *, last: bool = False) -> None:
    """A question with its answer and everything one can do with it."""
    draw_question(turn.question, scope_line(given.texts, turn.answer.scope))

    @st.fragment
    @guarded(given.texts)
    def answer() -> None:
        _draw_answer(given, turn, last=last)

    with st.chat_message("assistant", avatar=":material/menu_book:"):
        answer()


def answer_question(given: Given, chat_id: str | None, question: str, earlier: Sequence[Turn]) -> None:
    """Store a question, draw its answer as it comes, and show the finished turn. A new chat is made when there is none."""
    texts = given.texts
    if len(question) > given.max_question_chars:
        st.warning(
            texts.too_long.format(length=len(question), limit=given.max_question_chars), icon=":material/short_text:"
        )
        return
    if chat_id is None:
        chat_id = given.conversations.create().id
        st.query_params["chat"] = chat_id
    turn = given.conversations.ask(chat_id, question, texts.language)
    draw_question(turn.question)
    stream_answer(given, turn, earlier, chosen_collections(given))
    st.rerun()


def answer_again(given: Given, turns: Sequence[Turn], turn_id: str, reworded: str | None = None) -> None:
    """Replace the answer of a turn, and its question by `reworded` when there is one; a turn that is gone is left alone."""
    at = next((i for i, turn in enumerate(turns) if turn.id == turn_id), None)
    if at is not None:
        turn = turns[at] if reworded is None else given.conversations.reword(turns[at], reworded)
        draw_question(turn.question)
        stream_answer(given, turn, turns[:at], chosen_collections(given))
    st.rerun()


def chosen_collections(given: Given) -> tuple[str, ...]:
    """The collections to search: those picked in the sidebar that still exist, else the configured one; empty means all."""
    there = given.shelf.collections if given.shelf is not None else {}
    picked = tuple(name for name in st.session_state.get(state.COLLECTIONS) or () if name in there)
    return picked or ((given.collection,) if given.collection in there else ())


def _draw_answer(given: Given, turn: Turn, *, last: bool) -> None:
    texts, answer = given.texts, turn.answer
    numbers = frozenset(citation.n for citation in answer.citations)
    if answer.text:
        st.markdown(draw_text(answer.text, link=link_of(turn.id, numbers)), anchors=False)
    if answer.model == UNREADABLE:
        st.caption(f":material/history: {texts.unreadable}")
    elif turn.interrupted and not answer.warnings:  # a failure says what happened itself
        st.caption(f":material/pause_circle: {texts.interrupted}")
    for warning in answer.warnings:
        st.caption(f":orange[:material/info:] {escape_text(warning, breaks=False)}")
    _draw_sources(given, turn)
    if answer.text and not turn.interrupted:
        st.caption(route_line(texts, answer), help=escape_text(answer.route.reason, breaks=False) or None)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"actions-{turn.id}"):
        if answer.text:
            _draw_vote(given, turn)
            with st.popover(texts.copy, icon=":material/content_copy:", type="tertiary"):
                st.caption(texts.copy_help)
                st.code(answer_markdown(answer, texts), language=None, wrap_lines=True, height=260)
            with st.popover(texts.details, icon=":material/route:", type="tertiary"):
                draw_details(texts, answer)
        if last or turn.interrupted:
            st.button(
                texts.regenerate,
                key=f"again-{turn.id}",
                icon=":material/refresh:",
                type="tertiary",
                on_click=state.again_later,
                args=(turn.id,),
            )
        if last:
            _draw_edit(given, turn)
    _draw_comment(given, turn)
    if last and not turn.interrupted:
        draw_follow_ups(given, turn)
    if state.again_wanted():  # only the fragment was rerun; the page must be
        st.rerun()


def _draw_sources(given: Given, turn: Turn) -> None:
    """One button for each passage cited, with the numbers that cite it."""
    texts, citations = given.texts, turn.answer.citations
    if not citations:
        return
    heading = texts.nearest if turn.answer.abstained else texts.sources
    with st.container(gap="xxsmall", key=f"sources-{turn.id}"):
        st.caption(f"**{heading}**")
        with st.container(horizontal=True, gap="xsmall"):
            for (source, title), cited in itertools.groupby(citations, key=lambda item: (item.source, item.heading)):
                group = list(cited)
                _draw_source(given, turn, group, source, title, texts)


def _draw_source(given: Given, turn: Turn, group: list[Citation], source: str, heading: str, texts: Texts) -> None:
    numbers = numbers_of([citation.n for citation in group])
    name = escape_text(source.rsplit("/", 1)[-1], breaks=False)
    last_heading = escape_text(heading.rsplit(" › ", 1)[-1], breaks=False) if heading else ""
    label = f"**{numbers}** {name}" + (f" › {last_heading}" if last_heading else "")
    if st.button(label, key=f"cite-{turn.id}-{group[0].n}", help=escape_text(source, breaks=False), wrap=False):
        open_drawer(given, turn, group[0].n)


def numbers_of(cited: Sequence[int]) -> str:
    """The numbers that cite one passage, in order: "1·2·3", and "2–11" for more than three in a row."""
    in_a_row = len(cited) > 3 and cited[-1] - cited[0] == len(cited) - 1
    return f"{cited[0]}–{cited[-1]}" if in_a_row else "·".join(map(str, cited))


def _draw_edit(given: Given, turn: Turn) -> None:
    """The last question once more, to be asked in other words."""
    texts, key = given.texts, f"edit-{turn.id}"

    def send() -> None:
        st.session_state.pop(f"vote-{turn.id}", None)
        state.reword_later(turn.id, str(st.session_state.get(key, ""))[: given.max_question_chars])

    asked_at = hashlib.sha256(turn.question.encode()).hexdigest()[:8]  # another question is another, closed popover
    with (
        st.popover(texts.edit, icon=":material/edit:", type="tertiary", key=f"open-{key}-{asked_at}"),
        st.form(f"form-{key}", border=False),
    ):
        st.text_area(
            texts.edit, turn.question, max_chars=given.max_question_chars, key=key, label_visibility="collapsed"
        )
        st.form_submit_button(texts.ask_edited, type="primary", on_click=send)


def _draw_vote(given: Given, turn: Turn) -> None:
    key = f"vote-{turn.id}"
    if key not in st.session_state and turn.vote:
        st.session_state[key] = 1 if turn.vote > 0 else 0

    def store() -> None:
        chosen = st.session_state.get(key)
        given.feedback.vote(turn.id, 0 if chosen is None else 1 if chosen else -1)

    st.feedback("thumbs", key=key, on_change=store)


def _draw_comment(given: Given, turn: Turn) -> None:
    """After thumbs down, a field for what was wrong."""
    texts = given.texts
    if st.session_state.get(f"vote-{turn.id}") != 0:
        return
    said = f"said-{turn.id}"
    if st.session_state.get(said):
        st.caption(f":material/check: {texts.thanks}")
        return

    def send() -> None:
        given.feedback.vote(turn.id, -1, str(st.session_state.get(f"wrong-{turn.id}", "")))
        st.session_state[said] = True

    with st.form(f"comment-{turn.id}", border=False):
        st.text_input(texts.what_was_wrong, max_chars=2000, key=f"wrong-{turn.id}")
        st.form_submit_button(texts.send, type="primary", on_click=send)
