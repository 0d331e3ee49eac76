"""The chat providers the product knows: what each needs, and the sentence said when that is missing."""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from rag_app.errors import MissingExtra, MissingKey, UnknownProvider

KEYLESS: Final = "not-needed"
"""What is sent as the key to a server of one's own that asks for none."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One kind of chat model: `packages` by import name, `extra` of the distribution, variables of key and address."""

    name: str
    packages: tuple[str, ...]
    extra: str
    keys: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    address: str = ""
    keyless_with_url: bool = False


PROVIDERS: Final = {
    provider.name: provider
    for provider in (
        Provider(
            "openai",
            ("langchain_openai",),
            "openai",
            keys=("OPENAI_API_KEY",),
            urls=("OPENAI_BASE_URL", "OPENAI_API_BASE"),
            address="https://api.openai.com/v1",
            keyless_with_url=True,
        ),
        Provider(
            "anthropic",
            ("langchain_anthropic",),
            "anthropic",
            keys=("ANTHROPIC_API_KEY",),
            urls=("ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL"),
            address="https://api.anthropic.com",
        ),
        Provider(
            "google_genai",
            ("langchain_google_genai",),
            "google",
            keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
            urls=("GOOGLE_GEMINI_BASE_URL",),
            address="https://generativelanguage.googleapis.com",
        ),
        Provider("ollama", ("langchain_ollama",), "ollama", urls=("OLLAMA_HOST",), address="http://127.0.0.1:11434"),
        Provider("huggingface", ("langchain_huggingface", "transformers", "torch", "accelerate"), "local"),
    )
}


@dataclass(frozen=True, slots=True)
class Access:
    """A provider made ready: the model's name, the key (never shown) and the address ("" = the provider's own)."""

    provider: Provider
    model: str
    key: str
    url: str

    def __repr__(self) -> str:
        return f"Access({self.provider.name}:{self.model})"

    @property
    def name(self) -> str:
        """`provider:model`, as the operator wrote it."""
        return f"{self.provider.name}:{self.model}"

    @property
    def shown_url(self) -> str:
        """The address without user, password and query."""
        parts = urlsplit(self.url or self.provider.address)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{host}{parts.path}" if host else self.url.rpartition("@")[2]


def access(llm: str, environment: Mapping[str, str]) -> Access:
    """Everything needed to call `llm` ("provider:model"), checked before anything is loaded.

    Raises:
        UnknownProvider: lists the providers.
        MissingExtra: holds the install line.
        MissingKey: names the variable, never its value.
    """
    name, _, model = (part.strip() for part in llm.partition(":"))
    provider = PROVIDERS.get(name.lower())
    if provider is None or not model:
        known = ", ".join(PROVIDERS)
        raise UnknownProvider(
            f"RAG_LLM is {llm[:80]!r}, but must be extractive or provider:model with one of these providers: {known}",
            f"RAG_LLM={llm[:80]!r}: 쓸 수 없는 값입니다. extractive 또는 '제공자:모델' 꼴로 적으세요. 제공자: {known}",
        )
    require_packages(provider, llm)
    url = next((value for name in provider.urls if (value := _bare(environment.get(name, "")))), "")
    return Access(provider, model, _key(provider, environment, has_url=bool(url)), url)


def require_packages(provider: Provider, llm: str, find: Callable[[str], object] = importlib.util.find_spec) -> None:
    """Nothing when the provider's packages are installed.

    Raises:
        MissingExtra: holds the install line.
    """
    if any(find(package) is None for package in provider.packages):
        line = f'pip install "seodang[{provider.extra}]"'
        raise MissingExtra(
            f"RAG_LLM is {llm[:80]!r}, but its package is not installed; run: {line}",
            f"RAG_LLM={llm[:80]}에 필요한 패키지가 설치되어 있지 않습니다. 이렇게 설치하세요: {line}",
        )


def _key(provider: Provider, environment: Mapping[str, str], *, has_url: bool) -> str:
    if not provider.keys:
        return ""
    for variable in provider.keys:
        value = _bare(environment.get(variable, ""))
        if value and (not value.isascii() or not value.isprintable() or " " in value):
            raise MissingKey(
                f"{variable} holds characters that no key has (a line break, a space or a non-ASCII letter); "
                "copy the key again",
                f"{variable} 값에 키에 쓸 수 없는 문자(줄바꿈, 공백, 한글 등)가 들어 있습니다. 키를 다시 복사해 넣으세요.",
            )
        if value:
            return value
    if has_url and provider.keyless_with_url:
        return KEYLESS
    local = f", or {provider.urls[0]} for a server of your own" if provider.keyless_with_url else ""
    local_ko = f" 직접 띄운 서버라면 {provider.urls[0]} 값을 설정하세요." if provider.keyless_with_url else ""
    raise MissingKey(
        f"RAG_LLM uses {provider.name}, but {provider.keys[0]} is not set; set it in the environment or in .env{local}",
        f"RAG_LLM이 {provider.name} 모델을 쓰지만 {provider.keys[0]} 값이 없습니다. "
        f"환경 변수나 .env에 설정하세요.{local_ko}",
    )


def _bare(value: str) -> str:
    """Surrounding white space and quotes are slips of the hand, never part of a key or an address."""
    return value.strip().strip("\"'").strip()
