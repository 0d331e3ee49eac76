"""What a page shows beside its prose: pictures inside documents, tables without lines, columns. Files that LibreOffice wrote."""

import shutil

import pytest

from ingest.formats.figures import MAX_FIGURES, Figures
from ingest.formats.ocr import legible
from ingest.formats.pdf import read_pdf
from ingest.formats.pdf_columns import blocks_of
from ingest.formats.pdf_heads import without_running_heads
from ingest.formats.pdf_lines import Glyph, Line
from ingest.formats.pdf_page import Figure, PageText, Table, with_figure
from tests.test_formats_office import (
    ENGLISH,
    FOLDER,
    LONG,
    READERS,
    _composed,
    _lines,
    check_offsets,
    fixture,
    needs_tesseract,
    place,
)

FIGURE = (
    "결재는 팀장과 인사팀의 두 단계를 거친다.",
    "신청서 제출 팀장 승인 인사팀 확인",
    "Backups run every night at 2 a.m.",
)
ALT = "[연차 결재 절차를 나타낸 그림]"


@needs_tesseract
@pytest.mark.parametrize(
    ("name", "around", "locator"),
    [
        ("figures.docx", ("아래 그림은", ALT, *FIGURE, "그림 1. 결재 절차", "그림 다음에 오는"), "section 1"),
        ("figures.pdf", ("아래 그림은", *FIGURE, "그림 1. 결재 절차", "그림 다음에 오는"), "p. 2"),
        ("figures.pptx", ("# 절차", ALT, *FIGURE, "그림 1. 결재 절차", "# 사무실"), "slide 2"),
    ],
)
def test_the_text_in_a_figure_stands_where_the_figure_stands(name: str, around: tuple[str, ...], locator: str) -> None:
    source = READERS[name.rpartition(".")[2]](fixture(name))
    check_offsets(source)
    found = [source.text.index(words) for words in around]
    assert found == sorted(found)
    assert {place(source, words) for words in FIGURE} == {locator}
    assert source.warnings == ("OCR was used on 1 figure(s): check names and numbers against the original",)
    assert (source.reading.ocr, source.reading.unread) == (1, 0)
    assert "SEODANG" not in source.text  # a logo


@pytest.mark.parametrize("name", ["figures.docx", "figures.pdf", "figures.pptx"])
def test_without_tesseract_figures_are_counted_and_the_rest_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    source = READERS[name.rpartition(".")[2]](fixture(name))
    assert "그림 1. 결재 절차" in source.text
    assert FIGURE[0] not in source.text
    assert (source.reading.ocr, source.reading.unread, source.warnings) == (0, 2, ())


@needs_tesseract
def test_a_picture_is_read_once_and_the_dress_of_a_document_never() -> None:
    data = (FOLDER / "notice.png").read_bytes()
    twice = Figures(["a", "a"])
    assert "구내식당" in twice.text_of(data, key="a")
    assert twice.text_of(data, key="a") == ""
    assert twice.read == 1
    assert Figures(["a"] * 3).text_of(data, key="a") == ""


def test_figures_beyond_the_limits_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.formats.figures.tesseract", lambda: "/usr/bin/tesseract")
    figures = Figures()
    assert sum(figures.is_wanted(str(number), 400, 300) for number in range(MAX_FIGURES + 5)) == MAX_FIGURES
    assert figures.warnings() == ("5 figure(s) were not read (at most 60 figures, 60 s)",)
    for width, height in ((40, 4_000), (100, 100), (10_000, 10_000)):
        assert not figures.is_wanted(f"{width}", width, height)


def test_bytes_that_are_no_picture_hold_no_text() -> None:
    assert Figures().text_of(b"\x89PNG\r\n\x1a\n" + bytes(99), key="a") == ""


def test_a_figure_goes_behind_the_line_above_it_in_its_column() -> None:
    left = [Line(f"왼쪽 {n}", 50, 700 - 20 * n, 250, 710 - 20 * n, 10, 20, False) for n in range(5)]
    right = [Line(f"오른쪽 {n}", 300, 700 - 20 * n, 500, 710 - 20 * n, 10, 20, False) for n in range(5)]
    page = with_figure(PageText(1, (*left, *right)), Figure("그림"), (310, 665, 490, 679))
    assert page.items[page.items.index(Figure("그림")) - 1] == right[1]
    top = with_figure(PageText(1, (*left, *right)), Figure("그림"), (310, 740, 490, 800))
    assert top.items[top.items.index(Figure("그림")) + 1] == right[0]


