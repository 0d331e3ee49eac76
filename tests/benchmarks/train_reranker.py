"""`python -m tests.benchmarks.train_reranker --data DIR --teacher DIR --out DIR`: a small English cross-encoder to measure with.

A stand-in for where no published cross-encoder is at hand: it has the size and the cost of those made of six-layer MiniLM and
knows far less. It starts from all-MiniLM-L6-v2 and learns, for a question and four passages (its own, two that share its words,
one at random), what the teacher's cosine says of each, and that its own comes first. Questions are headings, headings put as
questions, and words picked from a passage; no dev set is read. One core and as many steps as `--minutes` allow, so no two
runs are alike; some headings are kept out and ranked in the end. Measure it with `RAG_RERANKER` and `tests.benchmarks.ablation`.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag_app.embedder.data import Pair, is_english, read_pairs
from rag_app.embedder.teacher import embed_english
from tests.benchmarks.baselines import BM25, words

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

PASSAGE_CHARS, PASSAGE_WORDS = 1_200, 15
"""Longest and shortest passage."""
OTHERS = 4
"""At most so many passages of other kinds (paragraphs, news) for each section."""
GROUPS = 4
"""Questions of one step, each with four passages."""
CAPS = (64, 64, 64, 64, 128, 160)
"""Tokens of the longest pair of a step, drawn alike: short pairs teach most for their time, long ones are what is read later."""
PEAK, WARM = 1.2e-4, 0.05
"""Learning rate, and the share of the time in which it is reached; it falls to nothing at the end."""
SLOPE, MIDDLE, OWN = 12.0, 0.45, 2.0
"""Log odds to learn: SLOPE x (cosine - MIDDLE), and OWN more for the question's own passage."""
DOUBTFUL = 0.2
"""A question whose own passage is as far as that by the teacher's cosine ("How it helps") is not said to ask for it."""
ASKED = ("What is {}?", "How do I use {}?", "How does {} work?", "What does {} mean?", "{}: how?", "why {}")
HELD_OUT, RIVALS = 100, 14
"""One section of so many is kept out, and ranked for its heading beside so many others that share words with that."""
LESSONS_A_MINUTE = 250
"""More than a core learns, so that no question comes twice; the teacher reads no more."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question, the number of its own passage, and the numbers of others that share its words, best first."""

    question: str
    own: int
    others: tuple[int, ...]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.train_reranker")
    parser.add_argument("--data", type=Path, required=True, help="the training folder, or its parent")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the cross-encoder to")
    parser.add_argument(
        "--cache", type=Path, help="folder that keeps the teacher's vectors (default: teacher beside OUT)"
    )
    parser.add_argument("--minutes", type=float, default=40.0, help="how long to train (default: 40)")
    arguments = parser.parse_args(argv)
    if not arguments.data.is_dir():
        sys.stderr.write(f"{arguments.data} is not there; the retrieval sets are not part of this repository\n")
        return 2
    passages, lessons, kept_out = lessons_of(read_pairs(arguments.data), random.Random(7))
    lessons = lessons[: max(GROUPS, int(LESSONS_A_MINUTE * arguments.minutes))]
    asked, known, asked_out = (
        embed_english(texts, arguments.teacher, arguments.cache or arguments.out.parent / "teacher")
        for texts in ([one.question for one in lessons], passages, [one.question for one in kept_out])
    )
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(arguments.teacher), num_labels=1, device="cpu", local_files_only=True)
    steps = learn(model, passages, lessons, (asked, known), minutes=arguments.minutes)
    model.save_pretrained(str(arguments.out))
    print(f"{steps} steps of {GROUPS} questions; {len(passages):,} passages")
    rows = [[one.own, *one.others] for one in kept_out]
    read = [
        np.asarray(model.predict([(one.question, passages[row]) for row in each]))
        for one, each in zip(kept_out, rows, strict=True)
    ]
    cosines = [known[each] @ vector for each, vector in zip(rows, asked_out, strict=True)]
    print(f"mean reciprocal rank of {len(rows)} sections kept out, among {RIVALS + 1} that share the heading's words:")
    print(f"teacher's cosine {mean_rank(cosines):.3f}, cross-encoder {mean_rank(read):.3f}")
    return 0


