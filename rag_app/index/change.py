"""What is handed to a build, and what it says afterwards."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag_app.receipts import FileReport
from rag_app.schema import Chunk, Heading, Mark, Placement, Source

Embed = Callable[[Sequence[Chunk]], NDArray[np.float32]]
"""Chunks -> one vector each, in their order."""
Progress = Callable[[str, int, int], None]
"""(stage, done, of how many); stages: "read" (total 0: not known), "terms" (vectors and terms of what was not done while reading),
"lexical", "vectors", "seal"."""


@dataclass(frozen=True, slots=True)
class SourceContent:
    """One document as it is to be from now on. `chunks[i]` stands at `placements[i]`.

    `marks` name the places in its text, `report` says how the file was read.
    """

    source: Source
    text: str
    outline: tuple[Heading, ...]
    chunks: tuple[Chunk, ...]
    placements: tuple[Placement, ...]
    marks: tuple[Mark, ...] = ()
    report: FileReport | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Documents that are new or different (may be made one by one while they are asked for), and ids that go."""

    written: Iterable[SourceContent] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildCounts:
    """What a build did. `added`, `removed`, `kept` count chunks in the collections that the change touched; `sources` and
    `chunks` are the totals afterwards. `generation` is the live one's number when nothing had to be published."""

    generation: int
    added: int
    removed: int
    kept: int
    sources: int
    chunks: int
    published: bool = True
    timings_ms: Mapping[str, float] = field(default_factory=dict)
