"""The training loop: pairs of texts that belong together pull their vectors together, all others in the batch push apart."""

import math
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from rag_app.embedder.data import Kind

Lesson = Kind | Literal["glimpse"]

TEXTS_AT_ONCE = 20_000
GLIMPSE_DROP = 0.4
"""Share of a text's tokens hidden from it when its other side is a glimpse of itself: else the task is too easy."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how hard to train."""

    steps: int = 500
    batch: int = 2_048
    learning_rate: float = 0.01
    warmup: float = 0.05
    scale: float = 20.0
    max_tokens: int = 160
    drop: float = 0.0
    teacher_weight: float = 0.5
    match_weight: float = 4.0
    threads: int = 1
    seed: int = 20
    kinds: Mapping[Lesson, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs of one kind: rows into the bags, left and right, and rows into the teacher's vectors (-1: none).

    `left_tokens` shortens the left side to a random window: a text and a glimpse of itself make a pair, too. `near`, shape
    (pairs, any), are rows of texts that look like the right side and are not (-1: none); each pair is shown one at a time.
    `together` pairs that stand beside each other are dealt together, so that a batch holds sections of one document, too.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    teacher: NDArray[np.int64]
    left_tokens: int | None = None
    near: NDArray[np.int64] | None = None
    together: int = 1


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> "Bags":
    """The texts' token ids, in their order."""
    ids: list[NDArray[np.int32]] = []
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        encodings = tokenizer.encode_batch_fast(list(texts[start : start + TEXTS_AT_ONCE]), add_special_tokens=False)
        ids += [np.array(encoding.ids, dtype=np.int32) for encoding in encodings]
    return Bags(np.concatenate(ids), np.concatenate([[0], np.cumsum([len(row) for row in ids])]).astype(np.int64))


@dataclass(frozen=True, slots=True)
class Bags:
    """Texts as token ids, end to end: text i is `ids[offsets[i]:offsets[i + 1]]`."""

    ids: NDArray[np.int32]
    offsets: NDArray[np.int64]

    def take(
        self, rows: NDArray[np.int64], max_tokens: int, drop: float, rng: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        """Ids and offsets of some texts, each cut to a random window of `max_tokens`, with a share of tokens dropped."""
        starts, lengths = self.offsets[rows], self.offsets[rows + 1] - self.offsets[rows]
        kept = np.minimum(lengths, max_tokens)
        starts = starts + (rng.random(len(rows)) * (lengths - kept + 1)).astype(np.int64)
        ends = np.cumsum(kept)
        owner = np.repeat(np.arange(len(rows)), kept)
        position = np.arange(int(ends[-1])) - np.repeat(ends - kept, kept) + np.repeat(starts, kept)
        if drop:
            alive = rng.random(len(position)) >= drop
            position, owner = position[alive], owner[alive]
            kept = np.bincount(owner, minlength=len(rows))
            ends = np.cumsum(kept)
        return torch.from_numpy(self.ids[position].astype(np.int64)), torch.from_numpy(ends - kept)


def train_table(
    table: NDArray[np.float32],
    bags: Bags,
    groups: Mapping[Lesson, Group],
    teacher: NDArray[np.float32],
    schedule: Schedule,
) -> NDArray[np.float32]:
    """The table after training, shape as given."""
    torch.set_num_threads(schedule.threads)
    torch.manual_seed(schedule.seed)
    rng = np.random.default_rng(schedule.seed)
    weight = torch.nn.Parameter(torch.from_numpy(table.copy()))
    optimizer = torch.optim.Adam([weight], lr=schedule.learning_rate, fused=True, betas=(0.9, 0.98))
    targets = torch.from_numpy(teacher)
    names = [name for name in groups if schedule.kinds.get(name, 0) > 0]
    shares = np.array([schedule.kinds[name] for name in names])
    decks = {name: Deck(len(groups[name].left), groups[name].together, rng) for name in names}
    started, losses = time.monotonic(), []
    for step in range(schedule.steps):
        for parameter in optimizer.param_groups:
            parameter["lr"] = schedule.learning_rate * _shape(step / schedule.steps, schedule.warmup)
        name = names[rng.choice(len(names), p=shares / shares.sum())]
        group = groups[name]
        rows = decks[name].draw(schedule.batch)
        loss = _loss(weight, bags, group, rows, targets, schedule, rng)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
        if (step + 1) % 50 == 0:
            seconds = time.monotonic() - started
            print(f"step {step + 1}: loss {np.mean(losses[-50:]):.3f}, {seconds:.0f} s", file=sys.stderr, flush=True)
    return weight.detach().numpy()


def _loss(
    weight: Tensor,
    bags: Bags,
    group: Group,
    rows: NDArray[np.int64],
    targets: Tensor,
    schedule: Schedule,
    rng: np.random.Generator,
) -> Tensor:
    """Contrast between the two sides, and for taught pairs between each side and the teacher, plus the distance to it."""
    left, right = group.left[rows], group.right[rows]
    a = _embed(weight, *bags.take(left, group.left_tokens or schedule.max_tokens, schedule.drop, rng))
    b = _embed(
        weight, *bags.take(right, schedule.max_tokens, GLIMPSE_DROP if group.left_tokens else schedule.drop, rng)
    )
    same = torch.from_numpy((left[:, None] == left[None, :]) | (right[:, None] == right[None, :])).fill_diagonal_(False)
    loss = contrast(a, b, same, schedule.scale, _near(weight, bags, group, rows, schedule, rng))
    taught = group.teacher[rows] >= 0
    if taught.any():
        mask = torch.from_numpy(taught)
        truth = targets[torch.from_numpy(group.teacher[rows][taught])]
        same = same[mask][:, mask]
        for side in (a[mask][:, : truth.shape[1]], b[mask][:, : truth.shape[1]]):
            near = functional.normalize(side, dim=1)
            loss = loss + schedule.teacher_weight * contrast(near, truth, same, schedule.scale)
            loss = loss + schedule.match_weight * (1 - (near * truth).sum(1)).mean()
    return loss


def _near(
    weight: Tensor,
    bags: Bags,
    group: Group,
    rows: NDArray[np.int64],
    schedule: Schedule,
    rng: np.random.Generator,
) -> Tensor | None:
    """For each pair the vector of one of its near texts; zeros for a pair that has none."""
    if group.near is None:
        return None
    texts = group.near[rows, rng.integers(0, group.near.shape[1], len(rows))]
    vectors = _embed(weight, *bags.take(np.maximum(texts, 0), schedule.max_tokens, schedule.drop, rng))
    return vectors * torch.from_numpy(texts >= 0)[:, None]


def _embed(weight: Tensor, ids: Tensor, offsets: Tensor) -> Tensor:
    return functional.normalize(functional.embedding_bag(ids, weight, offsets, mode="mean"), dim=1)


def contrast(a: Tensor, b: Tensor, same: Tensor, scale: float, near: Tensor | None = None) -> Tensor:
    """InfoNCE of unit rows, both ways: row i of `a` belongs to row i of `b`, pairs marked `same` are left out.

    Row i of `near` is one more text that row i of `a` must tell from its own. A row of zeros counts next to nothing.
    Source: van den Oord, Li and Vinyals, "Representation learning with contrastive predictive coding" (2018), equation 4.
    """
    loss: Tensor = _Contrast.apply(a, b, same, scale, near)  # type: ignore[no-untyped-call]
    return loss


class _Contrast(torch.autograd.Function):
    """The loss with its gradient in one pass over the matrix of similarities: two thirds of the time of autograd's way.

    In 32 bits: a processor without instructions for bfloat16 takes seven times as long with it.
    """

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, same: Tensor, scale: float, near: Tensor | None) -> Tensor:
        x, y = a.detach(), b.detach()
        similar = x @ y.T
        own = similar.diagonal().clone()
        weights = similar.mul_(scale).exp_().masked_fill_(same, 0.0)
        across, down = weights.sum(1, keepdim=True), weights.sum(0, keepdim=True)
        if near is not None:
            z = near.detach()
            lure = (x * z).sum(1, keepdim=True).mul_(scale).exp_()
            across = across + lure
        loss = (0.5 * across[:, 0].log() + 0.5 * down[0].log() - scale * own).mean()
        weights = weights.mul_(0.5 / across + 0.5 / down)
        weights.diagonal().sub_(1.0)
        to_a, to_b = weights @ y, weights.T @ x
        to_near = None
        if near is not None:
            pull = 0.5 * lure / across
            to_a, to_near = to_a + pull * z, x * pull * (scale / len(a))
        ctx.save_for_backward(to_a * (scale / len(a)), to_b * (scale / len(a)), to_near)
        return loss

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None, Tensor | None]:
        to_a, to_b, to_near = ctx.saved_tensors
        return gradient * to_a, gradient * to_b, None, None, None if to_near is None else gradient * to_near


def _shape(done: float, warmup: float) -> float:
    if done < warmup:
        return done / warmup
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (done - warmup) / (1 - warmup)))


class Deck:
    """Row numbers in random order, dealt without repeats until all were seen; `together` neighbours stay together."""

    def __init__(self, size: int, together: int, rng: np.random.Generator) -> None:
        self._size, self._together, self._rng = size, together, rng
        self._left = self._shuffled()

    def draw(self, count: int) -> NDArray[np.int64]:
        count = min(count, self._size)
        if len(self._left) < count:
            self._left = self._shuffled()
        drawn, self._left = self._left[:count], self._left[count:]
        return drawn

    def _shuffled(self) -> NDArray[np.int64]:
        if self._together == 1:
            return self._rng.permutation(self._size)
        first = int(self._rng.integers(self._together)) or self._together  # other neighbours each time
        blocks = np.split(np.arange(self._size), np.arange(first, self._size, self._together))
        return np.concatenate([blocks[number] for number in self._rng.permutation(len(blocks))])
