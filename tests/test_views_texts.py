"""The words of the page: both languages say everything, and every failure has its sentence."""

import dataclasses
import inspect
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from rag_app import errors
from rag_app.answer import Evidence, Style
from rag_app.views.text_en import ENGLISH
from rag_app.views.text_ko import KOREAN
from rag_app.views.texts import Texts
from rag_app.views.words import language_of, texts_in

ROOT = Path(__file__).resolve().parent.parent
FIELDS = [field.name for field in dataclasses.fields(Texts) if field.name != "language"]


def holes(text: str) -> set[str]:
    return {name.split(":")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", FIELDS)
def test_both_languages_have_the_same_words_with_the_same_holes(name: str) -> None:
    korean, english = getattr(KOREAN, name), getattr(ENGLISH, name)
    if isinstance(korean, str):
        assert korean.strip()
        assert english.strip()
        assert holes(korean) == holes(english)
    else:
        assert korean.keys() == english.keys()
        assert all(korean.values())
        assert all(english.values())


@pytest.mark.parametrize("name", [name for name in FIELDS if isinstance(getattr(KOREAN, name), str)])
def test_the_korean_page_is_korean_and_the_english_page_is_not(name: str) -> None:
    assert re.search(r"[가-힣]", getattr(KOREAN, name))
    assert not re.search(r"[가-힣]", getattr(ENGLISH, name))


def test_every_route_has_its_words() -> None:
    assert set(KOREAN.evidence) == set(get_args(Evidence))
    assert set(KOREAN.style) == set(get_args(Style))


def test_no_word_is_kept_that_no_view_uses() -> None:
    drawn = "".join(path.read_text("utf-8") for path in (ROOT / "rag_app/views").glob("*.py"))
    drawn += (ROOT / "streamlit_app.py").read_text("utf-8")
    assert [name for name in FIELDS if not re.search(rf"\.{name}\b", drawn)] == []


def test_every_failure_is_said_in_the_language_of_the_page() -> None:
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        error = kind("3번 줄: detail")
        assert re.search(r"[가-힣]", KOREAN.fault(error))
        assert not re.search(r"[가-힣]", ENGLISH.fault(error))
        assert KOREAN.fault_details(error) == "3번 줄: detail"


def test_an_error_that_nobody_foresaw_shows_nothing_of_itself() -> None:
    error = KeyError("/somewhere/secret")
    assert (KOREAN.fault(error), KOREAN.fault_details(error)) == (KOREAN.unexpected, "")


@pytest.mark.parametrize(
    ("locale", "language"), [("ko-KR", "ko"), ("ko", "ko"), ("en-US", "en"), ("de", "en"), (None, "ko"), ("", "ko")]
)
def test_the_browser_decides_the_language(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_each_table_speaks_its_own_language() -> None:
    assert (texts_in("ko").language, texts_in("en").language) == ("ko", "en")
