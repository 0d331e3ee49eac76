"""The side of the page: chats, documents, language, help."""

import streamlit as st

from rag_app.answer import ConversationInfo
from rag_app.conversations import Conversations
from rag_app.views import state
from rag_app.views.documents import open_documents, open_help
from rag_app.views.export import conversation_markdown
from rag_app.views.given import Given
from rag_app.views.markdown import escape_text
from rag_app.views.texts import Texts

LISTED = 10
SEARCH_FROM = 8
_MORE = "more_chats"


def draw_sidebar(given: Given, chat_id: str | None) -> None:
    """Draw everything beside the conversation."""
    texts = given.texts
    with st.container(gap="xxsmall"):
        st.subheader(f":primary[:material/menu_book:] {texts.name}", anchor=False)
        st.caption(texts.tagline)
    if st.button(texts.new_chat, icon=":material/edit_square:", width="stretch", key="new_chat"):
        state.go_to_chat(None)
        st.rerun()
    with st.container():  # the places below stay where they are, however many chats there are
        _draw_chats(given, chat_id)
    st.divider()
    with st.container():
        _draw_documents(given)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        _draw_language(texts)
        if st.button(texts.help, icon=":material/help:", type="tertiary", key="help"):
            open_help(given)


def _draw_chats(given: Given, chat_id: str | None) -> None:
    texts, chats = given.texts, given.conversations
    total = chats.count()
    wanted = ""
    if total > SEARCH_FROM:
        wanted = st.text_input(
            texts.find_chat,
            key="find_chat",
            placeholder=texts.find_chat,
            label_visibility="collapsed",
            icon=":material/search:",
        )
    limit = int(st.session_state.get(_MORE, LISTED))
    found = chats.list(limit + 1, contains=wanted)
    if not found:
        st.caption(texts.no_match if wanted else texts.no_chats)
    with st.container(gap="xxsmall", key="chats"):
        for info in found[:limit]:
            _draw_chat(given, info, current=info.id == chat_id)
    if len(found) > limit and st.button(texts.more_chats, type="tertiary", key="more_chats_button"):
        st.session_state[_MORE] = limit + 4 * LISTED
        st.rerun()


def _draw_chat(given: Given, info: ConversationInfo, *, current: bool) -> None:
    texts = given.texts
    label = escape_text(info.title or texts.untitled, breaks=False)
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center", wrap=False):
        st.button(
            f"**\u2060{label}\u2060**" if current else label,
            key=f"chat-{info.id}",
            type="secondary" if current else "tertiary",
            width="stretch",
            wrap=False,
            on_click=state.go_to_chat,
            args=(info.id,),
        )
        if current:
            with st.popover(
                "", icon=":material/more_horiz:", type="tertiary", help=texts.manage, key=f"manage-{info.id}"
            ):
                _manage(given, info)


def _manage(given: Given, info: ConversationInfo) -> None:
    texts, chats = given.texts, given.conversations

    def rename() -> None:
        chats.rename(info.id, str(st.session_state.get(f"title-{info.id}", "")))

    def delete() -> None:
        chats.delete(info.id)
        state.go_to_chat(None)

    st.text_input(texts.rename, value=info.title, key=f"title-{info.id}", max_chars=80, on_change=rename)
    st.button(texts.save, key=f"rename-{info.id}", on_click=rename, icon=":material/edit:", width="stretch")
    st.download_button(
        texts.export,
        data=lambda: _exported(chats, info, texts),
        file_name=f"seodang-{info.created_at[:10]}.md",
        mime="text/markdown",
        key=f"export-{info.id}",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
    st.divider()
    if st.checkbox(texts.delete_sure, key=f"sure-{info.id}"):
        st.button(
            texts.delete_yes,
            key=f"delete-{info.id}",
            on_click=delete,
            type="primary",
            icon=":material/delete:",
            width="stretch",
        )


def _exported(chats: Conversations, info: ConversationInfo, texts: Texts) -> bytes:
    return conversation_markdown(info.title, chats.turns(info.id), texts).encode("utf-8")


def _draw_documents(given: Given) -> None:
    texts, shelf = given.texts, given.shelf
    if shelf is None:
        return
    if len(shelf.collections) > 1:
        names = list(shelf.collections)
        if state.COLLECTIONS not in st.session_state:
            st.session_state[state.COLLECTIONS] = [given.collection] if given.collection in names else names
        st.pills(
            texts.search_in,
            names,
            selection_mode="multi",
            key=state.COLLECTIONS,
            format_func=lambda name: f"{escape_text(name, breaks=False)} ({shelf.collections.get(name, 0)})",
        )
    if st.button(
        texts.documents_count.format(sources=len(shelf.sources), passages=shelf.passages),
        icon=":material/folder_open:",
        type="tertiary",
        key="documents",
    ):
        open_documents(given)


def _draw_language(texts: Texts) -> None:
    def switch() -> None:
        picked = st.session_state.get("language")
        if picked in ("ko", "en"):
            st.query_params["lang"] = picked

    if st.session_state.get("language") != texts.language:
        st.session_state["language"] = texts.language
    st.segmented_control(
        texts.language_label,
        ["ko", "en"],
        required=True,
        format_func=lambda language: {"ko": "한국어", "en": "English"}[language],
        key="language",
        on_change=switch,
        label_visibility="collapsed",
    )
