"""Files as they arrive: archives, wrong suffixes, bombs and locked files; through the reader, in the child process."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.formats.registry import FORMATS, format_of
from ingest.reader import read_source
from ingest.sandbox import Sandbox
from rag_app.errors import SourceError, SourceTooLarge, UnreadableSource, UnsupportedSource
from rag_app.places import locator_at
from rag_app.schema import SourceText
from tests.hwp_writer import Para, compound_file, write_hwp, write_hwpx

FOLDER = Path(__file__).parent / "fixtures" / "formats"
HWPX = write_hwpx([[Para("여비 규정", 1), Para("출장자는 출장 3일 전까지 신청서를 낸다.")]])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


def read(sandbox: Sandbox, folder: Path, data: bytes, name: str) -> SourceText:
    path = folder / "file"
    path.write_bytes(data)
    return read_source(path, name, max_file_mb=64, sandbox=sandbox).source


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def archive(*members: tuple[str, bytes], codec: str = "utf-8") -> bytes:
    """A ZIP file whose names are in a code of its own: written as ASCII, then exchanged, as older programs leave them."""
    buffer = io.BytesIO()
    names: dict[bytes, bytes] = {}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for number, (name, data) in enumerate(members):
            raw = name.encode(codec)
            plain = f"{chr(ord('A') + number)}@".ljust(len(raw), "~")
            names[plain.encode()] = raw
            package.writestr(plain, data)
    whole = buffer.getvalue()
    for plain, raw in names.items():
        whole = whole.replace(plain, raw)
    return whole


@pytest.mark.parametrize(
    ("data", "name", "found"),
    [
        (fixture("rules.pdf"), "규정.docx", "pdf"),
        (fixture("rules.docx"), "규정.pdf", "docx"),
        (HWPX, "규정.hwp", "hwpx"),
        (write_hwp([[Para("출장자는 출장 3일 전까지 신청서를 낸다.")]]), "규정.hwpx", "hwp"),
        (fixture("budget.xlsx"), "예산.xls", "xlsx"),
        (b"<html><body><table><tr><td>a<td>b<tr><td>1<td>2</table></body></html>", "예산.xls", "html"),
        (fixture("rules.docx"), "메모.txt", "docx"),
    ],
)
def test_the_content_decides_and_the_wrong_name_is_said(
    sandbox: Sandbox, tmp_path: Path, data: bytes, name: str, found: str
) -> None:
    source = read(sandbox, tmp_path, data, name)
    assert source.format == found
    assert f"by its content it is {found}; it was read as that" in source.warnings[0]


@pytest.mark.parametrize(
    ("data", "name", "kind", "words"),
    [
        (compound_file({"WordDocument": b"x" * 5_000}), "보고.doc", UnsupportedSource, r"save it as \.docx"),
        (compound_file({"EncryptedPackage": b"x" * 5_000}), "급여.xlsx", UnsupportedSource, "locked with a password"),
        (b"plain words", "보고.docx", UnsupportedSource, "its content is no such file"),
        (b"\x7fELF" + b"\0" * 100, "표.csv", UnsupportedSource, "it is a program"),
        (b"%PDF-1.7\n" + b"\0" * 500, "a.pdf", UnreadableSource, "the PDF is damaged"),
    ],
)
def test_what_cannot_be_read_says_what_it_is_and_what_to_do(
    sandbox: Sandbox, tmp_path: Path, data: bytes, name: str, kind: type[SourceError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        read(sandbox, tmp_path, data, name)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.pdf", "the file is empty (0 bytes)"),
        (b"PK\x05\x06" + b"\0" * 18, "빈.zip", "the archive holds no document that can be read"),
        (b"\n", "빈.csv", "the file holds no text"),
        (b'{"cells": []}', "빈.ipynb", "the file holds no text"),
    ],
)
def test_a_sound_file_with_nothing_in_it_is_empty(
    sandbox: Sandbox, tmp_path: Path, data: bytes, name: str, reason: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert read_source(path, name, max_file_mb=1, sandbox=sandbox).reason == reason


def test_a_pdf_with_a_password_says_so(sandbox: Sandbox, tmp_path: Path) -> None:
    locked = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 obj<</Filter/Standard/V 1/R 2/Length 40/P -4/O<"
        + b"31" * 32 + b">/U<" + b"32" * 32 + b">>>endobj\ntrailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\n%%EOF"
    )  # fmt: skip
    with pytest.raises(UnreadableSource, match="locked with a password"):
        read(sandbox, tmp_path, locked, "급여.pdf")


def test_every_document_of_an_archive_is_a_section_at_its_own_place(sandbox: Sandbox, tmp_path: Path) -> None:
    inner = archive(("안/메모.md", "# 메모\n\n안쪽 문서의 문장이다.".encode()), codec="cp949")
    data = archive(
        ("규정/휴가.pdf", fixture("rules.pdf")),
        ("../../예산.xlsx", fixture("budget.xlsx")),
        ("C:\\업무\\여비.hwpx", HWPX),
        ("안.zip", inner),
        ("프로그램.exe", b"MZ\0\0"),
        ("__MACOSX/._휴가.pdf", b"x"),
        ("깨짐.docx", b"PK\x03\x04 no archive"),
        codec="cp949",
    )
    source = read(sandbox, tmp_path, data, "자료.zip")
    assert [heading.title for heading in source.outline if heading.level == 1] == [
        "C:/업무/여비.hwpx",
        "규정/휴가.pdf",
        "안.zip",
        "예산.xlsx",
    ]

    def place(words: str) -> str:
        return locator_at(source.marks, source.text.index(words))

    assert place("부장 | 25일") == "규정/휴가.pdf p. 2"
    assert place("개발팀 | 교육") == "예산.xlsx 예산!A5:E5"
    assert place("출장자는") == "C:/업무/여비.hwpx section 1"
    assert place("안쪽 문서의 문장이다.") == "안.zip 안/메모.md"
    for heading in source.outline:
        assert source.text[heading.start :].lstrip("# ").startswith(heading.title)
        assert source.text.count("\n", 0, heading.start) + 1 == heading.line
    assert source.metadata == {"documents": "4"}
    assert any(warning.startswith("깨짐.docx: the file is damaged") for warning in source.warnings)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(sandbox: Sandbox, tmp_path: Path) -> None:
    bomb = archive(("a.txt", b"\0" * (50 * 1024 * 1024)))
    assert len(bomb) < 100_000
    with pytest.raises(SourceTooLarge, match="times its size, the limit is 400"):
        read(sandbox, tmp_path, bomb, "a.zip")


def test_a_bomb_that_lies_about_its_size_stops_at_what_it_said(sandbox: Sandbox, tmp_path: Path) -> None:
    packed = bytearray(archive(("a.txt", b"\0" * (50 * 1024 * 1024))))
    directory = packed.index(b"PK\x01\x02")
    struct.pack_into("<I", packed, directory + 24, 1_000)
    with pytest.raises(UnreadableSource, match="cannot be unpacked"):
        read(sandbox, tmp_path, bytes(packed), "a.zip")


def test_members_that_overlap_are_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    packed = bytearray(archive(("a.txt", b"first " * 99), ("b.txt", b"second " * 99)))
    second = packed.index(b"PK\x01\x02", packed.index(b"PK\x01\x02") + 4)
    struct.pack_into("<I", packed, second + 42, 10)
    with pytest.raises(UnreadableSource, match="overlap"):
        read(sandbox, tmp_path, bytes(packed), "a.zip")


def test_a_locked_archive_says_so(sandbox: Sandbox, tmp_path: Path) -> None:
    packed = bytearray(archive(("a.txt", b"words")))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableSource, match="locked with a password"):
        read(sandbox, tmp_path, bytes(packed), "a.zip")


def test_archives_in_archives_end_at_the_second(sandbox: Sandbox, tmp_path: Path) -> None:
    data = archive(("note.md", b"# deep"))
    for _ in range(50):
        data = archive(("inner.zip", data))
    with pytest.raises(UnreadableSource, match="nested too deeply"):
        read(sandbox, tmp_path, data, "a.zip")


@pytest.mark.parametrize(
    ("name", "part"),
    [("rules.docx", "word/document.xml"), ("budget.xlsx", "xl/workbook.xml"), ("slides.pptx", "ppt/presentation.xml")],
)
@pytest.mark.parametrize(
    "entity", ['<!ENTITY x SYSTEM "file:///etc/hostname">', '<!ENTITY x "aaaa"><!ENTITY y "&x;&x;&x;">']
)
def test_office_files_with_entities_are_refused(
    sandbox: Sandbox, tmp_path: Path, name: str, part: str, entity: str
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(fixture(name))) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.namelist():
            data = old.read(member)
            if member == part:
                data = data.replace(b"?>", f"?><!DOCTYPE r [{entity}]>".encode(), 1)
            new.writestr(member, data)
    with pytest.raises(UnreadableSource, match="declares XML entities"):
        read(sandbox, tmp_path, buffer.getvalue(), name)


def test_a_relationship_to_the_outside_is_not_followed(sandbox: Sandbox, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(fixture("rules.docx"))) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.namelist():
            data = old.read(member)
            if member == "word/_rels/document.xml.rels":
                link = '<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="http://192.0.2.1/x.dotm" TargetMode="External"/>'
                data = data.replace(b"</Relationships>", link.encode() + b"</Relationships>")
            new.writestr(member, data)
    assert "연차 휴가" in read(sandbox, tmp_path, buffer.getvalue(), "a.docx").text


def test_a_picture_bomb_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1_000))) + chunk(b"IEND", b"")
    with pytest.raises(SourceTooLarge, match="pixels"):
        read(sandbox, tmp_path, bomb, "a.png")


def test_suffixes_belong_to_one_format_each_and_names_are_told_apart() -> None:
    suffixes = [suffix for format_ in FORMATS for suffix in format_.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert len({format_.name for format_ in FORMATS}) == len(FORMATS)
    by_suffix = [format_ for format_ in FORMATS if format_.suffixes and not format_.signatures]
    assert [format_of(f"a{format_.suffixes[0]}", b"text").name for format_ in by_suffix] == [
        format_.name for format_ in by_suffix
    ]
