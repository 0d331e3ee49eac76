"""Which documents meet the filters, and what is said when none does."""

from collections.abc import Sequence

import pytest

from rag_app.filter_hints import nothing_met
from rag_app.filters import Condition, Filters, Key, select, tags_of
from rag_app.query_syntax import read_query
from rag_app.schema import Source
from tests.fakes import make_content


def source(name: str, collection: str = "company", **metadata: str) -> Source:
    return make_content(name, ["글"], collection=collection, metadata=metadata).source


SOURCES = (
    source("규정/휴가.hwp", tags="인사, 휴가", date="2024-03-05"),
    source("규정/초안/휴가.hwp", tags="인사, 초안"),
    source("규정/보안.md", keywords="보안;IT", date="2023-01-01"),
    source("회의록-2024-06.md", tags="#인사"),
    source("week1/dropout.md", "course", tags="week 1, Overfitting"),
)


def names(query: str, sources: Sequence[Source] = SOURCES) -> list[str]:
    return [one.name for one in select(read_query(query)[1], sources)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("path:*.hwp", ["규정/휴가.hwp", "규정/초안/휴가.hwp"]),
        ("path:규정/*.hwp", ["규정/휴가.hwp"]),
        ("path:규정/**", ["규정/휴가.hwp", "규정/초안/휴가.hwp", "규정/보안.md"]),
        ("path:규정", ["규정/휴가.hwp", "규정/초안/휴가.hwp", "규정/보안.md"]),
        ("path:초안/", ["규정/초안/휴가.hwp"]),
        ("path:/초안/", []),
        ("path:dropout", ["week1/dropout.md"]),
        ("path:WEEK1/DROPOUT.MD", ["week1/dropout.md"]),
        ("path:보안.md path:dropout.md", ["규정/보안.md", "week1/dropout.md"]),
        ("path:규정/ -path:초안/", ["규정/휴가.hwp", "규정/보안.md"]),
        ("tag:인사", ["규정/휴가.hwp", "규정/초안/휴가.hwp", "회의록-2024-06.md"]),
        ("tag:인사 tag:휴가", ["규정/휴가.hwp"]),
        ("tag:#it", ["규정/보안.md"]),
        ("tag:'WEEK 1'", ["week1/dropout.md"]),
        ("tag:인사 -tag:초안", ["규정/휴가.hwp", "회의록-2024-06.md"]),
        ("date:2024", ["규정/휴가.hwp", "회의록-2024-06.md"]),
        ("date:..2024-03", ["규정/휴가.hwp", "규정/보안.md"]),
        ("date:2024-06 date:2023", ["규정/보안.md", "회의록-2024-06.md"]),
        ("collection:Course", ["week1/dropout.md"]),
        ("-collection:company", ["week1/dropout.md"]),
        ("tag:인사 date:2024-06..", ["회의록-2024-06.md"]),
        ("path:[", []),
        ("연차", [one.name for one in SOURCES]),
    ],
)
def test_a_document_is_kept_when_it_meets_every_filter(query: str, found: list[str]) -> None:
    assert names(query) == found


def test_decomposed_hangul_in_a_filter_means_the_same() -> None:
    decomposed = Condition("path", "규정/보안.md")
    assert [one.name for one in select(Filters((decomposed,)), SOURCES)] == ["규정/보안.md"]


def test_tags_are_read_from_every_key_that_holds_them_and_once() -> None:
    assert tags_of(source("a.md", Tags="인사, #휴가, 인사", category="규정")) == ("인사", "휴가", "규정")


@pytest.mark.parametrize(
    ("query", "english", "korean"),
    [
        ("tag:인산", "no document meets tag:인산; the nearest tags are: 인사 (7 in all)", "가까운 태그: 인사"),
        ("tag:overfiting", "the nearest tags are: Overfitting", "가까운 태그: Overfitting"),
        ("tag:xyz", "there are the tags: 인사,", "있는 태그: 인사,"),
        ("path:규전/*.hwp", "the nearest paths are: 규정/", "가까운 경로: 규정/"),
        ("path:dropot.md", "the nearest paths are: week1/dropout.md", "가까운 경로: week1/dropout.md"),
        ("collection:compnay", "the nearest collections are: company", "가까운 모음: company"),
        ("date:2030", "dates run from 2023-01-01 to 2024-06, and 2 documents have none", "날짜가 없는 문서가 2개"),
        ("tag:보안 date:2024", "each has some: tag:보안 (1), date:2024 (2)", "조건마다 맞는 문서 수: tag:보안 (1)"),
        ("-path:**", "each has some: -path:** (5)", "-path:** (5)"),
    ],
)
def test_what_is_there_instead_is_named_in_both_languages(query: str, english: str, korean: str) -> None:
    fault = nothing_met(read_query(query)[1], SOURCES)
    assert english in str(fault)
    assert korean in fault.korean


@pytest.mark.parametrize(("key", "remedy"), [("tag", "`tags: [...]`"), ("date", "`date: 2024-03-05`")])
def test_where_no_document_has_tags_or_dates_it_is_said_how_to_give_them(key: Key, remedy: str) -> None:
    fault = nothing_met(Filters((Condition(key, "2024"),)), [source("a.md")])
    assert f"none of the 1 documents has {key}" in str(fault) or "has a date" in str(fault)
    assert remedy in str(fault)
    assert remedy in fault.korean
