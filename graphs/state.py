"""What travels through the graph for one question; nothing of it outlives the answer."""

import operator
from collections.abc import Mapping
from typing import Annotated, Literal, TypedDict

from graphs.judge import Verdict
from graphs.relevance import Relevance
from rag_app.answer import Citation, Exchange, Route
from rag_app.errors import LlmFault
from rag_app.filters import Filters
from rag_app.search_result import Hit, SearchResult

Voice = Literal["ko", "en"]
"""The languages an answer is written in."""


def merged(earlier: Mapping[str, float], later: Mapping[str, float]) -> Mapping[str, float]:
    """Times of a step that ran twice add up."""
    return {**earlier, **{name: earlier.get(name, 0.0) + took for name, took in later.items()}}


class State(TypedDict, total=False):
    """`question` as it was asked and cleaned, without its filters; `standalone` is its self-contained form, the one that is searched.
    `fault` is set once the model failed: the later steps do without it."""

    question: str
    history: tuple[Exchange, ...]
    collections: tuple[str, ...]
    filters: Filters
    voice: Voice
    standalone: str
    route: Route
    result: SearchResult
    ranked: tuple[Relevance, ...]
    verdict: Verdict
    hits: tuple[Hit, ...]
    rewritten: bool
    fault: LlmFault
    steps: str
    calculation: tuple[str, ...]
    text: str
    shown: str
    from_model: bool
    citations: tuple[Citation, ...]
    abstained: bool
    doubtful: bool
    warnings: Annotated[tuple[str, ...], operator.add]
    timings_ms: Annotated[Mapping[str, float], merged]
