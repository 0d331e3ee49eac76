"""Editions: a newer one supersedes, unless the question asks for the older."""

from dataclasses import replace

import pytest

from graphs.editions import Editions, editions_of, outdated_sources
from graphs.phrases import by_edition
from rag_app.search_result import Hit
from tests.conversation import chat_over
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


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("취업규칙_20230101.hwp", "취업규칙_20250101.hwp"),
        ("휴가 규정(2023.3.1. 개정).docx", "휴가 규정(2025.1.1. 개정).docx"),
        ("인사/휴가규정-2023.pdf", "인사/휴가규정-2025.pdf"),
        ("Travel policy 2022-04.docx", "Travel policy 2024-07.docx"),
    ],
)
def test_rules_may_bear_their_date_in_the_file_name(older: str, newer: str) -> None:
    old, new = _policy(older, ""), _policy(newer, "")
    assert outdated_sources("연차는 며칠이야?", [old, new]) == {old.source.id}


def test_minutes_with_dates_in_their_names_do_not_supersede_each_other() -> None:
    early = _policy("회의록_20250311.docx", "주간 회의록 2025-03-11", date="2025-03-11")
    late = _policy("회의록_20250318.docx", "주간 회의록 2025-03-18", date="2025-03-18")
    assert outdated_sources("무엇을 결정했어?", [early, late]) == frozenset()
    assert editions_of({late.source.id}, [early, late]) == ()


def test_an_answer_from_one_edition_names_the_others_with_their_dates() -> None:
    (found,) = editions_of({NEW.source.id}, [OLD, NEW])
    assert found == Editions((("leave-2025.md", "2025-01-01"),), (("leave-2023.md", "2023-03-01"),))
    assert by_edition("ko", found) == (
        "leave-2025.md(2025-01-01) 기준으로 답했습니다. 같은 문서의 다른 판도 있습니다: leave-2023.md(2023-03-01)."
    )
    assert by_edition("en", found) == (
        "The answer goes by leave-2025.md (2025-01-01); the same document has other editions: leave-2023.md (2023-03-01)."
    )


def test_no_edition_is_named_where_there_is_nothing_to_choose() -> None:
    assert editions_of({OLD.source.id, NEW.source.id}, [OLD, NEW]) == ()
    assert editions_of({"another"}, [OLD, NEW]) == ()
    assert editions_of({NEW.source.id}, [NEW]) == ()
    same_day = _policy("leave-2025-copy.md", "휴가 규정", effective="2025-01-01")
    assert editions_of({NEW.source.id}, [NEW, same_day]) == ()


def test_an_answer_says_which_edition_it_goes_by() -> None:
    """The whole answer, by quotation: the edition in force is cited, the older one named with its date."""
    chat = chat_over(OLD, NEW)
    answer = chat.ask("연차는 이월할 수 있어?")
    assert {citation.source for citation in answer.citations} == {"leave-2025.md"}
    assert answer.warnings == (by_edition("ko", *editions_of({NEW.source.id}, [OLD, NEW])),)
    assert chat_over(NEW).ask("연차는 이월할 수 있어?").warnings == ()


def test_minutes_with_one_title_do_not_supersede_each_other_either() -> None:
    """The minutes of 11 March lost to those of 18 March because both were called 주간회의록."""
    for title in ("데이터 수집 주간회의록", "Weekly meeting minutes", "장애 보고서", "월간 소식지"):
        early, late = _policy("a.md", title, date="2025-03-11"), _policy("b.md", title, date="2025-03-18")
        assert outdated_sources("무엇을 결정했어?", [early, late]) == frozenset()
        assert editions_of({late.source.id}, [early, late]) == ()


def test_a_rule_about_reports_still_comes_in_editions() -> None:
    old, new = (_policy(f"{year}.md", "보고서 작성 규정", effective=f"{year}-01-01") for year in (2023, 2025))
    assert outdated_sources("보고서는 며칠 안에 내?", [old, new]) == {old.source.id}
