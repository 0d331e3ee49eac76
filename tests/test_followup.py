"""Follow-ups become self-contained by rules, and questions with a topic of their own stay as they are."""

import pytest

from graphs.followup import key_words, own_words, resolve, with_topic
from tests.conversation import rules


@pytest.mark.parametrize(
    ("earlier", "question", "standalone"),
    [
        (["드롭아웃은 무엇인가요?"], "그건 왜?", "드롭아웃 왜?"),
        (["드롭아웃은 무엇인가요?"], "왜요?", "드롭아웃 왜요?"),
        (["2025년 연차 규정에서 신입의 연차는 며칠이야?"], "그럼 2023년에는?", "연차 규정 신입 2023년에는?"),
        (["LoRA가 뭐야?", "그건 왜 써?"], "그럼 단점은?", "LoRA 단점은?"),
        (["출장비 한도는 얼마야?"], "거기에 숙박비도 포함돼?", "출장비 한도 숙박비도 포함돼?"),
        (["출장비 한도는 얼마야?"], "더 자세히 설명해 줘", "출장비 한도 자세히 설명해 줘"),
        (["출장비 한도는 얼마야?"], "좀 더 쉽게 설명해줘", "출장비 한도 좀 더 쉽게 설명해줘"),
        (["드롭아웃이 뭐야?"], "언제 쓰면 안 돼?", "드롭아웃 언제 쓰면 안 돼?"),
        (["드롭아웃이 뭐야?"], "예시 코드 보여줘", "드롭아웃 예시 코드 보여줘"),
        (["LSTM이랑 GRU의 차이"], "둘 중에 뭐가 더 빨라?", "LSTM이랑 GRU 차이 뭐가 더 빨라?"),
        (["RNN의 문제는?"], "이를 해결한 모델은?", "RNN 문제 해결한 모델은?"),
        (["self-attention이란?"], "예를 들면?", "self-attention 예를 들면?"),
        (["What is the final accuracy of the MNIST assignment?"], "why?", "final accuracy MNIST assignment why?"),
        (["What is LoRA?"], "And its drawbacks?", "LoRA drawbacks?"),
        (["What is the leave policy for 2023?"], "What about 2025?", "leave policy 2025?"),
        (["ReLU는 무엇인가?"], "What does it do with negative numbers?", "ReLU What does do with negative numbers?"),
    ],
)
def test_a_follow_up_takes_the_topic_over(earlier: list[str], question: str, standalone: str) -> None:
    found = resolve(question, earlier, rules())
    assert (found.question, found.follows) == (standalone, True)


@pytest.mark.parametrize(
    "question",
    [
        "DPO와 RLHF의 차이는 무엇인가요?",
        "배치 정규화는 무엇인가요?",
        "이 회사의 비밀번호 변경 주기는 며칠인가요?",
        "What is the per diem limit for trips abroad?",
        "그래프 신경망은 무엇을 학습하나요?",
        "Is it true that the Transformer was published by Google in 2017?",
    ],
)
def test_a_question_with_its_own_topic_stays(question: str) -> None:
    assert resolve(question, ["LoRA가 뭐야?"], rules()).question == question


@pytest.mark.parametrize(
    ("question", "voice"),
    [
        ("영어로는?", "en"),
        ("영어로 다시 설명해 줘", "en"),
        ("and in English?", "en"),
        ("한국어로 답해 줘", "ko"),
        ("In Korean please", "ko"),
    ],
)
def test_another_language_is_asked_of_the_same_question(question: str, voice: str) -> None:
    found = resolve(question, ["드롭아웃은 무엇인가요?"], rules())
    assert (found.question, found.voice) == ("드롭아웃은 무엇인가요?", voice)


def test_without_history_a_follow_up_stays_as_it_is() -> None:
    assert resolve("그건 왜?", [], rules()).question == "그건 왜?"


def test_a_long_history_is_read_from_its_end() -> None:
    earlier = [f"질문 {n}번의 주제는?" for n in range(500)] + ["드롭아웃은 무엇인가요?"]
    assert resolve("그건 왜?", earlier, rules()).question == "드롭아웃 왜?"


def test_the_second_try_of_a_search_brings_the_topic_along() -> None:
    assert (
        with_topic("최종 정확도는 얼마였어?", ["MNIST 과제를 설명해 줘"], rules())
        == "MNIST 과제 최종 정확도는 얼마였어?"
    )


@pytest.mark.parametrize("question", ["언제 쓰면 안 돼?", "더 쉽게 설명해줘", "why not?"])
def test_some_follow_ups_have_no_words_of_their_own(question: str) -> None:
    assert own_words(question, rules()) == ()


def test_words_about_the_asker_are_no_topic() -> None:
    assert own_words("제가 재택근무를 좀 할 수 있나요? 가능한가요?", rules())[:1] == ("재택근무",)
    assert not {"제", "제가", "좀", "가능한가요"} & set(key_words("제가 좀 쉬는 게 가능한가요?", rules()))


def test_key_words_lose_their_particles_and_what_only_asks() -> None:
    assert key_words("연차휴가는 왜 신청서를 내야 하나요?", rules())[:2] == ("연차휴가", "신청서")
