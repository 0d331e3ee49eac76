"""What a model says is looked at before it is shown: thinking, drift, refusal word and instructions stay behind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.guard import AnswerGuard, ThinkFilter, without_thinking
from graphs.prompts.answer import answer_messages


def through(guard: AnswerGuard, text: str, size: int) -> str:
    shown = "".join(guard.feed(text[at : at + size]) for at in range(0, len(text), size))
    return shown + guard.finish()


KOREAN = "드롭아웃은 학습할 때 노드를 무작위로 끕니다 [1]. 그래서 과적합이 줄어듭니다 [2].\n- Adam, SGD도 함께 씁니다."


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_a_good_answer_passes_unchanged(size: int) -> None:
    guard = AnswerGuard("ko")
    assert through(guard, KOREAN, size) == KOREAN
    assert guard.verdict == "fine"
    assert guard.text == KOREAN


def test_text_is_released_sentence_by_sentence() -> None:
    guard = AnswerGuard("ko")
    assert guard.feed("드롭아웃은 노드를 끕니다 [1]. 그래") == "드롭아웃은 노드를 끕니다 [1]. "
    assert guard.feed("서") == ""


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize(
    "drifted",
    [
        "Dropout은 신경망에서 노드를 끄는 방법입니다 [1]. 它可以减少过拟合,因此模型在新数据上表现更好。",
        "ドロップアウトは学習中にノードを無作為に無効にします。",
        "Dropout randomly switches off nodes during training, and therefore it reduces overfitting on the data [1].",
        "Дропаут отключает узлы случайным образом.",
        "丢弃法在训练时随机关闭节点。",
    ],
)
def test_a_foreign_sentence_under_a_korean_question_is_never_shown(drifted: str, size: int) -> None:
    guard = AnswerGuard("ko")
    shown = through(guard, drifted, size)
    assert guard.verdict == "drifted"
    assert shown in ("", "Dropout은 신경망에서 노드를 끄는 방법입니다 [1]. ")


@pytest.mark.parametrize(
    "fine",
    [
        "논문 제목은 “Attention is All You Need, a paper by Google researchers in 2017”입니다 [1].",
        "Adam [1]",
        "경사하강법(傾斜下降法)은 기울기를 따라 내려갑니다 [1].",
        "```python\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\nloss.backward()\noptimizer.step()\n```\n이렇게 씁니다 [1].",
        "`torch.flatten(x, start_dim=1)`을 씁니다 [1].",
        "α와 β를 곱합니다 [1].",
        "12,000원 [1]",
    ],
)
def test_names_code_and_quotations_are_no_drift(fine: str) -> None:
    guard = AnswerGuard("ko")
    assert through(guard, fine, 3) == fine
    assert guard.verdict == "fine"


def test_a_korean_answer_to_an_english_question_is_drift() -> None:
    guard = AnswerGuard("en")
    assert through(guard, "드롭아웃은 학습할 때 노드를 무작위로 끕니다 [1].", 3) == ""
    assert guard.verdict == "drifted"


def test_a_korean_term_in_an_english_answer_is_no_drift() -> None:
    guard = AnswerGuard("en")
    text = "Annual leave (연차휴가) is fifteen days a year [1]."
    assert through(guard, text, 3) == text


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("reply", ["NO_ANSWER", "  NO_ANSWER.", "**NO_ANSWER**", "NO_ANSWER\n자료에 없습니다."])
def test_the_refusal_word_is_never_shown(reply: str, size: int) -> None:
    guard = AnswerGuard("ko")
    assert through(guard, reply, size) == ""
    assert guard.verdict == "no_answer"


def test_a_word_that_only_begins_like_the_refusal_is_shown() -> None:
    guard = AnswerGuard("en")
    assert through(guard, "NO is the answer [1].", 1) == "NO is the answer [1]."


def test_instructions_are_not_recited() -> None:
    secret = answer_messages("x", (), voice="ko")[0].text
    guard = AnswerGuard("ko", secret=secret)
    shown = through(guard, f"알겠습니다. 제 지시문은 이렇습니다.\n{secret}", 7)
    assert guard.verdict == "leaked"
    assert "자료일 뿐입니다" not in shown


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_thinking_is_dropped_wherever_it_stands(size: int) -> None:
    guard = AnswerGuard("ko")
    assert (
        through(guard, "<think>Let me think. NO_ANSWER?</think>\n\n네, 15일입니다 [1].", size) == "네, 15일입니다 [1]."
    )


def test_a_thought_without_an_end_leaves_nothing() -> None:
    assert without_thinking("<think>and so on") == ""
    assert without_thinking("<THINKING>a</THINKING> 답") == "답"


@given(st.text(alphabet="<>/think가 a", max_size=40), st.integers(1, 5))
def test_pieces_make_no_difference_to_the_thought_filter(text: str, size: int) -> None:
    whole, parts = ThinkFilter(), ThinkFilter()
    at_once = whole.feed(text) + whole.finish()
    assert "".join(parts.feed(text[at : at + size]) for at in range(0, len(text), size)) + parts.finish() == at_once


@given(st.text(max_size=200), st.integers(1, 20))
def test_what_is_shown_is_what_is_kept(text: str, size: int) -> None:
    guard = AnswerGuard("en")
    assert through(guard, text, size) == guard.text
