"""Filters in a question: found where they are meant, in both languages; ordinary colons are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.errors import WrongFilter
from rag_app.query_syntax import read_query, without_filters


def read(text: str) -> tuple[str, list[str]]:
    question, filters = read_query(text)
    return question, [str(condition) for condition in filters.conditions]


@pytest.mark.parametrize(
    ("text", "question", "filters"),
    [
        (
            "연차 며칠? path:규정/*.hwp tag:인사 date:2024.. collection:company",
            "연차 며칠?",
            ["path:규정/*.hwp", "tag:인사", "date:2024..", "collection:company"],
        ),
        (
            "경로:규정/ 태그:인사 날짜:2024~2025 모음:회사 컬렉션:course 연차는?",
            "연차는?",
            ["path:규정/", "tag:인사", "date:2024~2025", "collection:회사", "collection:course"],
        ),
        ('what is leave? path:"my notes/*.md"', "what is leave?", ['path:"my notes/*.md"']),
        ("“태그”란? tag:“인사 규정”", "“태그”란?", ['tag:"인사 규정"']),
        ("tag:'week 1' dropout", "dropout", ['tag:"week 1"']),
        ('경로:"내 문서/연차.md"에서 연차는 며칠?', "에서 연차는 며칠?", ['path:"내 문서/연차.md"']),
        ("연차 며칠 -path:draft/* -태그:폐지", "연차 며칠", ["-path:draft/*", "-tag:폐지"]),
        ("PATH:a.md Tag:B what?", "what?", ["path:a.md", "tag:B"]),
        ("연차는 며칠 tag:인사?", "연차는 며칠?", ["tag:인사"]),
        ("tag:인사, date:2024; 연차는?", "연차는?", ["tag:인사", "date:2024"]),
        ("tag:인사. 연차는?", "연차는?", ["tag:인사"]),
    ],
)
def test_filters_are_taken_out_of_the_question(text: str, question: str, filters: list[str]) -> None:
    assert read(text) == (question, filters)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/path:a 를 설명해 줘",
        "오전 10:30 회의는 어디서 하나요?",
        "RAG: 무엇인가",
        "title:foo 는 무엇인가요?",
        "tag: 이라는 말은 무슨 뜻?",
        "`tag:인사`는 무엇인가요?",
        '"date:2024" 문법이 뭐야?',
        "std::path::x in C++",
        "subtag:x 와 meta-path:y",
        "What does path: mean?",
        "path:",
        'path:"open end',
        "C:\\path:a",
        "",
    ],
)
def test_a_colon_in_ordinary_text_is_no_filter(text: str) -> None:
    assert read(text) == (text, [])
    assert without_filters(text) == text


@pytest.mark.parametrize(
    "date", ["2024-13", "2024-02-30", "yesterday", "어제", "..", "2025..2024", "24", "2024..2025..2026"]
)
def test_a_date_that_is_none_is_named_with_what_dates_look_like(date: str) -> None:
    with pytest.raises(WrongFilter, match=r"is no date or period; write 2024, 2024-03") as caught:
        read_query(f"연차 며칠? date:{date}")
    assert f"date:{date}" in str(caught.value)
    assert f"‘date:{date}’에서 날짜를 알아볼 수 없습니다" in caught.value.korean


def test_an_earlier_question_with_a_wrong_date_is_still_read() -> None:
    assert without_filters("연차 며칠? date:2024-13") == "연차 며칠?"


@given(st.text(max_size=60))
def test_any_text_is_read_and_what_is_left_holds_no_filter(text: str) -> None:
    assert without_filters(without_filters(text)) == without_filters(text)
