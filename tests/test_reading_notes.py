"""Remarks of ingestion in Korean: every sentence that a reader can say has one, whatever stands in its holes."""

import ast
import re
from collections.abc import Iterator

import pytest

from ingest.formats.figures import described
from ingest.formats.ocr import not_installed
from ingest.suspicion import hidden_characters
from rag_app.reading_notes import in_korean
from rag_app.reading_notes_ko import KOREAN
from tests.conftest import REPOSITORY

FAULTS = {"UnreadableSource", "UndecodableSource", "UnsupportedSource", "SourceTooLarge", "EmptySource"}
LISTS = {"warnings", "full"}
"""Beside what is said with a phrase in its hole ("no text on page 3"), which the cases below name."""
HANGUL = re.compile("[가-힣]")


def _template(node: ast.AST) -> str:
    """A string with "7" in its holes; empty for anything else, and where nothing but holes and names stands."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values]
        return "".join(parts)
    return ""


def _said() -> Iterator[tuple[str, str]]:
    """Each sentence that the code of ingestion puts into a fault or a list of warnings, with the file it stands in."""
    for path in sorted((REPOSITORY / "ingest").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func
            fault = isinstance(called, ast.Name) and called.id in FAULTS
            owner = called.value if isinstance(called, ast.Attribute) and called.attr == "append" else None
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            sentence = _template(node.args[0])
            if (fault or name in LISTS) and " " in sentence and not sentence.endswith(" 7") and " on 7" not in sentence:
                yield path.name, sentence


def test_every_sentence_of_the_readers_has_its_korean() -> None:
    said = dict.fromkeys(_said())
    assert len(said) > 40
    assert [entry for entry in said if not HANGUL.search(in_korean(entry[1]))] == []


@pytest.mark.parametrize(("english", "korean"), KOREAN.items())
def test_both_languages_have_the_same_holes(english: str, korean: str) -> None:
    holes = set(re.findall(r"\{(\w+)\}", korean))
    assert holes <= set(re.findall(r"\{(\w+)\}", english))
    values = {name: f"<{name}>" for name in re.findall(r"\{(\w+)\}", english)}
    assert HANGUL.search(in_korean(english.format(**values)))


@pytest.mark.parametrize(
    ("note", "korean"),
    [
        (hidden_characters("a" + "\u200b" * 12)[0], "보이지 않는 글자 12개를 지웠습니다"),
        ("OCR was used on page 3: check names and numbers against the original", "3쪽을 OCR로 읽었습니다"),
        ("OCR was used on 2 of 5 pages: check names and numbers against the original", "5쪽 가운데 2쪽을 OCR로"),
        ("by its content it is an older Word file (.doc); save it as .docx", "옛 Word 파일(.doc)입니다. .docx로"),
        ("5 of 10 pages are empty", "10쪽 가운데 5쪽이 비어 있습니다"),
        ("notes/a.pdf: the PDF is locked with a password; save it without one", "notes/a.pdf: 암호가 걸린 파일입니다"),
        (
            not_installed("no text on page 3 (a scan), needs OCR"),
            "3쪽은 스캔이라 글자가 없어 OCR이 필요합니다: 그림 속",
        ),
        ("no text was found in the PDF; and 3 more remarks", "PDF에서 글자를 찾지 못했습니다; 그 밖의 알림 3개"),
        (
            "the format (no suffix) is not read; save it as Markdown or plain text, .docx, .hwpx or .pdf",
            "(확장자 없음)",
        ),
    ],
)
def test_values_names_and_joined_remarks_are_kept(note: str, korean: str) -> None:
    assert korean in in_korean(note)


@pytest.mark.parametrize("note", ["", "moon: cheese", "a; b; c", described("x"), "이미 한국어입니다", "x: " * 5_000])
def test_what_no_pattern_knows_stays_as_it_is(note: str) -> None:
    assert in_korean(note) == note
