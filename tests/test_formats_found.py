"""The key sentence of every kind of file is found by a question and cited word for word at its own place, in both languages."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from rag_app.retrieval import Retriever
from rag_app.settings import Settings
from tests.fakes import SplitTerms
from tests.hwp_writer import Para, write_hwp, write_hwpx
from tests.test_formats_office import needs_tesseract
from tests.test_sync import Desk

FOLDER = Path(__file__).parent / "fixtures" / "formats"
PARAGRAPHS = [
    [Para("여비 규정", 1), Para("출장자는 출장 3일 전까지 신청서를 낸다."), Para("Receipts are kept for five years.")]
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    desk = Desk(tmp_path_factory.mktemp("formats"))
    for path in FOLDER.iterdir():
        (desk.notes / path.name).write_bytes(path.read_bytes())
    (desk.notes / "여비.hwpx").write_bytes(write_hwpx(PARAGRAPHS))
    (desk.notes / "여비.hwp").write_bytes(write_hwp(PARAGRAPHS))
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "회의", "a@b.c"
    mail.set_content("주간 회의는 수요일 오전 10시로 옮긴다.\n\nPlease bring the draft budget.\n")
    (desk.notes / "회의.eml").write_bytes(mail.as_bytes())
    desk.run(chunk_tokens=64)
    retriever = Retriever(
        desk.store, desk.embedder, SplitTerms(), Settings(data_dir=desk.data, embedding_model="shipped")
    )
    yield retriever
    retriever.close()


def found(shelf: Retriever, name: str, question: str, words: str) -> str:
    """The place of the words in the file, which the question must find; a passage may stand in several files."""
    catalog = shelf.snapshot().catalog
    ids = {source.id for source in catalog.sources() if source.name == name}
    for hit in shelf.search(question, k=20).hits:
        for place in catalog.placements_of_chunks([hit.chunk.id])[hit.chunk.id]:
            if place.source_id in ids and words in hit.chunk.text:
                start = place.start + hit.chunk.text.index(words)
                assert shelf.text_of(place.source_id)[start : start + len(words)] == words
                return shelf.locator_of(place.source_id, start, start + len(words))
    raise AssertionError(f"{words!r} of {name} is not among the hits for {question!r}")


@pytest.mark.parametrize(
    ("name", "question", "words", "locator"),
    [
        ("rules.pdf", "연차 휴가는 며칠 전까지 신청하나?", "연차 휴가는 사용 예정일 3일 전까지 신청한다.", "p. 2"),
        (
            "rules.pdf",
            "When must a travel request be filed?",
            "must file a travel request at least ten working days",
            "p. 3",
        ),
        ("rules.docx", "부장 직급의 연차 일수는?", "| 부장 | 25일 | 10일 |", "section 1"),
        ("budget.xlsx", "개발팀 교육 금액은?", "| 개발팀 | 교육 | 3,000,000 | 50% | 2025-09-30 |", "예산!A5:E5"),
        ("budget.xlsx", "Who owns the quarterly security review?", "Quarterly security review", "Reviews!A2:B2"),
        ("slides.pptx", "검색은 어떤 단계인가?", "검색은 질문과 가까운 문단을 찾는 단계이다.", "slide 2"),
        ("slides.pptx", "What does generation write from the passages?", "Generation writes the answer", "slide 2"),
        ("unruled.pdf", "누리 강의실의 시간당 요금은?", "| 누리 | 30명 | 15,000원 |", "p. 1"),
        ("unruled.pdf", "What is the hotel limit in Berlin?", "| Berlin | 140 EUR | 45 |", "p. 1"),
        ("long_ruled.pdf", "부장 직급의 연차는?", "| 부장 | 25일 | 10일 |", "p. 5"),
        ("long_unruled.pdf", "What is the hotel limit in Town 17?", "| Town 17 | 117 EUR | 47 |", "p. 7"),
        ("여비.hwpx", "출장 신청서는 언제까지 내나?", "출장자는 출장 3일 전까지 신청서를 낸다.", "section 1"),
        ("여비.hwp", "How long are receipts kept?", "Receipts are kept for five years.", "section 1"),
        ("회의.eml", "주간 회의는 무슨 요일로 옮기나?", "주간 회의는 수요일 오전 10시로 옮긴다.", ""),
    ],
)
def test_a_question_finds_the_sentence(shelf: Retriever, name: str, question: str, words: str, locator: str) -> None:
    assert found(shelf, name, question, words) == locator


@needs_tesseract
@pytest.mark.parametrize(
    ("name", "locator"), [("figures.docx", "section 1"), ("figures.pdf", "p. 2"), ("figures.pptx", "slide 2")]
)
def test_a_question_finds_what_stands_in_a_figure(shelf: Retriever, name: str, locator: str) -> None:
    korean, english = "결재는 팀장과 인사팀의 두 단계를 거친다.", "Backups run every night at 2 a.m."
    assert found(shelf, name, "결재는 몇 단계를 거치나?", korean) == locator
    assert found(shelf, name, "When do backups run every night?", english) == locator


@needs_tesseract
@pytest.mark.parametrize("name", ["scan.pdf", "notice.png"])
def test_a_question_finds_what_stands_in_a_scan(shelf: Retriever, name: str) -> None:
    place = "p. 1" if name == "scan.pdf" else ""
    assert found(shelf, name, "구내식당은 언제 문을 닫나?", "구내식당은 금요일에 문을 닫는다.") == place
    assert found(shelf, name, "When is the cafeteria closed?", "The cafeteria is closed on Friday.") == place
