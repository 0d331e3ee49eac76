"""Whole documents: the one that is meant, its sections with exact places, its summary in its own words."""

import pytest

from graphs.document import meant_source, sections_of, summarise
from rag_app.schema import Heading, Source
from tests.conversation import LEAVE, SHELF, TRAVEL, rules
from tests.passages import hit_of

TEXT = "# 회의록\n\n4월 회의를 적는다.\n\n## 결정\n\n배포는 금요일에 한다. 담당은 이정이다.\n\n## 할 일\n\n- 문서를 고친다.\n\n## 빈 절\n"
OUTLINE = (
    Heading(1, "회의록", TEXT.index("# 회의록"), 1),
    Heading(2, "결정", TEXT.index("## 결정"), 5),
    Heading(2, "할 일", TEXT.index("## 할 일"), 9),
    Heading(2, "빈 절", TEXT.index("## 빈 절"), 13),
)
SOURCE = hit_of(TEXT, name="minutes/2026-04.md", title="4월 회의록").source


def test_sections_stand_where_they_say() -> None:
    sections = sections_of(SOURCE, TEXT, OUTLINE)
    assert [hit.chunk.heading_path for hit in sections] == [("회의록",), ("회의록", "결정"), ("회의록", "할 일")]
    assert [hit.placement.line for hit in sections] == [1, 5, 9]
    for hit in sections:
        assert TEXT[hit.placement.start : hit.placement.end] == hit.chunk.text


def test_text_before_the_first_heading_is_a_section() -> None:
    text = "머리글이다.\n\n# 제목\n\n본문이다.\n"
    sections = sections_of(SOURCE, text, (Heading(1, "제목", text.index("# 제목"), 3),))
    assert [hit.chunk.text for hit in sections] == ["머리글이다.", "# 제목\n\n본문이다."]


def test_a_document_without_headings_is_one_section() -> None:
    assert [hit.chunk.text for hit in sections_of(SOURCE, "한 문단이다.", ())] == ["한 문단이다."]


def test_a_summary_quotes_each_section_and_cites_it() -> None:
    summary = summarise(sections_of(SOURCE, TEXT, OUTLINE))
    assert summary.text == (
        "- **회의록**: 4월 회의를 적는다. [1]\n- **결정**: 배포는 금요일에 한다. [2]\n- **할 일**: 문서를 고친다. [3]"
    )
    for citation in summary.citations:
        assert TEXT[citation.start : citation.end] == citation.quote
    assert [citation.line for citation in summary.citations] == [3, 7, 11]


def test_a_long_document_is_summed_up_in_at_most_seven_points() -> None:
    text = "".join(f"# 절 {n}\n\n절 {n}의 첫 문장이다.\n\n" for n in range(40))
    outline = tuple(Heading(1, f"절 {n}", text.index(f"# 절 {n}\n"), 1) for n in range(40))
    assert 4 <= len(summarise(sections_of(SOURCE, text, outline)).citations) <= 7


def test_an_empty_document_has_no_summary() -> None:
    assert summarise(()).text == ""


def named(name: str, title: str) -> Source:
    return hit_of("본문이다.", name=name, title=title).source


POLICIES = (
    named("leave-policy-2023.md", "휴가 규정"),
    named("leave-policy-2025.md", "휴가 규정"),
    named("travel.md", "여비 규정"),
    named("weeks/week3_notes.md", "3주차 노트: BERT와 GPT"),
)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("여비 규정을", "travel.md"),
        ("휴가 규정", "leave-policy-2025.md"),
        ("2023년 휴가 규정", "leave-policy-2023.md"),
        ("the leave policy", "leave-policy-2025.md"),
        ("week3 notes", "weeks/week3_notes.md"),
    ],
)
def test_the_document_whose_name_is_said_is_meant(question: str, name: str) -> None:
    meant = meant_source(question, POLICIES, (), rules())
    assert meant is not None
    assert meant.name == name


def test_without_a_name_the_source_of_most_hits_is_meant() -> None:
    meant = meant_source("부장의 하루 경비를", POLICIES, (TRAVEL, TRAVEL, LEAVE), rules())
    assert meant is not None
    assert meant.name == "travel.md"


def test_no_document_is_meant_when_none_is_named_and_none_prevails() -> None:
    assert meant_source("회사 소식", POLICIES, SHELF, rules()) is None
    assert meant_source("회사 소식", (), (), rules()) is None
