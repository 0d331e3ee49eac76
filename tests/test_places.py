"""Where a quotation stands: the page, slide, row or cell of its own, in every format that has them; also in older indexes."""

import io
import json
import sqlite3
from pathlib import Path

import openpyxl
import pytest

from graphs.citations import located
from rag_app.answer import Citation
from rag_app.index.catalog import Catalog
from rag_app.places import locator_of
from rag_app.schema import Mark
from tests.test_sync import Desk

FOLDER = Path(__file__).parent / "fixtures" / "formats"


@pytest.mark.parametrize(
    ("places", "span", "shown"),
    [
        (("p. 1", "p. 2", "p. 3"), (0, 5), "p. 1"),
        (("p. 1", "p. 2", "p. 3"), (0, 11), "p. 1–2"),
        (("p. 1–2", "p. 3"), (0, 15), "p. 1–3"),
        (("rows 2-9", "row 2", "row 9"), (0, 25), "rows 2–9"),
        (("row 2", "row 3"), (0, 15), "rows 2–3"),
        (("rows 2-9", "rows 10-14"), (0, 15), "rows 2–14"),
        (("A!A1:B2", "B!A1:B2"), (5, 15), "A!A1:B2 – B!A1:B2"),
        (("A!A1:C4", "A!A2:C2", "A!A4:C4"), (0, 25), "A!A1:C4"),
        (("A!B1", "A!A3:AB9"), (0, 15), "A!A1:AB9"),
        (("'직원 명부'!A9:C9", "'직원 명부'!A10:C10"), (0, 15), "'직원 명부'!A9:C10"),
        (("a.pdf p. 1", "a.pdf p. 4", "b.pdf p. 1"), (0, 25), "a.pdf p. 1 – b.pdf p. 1"),
        (("a.pdf p. 1", "a.pdf p. 4"), (0, 25), "a.pdf p. 1–4"),
        ((), (0, 5), ""),
    ],
)
def test_a_passage_that_runs_over_places_names_the_first_and_the_last(
    places: tuple[str, ...], span: tuple[int, int], shown: str
) -> None:
    marks = [Mark(10 * index, place) for index, place in enumerate(places)]
    assert locator_of(marks, *span) == shown


def _notebook() -> bytes:
    cells = [{"cell_type": "markdown", "source": f"{n}번째 셀의 설명은 이 문장이다."} for n in range(1, 6)]
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}, ensure_ascii=False).encode()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "연차"
    for row in (("직급", "일수"), ("사원", "15일"), ("부장", "25일")):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    for name in ("rules.pdf", "slides.pptx"):
        (desk.notes / name).write_bytes((FOLDER / name).read_bytes())
    (desk.notes / "손실.ipynb").write_bytes(_notebook())
    (desk.notes / "연차.xlsx").write_bytes(_workbook())
    (desk.notes / "직급.csv").write_text("직급,일수\n사원,15일\n부장,25일\n", encoding="utf-8")
    desk.run(chunk_tokens=400)
    return desk


@pytest.mark.parametrize(
    ("name", "quote", "locator"),
    [
        ("rules.pdf", "이 지침은 2025년 3월 1일부터 시행한다.", "p. 1"),
        ("rules.pdf", "긴급한 사유가 있으면 당일에 신청할 수 있다.", "p. 2"),
        ("rules.pdf", "Employees who travel abroad", "p. 3"),
        ("slides.pptx", "검색은 질문과 가까운 문단을 찾는 단계이다.", "slide 2"),
        ("slides.pptx", "| RAG | 있음 |", "slide 3"),
        ("손실.ipynb", "4번째 셀의 설명은 이 문장이다.", "cell 4"),
        ("연차.xlsx", "| 부장 | 25일 |", "연차!A3:B3"),
        ("직급.csv", "| 부장 | 25일 |", "row 3"),
    ],
)
def test_a_citation_names_the_place_of_its_quote(desk: Desk, name: str, quote: str, locator: str) -> None:
    """The whole passage stands on several pages; the place of the passage was cited for each sentence of it."""
    with desk.store.open_current() as snapshot:
        catalog = snapshot.catalog
        source = next(source for source in catalog.sources() if source.name == name)
        start = catalog.text_of(source.id).index(quote)
        end = start + len(quote)
        place = next(p for p in catalog.placements_of_source(source.id) if p.start <= start and end <= p.end)
        cited = Citation(1, name, source.id, "", quote, start, end, 1, place.locator)
        assert located([cited], catalog.locator_of)[0].locator == locator


def test_the_passage_itself_names_all_of_its_places(desk: Desk) -> None:
    with desk.store.open_current() as snapshot:
        places = {
            source.name: [place.locator for place in snapshot.catalog.placements_of_source(source.id)]
            for source in snapshot.catalog.sources()
        }
    assert places["손실.ipynb"] == ["cell 1–5"]
    assert places["연차.xlsx"] == ["연차!A1:B3"]
    assert places["직급.csv"] == ["rows 2–3"]


def test_an_index_of_before_cites_the_place_of_the_passage_until_it_is_ingested_again(desk: Desk) -> None:
    with desk.store.open_current() as snapshot:
        path = snapshot._desk.folder / "catalog.sqlite"
        old = desk.folder / "old.sqlite"
        old.write_bytes(path.read_bytes())
        source = next(source for source in snapshot.catalog.sources() if source.name == "rules.pdf")
    with sqlite3.connect(old) as connection:
        connection.executescript("DROP TABLE marks; DROP TABLE reports;")
    catalog = Catalog(old)
    cited = Citation(1, "rules.pdf", source.id, "", "x", 5, 6, 1, "p. 1–3")
    assert located([cited], catalog.locator_of) == (cited,)
    assert (catalog.reports(), catalog.report_of(source.id), catalog.unread()) == ({}, None, frozenset())
    catalog.close()
