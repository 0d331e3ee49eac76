"""The extractive answer: quotes are verbatim, marks and citations belong together, lists come whole."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from graphs.extract import Extract, extract_answer, unsaid
from graphs.relevance import relevance_of
from rag_app.answer import Style
from rag_app.search_result import Hit, OtherWords
from tests.fakes import HashEmbedder, SplitTerms
from tests.passages import hit_of, result_of, texts

DPO = hit_of(
    "RLHF는 보상 모델을 먼저 학습한다.\nDPO는 보상 모델 없이 선호 데이터로 바로 학습하므로 RLHF보다 단순하다. 날씨는 맑았다.",
    name="dpo.md",
    heading="DPO",
)
LEAVE = hit_of(
    "연차는 15일이다.\n사용하지 못한 연차는 최대 5일까지 이월할 수 있다.", name="leave.md", heading="연차", score=0.9
)


def _ask(question: str, *hits: Hit, style: Style = "direct") -> Extract:
    result = result_of(question, *hits)
    ranked = relevance_of(question, result, terms=SplitTerms(), embedder=HashEmbedder(), text_of=texts(*hits))
    return extract_answer(hits, ranked, style=style)


def _marks(extract: Extract) -> Sequence[int]:
    return [citation.n for citation in extract.citations]


def test_the_sentence_that_answers_stands_first_and_is_cited_verbatim() -> None:
    extract = _ask("DPO가 RLHF보다 단순한 이유는?", DPO, LEAVE)
    first = extract.citations[0]
    assert "보상 모델 없이" in extract.text
    assert any("보상 모델 없이" in citation.quote for citation in extract.citations)
    for citation in extract.citations:
        assert texts(DPO, LEAVE)(citation.source_id)[citation.start : citation.end] == citation.quote
        assert f"[{citation.n}]" in extract.text
    assert first.source == "dpo.md"


def test_a_citation_names_the_line_of_its_own_sentence() -> None:
    extract = _ask("연차 이월은 며칠까지?", LEAVE)
    cited = next(citation for citation in extract.citations if "이월" in citation.quote)
    assert cited.line == 2


def test_what_does_not_answer_is_not_quoted() -> None:
    assert "날씨" not in _ask("DPO가 RLHF보다 단순한 이유는?", DPO).text


def test_a_sentence_that_announces_a_list_brings_its_items() -> None:
    hit = hit_of("Kiwi의 장점은 다음과 같다:\n\n- 빠르다\n- 설치가 쉽다\n", name="kiwi.md")
    extract = _ask("Kiwi의 장점은?", hit)
    assert extract.text.count("[") == 3
    assert _marks(extract) == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            "법인카드로는 다음 비용을 결제할 수 없습니다.\n\n1. 상품권\n2. 유흥업소\n",
            "법인카드로 결제할 수 없는 비용은?",
        ),
        ("The card does not pay for the following.\n\n- gift cards\n- bars\n", "What does the card not pay for?"),
    ],
)
def test_a_sentence_that_speaks_of_what_follows_brings_it(text: str, question: str) -> None:
    extract = _ask(question, hit_of(text, name="card.md"))
    assert [citation.quote for citation in extract.citations][1:] == [
        line.split(" ", 1)[1] for line in text.split("\n")[2:4]
    ]


def test_a_table_that_is_announced_comes_with_its_rows_and_not_the_next_one() -> None:
    hit = hit_of(
        "숙박비 상한은 다음 표와 같이 정한다.\n\n| 지역 | 상한 |\n|---|---|\n| 부산 | 8만 |\n| 제주 | 9만 |\n\n"
        "식비는 따로 정한다.\n\n| 끼니 | 금액 |\n|---|---|\n| 아침 | 1만 |\n",
        name="travel.md",
    )
    quotes = [citation.quote for citation in _ask("숙박비 상한은 얼마로 정한다?", hit).citations]
    assert [quote for quote in quotes if quote.startswith("|")] == ["| 부산 | 8만 |", "| 제주 | 9만 |"]


def test_the_next_year_announces_nothing() -> None:
    hit = hit_of("연차는 다음 해로 이월할 수 있다.\n\n- 신청은 12월에 받는다\n", name="leave.md")
    assert [citation.quote for citation in _ask("연차 이월할 수 있나?", hit).citations] == [
        "연차는 다음 해로 이월할 수 있다."
    ]


def test_a_follow_up_is_not_answered_with_what_was_quoted_before() -> None:
    result = result_of("DPO 단점은?", DPO)
    ranked = relevance_of("DPO 단점은?", result, terms=SplitTerms(), embedder=HashEmbedder(), text_of=texts(DPO))
    before = ranked[0].unit.text
    assert before not in {
        item.unit.text for item in unsaid(ranked, f"{before} [1]", frozenset({"단점은"}), SplitTerms())
    }
    held = frozenset(SplitTerms().of_text(before)[:1])
    assert unsaid(ranked, f"{before} [1]", held, SplitTerms())[0].unit.text == before
    assert unsaid(ranked, f"{before} [1]", frozenset(), SplitTerms()) is ranked
    assert unsaid(ranked, " ".join(item.unit.text for item in ranked), frozenset({"x"}), SplitTerms()) is ranked


def test_the_same_sentence_in_two_documents_is_quoted_once() -> None:
    twin = hit_of(LEAVE.chunk.text, name="leave-copy.md", heading="연차")
    assert _ask("연차는 며칠?", LEAVE, twin).text.count("15일") == 1


def test_nothing_to_quote_gives_an_empty_extract() -> None:
    assert extract_answer((), ()) == Extract("", (), 0.0)


def test_a_unit_that_uses_another_name_counts_as_saying_it() -> None:
    """`other_words` of the search: the documents write BERT where the question says 버트."""
    question = "버트는 무엇을 예측해?"
    bert = hit_of("BERT 모델이 가려진 단어를 예측한다.", name="bert.md")
    plain = result_of(question, bert)
    other = replace(plain, other_words=(OtherWords(("버트",), ("bert",), 0.8),))
    scores = [
        relevance_of(question, result, terms=SplitTerms(), embedder=HashEmbedder(), text_of=texts(bert))[0].coverage
        for result in (plain, other)
    ]
    assert scores[0] < scores[1]


def test_only_the_row_that_the_question_names_is_quoted() -> None:
    table = "| 직급 | 서울 | 제주 |\n|---|---|---|\n| 사원·선임 | 90,000원 | 100,000원 |\n| 수석 | 130,000원 | 140,000원 |\n| 임원 | 실비 | 실비 |"
    hit = hit_of(table, name="travel.md", heading="숙박비")
    extract = _ask("수석이 제주로 출장 가면 숙박비 상한은?", hit)
    assert [citation.quote for citation in extract.citations] == ["| 수석 | 130,000원 | 140,000원 |"]
