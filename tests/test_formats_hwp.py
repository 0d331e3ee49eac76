"""HWP 5 and HWPX, written by the tests from the published formats: text, headings, tables, footnotes, and what is refused."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.hwp import read_hwp
from ingest.formats.hwpx import read_hwpx
from rag_app.cleaning import clean_text
from rag_app.errors import SourceError, UnreadableSource, UnsupportedSource
from rag_app.places import locator_at
from rag_app.schema import SourceText
from tests.hwp_writer import Para, compound_file, write_hwp, write_hwpx

RULES = [
    [
        Para("여비 규정", 1),
        Para("출장자는 출장 3일 전까지\t신청서를 낸다.", note="긴급한 출장은 예외로 한다."),
        Para("일비", 2),
        Para(table=[("구분", "직급", "일비"), ("국내", "사원", "2만 원"), ("국내", "부장", "3만 원")], merged=True),
    ],
    [
        Para("Appendix", 1),
        Para("Receipts are kept for five years. " + "가" * 5_000),  # a record of more than 4,094 bytes
        Para(table=[("상자 안의 글이다.",)]),
    ],
]


def read(kind: str, sections: list[list[Para]]) -> SourceText:
    return read_hwpx(write_hwpx(sections)) if kind == "hwpx" else read_hwp(write_hwp(sections))


@pytest.mark.parametrize("kind", ["hwp", "hwpx"])
def test_text_headings_tables_and_footnotes_come_out_in_order(kind: str) -> None:
    source = read(kind, RULES)
    assert source.text == (
        "# 여비 규정\n\n출장자는 출장 3일 전까지 신청서를 낸다.\n\n1) 긴급한 출장은 예외로 한다.\n\n## 일비\n\n"
        "| 구분 | 직급 | 일비 |\n| --- | --- | --- |\n| 국내 | 사원 | 2만 원 |\n| 국내 | 부장 | 3만 원 |\n\n"
        "# Appendix\n\nReceipts are kept for five years. " + "가" * 5_000 + "\n\n상자 안의 글이다.\n"
    )
    assert clean_text(source.text) == source.text
    assert [(h.level, h.title, source.text[h.start : h.start + 3]) for h in source.outline] == [
        (1, "여비 규정", "# 여"),
        (2, "일비", "## "),
        (1, "Appendix", "# A"),
    ]
    assert (source.title, source.format) == ("여비 규정", kind)
    assert locator_at(source.marks, source.text.index("부장")) == "section 1"
    assert locator_at(source.marks, source.text.index("Receipts")) == "section 2"


def test_an_hwp_file_that_is_not_compressed_reads_the_same() -> None:
    assert read_hwp(write_hwp(RULES, flags=0)).text == read_hwp(write_hwp(RULES)).text


def test_what_an_hwpx_package_states_of_itself_is_kept() -> None:
    source = read_hwpx(write_hwpx(RULES, title="2025년 여비 규정"))
    assert source.title == "2025년 여비 규정"
    assert source.metadata == {"author": "김서연", "date": "2025-03-02"}


def test_a_table_in_a_cell_does_not_move_the_cell() -> None:
    inner = (
        '<hp:p><hp:run><hp:tbl rowCnt="1" colCnt="1"><hp:tr><hp:tc><hp:subList><hp:p><hp:run><hp:t>안쪽</hp:t></hp:run></hp:p>'
        '</hp:subList><hp:cellAddr colAddr="0" rowAddr="0"/></hp:tc></hp:tr></hp:tbl></hp:run></hp:p>'
    )

    def cell(x: int, y: int, words: str, more: str = "") -> str:
        paragraph = f"<hp:p><hp:run><hp:t>{words}</hp:t></hp:run></hp:p>{more}"
        return f'<hp:tc><hp:subList>{paragraph}</hp:subList><hp:cellAddr colAddr="{x}" rowAddr="{y}"/></hp:tc>'

    table = (
        f"<hp:tr>{cell(0, 0, '가')}{cell(1, 0, '나')}</hp:tr><hp:tr>{cell(0, 1, '다')}{cell(1, 1, '라', inner)}</hp:tr>"
    )
    section = f'<s xmlns:hp="hp"><hp:p><hp:run><hp:tbl>{table}</hp:tbl></hp:run></hp:p></s>'
    source = read_hwpx(write_hwpx([], extra={"Contents/section0.xml": section}))
    assert source.text == "| 가 | 나 |\n| --- | --- |\n| 다 | 라 안쪽 |\n"


@pytest.mark.parametrize(
    ("flags", "kind", "words"),
    [
        (2, UnreadableSource, "locked with a password"),
        (3, UnreadableSource, "locked with a password"),
        (4, UnsupportedSource, "for distribution"),
        (16, UnreadableSource, "locked"),
    ],
)
def test_locked_and_distribution_documents_say_so(flags: int, kind: type[SourceError], words: str) -> None:
    with pytest.raises(kind, match=words):
        read_hwp(write_hwp(RULES, flags=flags))


def test_a_locked_hwpx_says_so() -> None:
    manifest = '<m xmlns:o="x"><o:encryption-data checksum="1"/></m>'
    with pytest.raises(UnreadableSource, match="locked with a password"):
        read_hwpx(write_hwpx(RULES, extra={"META-INF/manifest.xml": manifest}))


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        ("WordDocument", r"older Word file \(\.doc\); save it as \.docx"),
        ("Workbook", r"older Excel file \(\.xls\); save it as \.xlsx"),
        ("PowerPoint Document", r"older PowerPoint file \(\.ppt\); save it as \.pptx"),
        ("EncryptedPackage", "an Office file locked with a password"),
        ("Other", "a file of an older program"),
    ],
)
def test_other_files_in_the_same_container_are_named(stream: str, words: str) -> None:
    with pytest.raises(UnsupportedSource, match=words):
        read_hwp(compound_file({stream: b"x" * 5_000}))


BOMB = '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><s>&b;</s>'
OUTSIDE = '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/hostname">]><s>&x;</s>'


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE])
def test_entities_are_refused(xml: str) -> None:
    with pytest.raises(UnreadableSource, match="declares XML entities"):
        read_hwpx(write_hwpx(RULES, extra={"Contents/section0.xml": xml}))


def test_deep_nesting_is_survived() -> None:
    deep = "<s>" + "<p><run><tbl><tr><tc><subList>" * 3_000 + "</subList></tc></tr></tbl></run></p>" * 3_000 + "</s>"
    assert read_hwpx(write_hwpx(RULES, extra={"Contents/section0.xml": deep})).outline[0].title == "Appendix"


def test_a_record_that_claims_more_than_there_is_ends_the_section() -> None:
    body = struct.pack("<II", 66 | 0xFFF << 20, 0xFFFFFFF0) + b"\0" * 30
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000300, 0) + bytes(216)
    assert read_hwp(compound_file({"FileHeader": header, "DocInfo": b"", "BodyText/Section0": body})).text == ""


@settings(max_examples=60)
@given(at=st.integers(0, 100_000), flip=st.integers(1, 255))
def test_a_flipped_byte_gives_text_or_one_sentence(at: int, flip: int) -> None:
    for data, reader in ((bytearray(write_hwp(RULES)), read_hwp), (bytearray(write_hwpx(RULES)), read_hwpx)):
        data[at % len(data)] ^= flip
        try:
            reader(bytes(data))
        except SourceError as error:
            assert len(str(error)) > 10  # noqa: PT017 -- both ways out are right
