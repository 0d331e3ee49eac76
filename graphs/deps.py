"""What the nodes are given: everything that answers questions about the world, as small protocols."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from graphs.router import Router
from rag_app.errors import LlmFault
from rag_app.filters import NO_FILTERS, Filters
from rag_app.llm import ChatModel
from rag_app.schema import Heading
from rag_app.search_result import SearchResult
from rag_app.settings import Settings

if TYPE_CHECKING:
    from rag_app.index.snapshot import Snapshot


class Searches(Protocol):
    """What a conversation needs of `rag_app.retrieval.Retriever`."""

    def search(
        self,
        question: str,
        *,
        collections: Sequence[str] = (),
        k: int | None = None,
        filters: Filters = NO_FILTERS,
        explain: bool = False,
    ) -> SearchResult: ...

    def text_of(self, source_id: str) -> str: ...

    def outline_of(self, source_id: str) -> tuple[Heading, ...]: ...

    def locator_of(self, source_id: str, start: int, end: int) -> str: ...

    def close(self) -> None: ...

    def snapshot(self) -> "Snapshot": ...


class TermRules(Protocol):
    """What a conversation needs of `rag_app.language.Terms`."""

    def of_text(self, text: str) -> tuple[str, ...]: ...

    def of_question(self, text: str) -> tuple[str, ...]: ...


class Embeds(Protocol):
    """What a conversation needs of an embedder: texts -> `(n, dim)` unit rows."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]: ...

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]: ...

    def count_tokens(self, text: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Deps:
    """The surroundings of one run of the graph. `llm_fault` says why the configured model is not used; `stop` is set when
    nobody waits for the answer any more."""

    settings: Settings
    retriever: Searches
    terms: TermRules
    embedder: Embeds
    router: Router
    llm: ChatModel | None = None
    llm_fault: LlmFault | None = None
    stop: threading.Event = field(default_factory=threading.Event)
