"""The golden questions hold: quotes stand verbatim in the shipped documents, and the mix is the one we promise."""

import json
import unicodedata
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
FILES = sorted((ROOT / "tests" / "golden").glob("*.jsonl"))
KINDS = {
    "fact", "why", "how", "compare", "list", "table", "arithmetic", "code", "version", "two_documents", "unanswerable",
}  # fmt: skip
LEAST = {"course.jsonl": 95}


def questions(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


ALL = [question for file in FILES for question in questions(file)]


@cache
def text_of(source: str) -> str:
    return unicodedata.normalize("NFC", (DOCS / source).read_text(encoding="utf-8"))


def language_of(source: str) -> str:
    return "en" if "/en/" in source else "ko"


def missing(question: dict) -> list[str]:
    """The quotes of a question that do not stand in their source."""
    return [
        f"{evidence['source']}: {evidence['quote']}"
        for evidence in question["evidence"]
        if not (DOCS / evidence["source"]).is_file()
        or unicodedata.normalize("NFC", evidence["quote"]) not in text_of(evidence["source"])
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_golden_quote_stands_verbatim_in_its_source(file: Path) -> None:
    wrong = {question["id"]: lacking for question in questions(file) if (lacking := missing(question))}
    assert wrong == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_golden_file_is_well_formed(file: Path) -> None:
    for question in questions(file):
        assert question["id"].startswith(file.stem + "-"), question["id"]
        assert question["language"] in {"ko", "en"}, question["id"]
        assert question["kind"] in KINDS, question["id"]
        assert question["question"].strip() == question["question"] != "", question["id"]
        assert len(question["question"]) <= 200, question["id"]


def test_ids_and_questions_are_unique() -> None:
    ids = [question["id"] for question in ALL]
    asked = [question["question"] for question in ALL]
    assert len(set(ids)) == len(ids)
    assert len(set(asked)) == len(asked)


def test_only_answerable_questions_have_evidence() -> None:
    for question in ALL:
        assert question["answerable"] == bool(question["evidence"]), question["id"]
        assert question["answerable"] == (question["kind"] != "unanswerable"), question["id"]


def test_arithmetic_questions_state_their_answer() -> None:
    assert [q["id"] for q in ALL if q["kind"] == "arithmetic" and not q.get("answer")] == []


def test_two_document_questions_need_at_least_two_places() -> None:
    for question in ALL:
        if question["kind"] == "two_documents":
            needed = [evidence for evidence in question["evidence"] if evidence.get("needed")]
            assert len({(evidence["source"], evidence["quote"]) for evidence in needed}) >= 2, question["id"]


def test_cross_language_questions_are_answered_only_in_the_other_language() -> None:
    for question in ALL:
        if question["cross_language"]:
            languages = {language_of(evidence["source"]) for evidence in question["evidence"]}
            assert languages == {"en" if question["language"] == "ko" else "ko"}, question["id"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_golden_file_is_as_long_as_promised(file: Path) -> None:
    assert len(questions(file)) >= LEAST.get(file.name, 0)


def test_a_fifth_crosses_languages_a_fifth_has_no_answer_and_there_are_150_in_all() -> None:
    assert len(ALL) >= 150
    assert sum(question["cross_language"] for question in ALL) * 5 >= len(ALL)
    assert sum(not question["answerable"] for question in ALL) * 5 >= len(ALL)
