"""The date of a document and periods of time, as people write them."""

import pytest

from rag_app.dates import Period, date_of, period_of, stated_date
from tests.fakes import make_content


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2024", Period("2024", "2024")),
        ("2024년", Period("2024", "2024")),
        ("2024-3", Period("2024-03", "2024-03")),
        ("2024.03.05", Period("2024-03-05", "2024-03-05")),
        ("2024..", Period("2024", "")),
        ("..2023", Period("", "2023")),
        ("2024-03..2024-06", Period("2024-03", "2024-06")),
        ("2023~2024", Period("2023", "2024")),
        ("2024.03..2024.06", Period("2024-03", "2024-06")),
        ("2024..2024-03", Period("2024", "2024-03")),
    ],
)
def test_a_period_is_a_date_or_a_range_with_open_ends(written: str, period: Period) -> None:
    assert period_of(written) == period


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        ("2024", ["2024", "2024-01-01", "2024-12-31"], ["2023-12-31", "2025", ""]),
        ("2024-03..2024-06", ["2024", "2024-03", "2024-06-30"], ["2024-02-29", "2024-07-01", "2023"]),
        ("2024-03..", ["2024", "2024-03-01", "2030"], ["2024-02", "2023"]),
        ("..2023", ["1999-01", "2023-12-31"], ["2024-01-01", ""]),
    ],
)
def test_a_period_holds_what_lies_or_may_lie_in_it(written: str, inside: list[str], outside: list[str]) -> None:
    period = period_of(written)
    assert [date for date in (*inside, *outside) if period.holds(date)] == inside


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2025-01-02", "2025-01-02"),
        ("2025. 1. 2.", "2025-01-02"),
        ("2025년 1월 2일", "2025-01-02"),
        ("2025년 3월", "2025-03"),
        ("2025/03", "2025-03"),
        ("2025", "2025"),
        ("2025-13-01", "2025"),
        ("2025-02-30", "2025-02"),
        ("v3", ""),
    ],
)
def test_a_stated_date_is_read_as_it_is_written(value: str, date: str) -> None:
    assert stated_date({"시행일": value}) == date
    assert stated_date({"Date": value}) == date


@pytest.mark.parametrize(
    ("name", "title", "date"),
    [
        ("규정/휴가규정-2025.md", "", "2025"),
        ("회의록_20240305.hwp", "", "2024-03-05"),
        ("notes/2024-03-05 kickoff.md", "", "2024-03-05"),
        ("2023/report-2024-06.pdf", "", "2024-06"),
        ("2023/회의록.md", "", "2023"),
        ("회의록.md", "휴가 규정 (2022년판)", "2022"),
        ("INC-2025-005.md", "", "2025"),
        ("version-12024.md", "", ""),
        ("notes.md", "연차", ""),
    ],
)
def test_without_a_stated_date_the_name_then_the_title_then_the_folder_tells_it(
    name: str, title: str, date: str
) -> None:
    assert date_of(make_content(name, ["글"], title=title).source) == date


def test_a_stated_date_goes_before_the_one_in_the_name() -> None:
    assert date_of(make_content("규정-2023.md", ["글"], metadata={"date": "2025-01-02"}).source) == "2025-01-02"
