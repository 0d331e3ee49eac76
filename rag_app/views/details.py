"""How an answer was found: the route and its reason, the steps of thought, the passages looked at."""

import streamlit as st

from rag_app.answer import Answer
from rag_app.search_result import Scope
from rag_app.views.blocks import draw_text
from rag_app.views.markdown import code, escape_text, inline
from rag_app.views.texts import Texts

PASSAGES_SHOWN = 8
EXCERPT_CHARS = 160


def route_line(texts: Texts, answer: Answer) -> str:
    """The route in a few words, the time it took, and who wrote the answer."""
    route = answer.route
    parts = [texts.evidence[route.evidence], texts.style[route.style]]
    if answer.model != "extractive" and answer.model:
        parts.append(texts.written_by.format(model=escape_text(answer.model, breaks=False)))
    elif route.evidence != "none":
        parts.append(texts.quoted_by)
    total = answer.timings_ms.get("total", 0.0)
    if total:
        parts.append(texts.seconds.format(seconds=max(0.1, total / 1000)))
    return " · ".join(parts)


def scope_line(texts: Texts, scope: Scope) -> str:
    """The filters in force and how many documents they cover; empty without filters."""
    if not scope.filters:
        return ""
    count = texts.filtered.format(count=scope.documents)
    return f":material/filter_alt: {' '.join(map(code, scope.filters))} · {count}"


def draw_details(texts: Texts, answer: Answer) -> None:
    """The steps of thought and the passages looked at, for one answer."""
    st.markdown(f"**{texts.route}**  \n{route_line(texts, answer)}")
    if answer.route.reason:
        st.caption(escape_text(answer.route.reason, breaks=False))
    if answer.steps:
        st.markdown(f"**{texts.steps}**")
        st.markdown(draw_text(answer.steps, breaks=True), anchors=False)
    if answer.hits:
        st.markdown(f"**{texts.other_passages}**")
        for hit in answer.hits[:PASSAGES_SHOWN]:
            heading = escape_text(hit.heading, breaks=False)
            st.markdown(f"{code(hit.source.name)}" + (f"  \n{heading}" if heading else ""))
            words = " ".join(line for line in hit.chunk.text.split("\n") if not line.startswith("#"))
            excerpt = " ".join(words.split())
            st.caption(inline(excerpt if len(excerpt) <= EXCERPT_CHARS else excerpt[:EXCERPT_CHARS] + "…"))
