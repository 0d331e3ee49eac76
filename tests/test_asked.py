"""The kind of answer a question asks for, and the spans that give it."""

import pytest

from graphs.asked import asked_of


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("육아휴직은 최대 몇 개월까지 쓸 수 있나요?", "육아휴직은 12개월까지 쓸 수 있다."),
        ("몇 명이 돌아가며 당직을 서나요?", "다섯 명이 일주일씩 돌아간다."),
        ("연차는 며칠까지 이월되나요?", "7일까지 이월할 수 있다."),
        ("숙박비는 얼마까지 돼요?", "숙박비 상한: 80,000원"),
        ("언제까지 써야 해?", "다음 해 6월 30일까지 써야 한다."),
        ("DPO는 왜 단순해?", "보상 모델이 필요 없기 때문이다."),
        ("How many reviewers are needed?", "Two reviewers must approve."),
        ("What year did AlexNet win?", "AlexNet won in 2012."),
        ("고객센터 전화번호 알려줘", "내선 1234로 전화한다."),
    ],
)
def test_a_span_of_the_asked_kind_is_recognised(question: str, span: str) -> None:
    asked = asked_of(question)
    assert asked is not None
    assert asked.is_given_by(span)


@pytest.mark.parametrize(
    ("question", "span"),
    [
        (
            "육아휴직은 최대 몇 개월까지 쓸 수 있나요?",
            "육아휴직으로 연차를 쓰지 못한 구성원에게는 한도를 적용하지 않는다.",
        ),
        ("첫차는 몇 시예요?", "대전연구소의 셔틀은 바뀌지 않습니다."),
        ("당직은 몇 명이 서나요?", "당직은 일주일씩 돌아가며 장애에 대응한다."),
        ("고객센터 전화번호 알려줘", "고객센터는 평일에 연다."),
        ("Who invented dropout and in which year?", "Dropout switches off random nodes."),
    ],
)
def test_a_strict_kind_is_not_given_by_a_span_without_it(question: str, span: str) -> None:
    asked = asked_of(question)
    assert asked is not None
    assert asked.strict
    assert not asked.is_given_by(span)


@pytest.mark.parametrize("question", ["DPO랑 RLHF 비교해줘", "출장 규정", "dropout"])
def test_a_question_without_a_kind_takes_any_span(question: str) -> None:
    assert asked_of(question) is None


@pytest.mark.parametrize(
    ("question", "span", "heading"),
    [
        ("회의에서 뭘 정했어?", "발화 길이는 10초를 유지하기로 했다.", "3. 논의"),
        ("회의 결정 사항 알려줘", "부스는 1대를 빌린다.", "4. 결정"),
        ("What was decided at the meeting?", "We agreed to rent one booth.", ""),
        ("What decisions were made on Monday?", "Rent one booth.", "Decisions"),
    ],
)
def test_a_decision_is_told_by_its_words_or_by_its_heading(question: str, span: str, heading: str) -> None:
    asked = asked_of(question)
    assert asked is not None
    assert asked.name == "decision"
    assert asked.is_given_by(span, heading)
    assert not asked.is_given_by("다음 회의: 3월 18일 14시", "1. 지난주 결정 확인")


def test_a_reason_is_asked_for_before_a_decision() -> None:
    asked = asked_of("왜 그렇게 결정했어?")
    assert asked is not None
    assert asked.name == "reason"
