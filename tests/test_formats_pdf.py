"""PDF: tables that run over pages keep the names of their columns, words are whole where the font changes, bombs are refused."""

import io
import zlib
from dataclasses import replace

import pypdfium2
import pytest

from ingest.formats.pdf import read_pdf
from ingest.formats.pdf_columns import blocks_of
from ingest.formats.pdf_continued import joined
from ingest.formats.pdf_heads import without_running_heads
from ingest.formats.pdf_lines import Glyph, Line, lines_of
from ingest.formats.pdf_order import in_order
from ingest.formats.pdf_page import Item, PageText, Table
from ingest.sandbox import Limits, Sandbox
from rag_app.errors import SourceTooLarge
from tests.test_formats_office import check_offsets, fixture, place

RANKS = [
    *((f"직급{number}", f"{number}일", f"{number % 7}일") for number in range(1, 30)),
    ("부장", "25일", "10일"),
    ("이사", "27일", "12일"),
]
FEES = [
    ("가온", "12명", "8,000원", "빔 있음"),
    ("누리", "30명", "15,000원", ""),
    ("다솜", "60명", "24,000원", "마이크"),
]
CITIES = [(f"Town {number}", f"{100 + number} EUR", f"{30 + number}") for number in range(1, 20)]
NAMES = {
    ("직급", "연차 일수", "이월 한도"): RANKS,
    ("강의실", "정원", "시간당 요금", "비고"): FEES,
    ("City", "Hotel limit", "Daily"): CITIES,
}


