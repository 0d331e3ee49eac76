"""The door to chat models: what is said when something is missing or fails, and that keys stay secret."""

import logging
import threading
from collections.abc import Mapping

import pytest

from rag_app.errors import LlmFault, LlmUnavailable, MissingExtra, MissingKey, UnknownProvider
from rag_app.llm import LangChainModel, Message, forbid_tracing, missing_llm_hint, open_llm, provider_environment
from rag_app.providers import KEYLESS, PROVIDERS, Provider, access, require_packages
from rag_app.settings import Settings
from tests.openai_server import OpenAIServer, Reply, fails, says

KEY = "sk-secret-0123456789"
ASK = (Message("system", "짧게 답하세요."), Message("user", "드롭아웃이 뭐야? {context} {{x}}"))


def settings(llm: str = "openai:gpt-5-mini", *, timeout_s: float = 20.0, retries: int = 0) -> Settings:
    return Settings(_env_file=None, llm=llm, llm_timeout_s=timeout_s, llm_retries=retries)  # type: ignore[call-arg]


def model(server: OpenAIServer, *, timeout_s: float = 20.0, retries: int = 0, name: str = "tiny") -> LangChainModel:
    at = access(f"openai:{name}", {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY})
    return LangChainModel(at, settings(timeout_s=timeout_s, retries=retries), backoff_s=0.0)


# ---------------------------------------------------------------- opening


@pytest.mark.parametrize("llm", ["extractive", "Extractive", "", ' "extractive" '])
def test_extractive_is_no_model(llm: str) -> None:
    assert open_llm(settings(llm), {}) is None


@pytest.mark.parametrize("llm", ["foo:bar", "openai:", ":gpt-5-mini", "gpt-5-mini", "::", "x" * 300])
def test_an_unknown_provider_lists_the_known_ones(llm: str) -> None:
    with pytest.raises(UnknownProvider) as caught:
        open_llm(settings(llm), {"OPENAI_API_KEY": KEY})
    assert str(caught.value) == (
        f"RAG_LLM is {llm[:80]!r}, but must be extractive or provider:model with one of these providers: "
        "openai, anthropic, google_genai, ollama, huggingface"
    )
    assert "openai, anthropic, google_genai, ollama, huggingface" in caught.value.korean


@pytest.mark.parametrize(
    ("llm", "variable"),
    [
        ("openai:gpt-5-mini", "OPENAI_API_KEY"),
        ("anthropic:claude", "ANTHROPIC_API_KEY"),
        ("google_genai:gemini", "GOOGLE_API_KEY"),
    ],
)
@pytest.mark.parametrize("value", [None, "", "  ", '""'])
def test_a_missing_key_names_its_variable(llm: str, variable: str, value: str | None) -> None:
    environment = {} if value is None else {variable: value}
    with pytest.raises(MissingKey, match=f"{variable} is not set") as caught:
        open_llm(settings(llm), environment)
    assert variable in caught.value.korean


@pytest.mark.parametrize("llm", ["openai:m", "OpenAI:m", "ollama:qwen3:8b", "huggingface:/models/한글 모델"])
def test_a_model_opens_without_loading_its_package(llm: str) -> None:
    opened = open_llm(settings(llm), {"OPENAI_API_KEY": KEY})
    assert opened is not None
    provider, _, name = llm.partition(":")
    assert opened.name == f"{provider.lower()}:{name}"


def test_a_missing_package_gives_the_install_line() -> None:
    provider = Provider("openai", ("langchain_openai",), "openai")
    with pytest.raises(MissingExtra) as caught:
        require_packages(provider, "openai:m", find=lambda package: None)
    assert str(caught.value).endswith('run: pip install "seodang[openai]"')
    assert caught.value.korean.endswith('pip install "seodang[openai]"')


def test_every_extra_is_spelled_as_in_the_packaging() -> None:
    assert [provider.extra for provider in PROVIDERS.values()] == ["openai", "anthropic", "google", "ollama", "local"]


@pytest.mark.parametrize("value", [f'"{KEY}"', f"  {KEY}\n", f"'{KEY}' \r\n"])
def test_quotes_and_white_space_around_a_key_are_trimmed(value: str) -> None:
    assert access("openai:m", {"OPENAI_API_KEY": value}).key == KEY


@pytest.mark.parametrize("value", ["sk-a\r\nX-Evil: 1", "sk-a b", "sk-비밀", "sk-a\x00b", "sk-a\nb"])
def test_a_key_that_could_forge_a_header_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(MissingKey, match="OPENAI_API_KEY holds characters") as caught:
        open_llm(settings(), {"OPENAI_API_KEY": value})
    assert value not in str(caught.value) + caught.value.korean
    assert "Evil" not in str(caught.value) + caught.value.korean


