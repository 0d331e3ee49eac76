"""The page on a fake chat: an answer to every question, one citation, any failure on demand; drawn by Streamlit's own test runner."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import streamlit as st

from rag_app.answer import Answer, Citation, Exchange, Route
from rag_app.conversations import Conversations
from rag_app.database import open_database
from rag_app.errors import DamagedIndex, NoIndex, WrongFilter
from rag_app.events import AnswerDone, EvidenceFound, RouteChosen, StreamEvent, TextDelta
from rag_app.feedback import Feedback
from rag_app.filter_hints import nothing_met
from rag_app.library import Shelf
from rag_app.query_syntax import read_query
from rag_app.receipts import FileReport
from rag_app.schema import Chunk, Placement, Reading, Source
from rag_app.search_result import Hit, Scope
from rag_app.views.given import Given
from rag_app.views.page import draw_page
from rag_app.views.state import language_in_address
from rag_app.views.texts import PageLanguage
from rag_app.views.words import texts_in

QUOTE = "쓰지 않은 연차는 7일까지 <b>이월</b>한다."
TEXT = f"# 휴가 규정\n\n## 제9조 (이월)\n\n{QUOTE}\n\n![x](http://evil.example/x.png)"
SOURCE = Source("s1", "default", "r", "docs", "company/leave-policy-2025.md", "휴가 규정", "d", "markdown", "utf-8", 99)
ROUTE = Route("notes", "direct", "규정을 묻는 질문")
START = TEXT.index(QUOTE)
CITATION = Citation(1, SOURCE.name, "s1", "휴가 규정 › 제9조 (이월)", QUOTE, START, START + len(QUOTE), 5)
REPORT = FileReport(
    SOURCE.name, "added", "pdf", "pdf", 1234, 4, 1, 2, 2.5, ("5 of 10 pages are empty",), Reading(10, 5, 2), 0.12
)
BLANK = Source("s2", "default", "r", "docs", "blank.png", "", "d", "image", "", 0)
BLANK_REPORT = FileReport("blank.png", "empty", "image", warnings=("no text was found in the picture",))
HIT = Hit(
    Chunk("c1", "휴가 규정", ("휴가 규정", "제9조 (이월)"), QUOTE, "ko"),
    Placement("c1", "s1", 0, START, START + len(QUOTE), 5),
    SOURCE,
    0.9,
)


def draw(url: str) -> None:
    """One run of the page over the database at `url`; `?world=` chooses what goes wrong."""
    world = st.query_params.get("world", "")
    database = open_database(url)
    empty = world in ("empty", "damaged")
    draw_page(
        Given(
            texts=texts_in(language_in_address() or "ko"),
            conversations=Conversations(database),
            feedback=Feedback(database),
            stream=stream,
            text_of=lambda source_id: TEXT if source_id == "s1" and world != "deleted" else "",
            shelf=None
            if empty
            else Shelf(1, (SOURCE,), 1, {"company": 1, "course": 4} if world == "two" else {"default": 1}, (BLANK,)),
            collection="",
            max_question_chars=500,
            index_fault={"empty": NoIndex("none"), "damaged": DamagedIndex("gen-000001 is cut")}.get(world),
            examples=("남은 연차는 며칠까지 이월할 수 있나요?",),
            notices=("모델 없음",),
            headings_of=lambda _: ("제9조 (이월)", "제10조 (수당)"),
            report_of={"s1": REPORT, "s2": BLANK_REPORT}.get,
        )
    )


def stream(
    question: str, history: Sequence[Exchange], *, collections: Sequence[str], page_language: PageLanguage
) -> Iterator[StreamEvent]:
    """An answer that repeats the question and counts what came before, and names the collections searched."""
    asked, filters = read_query(question)
    scope = Scope(tuple(map(str, filters.conditions)), 1) if filters else Scope()
    yield RouteChosen(ROUTE, asked)
    if "없음" in question:
        korean = nothing_met(filters, (SOURCE,)).korean
        raise WrongFilter(korean, korean)
    yield EvidenceFound((HIT,), scope)
    yield TextDelta("7일까지 ")
    if "멈춤" in question:
        st.stop()
    if "고장" in question:
        raise RuntimeError("/secret/path")
    if "손상" in question:
        raise DamagedIndex("gen-000001 is cut")
    yield TextDelta("이월합니다. [1]")
    text = f"7일까지 이월합니다. [1] ({len(history)}) {' '.join(collections)}".strip()
    yield AnswerDone(Answer(text, "ko", False, ROUTE, (CITATION,), (HIT,), timings_ms={"total": 120.0}, scope=scope))


def script(path: Path) -> str:
    """What the test runner runs."""
    return f"from tests.page import draw\ndraw('sqlite:///{path}')\n"
