"""The steps around evidence: find passages, judge them, search in other words, or say that there is no answer."""

from dataclasses import replace

from langgraph.runtime import Runtime

from graphs import phrases
from graphs.answering import abstention
from graphs.deps import Deps
from graphs.document import meant_source, sections_of
from graphs.drafting import usable_rewriting
from graphs.followup import is_follow_up, key_words, with_topic
from graphs.judge import judge_evidence
from graphs.prompts.search import rewrite_messages
from graphs.relevance import relevance_of
from graphs.router import searchable
from graphs.state import State
from rag_app.answer import Route
from rag_app.errors import LlmFault
from rag_app.events import AnswerRevised, EvidenceFound, TextDelta
from rag_app.filters import select
from rag_app.llm import ChatModel
from rag_app.respelling import as_meant
from rag_app.search_result import Hit, SearchResult

Context = Runtime[Deps]


def retrieve(state: State, runtime: Context) -> State:
    """The passages for the question; for a whole document, its sections."""
    deps, asked = runtime.context, state["route"]
    result = deps.retriever.search(
        searchable(state["standalone"], asked), collections=state["collections"], filters=state["filters"]
    )
    hits = result.hits
    if asked.evidence == "whole_document":
        sections = _whole_document(state, result, deps)
        hits = sections or hits
        asked = asked if sections else Route("notes", asked.style, phrases.no_document_meant(state["voice"]), 0.5)
    warnings = tuple(phrases.respelled(state["voice"], one) for one in result.respelled)
    if result.fault is not None:
        warnings = (*warnings, phrases.without_reranker(state["voice"], result.fault))
    looked = {name: round(took, 3) for name, took in result.timings_ms.items() if name == "rerank"}
    meant = as_meant(state["standalone"], result.respelled)
    done: State = {"result": result, "hits": hits, "route": asked, "warnings": warnings, "timings_ms": looked}
    return {**done, "standalone": meant}


def judge(state: State, runtime: Context) -> State:
    """Whether the passages can hold the answer."""
    deps, result = runtime.context, state["result"]
    ranked = relevance_of(
        searchable(state["standalone"], state["route"]),
        result,
        terms=deps.terms,
        embedder=deps.embedder,
        text_of=deps.retriever.text_of,
    )
    verdict = judge_evidence(result, ranked)
    if state.get("rewritten") and verdict.worth_reading and usable_model(state, deps) is not None:
        verdict = replace(verdict, answerable=True)  # the model says itself when the passages do not hold the answer
    rewritten = state.get("rewritten", False) or (usable_model(state, deps) is None and not state["history"])
    if verdict.answerable or rewritten or is_whole(state):
        runtime.stream_writer(EvidenceFound(state["hits"], result.scope))
    return {"ranked": ranked, "verdict": verdict, "rewritten": rewritten}


def rewrite(state: State, runtime: Context) -> State:
    """Another wording for a search that found too little: the model's, else the topic of the earlier question."""
    deps, question, voice = runtime.context, state["standalone"], state["voice"]
    llm = usable_model(state, deps)
    done: State = {"rewritten": True}
    if llm is not None:
        try:
            reply = llm.complete(rewrite_messages(question, voice=voice), stop=deps.stop)
            return {**done, "standalone": usable_rewriting(reply, question, deps) or question}
        except LlmFault as fault:
            done["fault"] = fault
    if not is_follow_up(state["question"], deps.terms):
        return done
    earlier = [exchange.question for exchange in state["history"]]
    return {**done, "standalone": with_topic(question, earlier, deps.terms)}


def abstain(state: State, runtime: Context) -> State:
    """That the documents do not hold it, with the nearest passages."""
    return abstained(state, runtime, shown=False)


# ---------------------------------------------------------------- shared with the other steps


def usable_model(state: State, deps: Deps) -> ChatModel | None:
    """The model, unless it failed in an earlier step: a second wait for the same failure helps nobody."""
    return None if "fault" in state else deps.llm


def abstained(state: State, runtime: Context, *, shown: bool) -> State:
    """No answer, what is not covered in the asker's own words, and the nearest passages."""
    words = uncovered_words(state, runtime.context)
    said = abstention(state["voice"], words, state["result"].hits, state["ranked"])
    runtime.stream_writer(AnswerRevised(said.text) if shown else TextDelta(said.text))
    return {"text": said.text, "citations": said.citations, "abstained": True, "from_model": False}


def uncovered_words(state: State, deps: Deps) -> list[str]:
    """The asker's own words that no passage found covers."""
    missing = set(state["verdict"].missing)
    return [word for word in key_words(state["question"], deps.terms) if missing.intersection(deps.terms.of_text(word))]


def is_whole(state: State) -> bool:
    """Whether the route asks for one whole document."""
    return state["route"].evidence == "whole_document"


def _whole_document(state: State, result: SearchResult, deps: Deps) -> tuple[Hit, ...]:
    """The sections of the document that the question means; empty when it means none."""
    catalog = deps.retriever.snapshot().catalog
    wanted = state["collections"] or ((deps.settings.collection,) if deps.settings.collection else (None,))
    if state["filters"].of("collection"):
        wanted = (None,)
    sources = select(state["filters"], [source for collection in wanted for source in catalog.sources(collection)])
    question = searchable(state["standalone"], state["route"])
    source = meant_source(question, sources, result.hits, deps.terms)
    if source is None:
        return ()
    return sections_of(source, deps.retriever.text_of(source.id), deps.retriever.outline_of(source.id))
