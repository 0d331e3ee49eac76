"""Cleaning: what is removed, what stays, and that a second pass changes nothing."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.cleaning import clean_text, normalise_name, normalise_question, printable

ANY_TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from("\r\n\u200b\u200d\ufe0f❤👩가ᄀ̸= \xa0"))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("연차", "연차"),
        ("a\r\nb\rc\u2028d\u2029e\vf\fg\x85h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("\ufeff제목", "제목"),
        ("비\x00밀\x1b[31m번\x7f호\x9b", "비밀[31m번호"),
        ("탭\t은 남는다", "탭\t은 남는다"),
        ("연\u200b차\u2060 \u202e휴가\u202c\u00ad", "연차 휴가"),
        ("본문\U000e0041\U000e0042\U000e0100", "본문"),
        ("a\ud800b\udfffc\ufffed\uffff", "abcd"),
        ("\ud83d\ude00", "😀"),
        ("a\xa0b\u3000c\u2003d\u3164e", "a b c d e"),
        ("줄 끝 공백  \n\t\n다음\t \n", "줄 끝 공백\n\n다음\n"),
        ("\n \n\u200b\n  첫 줄", "  첫 줄"),
        ("👩\u200d💻 코드", "👩\u200d💻 코드"),
        ("가\u200d나", "가나"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("STAYS Upper", "STAYS Upper"),
        ("", ""),
        (" \n\t\r\n", ""),
    ],
)
def test_clean_text_gives_the_stored_form(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    once = clean_text(raw)
    assert clean_text(once) == once


def test_no_single_character_survives_half_cleaned() -> None:
    for code in range(sys.maxunicode + 1):
        once = clean_text("가" + chr(code) + "나\u200d" + chr(code) + "\u200d😀")
        assert clean_text(once) == once, hex(code)


@given(ANY_TEXT)
def test_clean_text_is_composed_and_can_be_stored(raw: str) -> None:
    clean = clean_text(raw)
    assert unicodedata.is_normalized("NFC", clean)
    assert "\r" not in clean
    assert clean.encode("utf-8").decode("utf-8") == clean


def test_a_mark_behind_a_hidden_character_still_composes() -> None:
    """A zero-width space between two jamo hid the syllable from search until it was removed before composing."""
    assert clean_text("\u1100\u200b\u1161") == "가"


def test_a_long_line_and_many_blanks_come_back_whole() -> None:
    assert len(clean_text("가" * 1_000_000)) == 1_000_000
    assert clean_text(" " * 1_000_000 + "x") == " " * 1_000_000 + "x"
    assert clean_text("\n" * 1_000_000 + "x") == "x"


@pytest.mark.parametrize(
    ("raw", "question"),
    [
        ("  ＲＡＧ가   뭐야？\n", "RAG가 뭐야?"),
        ("연차는\u3000며칠\r\n인가요", "연차는 며칠 인가요"),
        ("ㅋㅋ", "ㅋㅋ"),
        ("①번", "①번"),
        ("\u200b\u202e", ""),
        ("연차", "연차"),
        ("{context} %s </s>", "{context} %s </s>"),
        ("＝\u0338", "≠"),
    ],
)
def test_normalise_question_makes_one_plain_line(raw: str, question: str) -> None:
    assert normalise_question(raw) == question
    assert normalise_question(question) == question


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("규정/연차.md", "규정/연차.md"),
        ("a\\b\\c.md", "a/b/c.md"),
        ("./a//b/./c.md", "a/b/c.md"),
        ("../a.md", "../a.md"),
        ("/abs/a.md", "/abs/a.md"),
        ("bad\udcff.md", "bad&#56575;.md"),
    ],
)
def test_normalise_name_is_composed_and_posix(raw: str, name: str) -> None:
    assert normalise_name(raw) == name
    assert normalise_name(name) == name


def test_a_decomposed_name_is_the_same_source() -> None:
    assert normalise_name(unicodedata.normalize("NFD", "연차규정.md")) == "연차규정.md"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("보통 글 😀", "보통 글 😀"),
        ("두\n줄", "두\\n줄"),
        ("\x1b[31m빨강", "\\x1b[31m빨강"),
        ("a\u202eb", "a\\u202eb"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_printable_shows_what_would_act_on_a_terminal(raw: str, shown: str) -> None:
    assert printable(raw) == shown
