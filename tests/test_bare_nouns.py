"""A noun asked bare is found where the text says it with a particle: pairs and look-alikes through ingestion and search."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_app.retrieval import Legs
from tests.benchmarks.indexed import Indexed, indexed

FIXTURE = Path(__file__).parent / "fixtures" / "bare_nouns.tsv"
LEAST_RECALL = 0.97
LINES = [line for line in FIXTURE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
PAIRS = [(noun, passage) for noun, _, passage in (line.partition("\t") for line in LINES) if passage]
PASSAGES = [line.rpartition("\t")[2] for line in LINES]


@pytest.fixture(scope="module")
def passages() -> Iterator[Indexed]:
    with indexed({passage: ("", passage) for passage in PASSAGES}) as index:
        yield index


def missed(index: Indexed, legs: Legs) -> list[str]:
    """The nouns whose passage is not among the first five."""
    return [noun for noun, passage in PAIRS if passage not in list(index.ranking(noun, legs))[:5]]


def test_there_are_enough_pairs_and_look_alikes() -> None:
    assert len(PAIRS) >= 130
    assert len(PASSAGES) - len(PAIRS) >= 70
    assert len({noun for noun, _ in PAIRS}) == len(PAIRS)
    assert len(set(PASSAGES)) == len(PASSAGES)


def test_no_pair_gives_the_noun_away_without_a_particle() -> None:
    """At most a handful do, so that a search by whole words would fail."""
    spoken = [noun for noun, passage in PAIRS if noun in passage.rstrip(".").split()]
    assert len(spoken) <= 0.03 * len(PAIRS), spoken


@pytest.mark.parametrize("legs", ["both", "lexical"])
def test_a_bare_noun_finds_its_passage(passages: Indexed, legs: Legs) -> None:
    lost = missed(passages, legs)
    assert 1 - len(lost) / len(PAIRS) >= LEAST_RECALL, lost
