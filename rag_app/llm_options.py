"""How each provider is told of key, address, time limit and context: the arguments of its LangChain class."""

from collections.abc import Callable, Mapping
from typing import Final

from rag_app.providers import Access
from rag_app.settings import Settings

LOCAL_ANSWER_TOKENS: Final = 768
"""Longest answer of a model inside the process, which has no limit of its own."""


def options_of(at: Access, settings: Settings) -> dict[str, object]:
    """Keyword arguments for `init_chat_model`, temperature aside. Repetitions are off: `llm.py` repeats."""
    return _OPTIONS[at.provider.name](at, settings)


def _openai(at: Access, settings: Settings) -> dict[str, object]:
    return {
        "api_key": at.key,
        "base_url": at.url or at.provider.address,
        "timeout": settings.llm_timeout_s,
        "max_retries": 0,
        "stream_usage": False,  # compatible servers refuse `stream_options`
    }


def _anthropic(at: Access, settings: Settings) -> dict[str, object]:
    return {
        "api_key": at.key,
        "base_url": at.url or at.provider.address,
        "timeout": settings.llm_timeout_s,
        "max_retries": 0,
    }


def _google(at: Access, settings: Settings) -> dict[str, object]:
    # Source: langchain_google_genai, `max_retries=1` is its way to say "no repetition"; 0 means Google's default.
    address = {"base_url": at.url} if at.url else {}
    return {"api_key": at.key, "timeout": settings.llm_timeout_s, "max_retries": 1, **address}


def _ollama(at: Access, settings: Settings) -> dict[str, object]:
    url = at.url or at.provider.address
    return {
        "base_url": url if "://" in url else f"http://{url}",
        "num_ctx": settings.llm_context_tokens,  # its default cuts longer prompts without a word
        "client_kwargs": {"timeout": settings.llm_timeout_s, "follow_redirects": False},
    }


def _huggingface(at: Access, settings: Settings) -> dict[str, object]:
    sampling = {"do_sample": True, "temperature": settings.llm_temperature} if settings.llm_temperature else {}
    return {
        "device_map": "auto",
        "model_kwargs": {"trust_remote_code": False},
        "pipeline_kwargs": {"max_new_tokens": LOCAL_ANSWER_TOKENS, "return_full_text": False, **sampling},
    }


_OPTIONS: Final[Mapping[str, Callable[[Access, Settings], dict[str, object]]]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "google_genai": _google,
    "ollama": _ollama,
    "huggingface": _huggingface,
}
