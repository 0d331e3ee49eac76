"""From a source text to what the index keeps: the source, its chunks, and where each stands; pure."""

from dataclasses import dataclass
from typing import Final

from ingest.blocks import CountTokens
from ingest.chunking import CHUNKER_VERSION, chunk_id, split
from rag_app.index.change import SourceContent
from rag_app.language import detect_language
from rag_app.places import locator_of
from rag_app.schema import Chunk, Placement, Source, SourceText

READERS_VERSION: Final = "3"
"""Raise it whenever a reader makes another text or other places of the same bytes: the files are then read again."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """How texts are cut: the largest chunk, and whose tokens count."""

    max_tokens: int
    count_tokens: CountTokens

    @property
    def version(self) -> str:
        """What the index remembers of it; texts cut under another version are read and cut again."""
        return f"{CHUNKER_VERSION}/{self.max_tokens}/{READERS_VERSION}"


@dataclass(frozen=True, slots=True)
class Place:
    """Which document of which folder it is: the part of a source that its bytes do not say."""

    id: str
    collection: str
    root: str
    root_label: str
    name: str


def make_content(place: Place, digest: str, text: SourceText, cutting: Cutting) -> SourceContent:
    """The document as the index is to hold it."""
    source = Source(
        id=place.id,
        collection=place.collection,
        root=place.root,
        root_label=place.root_label,
        name=place.name,
        title=text.title,
        digest=digest,
        format=text.format,
        encoding=text.encoding,
        chars=len(text.text),
        metadata=text.metadata,
    )
    return cut_content(source, text, cutting)


def cut_content(source: Source, text: SourceText, cutting: Cutting) -> SourceContent:
    """A known document cut (again) from its text."""
    chunks: list[Chunk] = []
    placements: list[Placement] = []
    for piece in split(text, max_tokens=cutting.max_tokens, count_tokens=cutting.count_tokens):
        words = text.text[piece.start : piece.content_end]
        identity = chunk_id(text.title, piece.heading_path, words)
        chunks.append(Chunk(identity, text.title, piece.heading_path, words, detect_language(words)))
        locator = locator_of(text.marks, piece.start, piece.content_end)
        placements.append(
            Placement(identity, source.id, len(placements), piece.start, piece.content_end, piece.line, locator)
        )
    return SourceContent(source, text.text, text.outline, tuple(chunks), tuple(placements), text.marks)
