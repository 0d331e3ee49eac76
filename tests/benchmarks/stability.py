"""`python -m tests.benchmarks.stability --markdown DIR`: how many passages of real files are new after one small edit.

Each edit is made at seeded places of each file: a word of a paragraph changed, a paragraph put in somewhere, put in at the top,
taken out. A new passage is one that has to be embedded. What is put in differs each time: one text alone would be cut off always, or never.
The command fails when more than one edit in a hundred of a kind makes more than two new ones, or three for a paragraph at the top.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ingest.chunking import chunk_id, split
from ingest.formats.markdown import read_markdown
from rag_app.embedding import open_embedder
from rag_app.errors import SourceError
from rag_app.settings import Settings

NEW_WORDS = (
    "새로 회의에서 정한 내용을 여기에 적어 둡니다 다음 주까지 팀에서 확인 후 공유 할 예정 출장 비용 "
    "the meeting agreed on a note about how people travel and what was said of last year"
).split()
MOST_NEW = {"a word changed": 2, "put in somewhere": 2, "put in at the top": 3, "taken out": 2}
MOST_SHARE = 0.01
Paragraphs = list[str]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stability")
    parser.add_argument("--markdown", type=Path, required=True, help="a folder of real Markdown files")
    parser.add_argument("--places", type=int, default=2, help="in each file, for each kind of edit (default: 2)")
    parser.add_argument("--every", type=int, default=1, help="only every so many files (default: all)")
    options = parser.parse_args(argv)
    files = sorted(options.markdown.rglob("*.md"))[:: options.every]
    if not files:
        sys.stderr.write(f"{options.markdown} holds no Markdown; the real files are not part of this repository\n")
        return 2
    found = measure([path.read_bytes() for path in files], options.places)
    over = {kind: too_many(kind, counts) for kind, counts in found.items()}
    for kind, counts in found.items():
        share = {new: f"{100 * times / counts.total():.2f} %" for new, times in sorted(counts.items())}
        print(f"{kind}: {counts.total()} times, new passages {share}; more than {MOST_NEW[kind]}: {over[kind]:.2%}")
    return int(max(over.values()) > MOST_SHARE)


def too_many(kind: str, counts: Counter[int]) -> float:
    """The share of edits that made more new passages than such an edit should."""
    return sum(times for new, times in counts.items() if new > MOST_NEW[kind]) / max(1, counts.total())


def measure(files: Sequence[bytes], places: int) -> Mapping[str, Counter[int]]:
    """For each kind of edit how often it made so many new passages."""
    embedder = open_embedder(Settings())
    dice = random.Random(7)
    found: dict[str, Counter[int]] = {kind: Counter() for kind in EDITS}
    for data in files:
        before = passages(data, embedder.count_tokens)
        paragraphs = read_markdown(data).text.split("\n\n")
        prose = [at for at, text in enumerate(paragraphs) if is_prose(text)]
        for kind, edit in EDITS.items():
            for at in dice.sample(prose, min(places if kind != "put in at the top" else 1, len(prose))):
                edited = "\n\n".join(edit(list(paragraphs), at, dice)).encode()
                found[kind][len(passages(edited, embedder.count_tokens) - before)] += 1
    return found


def passages(data: bytes, count_tokens: Callable[[str], int]) -> frozenset[str]:
    """The identities of a note's passages."""
    try:
        source = read_markdown(data)
    except SourceError:
        return frozenset()
    pieces = split(source, max_tokens=Settings().chunk_tokens, count_tokens=count_tokens)
    return frozenset(
        chunk_id(source.title, one.heading_path, source.text[one.start : one.content_end]) for one in pieces
    )


def is_prose(paragraph: str) -> bool:
    """Whether it is plain running text, so that an edit changes no structure."""
    return paragraph[:1].isalpha() and "\n" not in paragraph and "```" not in paragraph and len(paragraph.split()) > 3


def _change(paragraphs: Paragraphs, at: int, dice: random.Random) -> Paragraphs:
    words = paragraphs[at].split(" ")
    words[dice.randrange(len(words))] = "바뀐말"
    return [*paragraphs[:at], " ".join(words), *paragraphs[at + 1 :]]


def _put_in(paragraphs: Paragraphs, at: int, dice: random.Random) -> Paragraphs:
    new = " ".join(dice.choices(NEW_WORDS, k=dice.randint(6, 40))) + "."
    return [*paragraphs[:at], new, *paragraphs[at:]]


def _put_on_top(paragraphs: Paragraphs, at: int, dice: random.Random) -> Paragraphs:
    front = 1 if paragraphs[0].startswith("---") else 0
    first = next((i for i, text in enumerate(paragraphs[front:], front) if not text.startswith(("#", "---"))), 0)
    return _put_in(paragraphs, first, dice)


def _take_out(paragraphs: Paragraphs, at: int, _: random.Random) -> Paragraphs:
    return [*paragraphs[:at], *paragraphs[at + 1 :]]


EDITS: Mapping[str, Callable[[Paragraphs, int, random.Random], Paragraphs]] = {
    "a word changed": _change,
    "put in somewhere": _put_in,
    "put in at the top": _put_on_top,
    "taken out": _take_out,
}

if __name__ == "__main__":
    sys.exit(main())
