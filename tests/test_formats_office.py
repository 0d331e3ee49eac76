"""Files that LibreOffice wrote: PDF, Word, Excel, PowerPoint. The key sentence comes out verbatim, at the right place."""

import datetime
import io
import shutil
import textwrap
from pathlib import Path

import docx
import openpyxl
import pptx
import pypdfium2
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.formats.composer import Composer
from ingest.formats.docx import read_docx
from ingest.formats.image import read_image
from ingest.formats.ocr import INSTALL_LINE, tesseract
from ingest.formats.pdf import read_pdf
from ingest.formats.pdf_flow import compose
from ingest.formats.pdf_heads import without_running_heads
from ingest.formats.pdf_lines import Line
from ingest.formats.pdf_page import PageText
from ingest.formats.pptx import read_pptx
from ingest.formats.xlsx import read_xlsx
from rag_app.cleaning import clean_text
from rag_app.errors import EmptySource, UnreadableSource
from rag_app.places import locator_at
from rag_app.schema import Reading, SourceText

FOLDER = Path(__file__).parent / "fixtures" / "formats"
needs_tesseract = pytest.mark.skipif(tesseract() is None, reason=f"tesseract is not installed: {INSTALL_LINE}")

READERS = {"docx": read_docx, "xlsx": read_xlsx, "pptx": read_pptx, "pdf": read_pdf}
LONG = (
    "새로 입사한 직원은 첫날 보안 서약서를 작성하고 사원증을 받으며, 입사 후 이 주 안에 정보보호 교육과 직장 내 괴롭힘 예방 교육을 "
    "모두 마쳐야 업무 시스템의 계정이 정식으로 발급된다."
)
ENGLISH = (
    "Employees who travel abroad must file a travel request at least ten working days before departure, and the department head "
    "approves it within two days unless the budget of the quarter is already spent."
)
TABLE = "| 직급 | 연차 일수 | 이월 한도 |\n| --- | --- | --- |\n| 사원 | 15일 | 5일 |\n| 대리 | 17일 | 5일 |\n| 부장 | 25일 | 10일 |"


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def place(source: SourceText, words: str) -> str:
    return locator_at(source.marks, source.text.index(words))


def check_offsets(source: SourceText) -> None:
    assert clean_text(source.text) == source.text
    for heading in source.outline:
        line = source.text[heading.start :].split("\n", 1)[0]
        assert line == f"{'#' * heading.level} {heading.title}"
        assert source.text.count("\n", 0, heading.start) + 1 == heading.line


@pytest.mark.parametrize(
    ("name", "places"), [("rules.pdf", ("p. 1", "p. 2", "p. 3")), ("rules.docx", ("section 1",) * 3)]
)
def test_a_rule_book_keeps_sentences_headings_lists_and_tables(name: str, places: tuple[str, str, str]) -> None:
    source = (read_pdf if name.endswith("pdf") else read_docx)(fixture(name))
    check_offsets(source)
    assert source.title == "휴가 운영 지침"
    assert source.metadata["author"] == "김서연"
    assert [(heading.level, heading.title) for heading in source.outline] == [
        (1, "휴가 운영 지침"),
        (2, "입사 절차"),
        (1, "연차 휴가"),
        (1, "Business Travel"),
    ]
    assert "이 지침은 2025년 3월 1일부터 시행한다." in source.text
    assert "- 사원증은 총무팀이 발급한다.\n- 노트북은 정보기술팀이 지급한다." in source.text
    assert "1. 신청서를 작성한다." in source.text
    assert TABLE in source.text
    assert "긴급한 사유가 있으면 당일에 신청할 수 있다." in source.text
    assert (place(source, LONG), place(source, "부장"), place(source, ENGLISH)) == places
    assert source.warnings == ()


def test_slides_of_a_pdf_stand_under_their_first_lines() -> None:
    source = read_pdf(fixture("slides.pdf"))
    assert {"RAG 소개", "두 단계", "비교"} <= {heading.title for heading in source.outline}
    assert "- 검색은 질문과 가까운 문단을 찾는 단계이다." in source.text
    assert place(source, "| 미세 조정 | 없음 |") == "p. 3"


def test_a_presentation_keeps_titles_bullets_notes_and_tables() -> None:
    source = read_pptx(fixture("slides.pptx"))
    check_offsets(source)
    assert [heading.title for heading in source.outline] == ["RAG 소개", "두 단계", "비교"]
    assert place(source, "- Generation writes the answer from the passages that were found.") == "slide 2"
    assert place(source, "발표자는 예시 질문을 먼저 보여 준다.") == "slide 2"
    assert place(source, "| RAG | 있음 |") == "slide 3"
    assert (source.title, source.metadata["slides"]) == ("RAG 소개", "3")


