"""The sandbox: whatever a parser does, it ends as one sentence, and the next file is read."""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sandbox import Limits, Sandbox
from ingest.source_json import source_from_json, source_to_json
from rag_app.errors import SourceError, SourceTooLarge, UnreadableSource
from rag_app.schema import Heading, Mark, SourceText

LIMITS = Limits(memory_mb=512, cpu_s=1, wall_s=20)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS, readers="tests.hostile_readers") as box:
        yield box


@pytest.mark.parametrize(
    ("reader", "kind", "words"),
    [
        ("endless", UnreadableSource, "more than 1 s of processor time"),
        ("greedy", SourceTooLarge, "more than 512 MiB of memory"),
        ("crash", UnreadableSource, r"the crash reader crashed on it \(signal 11\)"),
        ("leave", UnreadableSource, r"crashed on it \(exit code 3\)"),
        ("refuse", SourceTooLarge, "^the limit is 7$"),
        ("fail", UnreadableSource, "stopped with KeyError"),
        ("deep", UnreadableSource, "nested too deeply"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_the_next_file_is_read(
    sandbox: Sandbox, reader: str, kind: type[SourceError], words: str
) -> None:
    with pytest.raises(kind, match=words) as raised:
        sandbox.read(reader, b"x")
    assert type(raised.value) is kind
    assert sandbox.read("print", "다음 문서".encode()).text == "다음 문서"


def test_the_clock_ends_what_the_processor_limit_does_not() -> None:
    with Sandbox(Limits(cpu_s=60, wall_s=4.0), readers="tests.hostile_readers") as box:
        with pytest.raises(UnreadableSource, match="took longer than 4 s"):
            box.read("endless", b"")
        assert box.read("print", b"next").text == "next"


def test_a_crash_of_a_used_child_is_tried_once_in_a_fresh_one(sandbox: Sandbox) -> None:
    sandbox.read("print", b"first")
    with pytest.raises(UnreadableSource, match="signal 11"):
        sandbox.read("crash", b"")


def test_there_is_no_network_and_nothing_is_written_or_started(sandbox: Sandbox, tmp_path: Path) -> None:
    assert sandbox.read("connect", b"").text == "PermissionError: a parser has no network"
    target = tmp_path / "written.txt"
    assert sandbox.read("write", str(target).encode()).text == "PermissionError: a parser writes no files"
    assert sandbox.read("start", b"").text == "PermissionError: a parser starts no programs"
    assert not target.exists()


def _may_leave_the_network() -> bool:
    """Whether the system lets a process without privileges of its own have a network of its own."""
    tried = "import ctypes; c = ctypes.CDLL(None); raise SystemExit(c.unshare(0x40000000) and c.unshare(0x50000000))"
    return sys.platform == "linux" and subprocess.run([sys.executable, "-c", tried], check=False).returncode == 0


@pytest.mark.skipif(not _may_leave_the_network(), reason="this system refuses a network of its own (unshare)")
def test_c_code_has_no_network_either(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1]).encode()
        assert sandbox.read("connect_in_c", port).text == "ENETUNREACH"
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_the_environment_is_empty_and_no_handle_is_inherited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", secrets.token_hex())
    with (tmp_path / "open.txt").open("w") as held, Sandbox(LIMITS, readers="tests.hostile_readers") as box:
        os.set_inheritable(held.fileno(), True)
        names, handles, _ = box.read("look", b"").text.rsplit(" ", 2)
    assert "OPENAI_API_KEY" not in names
    assert set(names.strip("[]").replace("'", "").split(", ")) <= {"", "LC_CTYPE"}
    assert int(handles) <= 6  # three standard ones to nowhere, two pipes, the listing itself


def test_one_child_reads_many_files_and_starts_with_the_first(sandbox: Sandbox) -> None:
    sandbox.read("print", b"")
    numbers = {sandbox.read("look", b"").text.rsplit(" ", 1)[1] for _ in range(3)}
    assert len(numbers) == 1
    unused = Sandbox(LIMITS, readers="tests.hostile_readers")
    unused.close()


def test_a_source_text_survives_the_pipe() -> None:
    source = SourceText(
        title='제목 "따옴표"',
        text="# 하나\n\n본문 😀\n",
        outline=(Heading(1, "하나", 0, 1),),
        format="pdf",
        encoding="pdf",
        marks=(Mark(0, "p. 1"), Mark(6, "p. 2")),
        metadata={"author": "김서연"},
        warnings=("주의",),
    )
    assert source_from_json(source_to_json(source)) == source


@pytest.mark.parametrize(
    "reply",
    [b"", b"[]", b"{}", b'{"title": 1}', source_to_json(SourceText("", "a", (), "x", "x", marks=(Mark(5, "p. 1"),)))],
)
def test_an_answer_that_is_none_is_refused(reply: bytes) -> None:
    with pytest.raises(ValueError):
        source_from_json(reply)
