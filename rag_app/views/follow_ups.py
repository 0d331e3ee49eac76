"""What else the cited document speaks of, as questions under an answer."""

import re
from collections.abc import Sequence

import streamlit as st

from rag_app.answer import Turn
from rag_app.views import state
from rag_app.views.given import Given
from rag_app.views.markdown import escape_text
from rag_app.views.sources import source_of
from rag_app.views.words import texts_in

FOLLOW_UPS = 2
_FORMAL = re.compile(
    r"^(?:제\s?\d+\s?장\b.*|.*\((?:목적|정의|시행일?|적용 ?범위)\)|(?:부칙|총칙|목차|개요|들어가며|마치며|요약|정리|참고(?: ?문헌| ?자료)?)"
    r"|(?:table of contents|contents|introduction|overview|summary|references|see also|purpose|scope))$",
    re.IGNORECASE,
)
"""Headings that every document has, or under which nothing stands but other headings: nobody asks about them."""


def draw_follow_ups(given: Given, turn: Turn) -> None:
    """Buttons that ask about the parts of the cited document that follow; none under an answer that is doubted or none."""
    texts, citations = given.texts, turn.answer.citations
    if not citations or turn.answer.abstained or turn.answer.doubtful:
        return
    source = source_of(given, citations[0].source_id)
    cited = citations[0].heading.rsplit(" › ", 1)[-1]
    seen = " ".join((turn.question, *(citation.heading for citation in citations)))
    headings = next_headings(given.headings_of(citations[0].source_id), cited, seen)
    if not headings or source is None:
        return
    asked_in = texts_in("en" if turn.answer.language == "en" else "ko")
    st.caption(texts.follow_up)
    with st.container(horizontal=True, gap="xsmall"):
        for i, heading in enumerate(headings[:FOLLOW_UPS]):
            question = asked_in.about_heading.format(title=source.title or source.name, heading=heading)
            label = escape_text(question, breaks=False)
            if st.button(
                label, key=f"follow-{turn.id}-{i}", type="tertiary", icon=":material/subdirectory_arrow_right:"
            ):
                state.ask_later(question)
                st.rerun()


def next_headings(headings: Sequence[str], cited: str, seen: str) -> tuple[str, ...]:
    """The headings to read on with: those after the cited one, then those before it, without what `seen` names already."""
    at = headings.index(cited) + 1 if cited in headings else 0
    ordered = (*headings[at:], *headings[:at])
    return tuple(dict.fromkeys(one for one in ordered if one not in seen and not _FORMAL.match(one.strip())))