def test_hidden_slides_are_left_out_and_said() -> None:
    presentation = pptx.Presentation(io.BytesIO(fixture("slides.pptx")))
    presentation.slides[1].element.set("show", "0")
    buffer = io.BytesIO()
    presentation.save(buffer)
    source = read_pptx(buffer.getvalue())
    assert "두 단계" not in [heading.title for heading in source.outline]
    assert source.warnings == ("hidden slides left out: 1",)


def test_a_workbook_shows_values_as_formatted_and_merged_cells_in_each_row() -> None:
    source = read_xlsx(fixture("budget.xlsx"))
    check_offsets(source)
    assert "2025년 부서별 예산" in source.text
    assert "| 개발팀 | 장비 | 12,500,000 | 35% | 2025-06-30 |" in source.text
    assert "| 개발팀 | 교육 | 3,000,000 | 50% | 2025-09-30 |" in source.text
    assert "| 합계 |  | 15,500,000 |  |  |" in source.text
    assert place(source, "2025년 부서별 예산") == "예산!A1"
    assert place(source, "| 부서 | 항목") == "예산!A4:E6"
    assert place(source, "| 개발팀 | 교육") == "예산!A5:E5"
    assert place(source, "Quarterly security review") == "Reviews!A2:B2"
    assert "보이지 않는 값" not in source.text
    assert source.warnings == ("hidden sheets left out: 숨김",)


def test_a_long_sheet_repeats_its_header_and_names_the_rows_of_each_part() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "직원 명부"
    sheet.append(["직급", "이름", "입사일"])
    for number in range(300):
        sheet.append(["부장" if number == 250 else "사원", f"직원 {number}", datetime.date(2020, 1, 1)])
    buffer = io.BytesIO()
    book.save(buffer)
    source = read_xlsx(buffer.getvalue())
    at = source.text.index("| 부장 | 직원 250 | 2020-01-01 |")
    table = source.text[: source.text.index("\n\n", at)].rpartition("\n\n")[2]
    assert table.startswith("| 직급 | 이름 | 입사일 |\n| --- | --- | --- |\n")
    assert len(table) < 1_000
    assert place(source, "| 부장 | 직원 250 |") == "'직원 명부'!A252:C252"  # the header is row 1
    assert source.text.count("직원 250") == 1


def test_an_inserted_row_moves_only_the_borders_near_it() -> None:
    def tables(names: list[str]) -> list[str]:
        book = openpyxl.Workbook()
        book.active.append(["이름", "부서"])
        for name in names:
            book.active.append([name, "총무팀과 개발팀이 함께 쓰는 이름이다"])
        buffer = io.BytesIO()
        book.save(buffer)
        return read_xlsx(buffer.getvalue()).text.split("\n\n")

    names = [f"직원 {number}" for number in range(200)]
    before, after = tables(names), tables(["새 직원", *names])
    assert len(before) > 20
    assert len(set(before) - set(after)) <= 2


def test_formulas_without_a_result_are_said() -> None:
    book = openpyxl.Workbook()
    book.active.append(["합계", "=1+1"])
    buffer = io.BytesIO()
    book.save(buffer)
    assert "1 formula(s) have no stored result" in read_xlsx(buffer.getvalue()).warnings[0]


def _word(document: "docx.document.Document") -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_merged_cells_frames_and_alternative_text_of_a_word_file() -> None:
    document = docx.Document()
    document.add_heading("여비", level=1)
    table = document.add_table(rows=3, cols=2)
    for row, cells in enumerate([("구분", "금액"), ("국내", "2만 원"), ("", "3만 원")]):
        for column, words in enumerate(cells):
            table.cell(row, column).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    frame = document.add_table(rows=1, cols=1).cell(0, 0)
    frame.text = "상자 안의 문장이다."
    source = read_docx(_word(document))
    assert "| 국내 | 2만 원 |\n| 국내 | 3만 원 |" in source.text
    assert "\n\n상자 안의 문장이다.\n" in source.text


def test_deleted_text_is_left_out_and_inserted_text_is_kept() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("휴가는 ")
    space = nsdecls("w")
    paragraph._p.append(
        parse_xml(f'<w:del {space} w:id="1" w:author="a"><w:r><w:delText>15일</w:delText></w:r></w:del>')
    )
    paragraph._p.append(parse_xml(f'<w:ins {space} w:id="2" w:author="a"><w:r><w:t>17일이다.</w:t></w:r></w:ins>'))
    assert read_docx(_word(document)).text == "휴가는 17일이다.\n"


