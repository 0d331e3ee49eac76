"""`verify` on a real index that is damaged on purpose, under a seal that fits the damage: each kind of fault is named."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.generations import problems_of
from rag_app.index.folder import CATALOG, CHROMA, LEXICAL, SEAL
from rag_app.index.lexical import Lexical
from rag_app.index.seal import read_seal, write_seal
from rag_app.index.store import Store
from rag_app.index.vectors import Vectors
from tests.test_sync import Desk

NOTES = {
    "가.md": "연차는 입사 후 일 년이 지나면 열닷새가 주어진다.",
    "나.md": "The travel budget is settled at the end of the month.",
    "다.md": "암호는 석 달마다 바꾸고 종이에 적지 않는다.",
}


@pytest.fixture
def generation(tmp_path: Path) -> Path:
    desk = Desk(tmp_path)
    for name, text in NOTES.items():
        desk.write(name, text)
    desk.run()
    return desk.data / "index" / "gen-000001"


def faults(generation: Path) -> list[str]:
    """What `verify` finds once the files are sealed as they are."""
    stamp = read_seal(generation).stamp
    (generation / SEAL).unlink()
    write_seal(generation, 1, stamp)
    with Store(generation.parent).open(1) as snapshot:
        return list(problems_of(snapshot))


def alter(generation: Path, statement: str) -> None:
    with closing(sqlite3.connect(generation / CATALOG)) as connection, connection:
        assert connection.execute(statement).rowcount == 1


def id_of(generation: Path, row: int) -> str:
    with closing(sqlite3.connect(generation / CATALOG)) as connection:
        return str(connection.execute("SELECT id FROM chunks WHERE row = ?", (row,)).fetchone()[0])


def put_vectors(
    generation: Path, of: Callable[[dict[int, NDArray[np.float32]]], dict[int, NDArray[np.float32]]]
) -> None:
    """Exchange the vectors in Chroma for what `of` makes of them."""
    with Vectors(generation / CHROMA) as vectors:
        before = vectors.fetch("default", [1, 2, 3])
        after = of(before)
        vectors.delete("default", list(before))
        vectors.add("default", list(after), np.stack(list(after.values())))


def test_an_index_that_nobody_touched_is_whole(generation: Path) -> None:
    assert faults(generation) == []


def test_two_swapped_vectors_are_both_named(generation: Path) -> None:
    """Each found a vector like its own, that of the other: the row of what was found was never looked at."""
    put_vectors(generation, lambda held: {1: held[2], 2: held[1], 3: held[3]})
    assert faults(generation) == [f"the vector of chunk {row} of 'default' does not find itself" for row in (1, 2)]


def test_a_vector_that_says_something_else_is_named(generation: Path) -> None:
    put_vectors(generation, lambda held: {**held, 3: np.eye(32, dtype=np.float32)[7]})
    assert faults(generation) == ["the vector of chunk 3 of 'default' does not find itself"]


def test_chunks_of_one_vector_may_find_each_other(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("가.md", "# 연차\n\n연차는 15일이다!")
    desk.write("나.md", "# 연차\n\n연차는 15일이다?")
    desk.run()
    assert faults(desk.data / "index" / "gen-000001") == []


def test_a_vector_too_few_is_counted(generation: Path) -> None:
    put_vectors(generation, lambda held: {1: held[1], 2: held[2]})
    assert faults(generation) == [
        "the vectors of 'default' holds 2 chunks, the catalog 3",
        "the vector of chunk 3 of 'default' does not find itself",
    ]


def test_a_bm25_row_too_few_is_counted(generation: Path) -> None:
    with Lexical(generation / LEXICAL) as lexical:
        lexical.delete("default", [2])
        lexical.commit()
    assert faults(generation) == ["the BM25 index of 'default' holds 2 chunks, the catalog 3"]


def test_a_chunk_without_terms_is_named(generation: Path) -> None:
    alter(generation, "DELETE FROM evidence WHERE row = 2")
    assert faults(generation) == ["chunk 2 of 'default' has no terms and no vector in the catalog"]


def test_a_shifted_placement_is_named(generation: Path) -> None:
    id_ = id_of(generation, 1)
    alter(generation, "UPDATE placements SET start = start + 1, end = end + 1 WHERE row = 1")
    end = len(NOTES["가.md"])
    assert faults(generation) == [
        f"chunk {id_} does not stand at 1-{end + 1} of 가.md",
        "no chunk holds what stands at 0-1 of 가.md",
    ]


def test_a_missing_chunk_is_named_with_the_words_that_it_leaves_open(generation: Path) -> None:
    """Its placement went with it, unseen."""
    alter(generation, "DELETE FROM chunks WHERE row = 3")
    assert faults(generation) == [
        "chunk 3 of 'default' has no text in the catalog",
        f"no chunk holds what stands at 0-{len(NOTES['다.md'])} of 다.md",
    ]


def test_a_missing_placement_is_named(generation: Path) -> None:
    alter(generation, "DELETE FROM placements WHERE row = 2")
    assert faults(generation) == [f"no chunk holds what stands at 0-{len(NOTES['나.md'])} of 나.md"]


def test_a_chunk_that_says_something_else_is_named(generation: Path) -> None:
    id_ = id_of(generation, 2)
    alter(generation, "UPDATE chunks SET text = 'The travel budget is 1,000 euros.' WHERE row = 2")
    assert faults(generation) == [f"chunk {id_} does not stand at 0-{len(NOTES['나.md'])} of 나.md"]
