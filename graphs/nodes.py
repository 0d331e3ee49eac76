"""The steps of an answer, one function each: state and surroundings in, changes to the state out."""

from collections.abc import Sequence
from typing import Protocol

from langgraph.runtime import Runtime

from graphs import phrases
from graphs.answering import passages_for
from graphs.arithmetic import arithmetic_of
from graphs.calculate import Calculation, calculate
from graphs.citations import settle_citations
from graphs.deps import Deps
from graphs.document import summarise
from graphs.drafting import draft_of, program_result, usable_rewriting
from graphs.editions import editions_of
from graphs.evidence import abstain, abstained, is_whole, judge, retrieve, rewrite, uncovered_words, usable_model
from graphs.extract import extract_answer, unsaid
from graphs.followup import is_follow_up, own_words, resolve
from graphs.guard import without_thinking
from graphs.phrases import extract_instead
from graphs.prompts.search import contextualize_messages
from graphs.prompts.think import think_messages
from graphs.relevance import Relevance
from graphs.small_talk import small_talk_of, without_greeting
from graphs.state import State, Voice
from rag_app.answer import Citation, Route
from rag_app.call_failures import said_nothing
from rag_app.errors import CalculationError, LlmFault
from rag_app.events import AnswerRevised, RouteChosen, TextDelta, ThoughtMade

Context = Runtime[Deps]


def contextualize(state: State, runtime: Context) -> State:
    """The question made self-contained; by the model where there is one, else by rules."""
    deps, history = runtime.context, state["history"]
    question = without_greeting(state["question"])
    if not history or small_talk_of(question) is not None:
        return {"standalone": question}
    ruled = resolve(question, [exchange.question for exchange in history], deps.terms)
    voice = ruled.voice or state["voice"]
    if deps.llm is None or ruled.voice is not None:
        return {"standalone": ruled.question, "voice": voice}
    try:
        reply = deps.llm.complete(contextualize_messages(question, history, voice=voice), stop=deps.stop)
    except LlmFault as fault:
        return {"standalone": ruled.question, "fault": fault}
    return {"standalone": usable_rewriting(reply, question, deps) or ruled.question}


def route(state: State, runtime: Context) -> State:
    """Which way the question travels; no model is asked."""
    voice, question = state["voice"], state["standalone"]
    talk = small_talk_of(state["question"]) or small_talk_of(question)
    if talk is not None:
        reason = "문서를 찾을 필요가 없는 말입니다." if voice == "ko" else "No document is needed for this."
        chosen = Route("none", "direct", reason)
    elif arithmetic_of(question) is not None:
        reason = (
            "질문에 적힌 숫자만으로 계산할 수 있습니다." if voice == "ko" else "The question holds all its figures."
        )
        chosen = Route("none", "program", reason)
    else:
        chosen = runtime.context.router.route(question, voice)
    runtime.stream_writer(RouteChosen(chosen, question))
    return {"route": chosen}


def talk(state: State, runtime: Context) -> State:
    """The reply to small talk, from the table."""
    found = small_talk_of(state["question"]) or small_talk_of(state["standalone"])
    text = found.reply(state["voice"]) if found is not None else ""
    runtime.stream_writer(TextDelta(text))
    return {"text": text, "abstained": found is not None and found.kind == "insides"}


def think(state: State, runtime: Context) -> State:
    """The silent steps; nothing without a model."""
    deps = runtime.context
    llm = usable_model(state, deps)
    if llm is None:
        return {}
    passages = passages_for(state["standalone"], state["hits"], evidence=state["route"].evidence, deps=deps)
    try:
        reply = llm.complete(think_messages(state["standalone"], passages, voice=state["voice"]), stop=deps.stop)
    except LlmFault as fault:
        return {"fault": fault}
    steps = without_thinking(reply)
    runtime.stream_writer(ThoughtMade(steps))
    return {"steps": steps}


def work_out(state: State, runtime: Context) -> State:
    """The calculation: of the question itself, or of a program that the model writes over the passages."""
    deps, voice, question = runtime.context, state["voice"], state["standalone"]
    own = arithmetic_of(question)
    if own is not None:
        done = _calculated(own)
        return _calculation_answer(done, runtime) if done is not None else _impossible(own, voice, runtime)
    llm = usable_model(state, deps)
    if llm is None:
        return {}
    passages = passages_for(question, state["hits"], evidence="notes", deps=deps)
    try:
        found = program_result(llm, question, passages, voice, deps)
    except LlmFault as fault:
        return {"fault": fault}
    if found is None:
        return {"warnings": (phrases.calculation_failed(voice),)}
    steps = "\n".join(found.steps)
    runtime.stream_writer(ThoughtMade(steps))
    return {"calculation": (*found.steps, f"= {found.shown}"), "steps": steps}


