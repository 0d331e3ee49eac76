"""What the embedder's training adds to plain pairs: near passages that are wrong, and the mean of several runs."""

import numpy as np
import pytest
from numpy.typing import NDArray

from rag_app.embedder.settle import average

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # torch takes seconds to load, and warns

SUBJECT, FILLER, RARE = 1, 2, 3
"""Pieces: one that a heading and a dozen passages share, one that all passages share, the first of one passage each."""
SHARING = 12


def near(own: list[int], *, headings_alike: int = 1) -> NDArray[np.int64]:
    """Near passages of a heading of the one piece `SUBJECT`, as their numbers: 0 is its own, 1 to 11 share the piece.

    Passage 2 is as long as 1 and a word, 3 by another word, and so on; 400 more passages are about other things. The first
    `headings_alike` passages belong to that same heading.
    """
    from rag_app.embedder.contrast import Bags
    from rag_app.embedder.hard_negatives import near_passages

    passages = [own, *([SUBJECT] + [FILLER] * (20 + number) for number in range(1, SHARING))]
    passages += [[FILLER, RARE + number] for number in range(400)]
    headings = [[SUBJECT], *([RARE + number] for number in range(len(passages)))]
    texts = [*passages, *headings]
    ends = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    bags = Bags(np.array([piece for text in texts for piece in text], dtype=np.int32), ends)
    left = np.arange(len(passages)) + len(passages) + 1
    left[:headings_alike] = len(passages)
    return near_passages(bags, left, np.arange(len(passages)))


def test_the_passages_nearest_in_words_are_taken() -> None:
    found = near([SUBJECT] * 9 + [FILLER] * 5)
    assert sorted(found[0].tolist()) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_section_of_the_same_heading_is_never_near() -> None:
    found = near([SUBJECT] * 9 + [FILLER] * 5, headings_alike=3)
    assert sorted(set(found[0].tolist())) == [3, 4, 5, 6, 7, 8]
    np.testing.assert_array_equal(found[0], found[2])


def test_a_passage_that_answers_as_well_as_the_section_itself_is_spared() -> None:
    """As short as its own section and with the same word: passages 1 to 3 could be answers; the longest are not."""
    found = set(near([SUBJECT] + [FILLER] * 20)[0].tolist())
    assert not {1, 2, 3} & found
    assert 11 in found


def test_a_heading_that_shares_its_words_with_few_passages_has_none_near() -> None:
    found = near([SUBJECT] * 9 + [FILLER] * 5)
    assert set(found[50].tolist()) == {-1}


@pytest.mark.parametrize("with_near", [False, True])
def test_the_loss_and_its_gradient_are_those_of_cross_entropy(with_near: bool) -> None:
    """The naive twin: logits written out, gradients by autograd; row 4 has no near text."""
    import torch
    from torch.nn import functional

    from rag_app.embedder.contrast import contrast

    torch.manual_seed(1)
    a, b, c = (functional.normalize(torch.randn(12, 8), dim=1).requires_grad_() for _ in range(3))
    same = torch.zeros(12, 12, dtype=torch.bool)
    same[1, 2] = True
    there = torch.ones(12, 1)
    there[4] = 0
    contrast(a, b, same, 20.0, c * there if with_near else None).backward()  # type: ignore[no-untyped-call]
    found = [side.grad for side in (a, b, c)]
    twins = [side.detach().clone().requires_grad_() for side in (a, b, c)]
    logits = (20 * twins[0] @ twins[1].T).masked_fill(same, -1e9)
    lure = 20 * (twins[0] * twins[2] * there).sum(1, keepdim=True)
    rows = torch.arange(12)
    across = functional.cross_entropy(torch.cat([logits, lure], dim=1) if with_near else logits, rows)
    (0.5 * across + 0.5 * functional.cross_entropy(logits.T, rows)).backward()  # type: ignore[no-untyped-call]
    for mine, twin in zip(found, twins, strict=True):
        if twin.grad is None:
            assert mine is None
        else:
            torch.testing.assert_close(mine, twin.grad, atol=1e-6, rtol=1e-4)


def test_a_text_is_pushed_from_the_near_one_that_is_not_its_own() -> None:
    """Two pairs; the first left side starts on the near text, which no pair holds, and must leave it for its own."""
    from rag_app.embedder.contrast import Bags, Group, Schedule, train_table

    bags = Bags(np.arange(5, dtype=np.int32), np.arange(6, dtype=np.int64))
    start = np.eye(5, 8, dtype=np.float32) + np.float32(0.01)
    start[0] = start[4]
    pairs = np.array([0, 1]), np.array([2, 3]), np.full(2, -1)
    schedule = Schedule(steps=40, batch=2, learning_rate=0.02, kinds={"heading_ko": 1})

    def closeness(group: Group) -> float:
        table = train_table(start, bags, {"heading_ko": group}, np.zeros((1, 8), dtype=np.float32), schedule)
        unit = table / np.linalg.norm(table, axis=1, keepdims=True)
        return float(unit[0] @ unit[4])

    assert closeness(Group(*pairs, near=np.array([[4], [-1]]))) < closeness(Group(*pairs)) - 0.1


def test_the_mean_of_runs_takes_no_side_for_the_longer_rows() -> None:
    short = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.float32)
    long = np.array([[0, 7], [0, 7], [7, 0]], dtype=np.float32)
    mean = average([short, long])
    np.testing.assert_allclose(mean, [[0.5, 0.5], [0, 1], [1, 0]])
    assert mean.dtype == np.float32


@pytest.mark.parametrize("together", [1, 4])
def test_pairs_are_dealt_once_each_and_neighbours_together(together: int) -> None:
    from rag_app.embedder.contrast import Deck

    deck = Deck(22, together, np.random.default_rng(3))
    dealt = np.concatenate([deck.draw(11), deck.draw(11)])
    assert sorted(dealt.tolist()) == list(range(22))
    breaks = int((np.diff(dealt) != 1).sum())
    assert breaks > 15 if together == 1 else breaks <= 6  # at most seven blocks of four, the first and the last cut
    assert deck.draw(22).tolist() != dealt.tolist()


def test_a_deck_smaller_than_its_blocks_is_dealt_whole() -> None:
    from rag_app.embedder.contrast import Deck

    deck = Deck(3, 8, np.random.default_rng(3))
    assert sorted(deck.draw(2_048).tolist()) == [0, 1, 2]
    assert sorted(deck.draw(2_048).tolist()) == [0, 1, 2]