def test_a_figure_never_breaks_the_paragraph_that_runs_past_it() -> None:
    lines = _lines(["규정은 모든 임직원에게 적용되며 계약직과 수습 직원에게도", "똑같이 적용된다."])
    source = _composed(PageText(1, (lines[0], Figure("그림의 글"), lines[1])))
    assert source.text == "규정은 모든 임직원에게 적용되며 계약직과 수습 직원에게도 똑같이 적용된다.\n\n그림의 글\n"


@pytest.mark.parametrize(
    ("recognised", "kept"),
    [
        ("신청서 제출 ㄴㄴ 팀장 승인  ㄴㄴ\n| |\n~ . ;:\n", "신청서 제출 팀장 승인"),
        ("2025 년 3 월 1 일", "2025년 3월 1일"),
        ("e\n7\n가나다", "7\n가나다"),
        ("", ""),
    ],
)
def test_strokes_that_are_no_letters_are_left_out(recognised: str, kept: str) -> None:
    assert legible(recognised) == kept


def test_tables_without_lines_keep_their_structure_and_forms_and_lists_are_none() -> None:
    source = read_pdf(fixture("unruled.pdf"))
    check_offsets(source)
    assert (
        "| 강의실 | 정원 | 시간당 요금 | 비고 |\n| --- | --- | --- | --- |\n| 가온 | 12명 | 8,000원 | 빔 있음 |\n"
        "| 누리 | 30명 | 15,000원 |  |\n| 다솜 | 60명 | 24,000원 | 마이크 |\n"
    ) in source.text
    assert (
        "| City | Hotel limit | Daily |\n| --- | --- | --- |\n| Berlin | 140 EUR | 45 |\n| Tokyo | 21,000 JPY | 60 |\n"
    ) in source.text
    assert "성명 김서연\n" in source.text
    assert "1. 예약 화면을 연다.\n" in source.text
    assert source.text.count("\n| --- |") == 2


def test_prose_in_two_columns_is_read_column_by_column_in_whole_sentences() -> None:
    """The lines of the left column end in the middle of the page; each was a paragraph of its own."""
    text = read_pdf(fixture("unruled.pdf")).text
    assert LONG in text
    assert ENGLISH in text
    assert text.index(LONG) < text.index(ENGLISH)


def _cells(*rows: tuple[str, ...], left: float = 50, step: float = 120) -> list[Glyph]:
    """Rows of cells as a PDF holds them: each cell at its own place, ten points a letter."""
    glyphs: list[Glyph] = []
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            at = left + step * column
            glyphs += [
                Glyph(char, at + 10 * n, 700 - 14 * number, at + 10 * n + 10, 710 - 14 * number, 10)
                for n, char in enumerate(cell)
            ]
        glyphs.append(Glyph("\n", 0, 0, 0, 0, 0))
    return glyphs


@pytest.mark.parametrize(
    "rows",
    [
        (("가", "나", "다"), ("1", "2", "3")),  # two rows
        (("성명", "김서연"), ("부서", "총무팀"), ("내선", "1234")),  # a form
        (("1.", "가나", "다라"), ("2.", "마바", "사아"), ("3.", "자차", "카타")),  # a numbered list
        (("가나다라마바사아자차카", "하거너더러머버서어저처", "커터퍼허고노도로모보소"),) * 4,  # prose in three columns
    ],
)
def test_what_only_looks_like_a_table_stays_lines(rows: tuple[tuple[str, ...], ...]) -> None:
    assert all(isinstance(block, Line) for block in blocks_of(_cells(*rows)))


def test_rows_with_missing_cells_belong_to_the_table() -> None:
    rows = (("직급", "일수", "이월"), ("사원", "15", "5"), ("대리", "", "7"), ("부장", "25", "10"))
    (table,) = blocks_of(_cells(*rows))
    assert isinstance(table, Table)
    assert table.rows == rows


def test_pages_that_all_say_the_same_are_no_running_heads() -> None:
    """Every line of such a document was taken for the head of its page, and nothing was left."""
    pages = [PageText(number, _lines(["이 쪽은 비워 두었습니다."])) for number in range(1, 9)]
    assert without_running_heads(pages) == (pages, 0)