def answer(state: State, runtime: Context) -> State:
    """The visible answer: the model's under guard, or quotations."""
    deps, voice = runtime.context, state["voice"]
    llm = usable_model(state, deps)
    if llm is None:
        fault = state.get("fault") or deps.llm_fault
        return _quoted(state, runtime, shown=False, warning="" if fault is None else extract_instead(voice, fault))
    shown: list[str] = []
    try:
        draft, sent = draft_of(state, deps, llm, runtime.stream_writer, shown)
    except LlmFault as fault:
        return _quoted(state, runtime, shown=bool(shown), warning=extract_instead(voice, fault))
    if draft.outcome == "fine":
        found = len(state["hits"])
        cut = () if sent == found else (phrases.passages_sent(voice, sent, found),)
        return {"text": draft.text, "shown": draft.shown, "from_model": True, "warnings": cut}
    if draft.outcome == "stopped":
        return {"text": draft.shown, "shown": draft.shown, "warnings": (phrases.interrupted(voice),)}
    if draft.outcome in ("no_answer", "leaked"):
        return abstained(state, runtime, shown=bool(shown))
    drifted = draft.outcome == "drifted"
    warning = phrases.wrong_language(voice, llm.name) if drifted else extract_instead(voice, said_nothing(llm.name))
    return _quoted(state, runtime, shown=bool(shown), warning=warning)


def verify(state: State, runtime: Context) -> State:
    """The answer's last look: a model's marks settled, every sentence against the passage it cites; and which edition it goes by."""
    if not state.get("from_model"):
        return {"warnings": _edition_notes(state, state.get("citations", ()))}
    deps = runtime.context
    settled = settle_citations(
        state["text"],
        state["hits"],
        question="\n".join((state["standalone"], *state.get("calculation", ()))),
        language=state["voice"],
        terms=deps.terms,
        embedder=deps.embedder,
        text_of=deps.retriever.text_of,
    )
    if settled.text.strip() != state.get("shown", "").strip():
        runtime.stream_writer(AnswerRevised(settled.text))
    warnings = (*settled.warnings, *_edition_notes(state, settled.citations))
    return {"text": settled.text, "citations": settled.citations, "warnings": warnings}


# ---------------------------------------------------------------- parts of steps


def _quoted(state: State, runtime: Context, *, shown: bool, warning: str) -> State:
    """The answer in the documents' own words."""
    if is_whole(state):
        extract = summarise(state["hits"])
    else:
        ranked = _not_said_before(state, runtime.context)
        extract = extract_answer(state["result"].hits, ranked, style=state["route"].style)
    warnings = (warning,) if warning else ()
    if not extract.text:
        return {**abstained(state, runtime, shown=shown), "warnings": warnings}
    doubtful = state["verdict"].doubtful and not is_whole(state)
    doubt = phrases.doubt(state["voice"], uncovered_words(state, runtime.context)) if doubtful else ""
    text = f"{doubt}\n\n{extract.text}" if doubt else extract.text
    if shown:
        runtime.stream_writer(AnswerRevised(text))
    else:
        for line in text.splitlines(keepends=True):
            runtime.stream_writer(TextDelta(line))
    done: State = {"text": text, "citations": extract.citations, "from_model": False, "warnings": warnings}
    return {**done, "doubtful": doubtful}


def _edition_notes(state: State, citations: Sequence[Citation]) -> tuple[str, ...]:
    """Nothing under a refusal, and under the summary of one document."""
    if state.get("abstained") or state["route"].evidence != "notes":
        return ()
    cited = {citation.source_id for citation in citations}
    return tuple(phrases.by_edition(state["voice"], editions) for editions in editions_of(cited, state["hits"]))


def _not_said_before(state: State, deps: Deps) -> Sequence[Relevance]:
    """The ranked units; for a follow-up without those that the answer before it quoted."""
    if not state["history"] or not is_follow_up(state["question"], deps.terms):
        return state["ranked"]
    wanted = deps.terms.of_text(" ".join(own_words(state["question"], deps.terms)))
    return unsaid(state["ranked"], state["history"][-1].answer, frozenset(wanted), deps.terms)


def _calculation_answer(done: Calculation, runtime: Context) -> State:
    text = "\n".join((*(f"`{step}`" for step in done.steps), "", f"**{done.shown}**"))
    runtime.stream_writer(TextDelta(text))
    return {"text": text, "steps": "\n".join(done.steps), "calculation": done.steps}


def _impossible(program: str, voice: Voice, runtime: Context) -> State:
    text = phrases.no_result(voice, program)
    runtime.stream_writer(TextDelta(text))
    return {"text": text}


def _calculated(program: str) -> Calculation | None:
    try:
        return calculate(program)
    except CalculationError:
        return None


class Step(Protocol):
    """What the graph calls."""

    def __call__(self, state: State, runtime: Runtime[Deps]) -> State: ...


STEPS: tuple[tuple[str, Step], ...] = (
    ("contextualize", contextualize),
    ("route", route),
    ("talk", talk),
    ("retrieve", retrieve),
    ("judge", judge),
    ("rewrite", rewrite),
    ("abstain", abstain),
    ("think", think),
    ("calculate", work_out),
    ("answer", answer),
    ("verify", verify),
)