def test_pages_that_word_noted_are_the_places() -> None:
    document = docx.Document()
    document.add_paragraph("첫 쪽이다.")
    paragraph = document.add_paragraph()
    run = paragraph.add_run()
    run._r.append(parse_xml(f"<w:lastRenderedPageBreak {nsdecls('w')}/>"))
    run.add_text("둘째 쪽이다.")
    source = read_docx(_word(document))
    assert (place(source, "첫 쪽이다."), place(source, "둘째 쪽이다.")) == ("p. 1", "p. 2")


def _lines(texts: list[str], *, top: float = 700.0, size: float = 10.0) -> tuple[Line, ...]:
    """Lines set solid from the left edge, one point wide per tenth of a letter; a blank at the end stays known."""
    made = []
    for index, text in enumerate(texts):
        words = text.strip()
        bottom = top - 16 * index
        made.append(
            Line(
                words,
                50,
                bottom,
                50 + size * len(words),
                bottom + size,
                size,
                size * len(words.split()[0]),
                text.endswith(" "),
            )
        )
    return tuple(made)


def _composed(*pages: PageText) -> SourceText:
    composer = Composer()
    compose(pages, composer)
    return composer.source(title="", format_name="pdf")


WORDS = (
    "정보통신망을 이용하여 업무를 수행하는 임직원은 회사가 지정한 보안프로그램을 설치하고 주기적으로 갱신하여야 하며 "
    "이를 위반하여 발생한 손해에 대하여는 관련 규정에 따라 책임을 부담한다는 점을 충분히 이해하고 서약서에 서명하여야 한다."
)


def test_lines_broken_inside_words_are_joined_without_a_space() -> None:
    broken = [WORDS[at : at + 14] for at in range(0, len(WORDS), 14)]
    assert _composed(PageText(1, _lines(broken))).text == WORDS + "\n"


def test_lines_broken_between_words_are_joined_with_a_space() -> None:
    broken = textwrap.wrap(WORDS, 24)
    assert _composed(PageText(1, _lines(broken))).text == WORDS + "\n"


def test_a_sentence_that_runs_over_the_page_is_one_and_knows_both_pages() -> None:
    first, second = ["규정은 모든 임직원에게 적용되며 계약직과 수습 직원에게도"], ["똑같이 적용된다."]
    source = _composed(PageText(1, _lines(first)), PageText(2, _lines(second)))
    assert source.text == "규정은 모든 임직원에게 적용되며 계약직과 수습 직원에게도 똑같이 적용된다.\n"
    assert (place(source, "규정은"), place(source, "똑같이")) == ("p. 1", "p. 2")


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [
        PageText(number, _lines(["사내 규정집", f"제{number}장의 본문이 여기에 있다.", f"- {number} -"]))
        for number in range(1, 6)
    ]
    kept, removed = without_running_heads(pages)
    assert removed == 10
    assert [[item.text for item in page.items if isinstance(item, Line)] for page in kept] == [
        [f"제{number}장의 본문이 여기에 있다."] for number in range(1, 6)
    ]


@needs_tesseract
def test_a_scanned_page_and_a_picture_are_read_by_ocr() -> None:
    for source in (read_pdf(fixture("scan.pdf")), read_image(fixture("notice.png"))):
        assert "구내식당은 금요일에 문을 닫는다." in source.text
        assert "The cafeteria is closed on Friday." in source.text
        assert any("OCR was used" in warning for warning in source.warnings)
    assert place(read_pdf(fixture("scan.pdf")), "구내식당") == "p. 1"


def test_without_tesseract_a_scan_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    for read, name in ((read_pdf, "scan.pdf"), (read_image, "notice.png")):
        with pytest.raises(EmptySource, match="apt-get install tesseract-ocr tesseract-ocr-kor"):
            read(fixture(name))


def test_a_pdf_with_text_and_a_scanned_page_is_read_without_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    joined = pypdfium2.PdfDocument(fixture("rules.pdf"))
    with pypdfium2.PdfDocument(fixture("scan.pdf")) as scan:
        joined.import_pages(scan)
    buffer = io.BytesIO()
    joined.save(buffer)
    joined.close()
    source = read_pdf(buffer.getvalue())
    assert LONG in source.text
    assert "no text on page 4 (a scan), needs OCR" in source.warnings[0]
    assert source.reading == Reading(parts=4, empty=1, unread=1)


@pytest.mark.parametrize("name", ["rules.docx", "budget.xlsx", "slides.pptx"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_file_is_one_sentence(name: str, share: float) -> None:
    data = fixture(name)
    with pytest.raises(UnreadableSource, match="damaged"):
        READERS[name.rpartition(".")[2]](data[: int(share * len(data))])


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_a_cut_pdf_is_one_sentence(share: float) -> None:
    data = fixture("rules.pdf")
    with pytest.raises((UnreadableSource, EmptySource), match=r"damaged|no text"):
        read_pdf(data[: int(share * len(data))])