def test_a_server_of_ones_own_needs_no_key() -> None:
    assert access("openai:m", {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}).key == KEYLESS


def test_the_second_name_of_a_key_is_read_too() -> None:
    assert access("google_genai:m", {"GEMINI_API_KEY": KEY}).key == KEY


def test_an_access_never_shows_its_key_or_the_password_of_its_address() -> None:
    at = access("openai:m", {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://me:pass@host:9/v1?token=t"})
    assert KEY not in repr(at)
    assert at.shown_url == "http://host:9/v1"


def test_keys_are_read_from_the_env_file_and_the_process_wins(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("home")
    (folder / ".env").write_text(
        "\ufeffexport OPENAI_API_KEY='from=file'\r\n# a comment\r\nOPENAI_BASE_URL=http://file/v1\r\n", encoding="utf-8"
    )
    monkeypatch.chdir(folder)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://process/v1")
    known = provider_environment()
    assert (known["OPENAI_API_KEY"], known["OPENAI_BASE_URL"]) == ("from=file", "http://process/v1")


def test_the_hint_names_the_variable_in_both_languages() -> None:
    assert "RAG_LLM=openai:gpt-5-mini" in missing_llm_hint("ko")
    assert "RAG_LLM=openai:gpt-5-mini" in missing_llm_hint("en")


def test_an_inherited_tracing_switch_is_turned_off() -> None:
    environment = {"LANGSMITH_TRACING": "true", "LANGCHAIN_TRACING_V2": "true", "PATH": "/bin"}
    forbid_tracing(environment)
    assert environment["LANGSMITH_TRACING"] == environment["LANGCHAIN_TRACING_V2"] == "false"
    assert environment["PATH"] == "/bin"


# ---------------------------------------------------------------- calling


def test_the_pieces_arrive_as_they_were_sent_and_the_words_are_no_template() -> None:
    with OpenAIServer(says("드롭", "아웃은 ", "{노드}를 끕니다. [1]")) as server:
        assert list(model(server).stream(ASK)) == ["드롭", "아웃은 ", "{노드}를 끕니다. [1]"]
        call = server.calls[0]
    assert call.messages == [("system", "짧게 답하세요."), ("user", "드롭아웃이 뭐야? {context} {{x}}")]
    assert call.body["model"] == "tiny"
    assert call.body["temperature"] == 0.1
    assert "stream_options" not in call.body
    assert call.headers["authorization"] == f"Bearer {KEY}"


def test_complete_joins_the_pieces() -> None:
    with OpenAIServer(says("가", "나")) as server:
        assert model(server).complete(ASK) == "가나"


FAILURES: Mapping[str, tuple[Reply, str]] = {
    "key": (fails(401, f"Incorrect API key provided: {KEY}"), r"refused the call \(HTTP 401\); check OPENAI_API_KEY"),
    "model": (fails(404), r"does not know the model 'tiny' \(HTTP 404\); correct RAG_LLM or OPENAI_BASE_URL"),
    "quota": (fails(429), r"takes no more calls for now \(HTTP 429\)"),
    "server": (fails(500), r"failed with HTTP 500"),
    "broken": (
        Reply(("가",), "break"),
        "broke off in the middle of an answer; check the server behind OPENAI_BASE_URL",
    ),
    "unfinished": (Reply(("가",), "end"), "broke off in the middle"),
    "malformed": (Reply((), "malformed"), r"gave an answer that cannot be read \(JSONDecodeError\)"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_names_the_variable_and_never_the_key(name: str, caplog: pytest.LogCaptureFixture) -> None:
    reply, sentence = FAILURES[name]
    caplog.set_level(logging.DEBUG, logger="rag_app")
    with OpenAIServer(reply) as server, pytest.raises(LlmUnavailable, match=sentence) as caught:
        model(server).complete(ASK)
    fault: LlmFault = caught.value
    assert KEY not in f"{fault} {fault.korean} {fault.__cause__!r} {caplog.text}"
    assert fault.korean.startswith(("openai:tiny", "http://127.0.0.1"))


def test_silence_before_the_first_word_ends_after_the_limit() -> None:
    sentence = r"stayed silent for 0\.3 s; raise RAG_LLM_TIMEOUT_S"
    with OpenAIServer(Reply((), "hang")) as server, pytest.raises(LlmUnavailable, match=sentence):
        model(server, timeout_s=0.3).complete(ASK)


def test_silence_in_the_middle_ends_after_the_limit_and_keeps_what_was_said() -> None:
    heard: list[str] = []
    with OpenAIServer(Reply(("가", "나"), "hang")) as server:
        with pytest.raises(LlmUnavailable, match="stayed silent"):
            heard.extend(model(server, timeout_s=0.3).stream(ASK))
        assert len(server.calls) == 1


def test_an_unreachable_server_names_the_address_and_its_variable() -> None:
    with OpenAIServer() as server:
        url = server.url
    at = access("openai:m", {"OPENAI_BASE_URL": url})
    with pytest.raises(LlmUnavailable) as caught:
        LangChainModel(at, settings()).complete(ASK)
    assert str(caught.value) == f"openai:m cannot be reached at {url}; start that server or correct OPENAI_BASE_URL"


@pytest.mark.parametrize("url", ["127.0.0.1:1", "127.0.0.1:1/", "http://127.0.0.1:1/", "http://[::1]:1"])
def test_an_unreachable_ollama_names_its_variable(url: str) -> None:
    with pytest.raises(LlmUnavailable, match="correct OLLAMA_HOST"):
        LangChainModel(access("ollama:qwen3:8b", {"OLLAMA_HOST": url}), settings("ollama:qwen3:8b")).complete(ASK)


@pytest.mark.parametrize("llm", ["anthropic:claude-haiku-4-5", "google_genai:gemini-2.5-flash"])
def test_the_other_hosted_providers_fail_with_a_sentence_too(llm: str) -> None:
    with OpenAIServer(fails(401), fails(401)) as server:
        base = server.url.removesuffix("/v1")
        environment = {
            "ANTHROPIC_API_KEY": KEY,
            "ANTHROPIC_BASE_URL": base,
            "GOOGLE_API_KEY": KEY,
            "GOOGLE_GEMINI_BASE_URL": base,
        }
        with pytest.raises(LlmUnavailable, match=r"refused the call \(HTTP 401\); check [A-Z]+_API_KEY"):
            LangChainModel(access(llm, environment), settings(llm)).complete(ASK)


def test_a_failed_call_is_repeated_until_it_succeeds() -> None:
    with OpenAIServer(fails(500), fails(429), says("됐다")) as server:
        assert model(server, retries=2).complete(ASK) == "됐다"
        assert len(server.calls) == 3


def test_a_call_is_not_repeated_more_often_than_configured() -> None:
    with OpenAIServer(fails(500), fails(500), says("늦었다")) as server:
        with pytest.raises(LlmUnavailable):
            model(server, retries=1).complete(ASK)
        assert len(server.calls) == 2


@pytest.mark.parametrize("reply", [fails(401), fails(404), Reply(("가",), "break")])
def test_what_a_repetition_cannot_mend_is_not_repeated(reply: Reply) -> None:
    with OpenAIServer(reply, says("다시")) as server:
        with pytest.raises(LlmUnavailable):
            model(server, retries=3).complete(ASK)
        assert len(server.calls) == 1


def test_a_model_that_refuses_a_temperature_is_asked_without_one() -> None:
    refusal = fails(400, "Unsupported value: 'temperature' does not support 0.1 with this model.")
    with OpenAIServer(refusal, says("가"), says("나")) as server:
        asked = model(server)
        assert (asked.complete(ASK), asked.complete(ASK)) == ("가", "나")
        assert ["temperature" in call.body for call in server.calls] == [True, False, False]


def test_characters_that_cannot_be_stored_are_dropped() -> None:
    with OpenAIServer(says("가\x00나", "다\ud800")) as server:
        assert model(server).complete(ASK) == "가나다"


def test_a_reply_without_end_is_cut() -> None:
    with OpenAIServer(says(*["말이 많다. " * 100] * 100)) as server:
        assert 20_000 < len(model(server).complete(ASK)) < 22_000


def test_stopping_ends_the_stream_while_the_model_is_silent() -> None:
    stop = threading.Event()
    with OpenAIServer(Reply(("가",), "hang")) as server:
        pieces = model(server, timeout_s=600).stream(ASK, stop=stop)
        assert next(pieces) == "가"
        stop.set()
        assert list(pieces) == []


def test_a_closed_stream_can_be_followed_by_another() -> None:
    with OpenAIServer(says("가", "나"), says("다")) as server:
        asked = model(server)
        pieces = asked.stream(ASK)
        next(pieces)
        pieces.close()  # type: ignore[attr-defined]
        assert asked.complete(ASK) == "다"
