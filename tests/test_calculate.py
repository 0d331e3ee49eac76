"""Closed arithmetic: what it works out, what it refuses, and which questions carry their whole calculation."""

from decimal import Decimal

import pytest

from graphs.arithmetic import arithmetic_of
from graphs.calculate import calculate
from rag_app.errors import CalculationError


@pytest.mark.parametrize(
    ("program", "result"),
    [
        ("1 + 2 * 3", "7"),
        ("days = 15\nused = 6.5\ndays - used", "8.5"),
        ("0.1 + 0.2", "0.3"),
        ("round(1.005, 2)", "1.01"),
        ("7 // 2", "3"),
        ("-7 // 2", "-4"),
        ("-7 % 3", "2"),
        ("max(3, 9, 4)", "9"),
        ("sum(1, 2, 3)", "6"),
        ("ceil(2.1)", "3"),
        ("2 ** 10", "1024"),
    ],
)
def test_a_program_gives_its_last_line(program: str, result: str) -> None:
    assert calculate(program).result == Decimal(result)


def test_the_steps_show_how_the_result_came_about() -> None:
    assert calculate("rate = 30000\nrate * 4").steps == ("rate = 30000", "rate * 4 = 120,000")


@pytest.mark.parametrize(
    "program",
    [
        "",
        "__import__('os').system('true')",
        "(1).__class__",
        "[x for x in (1, 2)]",
        "lambda: 1",
        "open('x')",
        "a",
        "'text'",
        "True",
        "1 / 0",
        "2 ** 100000",
        "10 ** 999 * 10 ** 999 * 10 ** 999 * 10 ** 999 * 10 ** 999 * 10 ** 999 * 10 ** 999 * 10 ** 999 * 10 ** 999 * 10 ** 999 * 10 ** 999",
        "(" * 500 + "1" + ")" * 500,
        "+".join(["1"] * 1500),
        "1 if 1 else 2",
        "import os",
        "a, b = 1, 2",
        "min()",
        "round(1, 0.5)",
    ],
)
def test_what_is_outside_the_language_is_refused_in_words(program: str) -> None:
    with pytest.raises(CalculationError):
        calculate(program)


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("3*4는?", "12"),
        ("120만 원의 15%는?", "180,000"),
        ("1,200,000원에서 300,000원을 빼면?", "900,000"),
        ("100을 8로 나누면 얼마야?", "12.5"),
        ("3 더하기 4는?", "7"),
        ("연봉 3600만원을 12로 나누면?", "3,000,000"),
        ("(3+4)*2^3 계산해줘", "56"),
        ("What is 15% of 1,200,000?", "180,000"),
        ("what is 12 × (3 + 4)?", "84"),
    ],
)
def test_a_question_that_is_a_calculation_is_worked_out(question: str, result: str) -> None:
    program = arithmetic_of(question)
    assert program is not None
    assert calculate(program).shown == result


@pytest.mark.parametrize(
    "question",
    [
        "DPO가 뭐야?",
        "2025-03-01",
        "2025.03.01에 무슨 일이 있었어?",
        "연차 15일",
        "v0.27.0",
        "GPT-3의 파라미터 수는?",
        "",
        "3",
    ],
)
def test_a_question_that_needs_documents_is_no_calculation(question: str) -> None:
    assert arithmetic_of(question) is None
