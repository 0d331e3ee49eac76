"""The first screen: a greeting with questions to try, or what to run when there is nothing to ask yet."""

from collections.abc import Sequence

import streamlit as st

from rag_app.errors import NoIndex
from rag_app.library import Shelf
from rag_app.views import state
from rag_app.views.faults import show_fault
from rag_app.views.given import Given
from rag_app.views.markdown import escape_text
from rag_app.views.texts import PageLanguage, Texts

SHOWN = 3
SHIPPED: dict[PageLanguage, tuple[tuple[str, str], ...]] = {
    "ko": (
        ("DPO가 RLHF보다 단순한 이유는?", "course/week7-dpo.md"),
        ("남은 연차는 며칠까지 이월할 수 있나요?", "company/leave-policy-2025.md"),
        ("What does dropout do?", "course/week1-overfitting.md"),
        ("Flash Attention은 왜 메모리를 적게 쓰나요?", "course/week8-flash-attention-and-parallelism.md"),
    ),
    "en": (
        ("What does dropout do?", "course/week1-overfitting.md"),
        ("How many days of unused leave can I carry over?", "company/leave-policy-2025.md"),
        ("DPO가 RLHF보다 단순한 이유는?", "course/week7-dpo.md"),
        ("Why does Flash Attention use less memory?", "course/week8-flash-attention-and-parallelism.md"),
    ),
}


def examples_for(
    shelf: Shelf | None, texts: Texts, collection: str, headings: Sequence[tuple[str, str]] = ()
) -> tuple[str, ...]:
    """Questions that have an answer in the index: the ones written for the shipped documents where these stand in it, else headings.

    An empty `collection` means all of them; `headings` are titles of documents, each with one of its headings.
    """
    if shelf is None:
        return ()
    names = {source.name for source in shelf.sources if collection in ("", source.collection)}
    written = [
        question
        for question, name in SHIPPED[texts.language]
        if any(n == name or n.endswith("/" + name) for n in names)
    ]
    about = [texts.about_heading.format(title=title, heading=heading) for title, heading in headings]
    return tuple(dict.fromkeys((*written, *about)))[:SHOWN]


def draw_welcome(given: Given) -> None:
    """Greet, and offer a first question."""
    texts = given.texts
    st.space("large")
    st.title(texts.greeting, anchor=False)
    st.markdown(f":gray[{texts.greeting_more}]")
    if given.examples:
        st.space("small")
        st.caption(texts.try_asking)
        with st.container(gap="xsmall"):
            for i, question in enumerate(given.examples):
                st.button(
                    escape_text(question, breaks=False),
                    key=f"example-{i}",
                    icon=":material/arrow_outward:",
                    on_click=state.ask_later,
                    args=(question,),
                )
    st.space("small")
    for notice in given.notices:
        st.caption(f":material/info: {notice}")


def draw_nothing_to_ask(given: Given) -> None:
    """Say what to run when there is no index, or what is wrong with it."""
    texts = given.texts
    st.space("large")
    if given.index_fault is None or isinstance(given.index_fault, NoIndex):
        st.title(texts.empty_title, anchor=False)
        st.markdown(texts.empty_text)
    else:
        show_fault(texts, given.index_fault)
