"""The drawer that shows a cited passage, highlighted, in the midst of its document."""

from collections.abc import Callable

import streamlit as st

from rag_app.answer import Citation, Turn
from rag_app.schema import Source
from rag_app.views.blocks import draw_text
from rag_app.views.faults import guarded
from rag_app.views.given import Given
from rag_app.views.markdown import code, escape_text
from rag_app.views.passage import Passage, passage_of
from rag_app.views.texts import Texts

DRAWER_PX = 520
PLAIN_FORMATS = ("text", "txt", "plain")


def open_drawer(given: Given, turn: Turn, n: int) -> None:
    """Open the drawer at citation `n` of a turn; a number that the answer does not have opens nothing."""
    if not any(citation.n == n for citation in turn.answer.citations):
        return
    texts = given.texts

    @guarded(texts)
    def contents() -> None:
        _draw(given, turn, n)

    st.dialog(texts.source_title, width=DRAWER_PX, position="right", icon=":material/format_quote:")(contents)()


def _draw(given: Given, turn: Turn, opened: int) -> None:
    texts, citations = given.texts, turn.answer.citations
    n = opened
    if len(citations) > 1:
        picked = st.segmented_control(
            texts.sources,
            [citation.n for citation in citations],
            default=opened,
            required=True,
            key=f"drawer-{turn.id}-{opened}",
            label_visibility="collapsed",
        )
        n = picked if isinstance(picked, int) else opened
    citation = next(item for item in citations if item.n == n)
    draw_citation(texts, citation, given.text_of, source_of(given, citation.source_id), key=f"{turn.id}-{n}")


def draw_citation(
    texts: Texts, citation: Citation, text_of: Callable[[str], str], source: Source | None, *, key: str
) -> None:
    """One citation: where it stands, and the passage with its surroundings."""
    wide = bool(st.session_state.get(f"wide-{key}", False))
    passage = passage_of(citation, text_of, wide=wide)
    title = source.title if source is not None and source.title else citation.source.rsplit("/", 1)[-1]
    place = citation.locator or texts.line.format(line=passage.line)
    with st.container(gap="xxsmall"):
        st.markdown(f"**\u2060{escape_text(title, breaks=False)}\u2060**")
        st.caption(f"{code(citation.source)} · {escape_text(place, breaks=False)}")
        if citation.heading:
            st.caption(f":material/subdirectory_arrow_right: {escape_text(citation.heading, breaks=False)}")
    if not citation.supported:
        st.caption(f":orange[:material/warning: {texts.weak_support}]")
    if passage.found == "gone":
        st.info(texts.gone, icon=":material/history:")
    elif passage.found == "moved":
        st.info(texts.moved, icon=":material/history:")
    with st.container(border=True, key=f"passage-{key}"):
        plain = source is not None and source.format in PLAIN_FORMATS
        st.markdown(_marked(passage, breaks=plain), anchors=False)
    if passage.found != "gone" and (passage.cut_before or passage.cut_after or wide):
        st.toggle(texts.more_around, key=f"wide-{key}")


def _marked(passage: Passage, *, breaks: bool) -> str:
    drawn = draw_text(passage.text, mark=(passage.start, passage.end), breaks=breaks)
    before = "…\n\n" if passage.cut_before else ""
    after = "\n\n…" if passage.cut_after else ""
    return f"{before}{drawn}{after}"


def source_of(given: Given, source_id: str) -> Source | None:
    """A source of the live index; None when it is gone."""
    sources = given.shelf.sources if given.shelf is not None else ()
    return next((source for source in sources if source.id == source_id), None)
