"""The training folder as pairs of texts that belong together.

Only `DIR/train` of the shared data folder is read (or DIR itself when it holds the files); the dev sets are never opened.
"""

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal[
    "parallel",
    "parallel_sentence",
    "news",
    "heading_ko",
    "heading_ko_extra",
    "heading_en",
    "heading_cross",
    "similar_ko",
    "reply_ko",
]

FILES: tuple[tuple[str, Kind], ...] = (
    ("parallel-ko-en.jsonl.gz", "parallel"),
    ("parallel-ko-en-extra.jsonl.gz", "parallel"),
    ("news-ko-en.jsonl.gz", "news"),
    ("heading-passage-ko.jsonl.gz", "heading_ko"),
    ("heading-passage-ko-extra.jsonl.gz", "heading_ko_extra"),
    ("heading-passage-en.jsonl.gz", "heading_en"),
    ("heading-passage-cross.jsonl.gz", "heading_cross"),
    ("misc-ko.jsonl.gz", "similar_ko"),
)
NEWS_SOURCES = ("kpc-",)
MAX_CHARS = 1_500
SHORTEST_SENTENCE = 6
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
HANGUL = re.compile(r"[가-힣]")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that say the same, or a heading and its section."""

    left: str
    right: str
    kind: Kind


def read_pairs(folder: Path) -> tuple[Pair, ...]:
    """Every pair of the training folder, file by file, without repeats; sentence pairs follow their paragraphs.

    Raises:
        FileNotFoundError: a file of `FILES` is missing; give the folder that holds them, or its parent.
    """
    train = folder / "train" if (folder / "train").is_dir() else folder
    seen: set[tuple[str, str]] = set()
    pairs: list[Pair] = []
    for name, kind in FILES:
        for pair in _read(train / name, kind):
            for each in (pair, *_sentences(pair)):
                if (each.left, each.right) not in seen:
                    seen.add((each.left, each.right))
                    pairs.append(each)
    return tuple(pairs)


def is_english(text: str) -> bool:
    """True for a text that the English teacher can read: next to no Hangul."""
    return len(HANGUL.findall(text)) * 50 <= len(text)


def _read(path: Path, kind: Kind) -> Iterator[Pair]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            left, right = _clean(row["a"]), _clean(row["b"])
            if len(left) < 2 or len(right) < 2:
                continue
            source = row.get("src", "")
            if source == "chatbot":
                yield Pair(left, right, "reply_ko")
            elif source.startswith(NEWS_SOURCES):
                yield Pair(left, right, "news")
            else:
                yield Pair(left, right, kind)


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())[:MAX_CHARS]


def _sentences(pair: Pair) -> Iterator[Pair]:
    """The sentences of an aligned paragraph, one by one, where both sides have equally many of like length."""
    if pair.kind not in ("parallel", "news"):
        return
    left, right = SENTENCE_END.split(pair.left), SENTENCE_END.split(pair.right)
    if len(left) != len(right) or len(left) < 2:
        return
    ratio = len(pair.right) / len(pair.left)
    aligned = list(zip(left, right, strict=True))
    if all(0.5 * ratio < (len(there) + 10) / (len(here) + 10) < 2 * ratio for here, there in aligned):
        yield from (
            Pair(here, there, "parallel_sentence")
            for here, there in aligned
            if min(len(here), len(there)) >= SHORTEST_SENTENCE
        )
