"""Settings: every switch is checked, explained and documented; wrong values are named all at once."""

import re
from pathlib import Path

import pytest

from rag_app.errors import SettingsError
from rag_app.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parent.parent


def test_the_defaults_need_nothing_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAG_DATA_DIR")
    settings = read_settings()
    assert (settings.llm, settings.embedding_model, settings.data_dir) == ("extractive", "shipped", Path(".seodang"))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RAG_HITS", "0"),
        ("RAG_HITS", "-1"),
        ("RAG_HITS", "abc"),
        ("RAG_HITS", "1e9"),
        ("RAG_HITS", "5.5"),
        ("RAG_CHUNK_TOKENS", "0"),
        ("RAG_CHUNK_TOKENS", "1000000000"),
        ("RAG_LANGUAGE", "fr"),
        ("RAG_DATA_DIR", "/"),
        ("RAG_DATA_DIR", r"\\evil\share"),
        ("RAG_LLM", "x" * 301),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable):
        read_settings()


def test_all_wrong_values_stand_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_HITS", "0")
    monkeypatch.setenv("RAG_LLM_RETRIES", "many")
    with pytest.raises(SettingsError, match=r"(?s)RAG_LLM_RETRIES.*RAG_HITS|RAG_HITS.*RAG_LLM_RETRIES"):
        read_settings()


def test_quotes_and_blanks_around_a_value_are_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_LLM", ' "ollama:qwen3:8b" ')
    assert read_settings().llm == "ollama:qwen3:8b"


def test_a_database_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_DATABASE_URL", "postgresql://user:hunter2@db/x")
    settings = read_settings()
    assert "hunter2" not in repr(settings)
    assert settings.conversations_url == "postgresql://user:hunter2@db/x"


def test_every_switch_is_documented() -> None:
    headings = set(
        re.findall(r"^### `(RAG_[A-Z_]+)`", (ROOT / "docs/guide/settings.md").read_text("utf-8"), re.MULTILINE)
    )
    example = set(re.findall(r"^#? ?(RAG_[A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    switches = {f"RAG_{name.upper()}" for name in Settings.model_fields}
    assert headings == switches
    assert example == switches
