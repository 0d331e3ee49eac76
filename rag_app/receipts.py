"""What an ingestion run did: per file, and in all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rag_app.schema import Reading


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that was not ingested, and the reason with the remedy."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: "added", "updated", "kept", "removed", "empty" (nothing to read) or "failed".

    `added`, `kept`, `removed` count chunks. `reading` says how much of it was read, `garbled` which share of its visible
    characters (0..1) nobody can read.
    """

    source: str
    outcome: Literal["added", "updated", "kept", "removed", "empty", "failed"]
    format: str = ""
    encoding: str = ""
    chars: int = 0
    added: int = 0
    kept: int = 0
    removed: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    reading: Reading = field(default_factory=Reading)
    garbled: float = 0.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a run did. `added`, `removed`, `kept`, `embedded` count chunks of this run's scope; `embedded` counts model
    calls for texts (cache hits not included); `sources` and `chunks` are the totals of the live generation after it.
    `timings_ms` says what each stage took, wherever it ran: stages side by side take more together than the run."""

    generation: int
    added: int
    removed: int
    kept: int
    embedded: int
    failed: tuple[Failure, ...]
    sources: int
    chunks: int
    seconds: float
    files: tuple[FileReport, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
