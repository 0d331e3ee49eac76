"""Which headings are worth asking about after an answer."""

import pytest

from rag_app.views.follow_ups import next_headings

LEAVE = ("제1장 총칙", "제1조 (목적)", "제4조 (연차 일수)", "제9조 (이월)", "제10조 (수당)", "부칙")


def test_what_follows_the_cited_part_comes_first() -> None:
    assert next_headings(LEAVE, "제9조 (이월)", "이월 제9조 (이월)") == ("제10조 (수당)", "제4조 (연차 일수)")


def test_a_part_named_by_question_or_citation_is_not_asked_again() -> None:
    assert next_headings(("Setup", "Training", "Serving"), "Training", "Training, then Serving?") == ("Setup",)


@pytest.mark.parametrize("heading", ["제2장 휴가", "제1조 (목적)", "부칙", "개요", "Introduction", "References"])
def test_parts_that_every_document_has_are_left_out(heading: str) -> None:
    assert next_headings((heading, "드롭아웃"), "", "") == ("드롭아웃",)


def test_a_heading_that_only_begins_like_one_stays() -> None:
    assert next_headings(("요약 모델", "Overview of LoRA"), "", "") == ("요약 모델", "Overview of LoRA")
