"""Editions: a newer one supersedes, unless the question asks for the older."""

from dataclasses import replace

import pytest

from graphs.editions import outdated_sources
from rag_app.search_result import Hit
from tests.passages import hit_of


def _policy(name: str, title: str, **metadata: str) -> Hit:
    hit = hit_of("연차는 이월할 수 있다.", name=name, title=title)
    return replace(hit, source=replace(hit.source, metadata=metadata))


OLD = _policy("leave-2023.md", "휴가 규정", effective="2023-03-01", expires="2024-12-31")
NEW = _policy("leave-2025.md", "휴가 규정", effective="2025-01-01")


def test_the_older_edition_is_superseded() -> None:
    assert outdated_sources("연차는 며칠까지 이월돼?", [OLD, NEW]) == {OLD.source.id}


@pytest.mark.parametrize(
    "question",
    [
        "2023년 규정에서는 며칠까지였지?",
        "예전 규정에서는 며칠이었나요?",
        "규정이 어떻게 바뀌었어?",
        "How did the old policy handle carry-over?",
    ],
)
def test_who_asks_for_the_older_one_gets_it(question: str) -> None:
    assert outdated_sources(question, [OLD, NEW]) == frozenset()


def test_titles_may_name_the_edition() -> None:
    old = _policy("a.md", "여비 규정 (2022년판)", effective="2022-04-01")
    new = _policy("b.md", "여비 규정 (2024년판)", effective="2024-07-01")
    assert outdated_sources("일비는 얼마?", [new, old]) == {old.source.id}


def test_other_documents_and_documents_without_dates_are_left_alone() -> None:
    minutes = _policy("minutes.md", "회의록", date="2019-01-01")
    undated = _policy("leave-copy.md", "휴가 규정")
    assert outdated_sources("연차는?", [minutes, undated, NEW]) == frozenset()


def test_a_document_that_says_it_is_withdrawn_is_superseded_even_alone() -> None:
    old = _policy("leave-2023.md", "휴가 규정", effective="2023-03-01", status="폐지 (2025-01-01 시행 3.0판으로 대체)")
    assert outdated_sources("연차는 며칠이야?", [old]) == {old.source.id}
    assert outdated_sources("2025년 규정에서 연차는 며칠이야?", [old, NEW]) == {old.source.id}
    assert outdated_sources("2023년 규정에서 연차는 며칠이야?", [old, NEW]) == frozenset()
