"""Settled citations: each cited sentence gets the span that says it; what no passage says is named."""

import pytest

from graphs.citations import Settled, settle_citations
from rag_app.search_result import Hit
from tests.fakes import HashEmbedder, SplitTerms
from tests.passages import hit_of, texts

LEAVE = hit_of(
    "연차는 15일이다. 남은 연차는 최대 5일까지 이월할 수 있다. 이월한 연차는 다음 해 6월에 소멸한다.", name="leave.md"
)
TRAVEL = hit_of("부장의 일비는 30,000원이다. 숙박비는 실비로 정산한다.", name="travel.md")


def _settle(text: str, *hits: Hit, question: str = "연차는?") -> Settled:
    return settle_citations(
        text, hits, question=question, language="ko", terms=SplitTerms(), embedder=HashEmbedder(), text_of=texts(*hits)
    )


def test_a_cited_sentence_gets_the_span_that_says_it() -> None:
    settled = _settle("남은 연차는 5일까지 이월할 수 있다.[1]", LEAVE, TRAVEL)
    (citation,) = settled.citations
    assert citation.quote == "남은 연차는 최대 5일까지 이월할 수 있다."
    assert citation.supported
    assert settled.text == "남은 연차는 5일까지 이월할 수 있다. [1]"
    assert settled.warnings == ()


def test_marks_are_counted_in_the_order_of_the_answer() -> None:
    settled = _settle("부장의 일비는 30,000원이다.[2] 연차는 15일이다.[1]", LEAVE, TRAVEL)
    assert [(citation.n, citation.source) for citation in settled.citations] == [(1, "travel.md"), (2, "leave.md")]


def test_a_number_that_the_passage_does_not_hold_is_not_supported() -> None:
    settled = _settle("남은 연차는 최대 9일까지 이월할 수 있다.[1]", LEAVE)
    assert not settled.citations[0].supported
    assert "문서에서 확인되지 않음" in settled.text
    assert len(settled.warnings) == 1


def test_a_negation_turned_round_is_not_supported() -> None:
    settled = _settle("남은 연차는 최대 5일까지 이월할 수 없다.[1]", LEAVE)
    assert not settled.citations[0].supported


def test_a_sentence_without_a_mark_is_given_the_span_that_plainly_says_it() -> None:
    settled = _settle("숙박비는 실비로 정산한다.", LEAVE, TRAVEL, question="출장")
    assert [citation.source for citation in settled.citations] == ["travel.md"]


def test_a_claim_that_stands_nowhere_is_named() -> None:
    settled = _settle("우리 회사 주가는 내년에 두 배로 오를 전망이며 배당도 늘어난다.", LEAVE)
    assert settled.citations == ()
    assert "문서에서 확인되지 않음" in settled.text


@pytest.mark.parametrize("text", ["정리하면 다음과 같습니다:", "", "## 요약"])
def test_what_claims_nothing_needs_no_citation(text: str) -> None:
    settled = _settle(text, LEAVE)
    assert (settled.text, settled.citations, settled.warnings) == (text, (), ())


def test_every_citation_is_a_verbatim_span() -> None:
    settled = _settle("연차는 15일이다.[1] 일비는 30,000원이다.[2] 이월분은 다음 해 6월에 소멸한다.[1]", LEAVE, TRAVEL)
    for citation in settled.citations:
        assert texts(LEAVE, TRAVEL)(citation.source_id)[citation.start : citation.end] == citation.quote
