"""A day of the question counts as one word: rows with its figures in another order do not have it, documents of that day do."""

from dataclasses import replace

import pytest

from graphs.asked_days import asked_days
from graphs.judge import judge_evidence
from graphs.relevance import Relevance, relevance_of
from rag_app.calendar_days import CalendarDay
from rag_app.search_result import Hit
from tests.fakes import HashEmbedder, SplitTerms
from tests.passages import hit_of, result_of, texts

SCHEDULE = hit_of("| 때 | 일 |\n|---|---|\n| 11월 3일 | 동료 의견 |\n| 3월 11일 | 목표 등록 |\n", name="review.md")
MINUTES = [
    hit_of("녹음 부스는 한 대를 빌린다.", name=f"minutes-{day}.md", heading=f"주간 회의 (2025년 3월 {day}일)")
    for day in (11, 18)
]
NOTES = [
    hit_of("We rent one recording booth.", name=f"minutes-{day}.md", heading=f"Weekly meeting, {day} March 2025")
    for day in (11, 18)
]


def _ranked(question: str, *hits: Hit) -> tuple[Relevance, ...]:
    result = result_of(question, *hits)
    return relevance_of(question, result, terms=SplitTerms(), embedder=HashEmbedder(), text_of=texts(*hits))


@pytest.mark.parametrize("written", ["3월 11일", "3/11", "03.11", "2025-03-11", "March 11", "11 March 2025"])
def test_a_row_with_the_same_figures_in_another_order_does_not_have_the_day(written: str) -> None:
    question = f"{written}에 뭐 해?"
    by_text = {item.unit.text: item for item in _ranked(question, SCHEDULE)}
    assert by_text["| 3월 11일 | 목표 등록 |"].coverage > by_text["| 11월 3일 | 동료 의견 |"].coverage


@pytest.mark.parametrize(
    ("question", "hits"),
    [
        ("3월 18일 회의에서 부스는 어떻게 하기로 했어?", MINUTES),
        ("What about the booth in the meeting on March 18?", NOTES),
    ],
)
def test_the_minutes_of_the_day_stand_before_those_of_another(question: str, hits: list[Hit]) -> None:
    best, other = _ranked(question, *hits)
    assert (best.unit.hit, other.unit.hit) == (1, 0)
    assert (best.of_another_day, other.of_another_day) == (False, True)


@pytest.mark.parametrize(
    ("question", "hits"), [("3월 25일 회의에서 부스는?", MINUTES), ("What about the booth on March 25?", NOTES)]
)
def test_an_answer_from_the_minutes_of_another_day_is_doubted(question: str, hits: list[Hit]) -> None:
    near = [replace(hit, signals=tuple(replace(one, value=0.9) for one in hit.signals)) for hit in hits]
    verdict = judge_evidence(result_of(question, *near), _ranked(question, *near))
    assert (verdict.answerable, verdict.doubtful) == (True, True)
    asked = question.replace("25", "18")
    assert not judge_evidence(result_of(asked, *near), _ranked(asked, *near)).doubtful


def test_the_figures_of_a_day_weigh_together_as_much_as_before() -> None:
    question = "3월 11일 목표 등록"
    weights = dict.fromkeys(SplitTerms().of_question(question), 1.0)
    days = asked_days(question, weights, [SCHEDULE], SplitTerms())
    assert sum(days.weights.values()) == sum(weights.values())
    assert list(days.days.values()) == [CalendarDay(0, 3, 11)]
    assert days.rest == "목표 등록"


def test_a_day_that_no_passage_names_and_a_question_without_one_keep_their_words() -> None:
    for question in ("4월 1일 목표 등록", "1/2 크기로 줄이면?", "목표 등록"):
        weights = dict.fromkeys(SplitTerms().of_question(question), 1.0)
        days = asked_days(question, weights, [SCHEDULE], SplitTerms())
        assert (days.weights, days.days, days.rest) == (weights, {}, question)


def test_a_note_that_was_written_on_the_day_is_not_about_it() -> None:
    """A lecture note bears the date of the lecture; minutes and reports are about their day."""
    question = "3월 11일에 무슨 일이 있었어?"
    lecture = _dated(hit_of("어텐션은 다시 보는 것이다.", name="lecture.md", title="어텐션"))
    report = _dated(hit_of("서버가 멈췄다.", name="report.md", title="장애 보고서"))
    days = asked_days(question, {}, [report], SplitTerms())
    assert days.named_around(lecture) == frozenset()
    assert days.named_around(report) == frozenset(days.days)


def _dated(hit: Hit) -> Hit:
    return replace(hit, source=replace(hit.source, metadata={"date": "2025-03-11"}))
