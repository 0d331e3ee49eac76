"""What the product itself says in an answer, in Korean and in English."""

from collections.abc import Sequence

from graphs.editions import Editions
from graphs.state import Voice
from rag_app.errors import LlmFault, RerankingFault
from rag_app.filters import Filters
from rag_app.respelling import Respelling


def nothing_found(voice: Voice, missing: Sequence[str]) -> str:
    """The first sentence of an answer that is none; `missing` are words of the question that no passage covers."""
    words = ", ".join(f"‘{word}’" for word in missing[:3])
    if voice == "ko":
        about = f" 다음 내용이 문서에 보이지 않습니다: {words}." if words else ""
        return f"문서에서 이 질문의 답을 찾지 못했습니다.{about}"
    about = f" Nothing in them covers {words}." if words else ""
    return f"The documents do not answer this question.{about}"


def doubt(voice: Voice, missing: Sequence[str]) -> str:
    """The first sentence of a quoted answer that may not be one; `missing` as in `nothing_found`."""
    words = ", ".join(f"‘{word}’" for word in missing[:3])
    if voice == "ko":
        about = f" 다음 내용은 문서에 보이지 않습니다: {words}." if words else ""
        return f"질문에 꼭 맞는 답이 아닐 수 있습니다. 문서에서 가장 가까운 내용입니다.{about}"
    about = f" Nothing in them covers {words}." if words else ""
    return f"This may not answer the question; these are the nearest passages.{about}"


def nearest_follow(voice: Voice) -> str:
    """Introduces the nearest passages."""
    return "가장 가까운 부분은 다음과 같습니다." if voice == "ko" else "The nearest passages are these:"


def no_collection_text(voice: Voice) -> str:
    """Said when the search found no passage at all."""
    if voice == "ko":
        return "문서 이름이나 다른 낱말로 다시 물어보세요."
    return "Try other words, or name the document."


def no_document_meant(voice: Voice) -> str:
    """Why a summary was not made of one document."""
    if voice == "ko":
        return "어느 문서를 가리키는지 찾지 못해 문서 전체에서 찾아 답합니다."
    return "No single document is meant, so the answer comes from all of them."


def extract_instead(voice: Voice, fault: LlmFault) -> str:
    """The warning over an answer that quotes because the model failed."""
    if voice == "ko":
        return f"언어 모델 대신 문서의 문장을 그대로 인용했습니다. {fault.korean}"
    return f"The answer quotes the documents instead of using the language model: {fault}"


def without_reranker(voice: Voice, fault: RerankingFault) -> str:
    """The warning over an answer whose passages were not looked at a second time."""
    if voice == "ko":
        return f"다시 순위를 매기지 않고 찾은 순서대로 답했습니다. {fault.korean}"
    return f"The passages were not reranked: {fault}"


def respelled(voice: Voice, one: Respelling) -> str:
    """The note under an answer to a question with a word that the documents spell otherwise."""
    if voice == "ko":
        return f"‘{one.typed}’ 대신 문서에 쓰인 ‘{one.meant}’(으)로 찾았습니다."
    return f"Searched for ‘{one.meant}’, as the documents spell it, instead of ‘{one.typed}’."


def by_edition(voice: Voice, editions: Editions) -> str:
    """The note under an answer that rests on one edition of a document while others are there."""
    gap = "" if voice == "ko" else " "
    used, others = (
        ", ".join(f"{name}{gap}({date})" for name, date in some) for some in (editions.used, editions.others)
    )
    if voice == "ko":
        return f"{used} 기준으로 답했습니다. 같은 문서의 다른 판도 있습니다: {others}."
    return f"The answer goes by {used}; the same document has other editions: {others}."


def filter_alone(voice: Voice, filters: Filters) -> str:
    """The message when a filter came without a question."""
    words = " ".join(str(one) for one in filters.conditions)
    if voice == "ko":
        return f"‘{words}’은(는) 찾을 문서를 좁히는 조건입니다. 그 옆에 질문을 함께 적어 주세요."
    return f"{words} only narrows down the documents; write a question beside it."


def wrong_language(voice: Voice, model: str) -> str:
    """The warning over an answer that quotes because the model kept writing in another language."""
    if voice == "ko":
        return f"{model} 모델이 한국어로 답하지 않아 문서의 문장을 그대로 인용했습니다. RAG_LLM에 한국어를 잘하는 모델을 지정하세요."
    return f"{model} did not answer in English, so the answer quotes the documents; choose another model in RAG_LLM."


def passages_sent(voice: Voice, sent: int, found: int) -> str:
    """The warning when the prompt could not hold every passage."""
    if voice == "ko":
        return f"찾은 자료 {found}개 가운데 {sent}개만 모델에 보냈습니다. 더 보내려면 RAG_LLM_CONTEXT_TOKENS 값을 늘리세요."
    return f"{sent} of {found} passages sent to the model; raise RAG_LLM_CONTEXT_TOKENS to send more."


def calculation_failed(voice: Voice) -> str:
    """The warning when no program could be worked out."""
    if voice == "ko":
        return "계산식을 세우지 못해 문서의 내용만으로 답했습니다. 계산에 쓸 숫자를 질문에 적어 보세요."
    return "No calculation could be worked out, so the answer rests on the documents alone; name the figures to use."


def no_result(voice: Voice, program: str) -> str:
    """The answer to arithmetic that has no result, or one beyond all limits."""
    if voice == "ko":
        return f"`{program}`은(는) 계산할 수 없습니다. 0으로 나누었거나 수가 너무 큽니다."
    return f"`{program}` cannot be worked out: it divides by zero, or its numbers are too large."


def interrupted(voice: Voice) -> str:
    """The warning over an answer that the asker stopped."""
    return "답변을 중간에 멈췄습니다." if voice == "ko" else "The answer was stopped."


def cannot_answer_long(voice: Voice, length: int, limit: int) -> str:
    """The message of a question over the limit."""
    if voice == "ko":
        return (
            f"질문이 {length:,}자입니다. {limit:,}자까지 물을 수 있으니 줄여 주세요"
            "(한도는 RAG_MAX_QUESTION_CHARS로 바꿀 수 있습니다)."
        )
    return (
        f"The question has {length:,} characters, but at most {limit:,} can be asked; shorten it "
        "(RAG_MAX_QUESTION_CHARS changes the limit)."
    )
