"""What a failed call to a chat model means, as a sentence with its remedy in both languages."""

from dataclasses import dataclass

from rag_app.errors import LlmFault, LlmUnavailable
from rag_app.providers import Access


class CutShort(Exception):
    """A stream ended without saying that the answer is complete."""


@dataclass(frozen=True, slots=True)
class CallFailure:
    """Why a call failed, in words; `transient` when a repetition may help, `sampling` when temperature was refused."""

    fault: LlmFault
    transient: bool = False
    sampling: bool = False


def call_failure(error: BaseException, at: Access, *, timeout_s: float) -> CallFailure:
    """A vendor's exception as a sentence with a remedy. The vendor's own text is not repeated: it may hold the key."""
    chain = _chain(error)
    kinds = {kind.__name__ for link in chain for kind in type(link).__mro__}
    status = next((code for link in chain if (code := _status(link))), 0)
    text = " ".join(str(link) for link in chain).lower()
    if status == 400 and "temperature" in text:
        return CallFailure(_refused(at, status), transient=True, sampling=True)
    if status in (401, 403):
        return CallFailure(_key_refused(at, status))
    if status == 404:
        return CallFailure(_unknown_model(at))
    if status == 429:
        return CallFailure(_too_many(at), transient=True)
    if status:
        return CallFailure(_refused(at, status), transient=status >= 500 or status in (408, 409))
    if kinds & {"TimeoutException", "APITimeoutError", "TimeoutError", "Empty"}:
        return CallFailure(silent(at, timeout_s), transient=True)
    if kinds & {"CutShort", "RemoteProtocolError", "ReadError", "IncompleteRead"}:
        return CallFailure(broke_off(at), transient=True)
    if kinds & {"ConnectError", "APIConnectionError", "ConnectionError", "UnsupportedProtocol", "InvalidURL"}:
        return CallFailure(_unreachable(at), transient=not kinds & {"UnsupportedProtocol", "InvalidURL"})
    return CallFailure(_unreadable(at, type(error).__name__))


def silent(at: Access, timeout_s: float) -> LlmUnavailable:
    """The model said nothing for too long."""
    return LlmUnavailable(
        f"{at.name} stayed silent for {timeout_s:g} s; raise RAG_LLM_TIMEOUT_S or choose a faster model in RAG_LLM",
        f"{at.name} 모델이 {timeout_s:g}초 동안 응답하지 않았습니다. "
        "RAG_LLM_TIMEOUT_S 값을 늘리거나 RAG_LLM에 더 빠른 모델을 지정하세요.",
    )


def broke_off(at: Access) -> LlmUnavailable:
    """The answer ended in the middle."""
    variable = at.provider.urls[0] if at.provider.urls else "RAG_LLM"
    return LlmUnavailable(
        f"{at.name} broke off in the middle of an answer; check the server behind {variable} and ask again",
        f"{at.name} 모델의 답변이 중간에 끊겼습니다. {variable} 값이 가리키는 서버를 확인하고 다시 물어보세요.",
    )


def said_nothing(at_name: str) -> LlmUnavailable:
    """The model ended without a word."""
    return LlmUnavailable(
        f"{at_name} returned an empty answer; ask again or choose another model in RAG_LLM",
        f"{at_name} 모델이 빈 답변을 보냈습니다. 다시 물어보거나 RAG_LLM에 다른 모델을 지정하세요.",
    )


def _unreachable(at: Access) -> LlmUnavailable:
    variable = at.provider.urls[0] if at.provider.urls else "RAG_LLM"
    return LlmUnavailable(
        f"{at.name} cannot be reached at {at.shown_url}; start that server or correct {variable}",
        f"{at.name} 모델의 서버({at.shown_url})에 연결할 수 없습니다. 서버를 켜거나 {variable} 값을 고치세요.",
    )


def _key_refused(at: Access, status: int) -> LlmUnavailable:
    variable = at.provider.keys[0] if at.provider.keys else (at.provider.urls or ("RAG_LLM",))[0]
    return LlmUnavailable(
        f"{at.name} refused the call (HTTP {status}); check {variable}",
        f"{at.name} 모델이 요청을 거부했습니다(HTTP {status}). {variable} 값이 올바른지 확인하세요.",
    )


def _unknown_model(at: Access) -> LlmUnavailable:
    variable = at.provider.urls[0] if at.provider.urls else ""
    return LlmUnavailable(
        f"{at.shown_url} does not know the model {at.model[:80]!r} (HTTP 404); correct RAG_LLM"
        + (f" or {variable}" if variable else ""),
        f"{at.shown_url}에 {at.model[:80]!r} 모델이 없습니다(HTTP 404). RAG_LLM"
        + (f" 또는 {variable}" if variable else "")
        + " 값을 고치세요.",
    )


def _too_many(at: Access) -> LlmUnavailable:
    return LlmUnavailable(
        f"{at.name} takes no more calls for now (HTTP 429); wait, raise your quota, or choose another model in RAG_LLM",
        f"{at.name} 모델의 사용 한도를 넘었습니다(HTTP 429). 잠시 기다리거나 한도를 늘리거나 RAG_LLM에 다른 모델을 지정하세요.",
    )


def _refused(at: Access, status: int) -> LlmUnavailable:
    return LlmUnavailable(
        f"{at.name} failed with HTTP {status}; try again, or check the server and RAG_LLM",
        f"{at.name} 모델 서버가 HTTP {status} 오류를 냈습니다. 다시 시도하거나 서버와 RAG_LLM 값을 확인하세요.",
    )


def _unreadable(at: Access, kind: str) -> LlmUnavailable:
    variable = at.provider.urls[0] if at.provider.urls else "RAG_LLM"
    return LlmUnavailable(
        f"{at.name} gave an answer that cannot be read ({kind}); check that {variable} and RAG_LLM are right",
        f"{at.name} 모델의 응답을 읽을 수 없습니다({kind}). {variable} 값과 RAG_LLM 값이 올바른지 확인하세요.",
    )


def _chain(error: BaseException) -> tuple[BaseException, ...]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links and len(links) < 10:
        links.append(link)
        link = link.__cause__ or link.__context__
    return tuple(links)


def _status(error: BaseException) -> int:
    """The HTTP status an exception carries, 0 when none; vendors name it differently."""
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int) and 400 <= value <= 599:
            return value
    return 0
