"""The one door to chat models: "provider:model" in, streamed text out; time limits, repetitions, stopping.

Covers: a model that is silent (before or within an answer), breaks off, refuses, or answers with nonsense; each becomes an
`LlmUnavailable` whose message names the variable and the remedy.
Does not cover: a worker thread that waits for a silent server ends only with that server's read time limit.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from queue import Empty, Queue
from typing import TYPE_CHECKING, Final, Literal, Protocol

from rag_app.call_failures import CutShort, call_failure
from rag_app.llm_options import options_of
from rag_app.providers import Access, access
from rag_app.schema import Language
from rag_app.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

EXTRACTIVE: Final = "extractive"
MOST_REPLY_CHARS: Final = 20_000
_POLL_S: Final = 0.1
_TRACING: Final = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a chat model; the text is sent as it stands and never read as a template."""

    role: Literal["system", "user", "assistant"]
    text: str


class ChatModel(Protocol):
    """What answers messages; `name` is what the page shows."""

    @property
    def name(self) -> str: ...

    def stream(self, messages: Sequence[Message], *, stop: threading.Event | None = None) -> Iterator[str]:
        """Pieces of the answer as they come; ends early, without an error, once `stop` is set."""
        ...

    def complete(self, messages: Sequence[Message], *, stop: threading.Event | None = None) -> str:
        """The whole answer."""
        ...


def open_llm(settings: Settings, environment: Mapping[str, str] | None = None) -> ChatModel | None:
    """The configured chat model, None for "extractive". Cheap: the vendor's package is loaded at the first call.

    Raises:
        LlmFault: unknown provider, missing package or missing key; the message holds the remedy.
    """
    if settings.llm.lower() in ("", EXTRACTIVE):
        return None
    known = provider_environment() if environment is None else environment
    return LangChainModel(access(settings.llm, known), settings)


def missing_llm_hint(language: Language) -> str:
    """One line for a page or terminal that answers without a model."""
    if language == "ko":
        return (
            "언어 모델 없이 문서의 문장을 그대로 인용해 답합니다. 모델을 쓰려면 RAG_LLM을 설정하세요"
            "(예: RAG_LLM=openai:gpt-5-mini)."
        )
    return (
        "Answers quote the documents: no language model is configured. "
        "Set RAG_LLM to use one (for example RAG_LLM=openai:gpt-5-mini)."
    )


def provider_environment() -> Mapping[str, str]:
    """The providers' own variables: those of `.env`, and over them those of the process."""
    from dotenv import dotenv_values

    file = dotenv_values(".env", encoding="utf-8-sig", interpolate=False)
    return {**{name: value for name, value in file.items() if value is not None}, **os.environ}


def forbid_tracing(environment: MutableMapping[str, str]) -> None:
    """Keeps questions and passages on this machine: switches off LangChain's tracing, which an inherited variable may
    have switched on. For entry points, before the first question."""
    for name in _TRACING:
        environment[name] = "false"


class LangChainModel:
    """A chat model behind LangChain's `init_chat_model`; safe to share between threads."""

    def __init__(self, at: Access, settings: Settings, *, backoff_s: float = 0.5) -> None:
        self._access = at
        self._settings = settings
        self._backoff_s = backoff_s
        self._sampling = True
        self._client: BaseChatModel | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """`provider:model`."""
        return self._access.name

    def complete(self, messages: Sequence[Message], *, stop: threading.Event | None = None) -> str:
        """The whole answer; the beginning of one that does not end.

        Raises:
            LlmUnavailable: with the remedy.
        """
        text = ""
        for piece in self.stream(messages, stop=stop):
            text += piece
            if len(text) > MOST_REPLY_CHARS:
                break
        return text

    def stream(self, messages: Sequence[Message], *, stop: threading.Event | None = None) -> Iterator[str]:
        """Pieces of the answer as they come. A call that fails before its first piece is repeated.

        Raises:
            LlmUnavailable: with the remedy; after some pieces when the answer broke off.
        """
        stop = stop or threading.Event()
        left = self._settings.llm_retries
        while True:
            said = False
            try:
                for piece in self._call(messages, stop):
                    said = True
                    yield piece
                return
            except _Failed as failed:
                failure = call_failure(failed.error, self._access, timeout_s=self._settings.llm_timeout_s)
                if failure.sampling and self._sampling and not said:
                    self._forget_sampling()
                    continue
                if said or left == 0 or not failure.transient:
                    raise failure.fault from self._without_key(failed.error)
            left -= 1
            _log.warning("%s: %s; trying again", self.name, failure.fault)
            stop.wait(self._backoff_s * 2 ** (self._settings.llm_retries - left - 1))
            if stop.is_set():
                return

    def _call(self, messages: Sequence[Message], stop: threading.Event) -> Iterator[str]:
        """One call. The vendor is read in a thread of its own, so that silence and stopping are noticed in time."""
        try:
            client = self._open()
        except Exception as error:  # vendors raise what they like; `call_failure` puts it into words
            raise _Failed(error) from error
        pieces: Queue[str | BaseException | None] = Queue()
        left = threading.Event()
        payload = [(message.role, message.text) for message in messages]
        needs_end = self._access.provider.name == "openai"
        threading.Thread(target=_read, args=(client, payload, pieces, left, needs_end), daemon=True).start()
        try:
            deadline = time.monotonic() + self._settings.llm_timeout_s
            while not stop.is_set():
                try:
                    piece = pieces.get(timeout=_POLL_S)
                except Empty:
                    if time.monotonic() < deadline:
                        continue
                    raise _Failed(TimeoutError()) from None
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise _Failed(piece)
                deadline = time.monotonic() + self._settings.llm_timeout_s
                if piece:
                    yield piece
        finally:
            left.set()

    def _open(self) -> "BaseChatModel":
        with self._lock:
            if self._client is None:
                self._client = _vendor_model(self._access, self._settings, sampling=self._sampling)
            return self._client

    def _forget_sampling(self) -> None:
        """Some models accept no temperature: the next call is made without one."""
        with self._lock:
            self._sampling = False
            self._client = None

    def _without_key(self, error: BaseException) -> BaseException | None:
        """The cause for the traceback, unless the vendor's words hold the key."""
        return None if self._access.key and self._access.key in repr(error) else error


class _Failed(Exception):
    """Carries a vendor's exception out of a call, before it is put into words."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


def _read(
    client: "BaseChatModel",
    payload: list[tuple[str, str]],
    pieces: "Queue[str | BaseException | None]",
    left: threading.Event,
    needs_end: bool,
) -> None:
    """The worker: vendor's chunks into the queue until the end, an error, or nobody listens any more."""
    ended = not needs_end
    try:
        for chunk in client.stream(payload):
            if left.is_set():
                return
            ended = ended or bool(chunk.response_metadata.get("finish_reason") or chunk.response_metadata.get("status"))
            pieces.put(_storable(str(chunk.text)))
        pieces.put(None if ended else CutShort())
    except BaseException as error:  # noqa: BLE001 - everything goes to the reader, who puts it into words
        pieces.put(error)


def _storable(text: str) -> str:
    """Without lone surrogates and NUL, which no database and no terminal takes."""
    return text.encode("utf-8", errors="ignore").decode("utf-8").replace("\x00", "")


def _vendor_model(at: Access, settings: Settings, *, sampling: bool) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    options = options_of(at, settings)
    if sampling and at.provider.name != "huggingface":
        options["temperature"] = settings.llm_temperature
    return init_chat_model(at.model, model_provider=at.provider.name, **options)  # type: ignore[call-overload, no-any-return]
