"""The recipe of the shipped embedder: `python -m rag_app.embedder.train --data DIR --teacher PATH --out DIR`.

Most of the time goes to the teacher's reading of the English texts, which a cache keeps text by text: a run that was stopped
goes on where it was. `--measured DIR` drops what stands in the sets the model will be measured on. Seeded: two runs
differ only by the noise of summing in parallel.
"""

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag_app.embedder.contrast import Bags, Group, Lesson, Schedule, tokenise, train_table
from rag_app.embedder.data import Kind, Pair, is_english, read_pairs
from rag_app.embedder.export import write_model
from rag_app.embedder.hard_negatives import near_passages
from rag_app.embedder.initial import starting_table
from rag_app.embedder.measured import read_measured, without_measured
from rag_app.embedder.settle import average, even_directions, settle_lengths
from rag_app.embedder.static import SHIPPED
from rag_app.embedder.teacher import embed_english, in_sample_order, teacher_pieces
from rag_app.embedder.vocabulary import VocabularySizes, build_tokenizer, count_words

VERSION = "3"
DIMENSION = 512
SIZES = VocabularySizes(hangul_pieces=14_000, latin_pieces=14_000, hangul_minimum=8, latin_minimum=20)
COUNTED: dict[Kind, float] = {
    "parallel": 1,
    "heading_ko": 1,
    "heading_en": 1,
    "heading_cross": 1,
    "heading_ko_extra": 0.3,
    "news": 3,
    "similar_ko": 3,
    "reply_ko": 3,
}
"""How much each kind of pair counts for the vocabulary: general language is rare in the data, machine translation common."""
DEALT: dict[Lesson, float] = {
    "parallel": 3,
    "parallel_sentence": 2,
    "news": 1,
    "heading_ko": 1.5,
    "heading_ko_extra": 2,
    "heading_en": 1,
    "heading_cross": 0.3,
    "similar_ko": 0.3,
    "reply_ko": 0.3,
    "glimpse": 1.5,
}
"""How often a training step is dealt from each kind."""
TAUGHT: tuple[Kind, ...] = ("parallel", "parallel_sentence", "news")
GLIMPSED: tuple[Kind, ...] = ("heading_ko_extra", "heading_ko", "heading_en", "parallel")
HEADED: tuple[Kind, ...] = ("heading_ko", "heading_ko_extra", "heading_en", "heading_cross")
"""Kinds whose pairs are shown a passage that shares the heading's words beside its own, and are dealt in `NEIGHBOURS`."""
NEIGHBOURS = 8
"""Headings and sections that follow one another are of one document: a batch holds so many of it at a time."""
GLIMPSE_TOKENS, GLIMPSED_MINIMUM = 20, 50
"""A random window of so many tokens must find its text again, among texts of at least so many tokens."""
SCHEDULE = Schedule(drop=0.3, kinds=DEALT)
RUNS = (250, 250, 500)
"""Steps of the runs whose mean is taken, each dealt in another order. Measured: `model/README.md`, 21 November 2026 (night)."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a run reads: the training folder, the teacher's folder, the cache, and the measured sets it must not know.

    The teacher reads at most `taught` English texts, a fair sample (None: all).
    """

    data: Path
    teacher: Path
    cache: Path
    measured: Path | None = None
    taught: int | None = None


def train(sources: Sources, out: Path) -> str:
    """Train on the pairs under `sources.data`, write the model into `out` and return its digest."""
    pairs = read_pairs(sources.data)
    _say(f"{len(pairs):,} pairs")
    if sources.measured is not None:
        clean = without_measured(pairs, read_measured(sources.measured))
        _say(f"{len(pairs) - len(clean):,} pairs dropped that stand in a measured set")
        pairs = clean
    counts = count_words((text, COUNTED[pair.kind]) for pair in pairs if pair.kind in COUNTED for text in _both(pair))
    tokenizer = build_tokenizer(counts, teacher_pieces(sources.teacher), SIZES)
    vocabulary = tokenizer.get_vocab()
    pieces = sorted(vocabulary, key=vocabulary.__getitem__)
    _say(f"{len(pieces):,} pieces")

    texts = list(dict.fromkeys(text for pair in pairs for text in _both(pair)))
    bags = tokenise(tokenizer, texts)
    english = np.array([number for number, piece in enumerate(pieces) if piece.isascii()])
    meanings = embed_english([pieces[number] for number in english], sources.teacher, sources.cache)
    readable = {pair.right for pair in pairs if pair.kind in TAUGHT and is_english(pair.right)}
    taught = in_sample_order(readable)[: sources.taught]
    targets = embed_english(taught, sources.teacher, sources.cache)

    frequencies = np.bincount(bags.ids, minlength=len(pieces))
    table = starting_table(frequencies, english, meanings, dimension=DIMENSION, seed=SCHEDULE.seed)
    groups = _groups(pairs, texts, taught, bags)
    schedules = [replace(SCHEDULE, steps=steps, seed=SCHEDULE.seed + number) for number, steps in enumerate(RUNS, 1)]
    runs = [train_table(table, bags, groups, targets, schedule) for schedule in schedules]
    table = settle_lengths(average(runs), frequencies, english)
    table = even_directions(table, bags.ids, bags.offsets, seed=SCHEDULE.seed)
    return write_model(out, table, tokenizer, version=VERSION)


def _groups(pairs: tuple[Pair, ...], texts: list[str], taught: list[str], bags: Bags) -> dict[Lesson, Group]:
    row = {text: number for number, text in enumerate(texts)}
    target = {text: number for number, text in enumerate(taught)}
    lengths = np.diff(bags.offsets)
    groups: dict[Lesson, Group] = {}
    for kind in COUNTED | {"parallel_sentence": 0}:
        chosen = [p for p in pairs if p.kind == kind and lengths[row[p.left]] and lengths[row[p.right]]]
        left, right = np.array([row[pair.left] for pair in chosen]), np.array([row[pair.right] for pair in chosen])
        groups[kind] = Group(
            left,
            right,
            np.array([target.get(pair.right, -1) if kind in TAUGHT else -1 for pair in chosen]),
            near=near_passages(bags, left, right) if kind in HEADED else None,
            together=NEIGHBOURS if kind in HEADED else 1,
        )
    long = {row[text] for pair in pairs if pair.kind in GLIMPSED for text in _both(pair)}
    glimpsed = np.array(sorted(number for number in long if lengths[number] >= GLIMPSED_MINIMUM))
    groups["glimpse"] = Group(glimpsed, glimpsed, np.full(len(glimpsed), -1), GLIMPSE_TOKENS)
    return groups


def _both(pair: Pair) -> tuple[str, str]:
    return pair.left, pair.right


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m rag_app.embedder.train", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the shared data folder; only its train/ is read")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="where the model goes (default: the shipped one)")
    parser.add_argument(
        "--cache", type=Path, default=Path(".seodang/teacher"), help="where the teacher's vectors are kept"
    )
    parser.add_argument("--measured", type=Path, help="folder of measured sets; pairs that stand in one are dropped")
    parser.add_argument("--taught", type=int, help="the teacher reads at most so many texts (default: all)")
    options = parser.parse_args()
    sources = Sources(options.data, options.teacher, options.cache, options.measured, options.taught)
    print(train(sources, options.out))


if __name__ == "__main__":
    main()
