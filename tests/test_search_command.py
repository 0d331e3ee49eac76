"""`search` and the filter switches of the command line: what is printed, explained, refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphs.__main__ import main

REPOSITORY = Path(__file__).resolve().parent.parent
NOTES = {
    "규정/휴가-2025.md": "---\ntags: [인사, 휴가]\n---\n# 휴가 규정\n\n남은 연차는 최대 5일까지 이월할 수 있다.\n",
    "규정/휴가-2023.md": "---\ntags: [인사]\ndate: 2023-01-01\n---\n# 휴가 규정\n\n남은 연차는 3일까지 이월할 수 있다.\n",
    "scheduler.md": "# Scheduler\n\nA scheduler lowers the learning rate while training goes on.\n",
    "rows.csv": "이름,연차\n김하나,15\n이둘,17\n",
}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with four ingested notes."""
    folder = tmp_path_factory.mktemp("search")
    for name, text in NOTES.items():
        (folder / "notes" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "notes" / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ingest", str(folder / "notes")]
    environment = {**os.environ, "RAG_DATA_DIR": str(folder / "data")}
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True)
    return folder / "data"


@pytest.fixture(autouse=True)
def _over(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_DATA_DIR", str(indexed))


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def complaint(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 2
    return capsys.readouterr().err


def sources(out: str) -> list[str]:
    return [hit["source"] for hit in json.loads(out)["hits"]]


def test_a_filter_in_the_question_and_a_switch_do_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    typed = printed(capsys, "search", "연차 이월 날짜:2025 태그:인사", "--json")
    switched = printed(capsys, "search", "연차 이월", "--date", "2025", "--tag", "인사", "--json")
    assert set(sources(typed)) == {"규정/휴가-2025.md"}
    assert json.loads(typed)["hits"] == json.loads(switched)["hits"]
    assert {hit["date"] for hit in json.loads(typed)["hits"]} == {"2025"}
    assert set(sources(printed(capsys, "search", "연차", "--path", "규정/", "--json"))) == {
        "규정/휴가-2025.md",
        "규정/휴가-2023.md",
    }


def test_lines_name_the_scope_and_the_place_of_each_hit(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "search", "김하나 연차 path:*.csv")
    assert out.startswith("path:*.csv (documents searched: 1)\n  1. ")
    assert "rows.csv (rows 2–3)" in out
    assert "(line 1, 2025)" in printed(capsys, "search", "이월 date:2025", "-k", "1")


def test_ask_answers_from_the_documents_of_the_filter_and_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "ask", "남은 연차는 며칠까지 이월할 수 있나요?", "--date", "..2023")
    assert out.startswith("남은 연차는 3일까지 이월할 수 있다. [1]")
    assert "date:..2023 (문서 1개에서 찾음)" in out
    row = json.loads(printed(capsys, "ask", "남은 연차는 며칠까지 이월할 수 있나요? date:2025", "--json"))
    assert row["answer"].startswith("남은 연차는 최대 5일까지")
    assert (row["filters"], row["documents_searched"]) == (["date:2025"], 1)


def test_what_is_wrong_with_a_filter_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert "가까운 태그: 휴가" in complaint(capsys, "search", "연차 tag:휴까")
    assert "no document meets path:nowhere/" in complaint(capsys, "ask", "leave?", "--path", "nowhere/")
    assert "is no date or period" in complaint(capsys, "ask", "leave?", "--date", "soon")


def test_a_file_of_queries_holds_no_filters_but_the_switches_apply(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_text(json.dumps({"_id": "1", "text": "path:nowhere/ 이월"}, ensure_ascii=False), encoding="utf-8")
    out = printed(capsys, "search", "--queries", str(file), "--tag", "휴가")
    assert set(sources(out)) == {"규정/휴가-2025.md"}


def test_an_explained_search_says_why_each_hit_stands_where_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "search", "스케줄러는 학습률을 낮추나요?", "-k", "2", "--explain")
    heard, *lines = [line.strip() for line in out.splitlines()]
    assert heard == "스케줄러 -> Scheduler (as the documents spell it)"
    assert [line.split()[0] for line in lines[2:6]] == ["terms", "signals", "points", "why"]
    assert "scheduler.md" in lines[0]
    assert "스케줄러 only as schedul (by sound, counts 0." in lines[2]
    assert "another language (en)" in lines[3]
    assert lines[5].startswith("why      first, mostly for meaning")
    assert " behind the one above, which has more " in out


def test_an_explained_row_holds_parts_that_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    row = json.loads(printed(capsys, "search", "연차 이월", "-k", "2", "--explain", "--json"))
    for hit in row["hits"]:
        reasons = hit["explanation"]
        assert "이월" in reasons["matched"]
        assert sum(part["points"] for part in reasons["parts"].values()) == pytest.approx(reasons["raw"], abs=1e-4)
        assert reasons["why"]
    plain = json.loads(printed(capsys, "search", "연차 이월", "-k", "2", "--json"))
    assert all("explanation" not in hit for hit in plain["hits"])


def test_a_reranker_that_cannot_be_used_is_told_beside_the_hits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    monkeypatch.setenv("RAG_RERANKER", str(tmp_path / "model"))
    assert main(["search", "연차 이월"]) == 0
    shown = capsys.readouterr()
    assert "휴가-2025.md" in shown.out
    assert "! the passages were not reranked: RAG_RERANKER is " in shown.err
