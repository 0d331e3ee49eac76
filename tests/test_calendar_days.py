"""Days that a text names: every way of writing one gives the same day, and what only looks like one gives none."""

import pytest

from rag_app.calendar_days import CalendarDay, days_in, writings_of


def _days(text: str) -> list[tuple[int, int, int]]:
    return [(day.year, day.month, day.day) for day, _, _ in days_in(text)]


@pytest.mark.parametrize(
    "text",
    [
        "3월 11일 회의에서",
        "3월11일에",
        "3/11에 뭘 정했어?",
        "03.11 회의록",
        "on March 11",
        "Mar. 11th, after lunch",
        "the 11th of March",
        "11 March",
    ],
)
def test_a_day_without_its_year_is_read_however_it_is_written(text: str) -> None:
    assert _days(text) == [(0, 3, 11)]


@pytest.mark.parametrize(
    "text",
    [
        "2025년 3월 11일(화)",
        "2025-03-11",
        "2025. 3. 11.",
        "2025.03.11 개정",
        "2025/3/11",
        "March 11, 2025",
        "11 March 2025",
    ],
)
def test_a_day_with_its_year_is_read_however_it_is_written(text: str) -> None:
    assert _days(text) == [(2025, 3, 11)]


@pytest.mark.parametrize(
    ("text", "month"), [("3월부터", (0, 3, 0)), ("2025년 3월에", (2025, 3, 0)), ("closed in April", (0, 4, 0))]
)
def test_a_month_alone_is_no_day(text: str, month: tuple[int, int, int]) -> None:
    assert _days(text) == [month]


@pytest.mark.parametrize(
    "text",
    [
        "3.11",
        "10.3%",
        "24/7",
        "13월 2일",
        "3/45",
        "v1.03.2",
        "08:10",
        "May I ask?",
        "they march on",
        "12-28",
        "3개월 11일치",
        "",
    ],
)
def test_what_only_looks_like_a_day_is_none(text: str) -> None:
    assert _days(text) == []


def test_the_second_day_of_a_stretch_is_of_the_same_month() -> None:
    assert _days("4월 12일(토)부터 13일(일)까지") == [(0, 4, 12), (0, 4, 13)]
    assert _days("(3월 11일→18일)") == [(0, 3, 11), (0, 3, 18)]
    assert _days("11월 3일~11월 14일") == [(0, 11, 3), (0, 11, 14)]


def test_spans_hold_what_is_written() -> None:
    text = "Rolled out on 27 March, and to all on 3 April."
    assert [text[start:end].rstrip(".") for _, start, end in days_in(text)] == ["27 March", "3 April"]


def test_a_missing_year_decides_nothing_and_a_month_holds_its_days() -> None:
    march, day, day_2025, day_2024 = (
        CalendarDay(*one) for one in ((0, 3, 0), (0, 3, 11), (2025, 3, 11), (2024, 3, 11))
    )
    assert day.holds(day_2025)
    assert day_2025.holds(day)
    assert not day_2025.holds(day_2024)
    assert march.holds(day_2025)
    assert not day.holds(march)
    assert not day.holds(CalendarDay(0, 11, 3))


def test_every_writing_of_a_day_is_read_as_that_day() -> None:
    day, month = CalendarDay(0, 3, 11), CalendarDay(0, 4, 0)
    assert [_days(text.title()) for text in writings_of(day)] == [[(0, 3, 11)]] * 4
    assert [_days(text.title()) for text in writings_of(month)] == [[(0, 4, 0)]] * 2
