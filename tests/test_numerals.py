"""Numbers in words: the digits a searcher would type, and no number where there is only a word."""

import pytest

from rag_app.numerals import numerals


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("삼백만 원", ["3000000"]),
        ("3백만원", ["3000000"]),
        ("1억 2천만 원", ["120000000"]),
        ("1만 5천 원", ["15000"]),
        ("1.5억", ["150000000"]),
        ("이천이십사년", ["2024"]),
        ("열다섯 명", ["15"]),
        ("스무 살", ["20"]),
        ("세 시간", ["3"]),
        ("두 배", ["2"]),
        ("육 개월", ["6"]),
        ("삼 퍼센트", ["3"]),
        ("천 원과 2만 원", ["1000", "20000"]),
    ],
)
def test_a_number_in_words_has_digits(text: str, digits: list[str]) -> None:
    assert [value for _, value in numerals(text)] == digits


@pytest.mark.parametrize(
    "text",
    [
        "이 일",
        "육 일",
        "개월",
        "이 사람",
        "만나다",
        "제3조",
        "만일 그렇다면",
        "천장",
        "백만장자",
        "세상",
        "15만",
        "조직",
        "사이",
        "",
    ],
)
def test_a_word_that_begins_like_a_number_has_none(text: str) -> None:
    assert [value for _, value in numerals(text)] in ([], ["150000"])


def test_the_position_is_where_the_number_begins() -> None:
    assert list(numerals("벌금 삼백만 원")) == [(3, "3000000")]


def test_numbers_stand_one_behind_another_and_none_inside_another_or_a_word() -> None:
    assert list(numerals("(삼백만 원)3백만원, 열 명\n두 배")) == [(1, "3000000"), (7, "3000000"), (13, "10"), (17, "2")]
    assert list(numerals("나삼백만 원 가3백만 v.3백만 A삼백만 원")) == []
