"""A click on a number in an answer opens its source.

Numbers are links to `#cite-<turn>-<n>`. One small script of ours, in which no text of anybody else stands, listens for clicks on
them and names the link to Python; without it the buttons under the answer still open every source.
"""

import re
from collections.abc import Container
from typing import Final

import streamlit as st

from rag_app.views.markdown import MarkLink

_SCRIPT: Final = """
export default function ({ setTriggerValue }) {
  const listening = new AbortController();
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#cite-"]') : null;
    if (link === null) return;
    event.preventDefault();
    event.stopPropagation();
    setTriggerValue("clicked", link.getAttribute("href"));
  }, { capture: true, signal: listening.signal });
  return () => listening.abort();
}
"""
_ANCHOR: Final = re.compile(r"#cite-([A-Za-z0-9_-]{1,64})-(\d{1,3})")


def link_of(turn_id: str, numbers: Container[int] = range(1, 1000)) -> MarkLink:
    """The anchors of an answer's citation marks; a mark without a citation stays text."""
    return lambda n: f"#cite-{turn_id}-{n}" if n in numbers else None


def clicked_citation() -> tuple[str, int] | None:
    """The turn and number whose mark was clicked just now. Call it once in a run, in a fragment."""
    listener = st.components.v2.component("seodang_citations", js=_SCRIPT)
    result = listener(key="citation_clicks", on_clicked_change=lambda: None)
    named = _ANCHOR.fullmatch(str(result.get("clicked") or ""))
    return (named[1], int(named[2])) if named is not None else None
