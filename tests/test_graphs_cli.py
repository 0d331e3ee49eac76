"""The command line of a conversation: what it prints, its exit codes, one-sentence errors, and that nothing leaves the machine."""

import gzip
import io
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from graphs.__main__ import main
from graphs.doctor import examine
from graphs.rows import query_rows
from rag_app.errors import UsageError
from tests.openai_server import OpenAIServer, fails, says

NOTES = {
    "휴가.md": "# 휴가 규정\n\n## 이월\n\n남은 연차는 최대 5일까지 이월할 수 있다.\n",
    "remote.md": "# Remote work\n\n## Rules\n\nRemote work is allowed two days a week.\n",
    "dropout.md": "# 드롭아웃\n\n드롭아웃은 학습할 때 노드를 무작위로 끈다. 그래서 과적합을 줄인다.\n",
}
REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three ingested notes."""
    folder = tmp_path_factory.mktemp("indexed")
    for name, text in NOTES.items():
        (folder / "notes" / name).parent.mkdir(exist_ok=True)
        (folder / "notes" / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ingest", str(folder / "notes")]
    environment = {**os.environ, "RAG_DATA_DIR": str(folder / "data")}
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True)
    return folder / "data"


def run(indexed: Path, *words: str, **switches: str) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own, as a user calls it; no `.env` is in the way."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("RAG_", "OPENAI_"))}
    environment = {**known, "RAG_DATA_DIR": str(indexed), "PYTHONPATH": str(REPOSITORY), **switches}
    return subprocess.run(
        [sys.executable, "-m", "graphs", *words],
        cwd=indexed.parent,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def answered(result: subprocess.CompletedProcess[str]) -> Mapping[str, Any]:
    assert result.returncode == 0, result.stderr
    row = json.loads(result.stdout)
    assert isinstance(row, dict)
    return row


# ---------------------------------------------------------------- ask


def test_ask_prints_one_json_object_whose_quotes_stand_where_they_say(indexed: Path) -> None:
    row = answered(run(indexed, "ask", "남은 연차는 며칠까지 이월할 수 있나요?", "--json"))
    assert {"answer", "language", "abstained", "route", "citations", "hits", "warnings", "timings_ms"} <= row.keys()
    assert (row["language"], row["abstained"], row["warnings"]) == ("ko", False, [])
    citation = row["citations"][0]
    assert {"n", "source", "heading", "quote", "start", "end", "line"} <= citation.keys()
    assert (citation["n"], citation["source"], citation["line"]) == (1, "휴가.md", 5)
    assert NOTES["휴가.md"][citation["start"] : citation["end"]] == citation["quote"]
    assert {"source", "heading", "score", "text"} <= row["hits"][0].keys()
    assert {"evidence", "style", "reason"} <= row["route"].keys()


def test_ask_prints_the_answer_its_sources_and_how_to_set_a_model(indexed: Path) -> None:
    result = run(indexed, "ask", "How many days of remote work are allowed?")
    assert result.returncode == 0
    assert result.stdout.startswith("Remote work is allowed two days a week. [1]\n\n[1] remote.md")
    assert "(line 5)" in result.stdout
    assert result.stderr.startswith("Answers quote the documents: no language model is configured.")


def test_an_abstention_is_no_failure(indexed: Path) -> None:
    row = answered(run(indexed, "ask", "우주 정거장의 기압은 얼마인가요?", "--json"))
    assert row["abstained"]
    assert row["answer"].startswith("문서에서 이 질문의 답을 찾지 못했습니다.")


def test_a_configured_collection_that_is_not_there_is_named(indexed: Path) -> None:
    for command in ("ask", "search"):
        result = run(indexed, command, "연차 이월", RAG_COLLECTION="nix")
        assert result.returncode == 2
        assert "there is no collection 'nix'; there are: default; set RAG_COLLECTION" in result.stderr
    assert run(indexed, "ask", "남은 연차 이월 collection:default", RAG_COLLECTION="nix").returncode == 0


def test_the_filters_in_force_are_said_in_the_language_of_the_question(indexed: Path) -> None:
    assert "path:*.md (문서 3개에서 찾음)" in run(indexed, "ask", "연차 이월은 며칠?", "--path", "*.md").stdout
    assert "(documents searched: 3)" in run(indexed, "ask", "Is remote work allowed?", "--path", "*.md").stdout


def test_korean_is_printed_and_read_under_a_plain_locale(indexed: Path) -> None:
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    result = run(indexed, "search", "드롭아웃", "-k", "1", **plain)
    assert result.returncode == 0, result.stderr
    assert "드롭아웃은 학습할 때 노드를 무작위로 끈다." in result.stdout


def test_a_model_that_cannot_be_used_is_a_warning_beside_the_quoted_answer(indexed: Path) -> None:
    row = answered(run(indexed, "ask", "드롭아웃은 노드를 어떻게 하나요?", "--json", RAG_LLM="openai:gpt-5-mini"))
    assert "노드를 무작위로 끈다" in row["answer"]
    assert "OPENAI_API_KEY 값이 없습니다" in row["warnings"][0]


def test_nothing_leaves_the_machine_even_with_tracing_inherited(indexed: Path) -> None:
    """LangChain sends every question to its tracing service when a variable in the shell says so."""
    with socket.create_server(("127.0.0.1", 0)) as sink, OpenAIServer(says("노드를 무작위로 끕니다 [1].")) as server:
        sink.setblocking(False)
        row = answered(
            run(
                indexed,
                "ask",
                "드롭아웃은 노드를 어떻게 하나요?",
                "--json",
                RAG_LLM="openai:tiny",
                OPENAI_BASE_URL=server.url,
                LANGSMITH_TRACING="true",
                LANGCHAIN_TRACING_V2="true",
                LANGSMITH_API_KEY="lsv2_x",
                LANGSMITH_ENDPOINT=f"http://127.0.0.1:{sink.getsockname()[1]}",
            )
        )
        assert row["model"] == "openai:tiny"
        with pytest.raises(BlockingIOError):
            sink.accept()


# ---------------------------------------------------------------- search


def test_search_reads_queries_from_a_compressed_file_and_prints_a_line_each(indexed: Path, tmp_path: Path) -> None:
    file = tmp_path / "queries.jsonl.gz"
    rows = [{"_id": "q1", "text": "연차 이월"}, {"_id": 2, "text": "remote work"}, {"_id": "q3", "text": " "}]
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    result = run(indexed, "search", "--queries", str(file), "-k", "50", "--json")
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["_id"] for line in lines] == ["q1", "2", "q3"]
    assert [line["hits"][0]["source"] for line in lines[:2]] == ["휴가.md", "remote.md"]
    assert lines[2]["hits"] == []
    for line in lines:
        scores = [hit["score"] for hit in line["hits"]]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"_id": "1"}\n', "line 1: expected"),
        (b'{"_id": "1", "text": "a"}\nnot json\n', "line 2: expected"),
        (b"[1, 2]\n", "line 1: expected"),
        (b'{"_id": "1", "text": "\xff"}\n', "cannot be read"),
    ],
)
def test_a_wrong_query_file_is_named_with_its_line(tmp_path: Path, content: bytes, complaint: str) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=complaint):
        list(query_rows(file))


def test_a_query_file_may_be_missing_or_no_archive(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list(query_rows(tmp_path / "nothing.jsonl"))
    (tmp_path / "plain.jsonl.gz").write_bytes(b'{"_id": "1", "text": "a"}\n')
    with pytest.raises(UsageError, match="cannot be read"):
        list(query_rows(tmp_path / "plain.jsonl.gz"))


# ---------------------------------------------------------------- errors


def test_without_an_index_the_command_that_makes_one_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "연차는 며칠인가요?"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("seodang: there is no index in")
    assert "python -m ingest" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "switches", "complaint"),
    [
        (["ask", "x"], {"RAG_HITS": "0"}, "RAG_HITS is '0', but"),
        (["ask", "x"], {"RAG_HITS": "５.5", "RAG_LLM_TIMEOUT_S": "-1"}, "RAG_LLM_TIMEOUT_S is '-1', but"),
        (["search"], {}, "search takes either a question or --queries FILE"),
        (["search", "a", "--queries", "b"], {}, "search takes either a question or --queries FILE"),
    ],
)
def test_wrong_settings_and_usage_are_one_sentence_and_exit_code_2(
    words: list[str],
    switches: dict[str, str],
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in switches.items():
        monkeypatch.setenv(name, value)
    assert main(words) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert "Traceback" not in error


@pytest.mark.parametrize("words", [[], ["ask"], ["search", "a", "-k", "0"], ["search", "a", "-k", "1e9"], ["dance"]])
def test_what_the_parser_refuses_is_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_question_over_the_limit_is_refused_with_the_limit(indexed: Path) -> None:
    result = run(indexed, "ask", "가" * 5000)
    assert (result.returncode, result.stdout) == (2, "")
    assert "4,000자까지" in result.stderr


# ---------------------------------------------------------------- doctor


def test_a_doctor_finds_everything_in_order(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_DATA_DIR", str(indexed))
    out = io.StringIO()
    assert examine(out) == 0
    lines = out.getvalue().splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "ok   settings",
        "ok   morphemes",
        "ok   embedder",
        "ok   index",
        "ok   model",
    ]
    assert "3 documents" in lines[3]


def test_a_doctor_names_each_fault_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with OpenAIServer(fails(401)) as server:
        monkeypatch.setenv("RAG_LLM", "openai:tiny")
        monkeypatch.setenv("RAG_LLM_RETRIES", "0")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("RAG_EMBEDDING_MODEL", str(tmp_path / "no model"))
        out = io.StringIO()
        assert examine(out) == 1
    faults = [line for line in out.getvalue().splitlines() if line.startswith("FIX")]
    assert "RAG_EMBEDDING_MODEL" in faults[0]
    assert "check OPENAI_API_KEY" in faults[-1]


def test_a_doctor_stops_at_settings_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_HITS", "many")
    out = io.StringIO()
    assert examine(out) == 1
    assert out.getvalue().startswith("FIX  settings: RAG_HITS is 'many'")


def test_nothing_runs_at_import() -> None:
    """Importing the command line loads neither the graph library nor the engines, and starts no thread."""
    code = (
        "import sys, threading, graphs.__main__, graphs.chat\n"
        "heavy = {'langgraph', 'langchain', 'chromadb', 'torch', 'streamlit', 'langsmith'} & set(sys.modules)\n"
        "print(sorted(heavy), threading.active_count())"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=True
    )
    assert result.stdout.strip() == "[] 1"
    assert threading.current_thread() is threading.main_thread()
