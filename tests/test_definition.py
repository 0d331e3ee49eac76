"""What a question asks the meaning of, and the spans that say it outright."""

import pytest

from graphs.definition import ABOUT, OUTRIGHT, definition_of, topic_of, without_meaning
from graphs.extract import extract_answer
from graphs.relevance import relevance_of
from graphs.units import units_of
from rag_app.language import Terms
from rag_app.search_result import OtherWords
from tests.fakes import HashEmbedder
from tests.passages import hit_of, result_of, texts

TERMS = Terms()


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("LoRA가 뭐야?", "LoRA"),
        ("PEFT란?", "PEFT"),
        ("양자화란 무엇인가요?", "양자화"),
        ("과적합의 뜻이 뭐야?", "과적합"),
        ("'빨간 줄'이 무슨 뜻이야?", "빨간 줄"),
        ("BERT가 뭔지 쉽게 설명해줘", "BERT"),
        ("토큰이라는 게 뭐예요?", "토큰"),
        ("물감이 뭐예요? 문서 제목에 붙어 있던데", "물감"),
        ("What is a tokenizer?", "tokenizer"),
        ("what's RLHF?", "RLHF"),
        ("What does DPO stand for?", "DPO"),
        ("Define quantization.", "quantization"),
        ("What is the meaning of dropout?", "dropout"),
    ],
)
def test_the_topic_of_a_question_for_a_meaning(question: str, topic: str) -> None:
    assert topic_of(question) == topic


@pytest.mark.parametrize(
    "question",
    [
        "재택근무 신청은 어떻게 해?",
        "회의에서 뭘 정했어?",
        "What does the scheduler do to the rate?",
        "뭐야?",
        "휴가",
        "",
    ],
)
def test_other_questions_have_no_topic(question: str) -> None:
    assert topic_of(question) == ""


def _given(question: str, span: str, *others: OtherWords) -> float:
    sought = definition_of(question, others, TERMS)
    hit = hit_of(span)
    (unit,) = units_of([hit], texts(hit))
    assert sought is not None
    return sought.given_by(unit, frozenset(TERMS.of_text(unit.text)))


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("과적합이 뭐야?", "과적합(overfitting)은 학습 데이터를 외운 상태다."),
        ("양자화란?", "양자화는 숫자를 더 적은 비트로 나타내는 방법이다."),
        ("재택근무의 뜻은?", "“재택근무”란 구성원의 집에서 일하는 것을 말한다."),
        ("골든셋이 뭐야?", "- **골든셋**: 평가에만 쓰는 3,000발화."),
        ("LoRA가 뭐야?", "LoRA(low-rank adaptation)는 행렬 두 개만 학습한다."),
        ("랭그래프에서 노드가 뭐야?", "**노드(node)**: 상태를 받아 고칠 칸만 돌려주는 함수."),
        ("What is a tensor?", "A tensor is an array of numbers."),
        ("What is LoRA?", "LoRA (low-rank adaptation) trains two small matrices."),
        ("What does dropout mean?", "**Dropout** means that nodes are switched off."),
        ("북극성이 뭐야?", "| 이름 | 뜻 |\n|---|---|\n| 북극성 | 지표를 보는 화면 |"),
    ],
)
def test_a_span_that_says_what_it_is_gives_the_meaning_outright(question: str, span: str) -> None:
    assert _given(question, span) == OUTRIGHT


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("RAG가 뭐야?", "RAG는 자료를 찾아 붙이고, 미세 조정은 가중치를 바꾼다."),
        ("DPO가 뭐야?", "DPO는 단순하다는 점이 좋기 때문이다."),
        ("What is quantization?", "Quantization saves memory."),
        ("제로샷이 뭐야?", "제로샷 분류(zero-shot classification)는 예시 없이 분류하는 방법이다."),
    ],
)
def test_a_span_that_says_something_else_of_it_is_only_about_it(question: str, span: str) -> None:
    assert _given(question, span) == ABOUT


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("LoRA가 뭐야?", "QLoRA는 몸통을 얼려 두고 LoRA를 학습하는 방법이다."),
        ("LoRA가 뭐야?", "| 방법 | 부담 |\n|---|---|\n| LoRA | 없다 |"),
        ("당직이 뭐야?", "당직 수당은 하루 40,000원이다."),
        ("What is attention?", "With attention the decoder can look back."),
    ],
)
def test_a_span_with_another_subject_gives_nothing(question: str, span: str) -> None:
    assert _given(question, span) == 0.0


def test_another_name_of_the_topic_is_the_topic() -> None:
    span = "LoRA는 행렬 두 개만 학습하는 방법이다."
    other = OtherWords(tuple(TERMS.of_text("저랭크 적응")), tuple(TERMS.of_text("LoRA")), 0.8)
    heard = OtherWords(("로라",), tuple(TERMS.of_text("LoRA")), 0.8, "sound")
    assert _given("저랭크 적응이 뭐야?", span) == 0.0
    assert _given("저랭크 적응이 뭐야?", span, other) == OUTRIGHT
    assert _given("로라가 뭐야?", span, heard) == OUTRIGHT


@pytest.mark.parametrize(
    ("question", "text", "lead"),
    [
        (
            "LoRA가 뭐야?",
            "QLoRA는 LoRA를 4비트 몸통 위에서 학습하는 방법이다. LoRA는 행렬 두 개만 학습하는 방법이다.\n\n"
            "| 방법 | 부담 |\n|---|---|\n| LoRA | LoRA는 합치면 없다 |\n",
            "LoRA는 행렬 두 개만 학습하는 방법이다.",
        ),
        (
            "What is LoRA?",
            "QLoRA trains LoRA on top of a frozen body. LoRA is a way to train two small matrices.\n\n"
            "| Method | Cost |\n|---|---|\n| LoRA | LoRA costs none |\n",
            "LoRA is a way to train two small matrices.",
        ),
    ],
)
def test_the_sentence_that_defines_leads_the_answer(question: str, text: str, lead: str) -> None:
    hit = hit_of(text, name="lora.md")
    ranked = relevance_of(question, result_of(question, hit), terms=TERMS, embedder=HashEmbedder(), text_of=texts(hit))
    assert extract_answer([hit], ranked).citations[0].quote == lead


def test_the_words_that_only_ask_for_a_meaning_are_not_searched() -> None:
    assert without_meaning("과적합의 뜻이 뭐야?") == "과적합이 뭐야?"
    assert without_meaning("LoRA의 정의를 알려줘") == "LoRA가 뭐야?"
    assert without_meaning("과적합이 뭐야?") == "과적합이 뭐야?"
    assert without_meaning("뜻이 같은 두 문장을 찾아줘") == "뜻이 같은 두 문장을 찾아줘"
