"""The few rules of style that the theme cannot say: Korean words stay whole at line ends, citation marks look like marks."""

from typing import Final

import streamlit as st

_RULES: Final = """
[data-testid="stMarkdownContainer"] :is(p, li, td, th, h1, h2, h3), [data-testid="stChatInputTextArea"] { word-break: keep-all; overflow-wrap: anywhere; }
[data-testid="stMarkdownContainer"] a[href^="#cite-"] {
  padding: .12em .45em; border-radius: .55em; font-size: .72em; font-weight: 600; vertical-align: .2em; text-decoration: none;
  background: color-mix(in srgb, currentColor 13%, transparent);
}
[data-testid="stMarkdownContainer"] a[href^="#cite-"]:is(:hover, :focus-visible) { background: color-mix(in srgb, currentColor 32%, transparent); }
[data-testid="stMarkdownContainer"] .stMarkdownColoredBackground { padding: .08em .1em; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.st-key-chats button { padding-inline: .75rem; }
.st-key-chats button, .st-key-chats button * { justify-content: flex-start; text-align: left; }
[data-testid="stCaptionContainer"] code { font-size: .82em; }
[data-testid="stSidebarHeader"] { height: 2.75rem; margin-bottom: 0; }
[data-testid="stSidebarUserContent"] hr { margin: .5rem 0; }
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; }
[data-testid="stElementContainer"]:has(> [data-testid="stBidiComponentRegular"]:empty) { display: none; }
"""


def draw_style() -> None:
    """Put the rules into the page; nothing is shown."""
    st.components.v2.component("seodang_style", css=_RULES, isolate_styles=False)(key="seodang_style")
