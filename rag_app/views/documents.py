"""What is in the index: a list of documents that can be searched, the guide, and each document to read."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from rag_app.schema import Source
from rag_app.views.blocks import draw_text
from rag_app.views.faults import guarded
from rag_app.views.given import Given
from rag_app.views.markdown import code, escape_text
from rag_app.views.passage import front_matter_end
from rag_app.views.reports import draw_empty, draw_reading
from rag_app.views.sources import PLAIN_FORMATS

LISTED = 40
GUIDES = 12
LIST_PX = 440
UNSHOWN = ("title", "description", "pages", "slides", "documents")
READ_CHARS = 60_000
_READING = "reading_source"


def open_documents(given: Given) -> None:
    """Open the list of documents."""
    _open(given, given.texts.documents_title, "large", ":material/folder_open:", _draw_list)


def open_help(given: Given) -> None:
    """Open the help, with the product's own guide where it stands in the index."""
    _open(given, given.texts.help_title, "medium", ":material/help:", _draw_help)


def _open(
    given: Given,
    title: str,
    width: Literal["medium", "large"],
    icon: str,
    start: Callable[[Given, tuple[Source, ...]], None],
) -> None:
    """A dialog that begins with `start` and shows any document chosen in it."""
    st.session_state.pop(_READING, None)

    @guarded(given.texts)
    def contents() -> None:
        sources = given.shelf.sources if given.shelf is not None else ()
        chosen = next((source for source in sources if source.id == st.session_state.get(_READING)), None)
        if chosen is None:
            start(given, sources)
        else:
            _draw_document(given, chosen)

    st.dialog(title, width=width, icon=icon)(contents)()


def _draw_list(given: Given, sources: tuple[Source, ...]) -> None:
    texts = given.texts
    wanted = st.text_input(texts.find_document, key="find_document", icon=":material/search:").strip().casefold()
    found = [source for source in sources if wanted in f"{source.title} {source.name}".casefold()]
    st.caption(texts.documents_shown.format(total=len(sources), shown=min(len(found), LISTED)))
    with st.container(gap="xxsmall", height=LIST_PX if len(found) > 8 else "content"):
        for source in found[:LISTED]:
            report = given.report_of(source.id)
            _draw_entry(source, odd=report is not None and bool(report.warnings))
    empty = given.shelf.empty if given.shelf is not None else ()
    shown = tuple(source for source in empty if wanted in source.name.casefold())[:LISTED]
    reports = {source.id: report for source in shown if (report := given.report_of(source.id)) is not None}
    draw_empty(texts, shown, reports)


def _draw_help(given: Given, sources: tuple[Source, ...]) -> None:
    texts = given.texts
    st.markdown(texts.help_text)
    guide = [source for source in sources if source.name.startswith("guide/") or "/guide/" in source.name]
    if guide:
        st.markdown(f"**{texts.read_guide}**")
        with st.container(gap="xxsmall"):
            for source in guide[:GUIDES]:
                _draw_entry(source)


def _draw_entry(source: Source, *, odd: bool = False) -> None:
    """One line of a list; a click opens the document. `odd`: its receipt names something worth a look."""
    title = escape_text(source.title or source.name.rsplit("/", 1)[-1], breaks=False)
    st.button(
        f"{title} :gray[:small[{escape_text(source.name, breaks=False)}]]",
        key=f"read-{source.id}",
        type="tertiary",
        icon=":material/warning:" if odd else ":material/description:",
        wrap=False,
        on_click=_read,
        args=(source.id,),
    )


def _draw_document(given: Given, source: Source) -> None:
    st.button(given.texts.back_to_list, icon=":material/arrow_back:", type="tertiary", on_click=_read, args=(None,))
    st.markdown(f"**\u2060{escape_text(source.title or source.name, breaks=False)}\u2060**")
    facts = [f"{key}: {value}" for key, value in source.metadata.items() if key not in UNSHOWN and value]
    st.caption(" · ".join([code(source.name), *(escape_text(fact, breaks=False) for fact in facts[:4])]))
    report = given.report_of(source.id)
    if report is not None:
        draw_reading(given.texts, report)
    text = given.text_of(source.id)
    text = text[front_matter_end(text) :]
    shown = text if len(text) <= READ_CHARS else text[:READ_CHARS] + "\n\n…"
    with st.container(border=True, height=LIST_PX):
        st.markdown(draw_text(shown, breaks=source.format in PLAIN_FORMATS), anchors=False)


def _read(source_id: str | None) -> None:
    st.session_state[_READING] = source_id
