"""What a model is asked for on the way: a guarded draft of the answer, a program, another wording."""

from collections.abc import Callable

from graphs.answering import Draft, nearest_examples, passages_for, write_answer
from graphs.calculate import Calculation, calculate
from graphs.deps import Deps
from graphs.guard import without_thinking
from graphs.prompts.answer import answer_messages, load_answer_examples
from graphs.prompts.calculation import calculation_messages, program_of
from graphs.prompts.material import Passage
from graphs.prompts.search import one_line
from graphs.state import State, Voice
from rag_app.errors import CalculationError
from rag_app.events import AnswerRevised, StreamEvent, TextDelta
from rag_app.language import detect_language
from rag_app.llm import ChatModel


def draft_of(
    state: State, deps: Deps, llm: ChatModel, emit: Callable[[StreamEvent], None], shown: list[str]
) -> tuple[Draft, int]:
    """The model's draft and how many passages it got; asked once more when it drifts into another language.

    What stands on the page is in `shown`, also when this raises.

    Raises:
        LlmFault: the model failed.
    """
    voice, asked, question = state["voice"], state["route"], state["standalone"]
    few = asked.style == "few_shot" and asked.evidence == "notes"
    examples = nearest_examples(question, load_answer_examples(), voice=voice, deps=deps) if few else ()
    extra = "\n".join((state.get("steps", ""), *(example.answer + "".join(example.passages) for example in examples)))
    passages = passages_for(question, state["hits"], evidence=asked.evidence, deps=deps, extra=extra)

    def show(text: str) -> None:
        shown.append(text)
        emit(TextDelta(text))

    for insist in (False, True):
        messages = answer_messages(
            question,
            passages,
            voice=voice,
            evidence=asked.evidence,
            style=asked.style,
            examples=examples,
            thoughts="" if state.get("calculation") else state.get("steps", ""),
            calculation=state.get("calculation", ()),
            insist_on_language=insist,
        )
        draft = write_answer(llm, messages, voice=voice, passages=len(passages), deps=deps, show=show)
        if draft.outcome != "drifted":
            break
        if shown and not insist:
            emit(AnswerRevised(""))
            shown.clear()
    return draft, len(passages)


def program_result(
    llm: ChatModel, question: str, passages: tuple[Passage, ...], voice: Voice, deps: Deps
) -> Calculation | None:
    """What the model's program gives; asked once more when the first one cannot be worked out.

    Raises:
        LlmFault: the model failed.
    """
    failed, reason = "", ""
    for _ in range(2):
        messages = calculation_messages(question, passages, voice=voice, failed=failed, reason=reason)
        program = program_of(without_thinking(llm.complete(messages, stop=deps.stop)))
        if not program:
            return None
        try:
            return calculate(program)
        except CalculationError as error:
            failed, reason = program, str(error)
    return None


def usable_rewriting(reply: str, question: str, deps: Deps) -> str:
    """The question in a model's reply, "" when it is empty, too long, or in another language than the question."""
    line = one_line(without_thinking(reply))
    same = detect_language(line) == detect_language(question) or detect_language(question) == "other"
    return line if line and same and len(line) <= deps.settings.max_question_chars else ""
