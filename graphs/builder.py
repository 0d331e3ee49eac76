"""The wiring of the graph: which step follows which."""

import time

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from graphs.deps import Deps
from graphs.nodes import STEPS, Step
from graphs.state import State

AnswerGraph = CompiledStateGraph[State, Deps, State, State]


def build_graph() -> AnswerGraph:
    """The graph of one question; a function of (question, history), it remembers nothing."""
    graph: StateGraph[State, Deps, State, State] = StateGraph(State, context_schema=Deps)
    for name, step in STEPS:
        graph.add_node(name, _timed(name, step))
    graph.add_edge(START, "contextualize")
    graph.add_edge("contextualize", "route")
    graph.add_conditional_edges("route", _after_route, ["talk", "calculate", "retrieve"])
    graph.add_edge("talk", END)
    graph.add_edge("retrieve", "judge")
    graph.add_conditional_edges("judge", _after_judge, ["think", "calculate", "answer", "rewrite", "abstain"])
    graph.add_edge("rewrite", "retrieve")
    graph.add_edge("abstain", END)
    graph.add_edge("think", "answer")
    graph.add_conditional_edges("calculate", _after_calculation, ["answer", "retrieve", END])
    graph.add_edge("answer", "verify")
    graph.add_edge("verify", END)
    return graph.compile()


def _after_route(state: State) -> str:
    if state["route"].evidence != "none":
        return "retrieve"
    return "calculate" if state["route"].style == "program" else "talk"


def _after_judge(state: State) -> str:
    route = state["route"]
    if route.evidence != "whole_document" and not state["verdict"].answerable:
        return "abstain" if state.get("rewritten") else "rewrite"
    return {"step_by_step": "think", "program": "calculate"}.get(route.style, "answer")


def _after_calculation(state: State) -> str:
    if state.get("text"):
        return END
    return "answer" if "result" in state else "retrieve"


def _timed(name: str, step: Step) -> Step:
    def timed(state: State, runtime: Runtime[Deps]) -> State:
        began = time.perf_counter()
        changes = step(state, runtime)
        took = round((time.perf_counter() - began) * 1000, 3)
        return {**changes, "timings_ms": {**changes.get("timings_ms", {}), name: took}}

    return timed
