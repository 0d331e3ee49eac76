"""Routing without a model: rules that can be read, then the nearest examples; the reason is told in the asker's language."""

from collections import Counter

import pytest

from graphs.router import Label, RouteExample, Router, load_route_examples, searchable
from rag_app.embedder.static import load_static
from tests.fakes import HashEmbedder

RULED: tuple[tuple[str, Label], ...] = (
    ("활성화 함수는 왜 필요한가요?", "step_by_step"),
    ("RNN과 LSTM을 비교해 줘", "step_by_step"),
    ("How does AMP differ from plain float16?", "step_by_step"),
    ("What happens if early stopping is left out?", "step_by_step"),
    ("출장 3박이면 숙박비는 최대 얼마까지 되나요?", "program"),
    ("ZFNet은 AlexNet보다 오류율이 몇 %p 낮아?", "program"),
    ("3월과 4월 경비를 합치면 얼마인가요?", "program"),
    ("How much more does a manager get than a junior?", "program"),
    ("Calculate the total budget", "program"),
    ("이 문의를 분류해 줘: 결제가 두 번 됐어요", "classify"),
    ("다음 후기가 긍정인지 부정인지 알려 줘", "classify"),
    ("Which category does this ticket belong to?", "classify"),
    ("온보딩 안내서를 요약해 줘", "whole_document"),
    ("Give me the key points of the security rules", "whole_document"),
    ("What is the incident report about?", "whole_document"),
    ("어텐션을 한 문장으로 설명해 줘", "few_shot"),
    ("보안 점검 체크리스트를 만들어 줘", "few_shot"),
    ("Put the optimizers into a table", "few_shot"),
)
PLAIN = (
    "연차는 며칠이야?",
    "3년 근속하면 연차가 며칠인가요?",
    "2025년에 신청하면 며칠 안에 처리돼?",
    "분류 문제의 손실 함수는?",
    "GPT-3의 파라미터는 몇 개야?",
    "평균 제곱 오차가 뭐야?",
    "표 3은 무엇을 보여 주나요?",
    "감정 분석이란?",
    "비교 연산자는?",
    "Streamlit으로 채팅을 만드는 법은?",
    "What does the policy say about remote work?",
    "Is annual leave paid?",
    "How much does the laptop cost?",
    "Who wrote the attention paper?",
)


@pytest.fixture(scope="module")
def without_examples() -> Router:
    return Router((), HashEmbedder())


@pytest.mark.parametrize(("question", "label"), RULED)
def test_a_rule_decides(without_examples: Router, question: str, label: Label) -> None:
    route = without_examples.route(question, "ko")
    if label == "whole_document":
        assert (route.evidence, route.style) == ("whole_document", "direct")
    else:
        assert (route.evidence, route.style) == ("notes", label)
    assert route.confidence == 0.95


@pytest.mark.parametrize("question", PLAIN)
def test_a_plain_question_is_looked_up(without_examples: Router, question: str) -> None:
    route = without_examples.route(question, "ko")
    assert (route.evidence, route.style) == ("notes", "direct")


def test_the_reason_names_what_decided_in_the_language_of_the_answer(without_examples: Router) -> None:
    assert without_examples.route("왜 층을 쌓나요?", "ko").reason == (
        "‘왜’: 이유나 차이를 묻는 질문이라 단계별로 따져 봅니다."
    )
    assert without_examples.route("Why stack layers?", "en").reason == (
        "“Why”: reasons or differences are asked, so it is thought through step by step."
    )


def test_what_no_rule_decides_goes_with_the_nearest_example() -> None:
    asked = ("은?", "을 말해 봐", "이 궁금해", "을 알려 줘", "은 무엇일까")
    examples = (
        *(RouteExample(f"모델이 흔들리는 배경{rest}", "step_by_step") for rest in asked),
        RouteExample("식당은 어디에 있나요?", "direct"),
    )
    route = Router(examples, HashEmbedder(512)).route("모델이 흔들리는 배경은 뭘까?", "ko")
    assert route.style == "step_by_step"
    assert route.reason == "비슷한 예시 질문이 있습니다: “모델이 흔들리는 배경은?”"


def test_there_are_enough_examples_of_every_kind_in_both_languages() -> None:
    examples = load_route_examples()
    korean = Counter(example.label for example in examples if any("가" <= char <= "힣" for char in example.question))
    every = Counter(example.label for example in examples)
    assert len(every) == 6
    assert all(korean[label] >= 12 and every[label] - korean[label] >= 12 for label in every)
    assert len({example.question for example in examples}) == len(examples)


def test_no_rule_contradicts_a_labelled_example(without_examples: Router) -> None:
    wrong = []
    for example in load_route_examples():
        route = without_examples.route(example.question, "ko")
        label = "whole_document" if route.evidence == "whole_document" else route.style
        if route.confidence == 0.95 and label != example.label:
            wrong.append((example.question, example.label, label))
    assert wrong == []


def test_every_example_is_found_by_the_others_and_the_rules() -> None:
    """Each example held out in turn: rules and the remaining examples name its label in 88 of 100 cases."""
    examples, embedder = load_route_examples(), load_static()
    right = 0
    for example in examples:
        others = [other for other in examples if other is not example]
        route = Router(others, embedder).route(example.question, "ko")
        right += example.label == ("whole_document" if route.evidence == "whole_document" else route.style)
    assert right >= 0.88 * len(examples)


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("드롭아웃을 한 문장으로 정의해 줘", "드롭아웃을"),
        ("CNN, RNN, 트랜스포머를 표로 정리해 줘", "CNN, RNN, 트랜스포머를"),
        ("4월 회의록을 요약해 줘", "4월 회의록을"),
        ("Summarize the April meeting minutes", "April meeting minutes"),
        ("Write a glossary entry for gradient descent", "for gradient descent"),
        ("출장 3박이면 숙박비는 모두 얼마야?", "출장 숙박비는 얼마야"),
        ("2025년 기준으로 직원 12명의 교육비를 계산해 줘", "2025년 기준으로 직원 교육비를"),
        ("How much is the hotel for 3 nights in total?", "How much is the hotel for nights"),
        ("왜 층을 쌓나요?", "왜 층을 쌓나요?"),
        ("요약해 줘", "요약해 줘"),
    ],
)
def test_what_says_how_to_answer_is_not_searched(without_examples: Router, question: str, searched: str) -> None:
    assert searchable(question, without_examples.route(question, "ko")) == searched
