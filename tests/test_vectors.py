"""Vectors in the real Chroma: exact answers on small sets, near-exact ones on larger, nothing fetched from anywhere."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag_app.index.vectors import SEARCH_WIDTH, Vectors


def unit(count: int, dimension: int = 24, seed: int = 1) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_the_nearest_come_first_with_their_cosines(tmp_path: Path) -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], dtype=np.float32)
    with Vectors(tmp_path) as store:
        store.add("사내 규정", [11, 12, 13, 14], vectors)
        found = store.query("사내 규정", vectors[0], 3)
    assert [row for row, _ in found] == [11, 12, 13]
    assert [cosine for _, cosine in found] == pytest.approx([1.0, 0.6, 0.0], abs=1e-6)


def test_answers_are_near_exact_on_thousands(tmp_path: Path) -> None:
    vectors, questions = unit(6000), unit(40, seed=2)
    with Vectors(tmp_path) as store:
        store.add("default", list(range(6000)), vectors)
    found = 0
    with Vectors(tmp_path) as store:
        assert store.count("default") == 6000
        for question in questions:
            best = set(np.argsort(-(vectors @ question))[:20].tolist())
            found += len(best & {row for row, _ in store.query("default", question, 20)})
    assert found / (20 * 40) > 0.95


def test_asking_for_more_than_there_is_gives_all(tmp_path: Path) -> None:
    with Vectors(tmp_path) as store:
        store.add("default", [1, 2], unit(2))
        assert len(store.query("default", unit(1)[0], 50)) == 2
        store.add("many", list(range(400)), unit(400))
        assert len(store.query("many", unit(1)[0], 400)) == SEARCH_WIDTH


def test_a_deleted_row_is_gone_and_can_come_back(tmp_path: Path) -> None:
    vectors = unit(5)
    with Vectors(tmp_path) as store:
        store.add("default", [1, 2, 3, 4, 5], vectors)
        store.delete("default", [1, 99])
        assert store.count("default") == 4
        assert 1 not in [row for row, _ in store.query("default", vectors[0], 5)]
        store.add("default", [1], vectors[:1])
        assert store.query("default", vectors[0], 1)[0][0] == 1


def test_collections_are_apart(tmp_path: Path) -> None:
    vectors = unit(2)
    with Vectors(tmp_path) as store:
        store.add("가", [1], vectors[:1])
        store.add("나", [1, 2], vectors)
        assert (store.count("가"), store.count("나"), store.count("다")) == (1, 2, 0)
        assert store.rows("나") == {1, 2}
        assert store.query("다", vectors[0], 3) == ()
        assert store.fetch("다", [1]) == {}
        store.delete("다", [1])


def test_vectors_come_back_as_they_were(tmp_path: Path) -> None:
    vectors = unit(3)
    with Vectors(tmp_path) as store:
        store.add("default", [7, 8, 9], vectors)
        found = store.fetch("default", [9, 7, 5])
    assert sorted(found) == [7, 9]
    np.testing.assert_allclose(found[9], vectors[2], atol=1e-6)


def test_nothing_is_left_for_the_opener_to_do(tmp_path: Path) -> None:
    """Rows left in Chroma's log are put into the graph again at every opening: a second for a thousand of them."""
    with Vectors(tmp_path) as store:
        store.add("default", list(range(700)), unit(700))
    with Vectors(tmp_path) as store:
        assert store.count("default") == 700
    lengths = next(tmp_path.rglob("length.bin"))
    assert lengths.stat().st_size >= 700 * 4
