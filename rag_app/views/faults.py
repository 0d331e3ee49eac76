"""No traceback reaches a reader: a failure is logged and shown as one sentence with its remedy."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from rag_app.errors import SeodangError
from rag_app.views.markdown import escape_text
from rag_app.views.texts import Texts

P = ParamSpec("P")

logger = logging.getLogger(__name__)


def show_fault(texts: Texts, error: Exception) -> None:
    """Draw a failure, in the page's language, with what it says itself below."""
    if not isinstance(error, SeodangError):
        logger.error("the page met an error that nobody foresaw", exc_info=error)
    st.error(texts.fault(error), icon=":material/error:")
    if texts.fault_details(error):
        st.caption(escape_text(texts.fault_details(error)))


def guarded(texts: Texts) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Draws what a function raises instead of raising it; for everything that Streamlit runs on its own."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        @wraps(draw)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                draw(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - the last line before the reader; it is logged and shown
                show_fault(texts, error)

        return drawn

    return decorate
