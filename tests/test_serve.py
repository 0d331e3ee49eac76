"""Opening the page: what stands in the way is said in one sentence, with the remedy, before any server starts."""

import socket

import pytest

from rag_app.views.__main__ import main


def test_a_taken_port_is_named_with_another_one_to_take(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    message = capsys.readouterr().err
    assert f"port {port}" in message
    assert "make run PORT=" in message
    assert "Traceback" not in message


def test_the_sentence_is_korean_for_a_korean_reader(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAG_LANGUAGE", "ko")
    assert main(["--port", "70000"]) == 2
    assert "70000번 포트를 쓸 수 없습니다" in capsys.readouterr().err


def test_an_address_that_others_can_reach_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--address", "0.0.0.0"]) == 2
    assert "--insecure" in capsys.readouterr().err


def test_a_wrong_setting_is_named_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAG_HITS", "many")
    assert main([]) == 2
    assert "RAG_HITS" in capsys.readouterr().err
