"""The command line: exit codes, one clear sentence per error, JSON for programs, and no traceback in any locale."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.__main__ import main
from ingest.report import as_json, as_words
from ingest.texts import _EN, _KO, language_of_terminal
from rag_app.receipts import Failure, FileReport, Receipt
from tests.conftest import REPOSITORY

RECEIPT = Receipt(3, 5, 2, 40, 4, (Failure("b.md", "reason"),), 7, 45, 1.25, (FileReport("a.md", "added", added=5),))


def test_json_has_the_promised_keys() -> None:
    body = json.loads(as_json(RECEIPT))
    assert list(body)[:9] == [
        "generation",
        "added",
        "removed",
        "kept",
        "embedded",
        "failed",
        "sources",
        "chunks",
        "seconds",
    ]
    assert body["failed"] == [{"source": "b.md", "reason": "reason"}]
    assert body["files"][0]["source"] == "a.md"


def test_words_name_what_failed() -> None:
    assert as_words(RECEIPT, "en", paths="notes", dry_run=False) == (
        "Generation 3: 5 chunks added, 2 removed, 40 kept; 7 documents and 45 chunks in all (4 embedded, 1.2 s).\n"
        "  file    format  encoding  chars  extent  empty  garbled  OCR  added  kept  removed     s\n"
        "  + a.md                        0                                   5                 0.00\n"
        "1 document(s) could not be read:\n  b.md: reason"
    )


def test_names_cannot_move_the_cursor() -> None:
    receipt = Receipt(1, 0, 0, 0, 0, (Failure("a\n\x1b[31m.md", "reason"),), 1, 1, 0.0)
    assert "a\\n\\x1b[31m.md: reason" in as_words(receipt, "ko", paths="", dry_run=False)


def test_both_languages_have_every_text() -> None:
    assert _KO.keys() == _EN.keys()


@pytest.mark.parametrize(
    ("configured", "locale", "language"),
    [("auto", "ko_KR.UTF-8", "ko"), ("auto", "C", "en"), ("en", "ko_KR.UTF-8", "en"), ("ko", "C", "ko")],
)
def test_the_language_is_the_configured_one_or_the_locales(
    configured: str, locale: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert language_of_terminal(configured) == language


def test_wrong_usage_is_exit_code_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([str(tmp_path / "gone")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "gone does not exist" in err


def test_a_wrong_setting_is_exit_code_2(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_CHUNK_TOKENS", "abc")
    assert main(["notes"]) == 2
    assert "RAG_CHUNK_TOKENS" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_an_unusable_collection_is_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--collection", name]) == 2
    assert "--collection" in capsys.readouterr().err


def command(*arguments: str, data: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "ingest", *arguments],
        cwd=REPOSITORY,
        env={**kept, "RAG_DATA_DIR": str(data), **environment},
        capture_output=True,
        check=False,
        timeout=240,
    )


@pytest.mark.slow
def test_a_folder_is_ingested_in_the_plainest_locale(tmp_path: Path) -> None:
    notes = tmp_path / "노트"
    notes.mkdir()
    (notes / "휴가.md").write_text("# 휴가\n\n연차는 15일이다.", encoding="utf-8")
    (notes / "사진.md").write_bytes(b"MZ" + b"\x00" * 99)
    data = tmp_path / "data"
    first = command(str(notes), "--json", data=data, LANG="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert first.returncode == 1, first.stderr.decode()
    body = json.loads(first.stdout.decode())
    assert (body["sources"], body["chunks"], body["embedded"]) == (1, 1, 1)
    assert body["failed"][0]["source"] == "사진.md"
    (notes / "사진.md").unlink()
    second = command(str(notes), data=data, LANG="ko_KR.UTF-8")
    assert second.returncode == 0
    assert second.stdout.decode().startswith("바뀐 문서가 없습니다. 문서 1개, 조각 1개가 그대로입니다.")
    assert second.stderr == b""
    (notes / "휴가.md").unlink()
    third = command(str(notes), data=data, LANG="C")
    assert third.returncode == 2
    assert b"--allow-shrink" in third.stderr
    assert b"Traceback" not in third.stderr


@pytest.mark.slow
def test_an_empty_folder_is_a_clear_sentence(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    done = command(str(notes), data=tmp_path / "data", RAG_LANGUAGE="ko")
    assert done.returncode == 0
    assert "읽을 문서가 없습니다" in done.stdout.decode()


def test_help_is_quick_and_in_the_language(tmp_path: Path) -> None:
    done = command("--help", data=tmp_path / "data", RAG_LANGUAGE="ko")
    assert done.returncode == 0
    assert "문서 폴더나 파일을 읽어" in done.stdout.decode()
