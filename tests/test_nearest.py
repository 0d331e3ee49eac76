"""Chroma's engine read without its client: the same neighbours, the same errors, nothing imported that a reader does not need."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag_app.errors import DamagedIndex
from rag_app.index.nearest import Nearest, open_nearest
from rag_app.index.vectors import SEARCH_WIDTH, Vectors


def unit(count: int, dimension: int = 24, seed: int = 1) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with Vectors(tmp_path) as store:
        store.add("사내 규정", list(range(100, 1100)), unit(1000))
        store.add("default", [1, 2], unit(2))
        yield tmp_path


@pytest.mark.parametrize("k", [1, 10, SEARCH_WIDTH, 900])
def test_the_neighbours_are_those_of_the_public_client(folder: Path, k: int) -> None:
    client, engine = Vectors(folder), Nearest(folder)
    for question in unit(20, seed=2):
        expected = client.query("사내 규정", question, k)
        found = engine.query("사내 규정", question, k)
        assert [row for row, _ in found] == [row for row, _ in expected]
        assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in expected], abs=1e-6)
        assert len(found) == min(k, SEARCH_WIDTH)
    engine.close()
    client.close()


def test_collections_are_apart_and_one_that_is_not_there_is_empty(folder: Path) -> None:
    engine = Nearest(folder)
    assert (engine.count("사내 규정"), engine.count("default"), engine.count("없음")) == (1000, 2, 0)
    assert {row for row, _ in engine.query("default", unit(1)[0], 10)} == {1, 2}
    assert list(engine.query("없음", unit(1)[0], 10)) == []
    engine.warm("없음")
    engine.close()


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    engine = open_nearest(tmp_path / "new")
    assert engine.count("default") == 0
    assert list(engine.query("default", unit(1)[0], 3)) == []
    engine.close()


def test_what_chroma_refuses_is_a_damaged_index_with_its_remedy(folder: Path) -> None:
    engine = Nearest(folder)
    with pytest.raises(DamagedIndex, match="python -m ingest"):
        engine.query("default", unit(1, dimension=7)[0], 1)
    engine.close()
    with pytest.raises(DamagedIndex, match="closed"):
        engine.query("default", unit(1)[0], 1)


def test_an_engine_that_is_not_known_is_read_through_the_public_client(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def unknown(_: Path) -> Nearest:
        raise TypeError("Bindings.__new__() got an unexpected keyword argument 'hnsw_cache_size'")

    reader = open_nearest(folder, unknown)
    assert isinstance(reader, Vectors)
    assert reader.count("사내 규정") == 1000
    assert "hnsw_cache_size" in caplog.text
    reader.close()


def test_a_reader_imports_neither_the_client_nor_what_it_brings(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from rag_app.index.nearest import open_nearest\n"
        "reader = open_nearest(Path(sys.argv[1]))\n"
        "print(len(reader.query('default', np.full(24, 24 ** -0.5, np.float32), 5)))\n"
        "print(sorted({'chromadb', 'opentelemetry', 'grpc', 'httpx'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert said.stdout == "2\n[]\n"
