"""An index that cannot be written, and one that is rolled back: what was published goes on answering, or answers again."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag_app.errors import StorageFault
from rag_app.retrieval import Retriever
from rag_app.settings import Settings
from tests.fakes import SplitTerms
from tests.test_sync import Desk

CALLS = ("mkdir", "rename", "replace", "fsync", "open")
REMEDY = r"make \S+ writable for this user, or name another folder in RAG_DATA_DIR"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write("a.md", "연차는 15일이다.")
    made.run()
    made.write("a.md", "연차는 20일이다.")
    return made


def refuse(monkeypatch: pytest.MonkeyPatch, folder: Path, *names: str) -> list[str]:
    """Have these calls of the operating system fail below a folder as on a read-only file system; the calls that did.

    The tests may run as root, whom no file mode stops.
    """
    refused: list[str] = []

    def refusing(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(target: Any, *rest: Any, **named: Any) -> Any:
            path = os.readlink(f"/proc/self/fd/{target}") if isinstance(target, int) else os.fspath(target)
            harmless = name == "open" and not rest[0] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if harmless or not Path(os.fsdecode(path)).is_relative_to(folder):
                return call(target, *rest, **named)
            refused.append(name)
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), os.fspath(path))

        return guarded

    for name in names:
        monkeypatch.setattr(os, name, refusing(name, getattr(os, name)))
    return refused


@pytest.mark.parametrize("calls", [CALLS, *((call,) for call in CALLS)], ids="+".join)
def test_a_run_on_a_read_only_index_says_so_and_leaves_the_live_generation(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, calls: tuple[str, ...]
) -> None:
    with monkeypatch.context() as patched:
        refused = refuse(patched, desk.data / "index", *calls)
        with pytest.raises(StorageFault, match=REMEDY) as raised:
            desk.run()
        assert refused
    assert "\n" not in str(raised.value)
    assert desk.store.current() == 1
    assert desk.text("a.md") == "연차는 15일이다."
    receipt = desk.run()
    assert (receipt.generation, receipt.failed) == (max(desk.store.generations()), ())
    assert desk.text("a.md") == "연차는 20일이다."
    assert not [path for path in (desk.data / "index").iterdir() if path.name.startswith(("building-", "dying-"))]


def test_a_retriever_that_is_open_follows_a_rollback(desk: Desk) -> None:
    desk.run()
    retriever = Retriever(desk.store, desk.embedder, SplitTerms(), Settings(data_dir=desk.data))

    def texts() -> list[str]:
        return [hit.chunk.text for hit in retriever.search("연차는 며칠인가?").hits]

    assert (texts(), retriever.snapshot().number) == (["연차는 20일이다."], 2)
    with desk.store.lock():
        desk.store.roll_back(1)
    assert (texts(), retriever.snapshot().number) == (["연차는 15일이다."], 1)
    with desk.store.lock():
        desk.store.roll_back(2)
    assert texts() == ["연차는 20일이다."]
    retriever.close()
