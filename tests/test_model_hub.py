"""Models by name: a copy at hand needs no hub, and a hub that does not answer is asked once, not a dozen times."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.tiny_cross_encoder import make_tiny_cross_encoder

RERANK = """
import sys
from rag_app.errors import RerankingFault
from rag_app.reranking import Reranker
try:
    print("scores:", len(Reranker(sys.argv[1]).scores("연차", ["휴가", "수당"])))
except RerankingFault as fault:
    print("fault:", fault)
"""
EMBED = """
import sys
from rag_app.embedder.transformer import open_transformer
from rag_app.errors import EmbeddingFault
try:
    print("dimension:", open_transformer(sys.argv[1], 8).dimension)
except EmbeddingFault as fault:
    print("fault:", fault)
"""
REVISION = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """A model hub that is out of order, and notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _OutOfOrder)

    def run(self, code: str, name: str, cache: Path) -> str:
        """What a fresh process prints that has this hub and this cache."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "HUGGINGFACE"))}
        environment |= {"HF_ENDPOINT": f"http://127.0.0.1:{self.server_port}", "HF_HUB_CACHE": str(cache)}
        done = subprocess.run(
            [sys.executable, "-c", code, name], env=environment, capture_output=True, text=True, check=True, timeout=300
        )
        return done.stdout


class _OutOfOrder(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_error(503)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """The test's output stays clean."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    yield hub
    hub.shutdown()
    hub.server_close()
    thread.join()


@pytest.mark.parametrize(("code", "variable"), [(RERANK, "RAG_RERANKER"), (EMBED, "RAG_EMBEDDING_MODEL")])
def test_a_hub_out_of_order_is_asked_once(hub: Hub, tmp_path: Path, code: str, variable: str) -> None:
    said = hub.run(code, "somebody/no-such-model", tmp_path)
    assert said.startswith("fault:")
    assert variable in said
    assert len([path for path in hub.asked if "no-such-model" in path]) == 1, hub.asked


def test_a_copy_at_hand_needs_no_hub(hub: Hub, tmp_path: Path) -> None:
    model = make_tiny_cross_encoder(tmp_path / "made", "특별", ("질문", "휴가", "연차", "규정", "수당"))
    kept = tmp_path / "cache" / "models--somebody--tiny"
    shutil.copytree(model, kept / "snapshots" / REVISION)
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text(REVISION, encoding="utf-8")
    assert hub.run(RERANK, "somebody/tiny", tmp_path / "cache") == "scores: 2\n"
    assert not any("somebody" in path for path in hub.asked), hub.asked


@pytest.mark.parametrize("name", ["no/such/folder/here", "../weg", "모델 이름"])
def test_what_is_neither_folder_nor_name_is_not_asked_for(hub: Hub, tmp_path: Path, name: str) -> None:
    assert hub.run(RERANK, name, tmp_path).startswith("fault:")
    assert not any("/models/" in path for path in hub.asked), hub.asked
