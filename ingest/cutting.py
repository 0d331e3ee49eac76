"""One file read and cut: what a run asks of every document, wherever it is done."""

import time
from dataclasses import dataclass
from pathlib import Path

from ingest.chunking import Piece
from ingest.content import Cutting
from ingest.reader import ReadSource, read_source
from ingest.sandbox import Sandbox
from rag_app.errors import SourceError


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read, and the name that its document has."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: the text and its pieces, or why there is none; seconds of reading, cutting and embedding.

    `embedded` counts the pieces for which the model was asked, where their vectors were put into the cache at once.
    """

    read: ReadSource | SourceError
    pieces: tuple[Piece, ...] = ()
    read_s: float = 0.0
    cut_s: float = 0.0
    embed_s: float = 0.0
    embedded: int = 0


def read_and_cut(job: Job, cutting: Cutting, max_file_mb: int, sandbox: Sandbox) -> Outcome:
    """Do a job; what the reader refuses is part of the outcome."""
    started = time.perf_counter()
    try:
        read = read_source(job.path, job.name, max_file_mb=max_file_mb, sandbox=sandbox)
    except SourceError as error:
        return Outcome(error, read_s=time.perf_counter() - started)
    between = time.perf_counter()
    pieces = cutting.pieces_of(read.source)
    return Outcome(read, pieces, between - started, time.perf_counter() - between)
