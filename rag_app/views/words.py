"""Which words the page speaks: a reader's language to one of the two tables."""

from rag_app.views.text_en import ENGLISH
from rag_app.views.text_ko import KOREAN
from rag_app.views.texts import PageLanguage, Texts


def texts_in(language: PageLanguage) -> Texts:
    """The words of the page in one language."""
    return KOREAN if language == "ko" else ENGLISH


def language_of(locale: str | None) -> PageLanguage:
    """The page's language for a browser's locale: Korean for Korean readers and when it is unknown, else English."""
    return "ko" if not locale or locale.lower().startswith("ko") else "en"
