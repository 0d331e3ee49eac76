"""The web page's composition root: opens what the page needs and hands it to the views. Start it with `make run`."""

import itertools
import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.answer import Exchange
from rag_app.conversations import Conversations
from rag_app.database import Database, open_database
from rag_app.errors import ConversationFault, IndexFault
from rag_app.events import StreamEvent
from rag_app.feedback import Feedback
from rag_app.library import Library, Shelf
from rag_app.settings import Settings, read_settings
from rag_app.views import state
from rag_app.views.faults import show_fault
from rag_app.views.follow_ups import next_headings
from rag_app.views.given import Given
from rag_app.views.page import draw_page
from rag_app.views.texts import PageLanguage
from rag_app.views.welcome import examples_for
from rag_app.views.words import language_of, texts_in

if TYPE_CHECKING:
    from graphs.chat import Chat

HEADINGS_SHOWN = 3
HEADING_CHARS = 40

logger = logging.getLogger(__name__)


def main() -> None:
    """Draw the page once; whatever goes wrong ends as one sentence, never as a traceback."""
    texts = texts_in(state.language_in_address() or language_of(st.context.locale))
    st.set_page_config(page_title=texts.name, page_icon="📖", layout="centered")
    try:
        settings = read_settings()
        if settings.language != "auto" and state.language_in_address() is None:
            texts = texts_in(settings.language)
        draw_page(_given(settings, texts.language))
    except Exception as error:  # noqa: BLE001 - the last line before the reader: logged, and shown with its remedy
        show_fault(texts, error)


def _given(settings: Settings, language: PageLanguage) -> Given:
    """What the views may use in this run; nothing heavy happens here but once."""
    texts = texts_in(language)
    logging.getLogger().setLevel(settings.log_level)
    troubles = []
    try:
        database = _database(settings.conversations_url)
    except ConversationFault as fault:
        logger.warning("chats are kept in memory only: %s", fault)
        database = _database("sqlite://")
        troubles.append(f"{texts.fault(fault)} {texts.not_kept}")
    library = _library(settings.index_dir)
    shelf, index_fault = _shelf(library)
    engine = _engine(settings) if shelf is not None else None

    def stream(
        question: str, history: Sequence[Exchange], *, collections: Sequence[str], page_language: PageLanguage
    ) -> Iterator[StreamEvent]:
        chat = _ready(engine or _engine(settings))
        return chat.stream(question, history, collections=collections, page_language=page_language)

    return Given(
        texts=texts,
        conversations=Conversations(database),
        feedback=Feedback(database),
        stream=stream,
        text_of=library.text_of,
        shelf=shelf,
        collection=settings.collection,
        max_question_chars=settings.max_question_chars,
        index_fault=index_fault,
        examples=examples_for(shelf, texts, settings.collection, _first_headings(library, shelf, settings.collection)),
        notices=(texts.no_llm,) if settings.llm == "extractive" else (),
        troubles=tuple(troubles),
        headings_of=lambda source_id: _headings(library, source_id),
        report_of=library.report_of,
    )


def _shelf(library: Library) -> tuple[Shelf | None, IndexFault | None]:
    try:
        return library.shelf(), None
    except IndexFault as fault:
        return None, fault


def _headings(library: Library, source_id: str) -> tuple[str, ...]:
    """The headings of a source that one may ask about."""
    outline = library.outline_of(source_id)
    return tuple(heading.title for heading in outline if heading.level > 1 and 2 <= len(heading.title) <= HEADING_CHARS)


def _first_headings(library: Library, shelf: Shelf | None, collection: str) -> tuple[tuple[str, str], ...]:
    """The titles of the first documents, each with one of its headings."""
    sources = [source for source in shelf.sources if collection in ("", source.collection)] if shelf is not None else []
    found = (
        (source.title or source.name, heading)
        for source in sources
        for heading in next_headings(_headings(library, source.id), "", "")[:1]
    )
    return tuple(itertools.islice(found, HEADINGS_SHOWN))


@st.cache_resource(show_spinner=False, max_entries=8)
def _database(url: str) -> Database:
    return open_database(url)


@st.cache_resource(show_spinner=False, max_entries=8)
def _library(index_dir: Path) -> Library:
    return Library(index_dir)


@st.cache_resource(
    show_spinner=False, max_entries=4, hash_funcs={Settings: lambda settings: settings.model_dump_json()}
)
def _engine(settings: Settings) -> "Future[Chat]":
    """The chat, opened in the background: the page is drawn before morphemes and embedder are loaded."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="open-chat")
    opening = pool.submit(_open, settings)
    pool.shutdown(wait=False)
    return opening


def _open(settings: Settings) -> "Chat":
    from graphs.chat import open_chat
    from rag_app.llm import forbid_tracing

    forbid_tracing(os.environ)
    return open_chat(settings)


def _ready(opening: "Future[Chat]") -> "Chat":
    """The chat; one that failed to open is tried again by the next question."""
    try:
        return opening.result()
    except Exception:
        _engine.clear()
        raise


if __name__ == "__main__":
    main()
