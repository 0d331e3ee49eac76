"""The nouns of the house, as frozen values; a word means one thing everywhere.

Offsets are counts of Unicode code points in the clean text of a source (`cleaning.clean_text`), `start` inclusive,
`end` exclusive; lines count from 1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["ko", "en", "other"]

DEFAULT_COLLECTION = "default"
_VERSION = re.compile(r"-\d+(?:\.\d+)*\Z")


# ---------------------------------------------------------------- documents


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a source: its level (1 = top), its text without marks, where its line starts.

    `opens_document` is said of the name of a document inside another (an archive, a mail): no passage reaches over it.
    """

    level: int
    title: str
    start: int
    line: int
    opens_document: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """From `start` on (until the next mark) the text stands at `locator`: "p. 3", "slide 2", "Sheet1!A2:C9"."""

    start: int
    locator: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of a file was read. `parts` counts its pages, slides, cells, rows or documents (0 where the format has none),
    `empty` those of them without text, `ocr` the pages and pictures that OCR has read, `unread` those that it could not read
    because tesseract is not installed."""

    parts: int = 0
    empty: int = 0
    ocr: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a reader makes of one file: clean text, an outline with offsets into it, what it says of itself."""

    title: str
    text: str
    outline: tuple[Heading, ...]
    format: str
    encoding: str
    marks: tuple[Mark, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    reading: Reading = Reading()


@dataclass(frozen=True, slots=True)
class Source:
    """One document as the catalog knows it; one without text (`chars` is 0) is only remembered, and nothing else counts it.

    `id` is a hash of collection, root and name; `name` is the NFC posix path relative to the ingested folder;
    `root` is an opaque key of that folder, `root_label` its last path part; `digest` is SHA-256 of the file's bytes.
    `metadata` holds what the document states of itself (date, version, tags ...), flattened to strings.
    """

    id: str
    collection: str
    root: str
    root_label: str
    name: str
    title: str
    digest: str
    format: str
    encoding: str
    chars: int
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a passage says. `id` hashes title, heading path, text and chunker version; never where it stands."""

    id: str
    title: str
    heading_path: tuple[str, ...]
    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a chunk stands: `text_of(source)[start:end] == chunk.text`."""

    chunk_id: str
    source_id: str
    ordinal: int
    start: int
    end: int
    line: int
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What made an index; two stamps that differ never share vectors or terms."""

    embedder: str
    digest: str
    dimension: int
    chunker: str
    terms: str

    @property
    def family(self) -> str:
        """The embedder's name without its version: one for all models that shipped with the product."""
        return _VERSION.sub("", self.embedder)
