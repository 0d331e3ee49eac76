"""The answer: written by a model under guard, or quoted from the documents; and what is said when there is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from graphs.deps import Deps
from graphs.extract import Extract, citation_of
from graphs.guard import AnswerGuard, Verdict
from graphs.marks import MarkStream
from graphs.phrases import nearest_follow, no_collection_text, nothing_found
from graphs.prompts.answer import AnswerExample
from graphs.prompts.material import Passage, approximate_tokens, fit_passages, fit_sections
from graphs.relevance import Relevance
from graphs.state import Voice
from graphs.units import Unit, shown
from rag_app.answer import Evidence
from rag_app.llm import ChatModel, Message
from rag_app.search_result import Hit

NEAREST: Final = 3
EXAMPLES: Final = 2
MOST_ANSWER_CHARS: Final = 12_000
"""A model that goes on after this is talking in circles; what it said so far is the answer."""
_MOST_ANSWER_TOKENS: Final = 1024
_FIXED_TOKENS: Final = 700
"""Rules, manner and tags of the longest prompt, in approximate tokens (tests/test_prompts.py)."""
_MIN_PASSAGES_TOKENS: Final = 96


@dataclass(frozen=True, slots=True)
class Draft:
    """What a model wrote: `text` with its own marks, `shown` as the asker saw it. "stopped": nobody waits any more."""

    text: str
    shown: str
    outcome: Verdict | Literal["empty", "stopped"]


def write_answer(
    llm: ChatModel, messages: Sequence[Message], *, voice: Voice, passages: int, deps: Deps, show: Callable[[str], None]
) -> Draft:
    """One guarded answer; every piece that may be seen goes to `show` at once.

    Raises:
        LlmFault: the model failed, perhaps after some pieces.
    """
    guard = AnswerGuard(voice, secret=messages[0].text)
    marks = MarkStream(passages)
    seen: list[str] = []

    def release(text: str) -> None:
        if text:
            seen.append(text)
            show(text)

    pieces = llm.stream(messages, stop=deps.stop)
    for piece in pieces:
        release(marks.feed(guard.feed(piece)))
        if guard.verdict != "fine" or len(guard.text) > MOST_ANSWER_CHARS:
            break
    else:
        release(marks.feed(guard.finish()))
    if guard.verdict == "fine":
        release(marks.finish())
    outcome: Verdict | Literal["empty", "stopped"] = guard.verdict
    if deps.stop.is_set():
        outcome = "stopped"
    elif outcome == "fine" and not guard.text.strip():
        outcome = "empty"
    return Draft(guard.text.strip(), "".join(seen), outcome)


def passages_for(
    question: str, hits: Sequence[Hit], *, evidence: Evidence, deps: Deps, extra: str = ""
) -> tuple[Passage, ...]:
    """The hits that the model's context holds beside rules, question, `extra` and room for the answer."""

    def count(text: str) -> int:
        return approximate_tokens(text, deps.embedder.count_tokens)

    whole = deps.settings.llm_context_tokens
    answer = min(_MOST_ANSWER_TOKENS, whole // 4)
    budget = max(_MIN_PASSAGES_TOKENS, whole - answer - _FIXED_TOKENS - count(question) - count(extra))
    fit = fit_sections if evidence == "whole_document" else fit_passages
    return fit(hits, budget_tokens=budget, count=count)


def nearest_examples(
    question: str, examples: Sequence[AnswerExample], *, voice: Voice, deps: Deps
) -> tuple[AnswerExample, ...]:
    """The example answers in the given language whose questions are nearest, the nearest last (beside the question)."""
    fitting = [example for example in examples if example.language == voice]
    if not fitting:
        return ()
    similarities = (
        deps.embedder.embed_questions([example.question for example in fitting])
        @ deps.embedder.embed_questions([question])[0]
    )
    order = sorted(range(len(fitting)), key=lambda at: -float(similarities[at]))[:EXAMPLES]
    return tuple(fitting[at] for at in reversed(order))


def abstention(voice: Voice, missing: Sequence[str], hits: Sequence[Hit], ranked: Sequence[Relevance]) -> Extract:
    """That the documents hold no answer, what they do not cover, and the nearest passages, cited."""
    first = nothing_found(voice, missing)
    nearest = _one_per_hit(ranked)
    if not nearest:
        return Extract(f"{first} {no_collection_text(voice)}", (), 0.0)
    lines = [
        f"- {' › '.join(part for part in (hits[unit.hit].source.name, hits[unit.hit].heading) if part)}: "
        f"“{_short(shown(unit))}” [{number}]"
        for number, unit in enumerate(nearest, start=1)
    ]
    citations = tuple(citation_of(number, unit, hits[unit.hit]) for number, unit in enumerate(nearest, start=1))
    return Extract("\n".join((f"{first} {nearest_follow(voice)}", "", *lines)), citations, 0.0)


def _one_per_hit(ranked: Sequence[Relevance]) -> tuple[Unit, ...]:
    best: dict[int, Unit] = {}
    for item in ranked:
        if item.unit.kind != "code":
            best.setdefault(item.unit.hit, item.unit)
    return tuple(best.values())[:NEAREST]


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:159].rstrip()}…"
