"""Chat models that somebody else serves: `transformers serve` over HTTP, and a Hugging Face model inside the process."""

import contextlib
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_app.llm import Message, open_llm
from tests.conversation import chat_over, settings_for
from tests.tiny_llama import make_tiny_llama

pytestmark = pytest.mark.slow

LIMIT = "숙박비는 하루 얼마까지 정산해?"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_llama(tmp_path_factory.mktemp("tiny llama"))


@pytest.fixture(scope="module")
def served(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base address of a running `transformers serve` over the tiny model."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [Path(sys.executable).parent / "transformers", "serve", tiny, "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "HF_HUB_CACHE": str(tmp_path_factory.mktemp("hub")), "HF_HUB_OFFLINE": "1"}
    log = tmp_path_factory.mktemp("log") / "serve.txt"
    with (
        log.open("w") as out,
        subprocess.Popen(
            [*map(str, command), "--device", "cpu", "--default-seed", "3"], env=environment, stdout=out, stderr=out
        ) as server,
    ):
        try:
            while not _is_up(f"http://127.0.0.1:{port}/health"):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    server.wait(timeout=0.5)
                    raise AssertionError(log.read_text())
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def _is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def test_a_compatible_server_streams_an_answer(tiny: Path, served: str) -> None:
    model = open_llm(settings_for(llm=f"openai:{tiny}"), {"OPENAI_BASE_URL": served})
    assert model is not None
    pieces = list(model.stream((Message("system", "짧게."), Message("user", "연차는?"))))
    assert "".join(pieces)
    assert len(pieces) > 1


def test_nonsense_of_a_compatible_server_never_costs_the_answer(tiny: Path, served: str) -> None:
    """The tiny model has learnt nothing: whatever it says, the answer has text and ends in an answer or quotations."""
    model = open_llm(settings_for(llm=f"openai:{tiny}"), {"OPENAI_BASE_URL": served})
    answer = chat_over(llm=model).ask(LIMIT)
    assert answer.text
    assert answer.model in (f"openai:{tiny}", "extractive")
    assert answer.model != "extractive" or answer.warnings


def test_a_model_inside_the_process_streams_an_answer(tiny: Path) -> None:
    model = open_llm(settings_for(llm=f"huggingface:{tiny}"), {})
    assert model is not None
    assert model.complete((Message("system", "짧게."), Message("user", "연차는?")))
    assert chat_over(llm=model).ask(LIMIT).text
