"""Small edits of real notes: how many passages of a long file are new, by one word, one paragraph, one more on top."""

from collections import Counter
from pathlib import Path

import pytest

from tests.benchmarks.stability import EDITS, is_prose, measure, too_many

DOCS = Path(__file__).resolve().parent.parent / "docs"
LANGUAGES = {"ko": ("course", "company"), "en": ("course/en", "company/en")}


@pytest.fixture(scope="module", params=LANGUAGES)
def long_note(request: pytest.FixtureRequest) -> bytes:
    """The shipped documents of one language as one file."""
    folders = [DOCS / name for name in LANGUAGES[request.param]]
    notes = [path.read_text("utf-8") for folder in folders for path in sorted(folder.glob("*.md"))]
    return "\n\n".join(note.partition("---\n\n")[2] if note.startswith("---") else note for note in notes).encode()


def test_an_edit_of_a_long_file_makes_few_new_passages(long_note: bytes) -> None:
    found = measure([long_note], places=12)
    assert set(found) == set(EDITS)
    assert all(counts.total() for counts in found.values())
    assert max(found["a word changed"]) <= 2
    assert max(found["taken out"]) <= 2
    assert max(found["put in at the top"]) <= 3
    assert sum(times for new, times in found["put in somewhere"].items() if new > 2) <= 1


def test_prose_is_what_has_words_and_no_structure() -> None:
    assert is_prose("연차는 입사일을 기준으로 계산합니다.")
    assert not any(
        map(is_prose, ["# 제목 하나 둘 셋", "- 목록 하나 둘 셋", "| 표 | 하나 | 둘 |", "```py a b c", "짧은 말", ""])
    )


def test_the_share_of_edits_that_cost_too_much_is_by_kind() -> None:
    counts = Counter({1: 6, 3: 3, 4: 1})
    assert too_many("put in at the top", counts) == 0.1
    assert too_many("put in somewhere", counts) == 0.4
    assert too_many("taken out", Counter()) == 0.0