def lessons_of(pairs: Sequence[Pair], chance: random.Random) -> tuple[list[str], list[Lesson], list[Lesson]]:
    """Passages; what is learned, in random order; and the headings kept out, for whose sections nothing else asks."""
    headed = {pair.right[:PASSAGE_CHARS]: pair.left for pair in pairs if pair.kind == "heading_en"}
    plain = [pair for pair in pairs if pair.kind in ("parallel", "news")]
    more = [text[:PASSAGE_CHARS] for pair in plain for text in (pair.left, pair.right)]
    passages = [
        text
        for text in dict.fromkeys([*headed, *chance.sample(more, min(len(more), OTHERS * len(headed)))])
        if len(text.split()) >= PASSAGE_WORDS and is_english(text)
    ]
    index = BM25({str(number): text for number, text in enumerate(passages)}, words)

    def lesson(question: str, own: int) -> Lesson:
        found = [int(name) for name, _ in index.search(question, RIVALS + 1)]
        return Lesson(question, own, tuple([number for number in found if number != own][:RIVALS]))

    learned, kept_out = [], []
    for number, text in enumerate(passages):
        heading = headed.get(text)
        if heading is not None and number % HELD_OUT == 0:
            kept_out.append(lesson(heading, number))
            continue
        learned.append(lesson(_glimpse(text, chance), number))
        if heading is not None:
            put = chance.choice(ASKED).format(heading.rpartition(" - ")[2])
            learned += [lesson(heading, number), lesson(put, number)]
    chance.shuffle(learned)
    return passages, learned, [one for one in kept_out if one.others]


def _glimpse(text: str, chance: random.Random) -> str:
    """Some words of a stretch of the text, in their order."""
    every = text.split()
    start = chance.randrange(max(1, len(every) - 16))
    return " ".join(word for word in every[start : start + 16] if chance.random() < 0.5) or every[start]


def mean_rank(scores: Sequence[Vectors]) -> float:
    """The mean reciprocal rank of the first of each list; ties count against it. 0 of nothing."""
    return float(np.mean([1.0 / np.sum(found >= found[0]) for found in scores])) if scores else 0.0


def learn(
    model: "CrossEncoder",
    passages: Sequence[str],
    lessons: Sequence[Lesson],
    vectors: tuple[Vectors, Vectors],
    *,
    minutes: float,
) -> int:
    """Teaches the model for so many minutes; `vectors` are the teacher's of questions and passages. Returns the steps done."""
    import torch
    from torch.nn.functional import cross_entropy, smooth_l1_loss

    asked, known = vectors
    torch.set_num_threads(1)
    torch.manual_seed(7)
    chance = random.Random(7)
    network = model.model
    network.get_input_embeddings().requires_grad_(False)
    network.eval()  # no dropout: a third of the time, and no question comes twice
    optimiser = torch.optim.AdamW([one for one in network.parameters() if one.requires_grad])
    own = torch.zeros(GROUPS, dtype=torch.long)
    began, losses = time.monotonic(), []
    for numbers in _dealt(len(lessons), chance):
        part = (time.monotonic() - began) / (60 * minutes)
        if part >= 1:
            break
        rows = [_shown(lessons[number], len(passages), chance) for number in numbers]
        cosines = np.stack([known[each] @ asked[number] for number, each in zip(numbers, rows, strict=True)])
        clear = torch.from_numpy(cosines[:, 0] > DOUBTFUL)
        wanted = torch.from_numpy(SLOPE * (cosines - MIDDLE)).float()
        wanted[clear, 0] += OWN
        batch = model.tokenizer(
            [lessons[number].question for number, each in zip(numbers, rows, strict=True) for _ in each],
            [passages[row] for each in rows for row in each],
            truncation="longest_first",
            max_length=chance.choice(CAPS),
            padding=True,
            return_tensors="pt",
        )
        found = network(**batch).logits.view(GROUPS, -1)
        first = cross_entropy(found, own, reduction="none")[clear].sum() / GROUPS
        loss = smooth_l1_loss(found, wanted) + 0.5 * first
        for group in optimiser.param_groups:
            group["lr"] = PEAK * min(part / WARM, (1 - part) / (1 - WARM))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        losses.append(loss.item())
        if len(losses) % 50 == 0:
            sys.stderr.write(f"step {len(losses)}, {part:.0%} of the time: loss {np.mean(losses[-50:]):.3f}\n")
    return len(losses)


def _dealt(many: int, chance: random.Random) -> Iterator[list[int]]:
    """Numbers below `many`, `GROUPS` at a time, without end."""
    while True:
        order = chance.sample(range(many), many)
        yield from (order[start : start + GROUPS] for start in range(0, many - GROUPS + 1, GROUPS))


def _shown(lesson: Lesson, passages: int, chance: random.Random) -> list[int]:
    """Four passages, its own first."""
    near = chance.sample(lesson.others, min(2, len(lesson.others)))
    return [lesson.own, *near, *(chance.randrange(passages) for _ in range(3 - len(near)))]


if __name__ == "__main__":
    sys.exit(main())
