"""Documents inside documents: members of a ZIP and attachments of a mail are read, kept apart, and left out as in a folder."""

import io
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.content import Cutting, Place, make_content
from ingest.formats.registry import reader_named
from rag_app.errors import EmptySource
from rag_app.index.tables import pack_outline, unpack_outline
from rag_app.places import locator_at
from rag_app.retrieval import Retriever
from rag_app.schema import Heading, SourceText
from rag_app.settings import Settings
from tests.fakes import SplitTerms
from tests.test_formats_found import found
from tests.test_reader import read as read_file
from tests.test_sync import Desk, report

DOCX = (Path(__file__).parent / "fixtures" / "formats" / "rules.docx").read_bytes()
NAMED = "attachments that are named, not read: "


def packed(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, data in members:
            package.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def mail(subject: str = "출장 안내", body: str = "붙임 문서를 확인해 주세요.\n") -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"] = subject, "a@b.c"
    made.set_content(body)
    return made


def attach(made: EmailMessage, name: str, data: bytes) -> EmailMessage:
    made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made


def unpacked(data: bytes, format_name: str = "archive") -> SourceText:
    return reader_named(format_name)(data)


def pieces(source: SourceText, *, max_tokens: int = 512) -> list[tuple[str, str]]:
    """Locator and text of each passage."""
    place = Place("id", "default", "root", "notes", "a.zip")
    content = make_content(
        place, "0" * 64, source, Cutting(max_tokens, lambda text: len(text) // 4 + 1).pieces_of(source)
    )
    by_id = {chunk.id: chunk.text for chunk in content.chunks}
    return [(placement.locator, by_id[placement.chunk_id]) for placement in content.placements]


# ---------------------------------------------------------------- what a folder leaves out


@pytest.mark.parametrize(
    "name",
    [
        "node_modules/a.md",
        "글/Node_Modules/b/a.md",
        "id_rsa.txt",
        ".env.md",
        ".git/notes.md",
        "~$휴가.docx",
        "글.md~",
        "a.key",
    ],
)
def test_what_a_folder_leaves_out_is_left_out_of_an_archive_and_counted(name: str) -> None:
    """`node_modules/a.md` and `id_rsa.txt` in a ZIP were ingested, and search found them."""
    source = unpacked(packed((name, b"never to be found"), ("휴가.md", "연차는 15일이다.".encode())))
    assert "never" not in source.text
    assert source.metadata == {"documents": "1"}
    assert source.warnings == (
        "1 file(s) in it were left out, as in a folder: hidden, keys and passwords, lock and temporary files, node_modules",
    )


def test_what_macos_adds_to_every_archive_is_left_out_in_silence() -> None:
    source = unpacked(
        packed(("__MACOSX/._휴가.md", b"x"), ("글/.DS_Store", b"x"), ("._휴가.md", b"x"), ("휴가.md", b"text"))
    )
    assert (source.metadata, source.warnings) == ({"documents": "1"}, ())


def test_an_archive_of_nothing_but_keys_says_so() -> None:
    with pytest.raises(EmptySource, match=r"holds no document that can be read; 1 file\(s\) in it were left out"):
        unpacked(packed(("id_rsa.txt", b"key")))


def test_a_key_in_an_archive_is_not_found_by_search(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    members = (
        ("id_rsa.txt", b"PRIVATE zebra key"),
        ("node_modules/a.md", b"zebra module"),
        ("notes.md", b"A zebra note."),
    )
    (desk.notes / "a.zip").write_bytes(packed(*members))
    receipt = desk.run()
    assert "2 file(s) in it were left out" in report(receipt, "a.zip").warnings[0]
    retriever = Retriever(desk.store, desk.embedder, SplitTerms(), Settings(data_dir=desk.data))
    hits = retriever.search("zebra", k=20).hits
    retriever.close()
    assert [hit.chunk.text for hit in hits] == ["# notes.md\n\nA zebra note."]


def test_members_of_one_name_are_both_read() -> None:
    """Two members of one name were compared as ZIP entries, and the archive failed with a TypeError."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = packed(("a.md", b"first"), ("a.md", b"second"))
    assert unpacked(data).text == "# a.md\n\nfirst\n\n# a.md\n\nsecond\n"


# ---------------------------------------------------------------- kept apart


def test_a_passage_never_spans_two_documents() -> None:
    """Small documents were joined into one passage at "a.rst – n.txt"."""
    inner = packed(("다.md", "셋째 문서이다.".encode()), ("라.md", "넷째 문서이다.".encode()))
    source = unpacked(
        packed(("가.md", "첫째 문서이다.".encode()), ("나.md", "둘째 문서이다.".encode()), ("안.zip", inner))
    )
    assert pieces(source) == [
        ("가.md", "# 가.md\n\n첫째 문서이다."),
        ("나.md", "# 나.md\n\n둘째 문서이다."),
        ("안.zip 다.md", "# 안.zip\n\n# 다.md\n\n셋째 문서이다."),
        ("안.zip 라.md", "# 라.md\n\n넷째 문서이다."),
    ]


def test_a_document_that_is_only_a_heading_stays_by_itself() -> None:
    assert [locator for locator, _ in pieces(unpacked(packed(("가.md", b"# A"), ("나.md", b"# B"))))] == [
        "가.md",
        "나.md",
    ]


@pytest.mark.parametrize("opened", ["<!-- never closed", "<script>", "<pre>", "```", "| a | b |\n|---|---|"])
def test_what_one_document_leaves_open_ends_with_it(opened: str) -> None:
    source = unpacked(packed(("가.md", f"첫째.\n\n{opened}".encode()), ("나.md", "둘째.".encode())))
    assert [locator for locator, _ in pieces(source)] == ["가.md", "나.md"]


def test_a_mail_and_its_attachments_are_kept_apart_in_an_archive_too() -> None:
    letter = attach(attach(mail(), "가.txt", b"one"), "나.txt", b"two").as_bytes()
    assert [locator for locator, _ in pieces(unpacked(packed(("편지.eml", letter))))] == [
        "편지.eml",
        "편지.eml 가.txt",
        "편지.eml 나.txt",
    ]


def test_the_border_between_documents_survives_the_catalog() -> None:
    outline = (Heading(1, "가.md", 0, 1, opens_document=True), Heading(2, "절", 10, 3))
    assert unpack_outline(pack_outline(outline)) == outline
    assert pack_outline(outline[1:]) == '[[2, "절", 10, 3]]'


# ---------------------------------------------------------------- attachments


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """A mail with a Word file and a text whose name is Korean, as different programs write such names."""
    desk = Desk(tmp_path_factory.mktemp("letters"))
    made = attach(mail(), "휴가 규정.docx", DOCX)
    attach(made, "주차 안내.txt", "방문객은 지하 2층에 주차한다.\nVisitors park on level B2.\n".encode("cp949"))
    (desk.notes / "안내.eml").write_bytes(made.as_bytes())
    desk.run(chunk_tokens=64)
    retriever = Retriever(desk.store, desk.embedder, SplitTerms(), Settings(data_dir=desk.data))
    yield retriever
    retriever.close()


@pytest.mark.parametrize(
    ("question", "words", "locator"),
    [
        ("붙임 문서를 확인해 주세요", "붙임 문서를 확인해 주세요.", ""),
        ("부장 직급의 연차 일수는?", "| 부장 | 25일 | 10일 |", "휴가 규정.docx section 1"),
        ("방문객은 어디에 주차하나?", "방문객은 지하 2층에 주차한다.", "주차 안내.txt"),
        ("Where do visitors park?", "Visitors park on level B2.", "주차 안내.txt"),
    ],
)
def test_a_question_finds_what_an_attachment_says_and_where(
    letters: Retriever, question: str, words: str, locator: str
) -> None:
    assert found(letters, "안내.eml", question, words) == locator


RAW = """\
Subject: x
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain

body
--b
Content-Type: text/plain
Content-Disposition: attachment; {name}

attached
--b--
"""


@pytest.mark.parametrize(
    "name",
    [
        "filename*=UTF-8''%ED%9C%B4%EA%B0%80.txt",
        "filename*0*=UTF-8''%ED%9C%B4; filename*1*=%EA%B0%80.txt",
        'filename="=?UTF-8?B?7Zy06rCALnR4dA==?="',
        'filename="=?EUC-KR?B?yN6woS50eHQ=?="',
        'filename="휴가.txt"',
        'filename="..\\\\..\\\\휴가.txt"',
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "cp949"])
def test_a_korean_name_is_read_however_it_is_written(name: str, codec: str) -> None:
    source = unpacked(RAW.format(name=name).encode(codec), "eml")
    assert source.text == "# x\n\nbody\n\n- Attachments: 휴가.txt\n\n## 휴가.txt\n\nattached\n"
    assert locator_at(source.marks, source.text.index("attached\n")) == "휴가.txt"


def test_an_attached_message_is_read_with_its_own_attachments_and_no_deeper() -> None:
    third = attach(mail("셋째", "셋째 글"), "셋째.txt", b"never")
    second = attach(mail("둘째", "둘째 글"), "둘째.txt", "둘째 붙임".encode())
    second.add_attachment(third)
    first = mail("첫째", "첫째 글")
    first.add_attachment(second)
    source = unpacked(first.as_bytes(), "eml")
    titles = [heading.title for heading in source.outline]
    assert titles == ["첫째", "둘째.eml", "둘째", "둘째.txt", "셋째.eml", "셋째"]
    assert "never" not in source.text
    assert source.warnings == (f"둘째.eml: 셋째.eml: {NAMED}1",)


def test_archives_in_a_mail_are_as_deep_as_those_in_an_archive() -> None:
    inner = packed(("깊은.md", "깊은 글".encode()), ("둘째.zip", packed(("never.md", b"never"))))
    source = unpacked(attach(mail(), "자료.zip", inner).as_bytes(), "eml")
    assert "깊은 글" in source.text
    assert "never" not in source.text
    assert source.warnings == ("자료.zip: 둘째.zip: archives are nested too deeply",)


def test_what_is_attached_but_no_document_is_named() -> None:
    made = attach(attach(mail(), "id_rsa.txt", b"never"), "프로그램.exe", b"MZ\0\0")
    made.add_attachment(
        b"\x89PNG\r\n", maintype="image", subtype="png", filename="logo.png", cid="<1>", disposition="inline"
    )
    source = unpacked(made.as_bytes(), "eml")
    assert source.text.endswith("- Attachments: id_rsa.txt, 프로그램.exe, logo.png\n")
    assert source.warnings[-1] == f"{NAMED}3"


def test_a_damaged_attachment_costs_one_warning_and_the_mail_is_read() -> None:
    made = attach(attach(mail(), "깨짐.docx", b"PK\x03\x04 no archive"), "좋은.txt", "좋은 글".encode())
    source = unpacked(made.as_bytes(), "eml")
    assert "붙임 문서를 확인해 주세요." in source.text
    assert "좋은 글" in source.text
    assert len(source.warnings) == 1
    assert source.warnings[0].startswith("깨짐.docx: the file is damaged")
    assert (source.reading.parts, source.reading.empty) == (3, 0)


def test_a_bomb_in_a_mail_is_one_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.formats.eml.MAX_MEMBER_BYTES", 1024 * 1024)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.txt", b"\0" * (50 * 1024 * 1024))
    made = attach(attach(mail(), "a.zip", bomb.getvalue()), "b.txt", b"b" * (1024 * 1024 + 1))
    first, second = unpacked(made.as_bytes(), "eml").warnings
    assert "times its size, the limit is 400" in first
    assert second == "b.txt: the attachment is larger than 1 MiB; save it as a file"


def test_a_mail_with_attachments_is_read_in_the_child_process(tmp_path: Path) -> None:
    source = read_file(tmp_path, attach(mail(), "휴가 규정.docx", DOCX).as_bytes(), "a.eml")
    assert "부장 | 25일" in source.text
    assert [heading.title for heading in source.outline if heading.opens_document] == ["휴가 규정.docx"]
