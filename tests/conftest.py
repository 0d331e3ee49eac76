"""What holds for every test: no network beyond this machine, no switches from the outside, a data folder of its own."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres_server import server_folder, serving

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

settings.register_profile("untimed", deadline=None)  # a busy machine is no defect
settings.load_profile("untimed")

REPOSITORY = Path(__file__).resolve().parent.parent
_LOOPBACK = ("127.", "localhost", "::1", "0.0.0.0")


@pytest.fixture(autouse=True)
def _no_switches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the developer's `.env` nor their environment reaches a test."""
    for name in list(os.environ):
        if name.startswith(("RAG_", "LANGSMITH_", "LANGCHAIN_")) or name.endswith(("_API_KEY", "_BASE_URL")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RAG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setitem(_settings_config(), "env_file", None)


def _settings_config() -> dict[str, object]:
    from rag_app.settings import Settings

    return Settings.model_config  # type: ignore[return-value]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to another machine is a failure, not a download."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(_LOOPBACK):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """The data folder that `RAG_DATA_DIR` names in this test."""
    return tmp_path / "data"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a real PostgreSQL server, without the name of a database."""
    programs = server_folder()
    if programs is None:
        pytest.skip("no PostgreSQL server here; to run this: apt-get install postgresql")
    with serving(programs) as url:
        yield url