def named_rows(text: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The rows of all tables in the text, each with the names of its columns."""
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for block in text.split("\n\n"):
        lines = [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in block.strip().split("\n")]
        if len(lines) > 1 and set(lines[1]) == {"---"}:
            found += [(lines[0], line) for line in lines[2:]]
    return found


@pytest.mark.parametrize("name", ["long_ruled.pdf", "long_unruled.pdf"])
def test_a_table_over_several_pages_names_its_columns_on_each(name: str) -> None:
    source = read_pdf(fixture(name))
    check_offsets(source)
    assert named_rows(source.text) == [(names, row) for names, rows in NAMES.items() for row in rows]
    assert "서당 주식회사 규정집" not in source.text
    assert place(source, "| 직급1 |") == "p. 1"
    assert place(source, "| 부장 |") == ("p. 5" if name == "long_ruled.pdf" else "p. 4")


@pytest.mark.parametrize("name", ["long_ruled.pdf", "long_unruled.pdf"])
def test_on_two_pages_the_running_head_and_the_page_number_stand_between(name: str) -> None:
    """Where there are no three pages nothing is known to be a running head: both stay, and the table goes on all the same."""
    first_two = pypdfium2.PdfDocument.new()
    with pypdfium2.PdfDocument(fixture(name)) as long:
        first_two.import_pages(long, [0, 1])
    buffer = io.BytesIO()
    first_two.save(buffer)
    first_two.close()
    source = read_pdf(buffer.getvalue())
    rows = named_rows(source.text)
    assert {names for names, _ in rows} == {("직급", "연차 일수", "이월 한도")}
    assert [row for _, row in rows] == RANKS[: len(rows)]
    assert source.text.count("서당 주식회사 규정집") == 2


@pytest.mark.parametrize(
    "words",
    [
        "직급별 연차는 아래 표와 같다.",
        "연차(휴가), 병가(유급) 및 경조사·출장은 2025년 3월 1일부터 시행한다.",
        "직급 1은 15일, 직급2는 17 일이다.",
        "“따옴표” 안의 글 – 그리고 100% 이상, 3.14배.",
        "The limit is 10 days (부장 25일), see 제3조 2항.",
        "Python 3.11을 쓰고 RAG로 답한다: https://example.com/가나?x=1 입니다.",
    ],
)
def test_words_are_whole_where_the_font_changes_inside_them(words: str) -> None:
    assert words in read_pdf(fixture("two_fonts.pdf")).text


def line(text: str, left: float, bottom: float) -> Line:
    right = left + 5 * len(text)
    return Line(text, left, bottom, right, bottom + 10, 10, right - left, False)


def table(*rows: tuple[str, ...], left: float = 50) -> Table:
    return Table(rows, tuple((left + 100 * column, left + 100 * column + 100) for column in range(len(rows[0]))))


HEADER, ROW = ("직급", "일수", "이월"), ("부장", "25", "10")
LEAVE = table(HEADER, ("사원", "15", "5"))


@pytest.mark.parametrize(
    ("between", "rest", "rows"),
    [
        ((), table(ROW), (HEADER, ROW)),
        ((), table(ROW, left=53), (HEADER, ROW)),
        ((), table(("직급", "일수 ", "이월"), ROW), (("직급", "일수 ", "이월"), ROW)),
        ((line("12", 200, 30), line("- 13 -", 200, 30)), table(ROW), (HEADER, ROW)),
        ((), table(ROW, left=60), (ROW,)),
        ((), table(ROW[:2], ROW[:2]), (ROW[:2], ROW[:2])),
        ((line("다음은 다른 표이다.", 50, 40),), table(ROW), (ROW,)),
    ],
)
def test_only_a_table_with_the_same_edges_and_nothing_between_goes_on(
    between: tuple[Item, ...], rest: Table, rows: tuple[tuple[str, ...], ...]
) -> None:
    pages = joined([PageText(1, (LEAVE, *between[:1])), PageText(2, (*between[1:], rest))])
    assert pages[0].items[0] == LEAVE
    assert pages[1].items[-1] == replace(rest, rows=rows)


def test_what_might_go_on_but_does_not_is_lines_again() -> None:
    lines, others = (
        tuple(line(cell, 50 + 100 * column, 40) for column, cell in enumerate(cells)) for cells in (HEADER, ROW)
    )
    header, other = Table((HEADER,), LEAVE.columns, lines), Table((ROW,), LEAVE.columns, others)
    assert joined([PageText(1, (header,)), PageText(2, (table(ROW),))])[1].items == (table(HEADER, ROW),)
    assert joined([PageText(1, (header,)), PageText(2, (LEAVE, other))]) == [
        PageText(1, (header,)),
        PageText(2, (LEAVE, *others)),
    ]
    alone = joined([PageText(1, (header,)), PageText(2, (other,))])
    assert [page.items for page in alone] == [lines, others]


def test_the_last_row_alone_on_a_page_is_known_by_the_columns_above() -> None:
    glyphs = [glyph for n, word in enumerate(("부장", "25", "10")) for glyph in letters(word, left=50 + 120 * n)]
    columns = ((50.0, 70.0), (170.0, 190.0), (290.0, 310.0))
    (rest,) = blocks_of(glyphs, above=[columns])
    assert isinstance(rest, Table)
    assert (rest.rows, rest.columns) == ((("부장", "25", "10"),), columns)
    assert all(isinstance(block, Line) for block in blocks_of(glyphs, above=[columns[:2]]))
    assert all(isinstance(block, Line) for block in blocks_of(glyphs))


def letters(text: str, *, left: float, bottom: float = 700, size: float = 10) -> list[Glyph]:
    """The letters side by side, each as wide as high, as the file has them; a blank is a real one."""
    return [
        Glyph(char, left + size * n, bottom, left + size * n + size, bottom + size, size) for n, char in enumerate(text)
    ]


END = Glyph("\n", 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("glyphs", "lines"),
    [
        ((*letters("25", left=50), END, *letters("일", left=72)), ["25일"]),  # a gap between letters of two fonts
        ((*letters("25", left=50), END, *letters("일", left=73)), ["25 일"]),  # a space
        ((*letters("휴가", left=60), END, *letters("(", left=50), *letters(")", left=80)), ["(휴가)"]),
        ((*letters("표와", left=50), *letters("같다", left=80), *letters(" ", left=70)), ["표와 같다"]),
        ((*letters("연차", left=50), END, *letters("일수", left=170)), ["연차", "일수"]),  # the next column
        ((*letters("연차", left=50), END, *letters("1", left=70, bottom=705, size=5)), ["연차", "1"]),  # a footnote
        ((*letters("연차는 길다", left=50), *letters("쪽", left=50, bottom=680)), ["연차는 길다", "쪽"]),
        ((*letters("글자", left=50), END, *letters("겹침", left=52)), ["글자", "겹침"]),  # one on the other
        ((*letters("שלום"[::-1], left=50), *letters("א", left=40)), ["שלום"[::-1] + "א"]),  # from right to left
    ],
)
def test_letters_of_one_line_are_read_from_left_to_right(glyphs: tuple[Glyph, ...], lines: list[str]) -> None:
    assert [found.text for found in lines_of(in_order(glyphs))] == lines


def test_cells_at_the_top_of_every_page_are_no_running_heads() -> None:
    """A list of two columns without lines: the same kind stands first on every page, and a number that is none of a page."""

    def page(number: int) -> PageText:
        rows = [
            part
            for row in range(3)
            for part in (line("출장", 50, 700 - 15 * row), line(f"{number}{row}", 200, 700 - 15 * row))
        ]
        return PageText(number, (line("규정집", 50, 760), *rows, line(f"{number}", 150, 30)))

    kept, removed = without_running_heads([page(number) for number in range(1, 5)])
    assert removed == 8
    assert [len(page.items) for page in kept] == [6] * 4
    assert [item.text for item in kept[2].items if isinstance(item, Line)] == ["출장", "30", "출장", "31", "출장", "32"]


def test_a_running_head_is_known_whether_it_is_one_line_or_two() -> None:
    """What stands left and right on one height is one line of the file, or two, from page to page."""
    whole, parts = (line("규정집 대외비", 50, 760),), (line("규정집", 50, 760), line("대외비", 400, 760))
    pages = [
        PageText(number, (*(parts if number % 2 else whole), table(ROW, (f"{number}", "", ""))))
        for number in range(1, 6)
    ]
    kept, removed = without_running_heads(pages)
    assert removed == 8
    assert all(len(page.items) == 1 for page in kept)
    assert [isinstance(item, Table) for item in joined(pages[:2])[1].items] == [False, True]
    assert joined([replace(pages[0], items=(LEAVE, *parts)), pages[1]])[1].items[-1] == table(
        HEADER, ROW, ("2", "", "")
    )


def bomb(start: bytes, unit: bytes, times: int) -> bytes:
    """A PDF of one page whose content, `unit` again and again, is packed twice."""
    packer = zlib.compressobj()
    parts = [packer.compress(start), *(packer.compress(unit * 10_000) for _ in range(times // 10_000)), packer.flush()]
    packed = zlib.compress(b"".join(parts), 9)
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R/Size 6>>\n%%%%EOF"
    ) % (len(packed), packed)


WORDS = b"BT /F 12 Tf 10 10 Td (the limit is here) Tj "


@pytest.mark.parametrize(("unit", "times"), [(b" " * 100, 2_500_000), (b"(aaaa) Tj ", 400_000)], ids=["blanks", "text"])
def test_a_pdf_that_unpacks_to_more_than_the_memory_says_so(unit: bytes, times: int) -> None:
    data = bomb(WORDS, unit, times)
    assert len(data) < 10_000
    with Sandbox(Limits(memory_mb=384, cpu_s=60, wall_s=120)) as box:
        with pytest.raises(SourceTooLarge, match="more than 384 MiB of memory; split it"):
            box.read("pdf", data)
        assert "the limit is here" in box.read("pdf", bomb(WORDS, unit, 10_000)).text
