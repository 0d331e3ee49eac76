"""Cutting what has no sentences: between words, and inside endless words between signs; the same letters are cut alike anywhere."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import split
from ingest.formats.markdown import read_markdown
from ingest.formats.text import read_text
from ingest.words import MAX_WORD_CHARS, inside_sign, word_groups
from rag_app.cleaning import clean_text
from rag_app.errors import UndecodableSource
from rag_app.schema import SourceText

MAX_TOKENS = 64
SIGNS = ("각", "\u1112\u119e\u11ab", "e\u0301\u0323", "👩\u200d👩\u200d👧", "👍🏽", "🇰🇷", "ｶﾞ", "क्षि", "❤️", "a", "(")
"""Signs of one or more characters: a syllable, an old one spelled out, letters with marks, a family, a skin, a flag."""


def groups(text: str, *, max_chars: int = 128) -> list[str]:
    return [text[first:last] for first, last in word_groups(text, 0, len(text), max_chars=max_chars)]


def letters(text: str) -> int:
    """The size by a tokenizer that drops everything but letters and digits."""
    return -(-sum(char.isalnum() for char in text) // 4)


def passages(text: str, kind: str = "text") -> list[str]:
    source = SourceText("", text, (), kind, "utf-8")
    found = split(source, max_tokens=MAX_TOKENS, count_tokens=letters)
    assert "".join(text[piece.start : piece.end] for piece in found) == (text if text.strip() else "")
    return [text[piece.start : piece.content_end] for piece in found]


@given(st.lists(st.sampled_from(SIGNS), min_size=1, max_size=600).map("".join))
def test_an_endless_word_is_cut_between_its_signs(run: str) -> None:
    text = clean_text(run)
    found = groups(text)
    assert "".join(found) == text
    at = 0
    for group in found[:-1]:
        at += len(group)
        assert not inside_sign(text, at)
    assert all(len(group) <= 128 for group in found)


@pytest.mark.parametrize("sign", [sign for sign in map(clean_text, SIGNS) if len(sign) > 1])
def test_no_cut_is_made_inside_a_sign_but_in_front_of_it(sign: str) -> None:
    text = f"가{sign}나"
    assert not inside_sign(text, 1)
    assert all(inside_sign(text, at) for at in range(2, 1 + len(sign)))
    assert not inside_sign(text, 1 + len(sign))


def test_a_letter_with_a_thousand_marks_is_cut_all_the_same() -> None:
    text = "a" + "\u0301" * 1_000
    assert "".join(groups(text)) == text
    assert max(map(len, groups(text))) <= 128


@pytest.mark.parametrize("alphabet", [string.ascii_letters + string.digits + "+/", "가나다라마바사아자차카타파하"])
def test_an_edit_of_an_endless_word_leaves_what_is_far_behind_it(alphabet: str) -> None:
    run = "".join(random.Random(5).choices(alphabet, k=20_000))
    before = set(groups(run))
    for at in (3, 5_000, 19_000):
        after = groups(run[:at] + "바뀐말" + run[at:])
        assert 1 <= len(set(after) - before) <= 12
    assert max(map(len, before)) <= 128


def test_words_are_never_parted_where_they_can_be_kept() -> None:
    text = " ".join("말" * length for length in range(1, MAX_WORD_CHARS + 1))
    assert [word for group in groups(text) for word in group.split()] == text.split()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "()[]{} " * 8_000,
        "\n".join(["()"] * 20_000),
        "\n\n".join(["..."] * 20_000),
        "".join(random.Random(1).choices(string.ascii_letters, k=300_000)),
        "말" * 50_000,
        "```\n" + (" " * 5_000 + "(\n") * 20 + "```",
        "- (\n" * 20_000,
        "| ( | ) |\n|---|---|\n" + "| ( | ) |\n" * 10_000,
        "| " + "(" * 50_000 + " |\n|---|\n| " + "(" * 50_000 + " |\n",
        "가" + " " * 50_000 + "나" + " " * 50_000 + "다",
    ],
    ids=[
        "brackets",
        "bracket words",
        "lines",
        "dots",
        "base64",
        "hangul",
        "indented",
        "items",
        "rows",
        "cells",
        "blanks",
    ],
)
@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_signs_that_the_tokenizer_drops_make_no_giant_passage(text: str, kind: str) -> None:
    assert max(map(len, passages(clean_text(text), kind))) <= 16 * MAX_TOKENS


@given(
    st.lists(
        st.text(st.sampled_from("()[]{}.,-*#|`>~ \n\t가나a1\u0301😀"), max_size=400)
        | st.sampled_from(["(" * 900, "\n", "가 " * 300]),
        max_size=20,
    ),
    st.sampled_from([read_markdown, read_text]),
)
def test_no_passage_is_longer_than_its_tokens_allow(lines: list[str], read: object) -> None:
    reader = read_markdown if read is read_markdown else read_text
    try:
        source = reader("\n".join(lines).encode("utf-8", "replace"))
    except UndecodableSource:
        return
    found = split(source, max_tokens=MAX_TOKENS, count_tokens=letters)
    text = source.text
    assert "".join(text[piece.start : piece.end] for piece in found) == (text if text.strip() else "")
    for piece in found:
        words = text[piece.start : piece.content_end]
        assert len(words.lstrip()) <= 16 * MAX_TOKENS
        assert letters(words) <= MAX_TOKENS + MAX_TOKENS // 4
