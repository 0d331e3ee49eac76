"""From a source text to what the index keeps: the source, its chunks, and where each stands; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ingest.blocks import CountTokens
from ingest.chunking import CHUNKER_VERSION, Piece, chunk_id, split
from rag_app.index.change import SourceContent
from rag_app.language import detect_language
from rag_app.places import locator_of
from rag_app.schema import Chunk, Placement, Source, SourceText

READERS_VERSION: Final = "3"
"""Raise it whenever a reader makes another text or other places of the same bytes: the files are then read again."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """How texts are cut: the largest chunk, whose tokens count, and the digest of that model."""

    max_tokens: int
    count_tokens: CountTokens
    model: str = ""

    def pieces_of(self, text: SourceText) -> tuple[Piece, ...]:
        """The pieces of a text, in order."""
        return split(text, max_tokens=self.max_tokens, count_tokens=self.count_tokens)

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


def make_content(place: Place, digest: str, text: SourceText, pieces: Sequence[Piece]) -> SourceContent:
    """The document as the index is to hold it; `pieces` are those of its text."""
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
    return content_of(source, text, pieces)


def content_of(source: Source, text: SourceText, pieces: Sequence[Piece]) -> SourceContent:
    """A known document with its text in these pieces."""
    chunks = chunks_of(text, pieces)
    placements = tuple(
        Placement(
            chunk.id,
            source.id,
            ordinal,
            piece.start,
            piece.content_end,
            piece.line,
            locator_of(text.marks, piece.start, piece.content_end),
        )
        for ordinal, (chunk, piece) in enumerate(zip(chunks, pieces, strict=True))
    )
    return SourceContent(source, text.text, text.outline, chunks, placements, text.marks)


def chunks_of(text: SourceText, pieces: Sequence[Piece]) -> tuple[Chunk, ...]:
    """What each piece of the text says, in their order."""
    said = [text.text[piece.start : piece.content_end] for piece in pieces]
    return tuple(
        Chunk(
            chunk_id(text.title, piece.heading_path, words),
            text.title,
            piece.heading_path,
            words,
            detect_language(words),
        )
        for piece, words in zip(pieces, said, strict=True)
    )
