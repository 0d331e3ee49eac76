"""The composition root: whatever is wrong outside, the page opens and says it in one sentence."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rag_app.conversations import open_conversations

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)


def said(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(item.value) for item in (*app.error, *app.warning, *app.title, *app.markdown, *app.caption))


def test_without_an_index_the_page_says_what_to_run(app: AppTest) -> None:
    app.run()
    assert "아직 읽은 문서가 없습니다" in said(app)
    assert "make run" in said(app)


def test_a_wrong_setting_is_named_without_a_traceback(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_HITS", "many")
    app.run()
    assert "설정값이 올바르지 않습니다" in said(app)
    assert "RAG\\_HITS" in said(app)


def test_the_setting_decides_the_language(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_LANGUAGE", "en")
    app.run()
    assert "No documents have been read yet" in said(app)


def test_a_broken_pointer_to_the_index_is_said_with_its_remedy(app: AppTest, data_dir: Path) -> None:
    (data_dir / "index").mkdir(parents=True)
    (data_dir / "index/CURRENT").write_text("gen-000007\n", encoding="ascii")
    app.run()
    assert "색인이 손상되었습니다" in said(app)


def test_chats_that_cannot_be_stored_do_not_stop_the_page(app: AppTest, data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "conversations.sqlite").write_bytes(b"no database at all, just some words" * 100)
    app.run()
    assert "아직 읽은 문서가 없습니다" in said(app)
    assert "대화를 저장할 수 없어" in said(app)


def test_old_chats_can_be_read_while_there_is_no_index(app: AppTest, data_dir: Path) -> None:
    data_dir.mkdir()
    chats = open_conversations(f"sqlite:///{data_dir.resolve() / 'conversations.sqlite'}")
    chat = chats.create("연차")
    chats.ask(chat.id, "연차는 며칠인가요?")
    app.query_params["chat"] = chat.id
    app.run()
    assert "연차는 며칠인가요\\?" in said(app)


def test_the_server_is_closed_to_others_and_sends_nothing_home() -> None:
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["headless"] is True
    assert config["server"]["enableStaticServing"] is False
    assert config["server"]["maxUploadSize"] <= 1
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["toolbarMode"] == "minimal"


def test_fonts_are_those_of_the_system() -> None:
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    assert "fontFaces" not in theme
    assert not any("http" in str(value) or "url" in str(value) for value in theme.values())


def test_the_first_paint_waits_for_nothing_heavy() -> None:
    """Morphemes, vectors and graph are imported when the chat is opened, in the background."""
    heavy = "chromadb kiwipiepy langgraph langchain_core tantivy torch sentence_transformers".split()
    program = f"import streamlit_app, sys; print(*sorted(set({heavy!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
