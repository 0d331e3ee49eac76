"""Standard output of the command lines: a reader that goes early ends them quietly, and Korean is spoken in any locale."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.__main__ import main
from tests.conftest import REPOSITORY


def cut(script: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a script whose standard output nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return subprocess.run(
            [sys.executable, "-c", script],
            stdout=writing,
            stderr=subprocess.PIPE,
            cwd=REPOSITORY,
            env={**os.environ, **environment},
            timeout=120,
            check=False,
        )
    finally:
        os.close(writing)


@pytest.mark.parametrize(
    ("package", "words"),
    [("ingest", ["status"]), ("ingest", ["NOTES", "--json"]), ("ingest", ["NOTES"]), ("graphs", ["doctor"])],
)
def test_output_that_nobody_reads_is_no_failure(package: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# 휴가\n\n연차는 15일이다.\n", encoding="utf-8")
    given = [word.replace("NOTES", str(tmp_path / "notes")) for word in words]
    done = cut(
        f"import sys; from {package}.__main__ import main; sys.exit(main({given!r}))",
        RAG_DATA_DIR=str(tmp_path / "data"),
    )
    assert (done.returncode, b"pipe" in done.stderr.lower()) == (0, False), done.stderr


def test_a_failure_of_the_run_is_told_although_nobody_reads_its_output(tmp_path: Path) -> None:
    done = cut(
        f"import sys; from ingest.__main__ import main; sys.exit(main([{str(tmp_path / 'gone')!r}]))",
        RAG_DATA_DIR=str(tmp_path / "data"),
        RAG_LANGUAGE="ko",
    )
    assert done.returncode == 2
    assert "파일이나 폴더의 이름을 적어 주세요" in done.stderr.decode("utf-8")


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "오류: gone이(가) 없습니다."), ("en", "error: gone does not exist;")]
)
def test_what_is_wrong_with_a_path_is_said_in_the_language_of_the_terminal(
    language: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RAG_LANGUAGE", language)
    assert main(["gone"]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "빈 파일입니다(0바이트)"), ("en", "the file is empty (0 bytes)")]
)
def test_remarks_of_a_run_are_said_in_the_language_of_the_terminal(
    language: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "empty.md").write_text("", encoding="utf-8")
    monkeypatch.setenv("RAG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RAG_LANGUAGE", language)
    assert main([str(tmp_path / "notes")]) == 0
    assert said in capsys.readouterr().out
