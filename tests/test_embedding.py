"""Embedding and its cache: one model call per text, poisoned rows computed again, broken models refused in words."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag_app.embedding import EmbeddingCache, embed_passages_cached, open_embedder, passage_text, splits_hangul
from rag_app.errors import EmbeddingFault, StorageFault
from rag_app.schema import Chunk
from rag_app.settings import Settings
from tests.fakes import HashEmbedder


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[EmbeddingCache]:
    with EmbeddingCache(tmp_path / "data" / "embeddings.sqlite") as cache:
        yield cache


def test_a_text_is_embedded_once(cache: EmbeddingCache) -> None:
    embedder = HashEmbedder()
    first, computed = embed_passages_cached(embedder, cache, ["가나", "다라", "가나"])
    assert (computed, embedder.texts) == (2, 2)
    again, computed = embed_passages_cached(embedder, cache, ["다라", "가나"])
    assert (computed, embedder.texts) == (0, 2)
    np.testing.assert_array_equal(again, first[[1, 0]])


def test_vectors_are_those_of_the_model_but_for_rounding(cache: EmbeddingCache) -> None:
    texts = [f"문단 {n}" for n in range(20)]
    vectors, _ = embed_passages_cached(HashEmbedder(), cache, texts, batch=7)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, HashEmbedder().embed_passages(texts), atol=1e-3)


def test_computed_and_cached_vectors_are_equal_to_the_bit(cache: EmbeddingCache) -> None:
    computed, _ = embed_passages_cached(HashEmbedder(), cache, ["하나", "둘"])
    cached, _ = embed_passages_cached(HashEmbedder(), cache, ["하나", "둘"])
    np.testing.assert_array_equal(computed, cached)


def test_the_cache_outlives_the_process(tmp_path: Path) -> None:
    path, embedder = tmp_path / "embeddings.sqlite", HashEmbedder()
    with EmbeddingCache(path) as cache:
        embed_passages_cached(embedder, cache, ["가나다"])
    with EmbeddingCache(path) as cache:
        assert embed_passages_cached(embedder, cache, ["가나다"])[1] == 0


def test_another_model_has_vectors_of_its_own(cache: EmbeddingCache) -> None:
    embed_passages_cached(HashEmbedder(), cache, ["가나다"])
    vectors, computed = embed_passages_cached(HashEmbedder(dimension=48, name="other"), cache, ["가나다"])
    assert (computed, vectors.shape) == (1, (1, 48))


@pytest.mark.parametrize("poison", [b"\x00" * 64, b"short"])
def test_a_poisoned_row_is_computed_again(tmp_path: Path, poison: bytes) -> None:
    path, embedder = tmp_path / "embeddings.sqlite", HashEmbedder()
    with EmbeddingCache(path) as cache:
        right, _ = embed_passages_cached(embedder, cache, ["가나다", "라마바"])
    connection = sqlite3.connect(path)
    connection.execute("UPDATE vectors SET vector = ? WHERE key = (SELECT min(key) FROM vectors)", (poison,))
    connection.commit()
    connection.close()
    with EmbeddingCache(path) as cache:
        healed, computed = embed_passages_cached(embedder, cache, ["가나다", "라마바"])
        assert computed == 1
        np.testing.assert_array_equal(healed, right)
        assert embed_passages_cached(embedder, cache, ["가나다", "라마바"])[1] == 0


def test_a_vector_put_under_another_text_is_noticed(tmp_path: Path) -> None:
    path, embedder = tmp_path / "embeddings.sqlite", HashEmbedder()
    with EmbeddingCache(path) as cache:
        embed_passages_cached(embedder, cache, ["가나다", "라마바"])
    connection = sqlite3.connect(path)
    (low, one), (high, two) = connection.execute("SELECT key, vector FROM vectors ORDER BY key").fetchall()
    connection.execute("UPDATE vectors SET vector = ? WHERE key = ?", (two, low))
    connection.execute("UPDATE vectors SET vector = ? WHERE key = ?", (one, high))
    connection.commit()
    connection.close()
    with EmbeddingCache(path) as cache:
        assert embed_passages_cached(embedder, cache, ["가나다", "라마바"])[1] == 2


def test_a_damaged_file_is_set_aside_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.sqlite"
    path.write_bytes(b"no database at all" * 500)
    with EmbeddingCache(path) as cache:
        assert embed_passages_cached(HashEmbedder(), cache, ["가"])[1] == 1
    assert path.with_suffix(".damaged").exists()


def test_a_cache_that_cannot_be_opened_names_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFault, match=r"file.*writable"):
        EmbeddingCache(tmp_path / "file" / "embeddings.sqlite")


def test_batches_are_reported_as_positions_done(cache: EmbeddingCache) -> None:
    embed_passages_cached(HashEmbedder(), cache, ["a", "b"])
    heard: list[int] = []
    embed_passages_cached(HashEmbedder(), cache, ["a", "c", "d", "c", "e"], heard.append, batch=2)
    assert heard == [1, 4, 5]


def test_no_texts_no_vectors(cache: EmbeddingCache) -> None:
    vectors, computed = embed_passages_cached(HashEmbedder(), cache, [])
    assert (vectors.shape, computed) == ((0, 32), 0)


class Broken(HashEmbedder):
    """Gives one bad value for the text "나쁨"."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = super().embed_passages(texts)
        for row, text in enumerate(texts):
            if text == "나쁨":
                vectors[row] = self.value
        return vectors


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0, 1e-30])
def test_an_unusable_vector_is_refused_with_its_text_and_never_kept(cache: EmbeddingCache, value: float) -> None:
    with pytest.raises(EmbeddingFault, match="나쁨"):
        embed_passages_cached(Broken(value), cache, ["좋음", "나쁨"])
    assert embed_passages_cached(HashEmbedder(), cache, ["나쁨"])[1] == 1


def test_the_title_and_the_headings_are_embedded_with_the_text() -> None:
    chunk = Chunk("id", "1주차", ("1주차", "과적합", "정의"), "과적합이란 ...", "ko")
    assert passage_text(chunk) == "1주차\n과적합 › 정의\n과적합이란 ..."
    assert passage_text(Chunk("id", "", (), "본문", "ko")) == "본문"


def test_a_vocabulary_that_takes_hangul_apart_is_noticed() -> None:
    class Jamo(HashEmbedder):
        def count_tokens(self, text: str) -> int:
            return 3 * len(text)

    assert splits_hangul(Jamo())
    assert not splits_hangul(HashEmbedder())


def test_the_shipped_embedder_opens_without_torch_and_knows_hangul() -> None:
    embedder = open_embedder(Settings())
    vectors = embedder.embed_passages(["경사하강법", "gradient descent"])
    assert vectors.shape == (2, embedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert not splits_hangul(embedder)


def test_a_folder_with_pickled_weights_only_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(EmbeddingFault, match=r"RAG_EMBEDDING_MODEL.*safetensors"):
        open_embedder(Settings(embedding_model=str(tmp_path)))


@pytest.mark.slow
def test_an_unknown_model_is_refused_with_the_variable_and_the_remedy() -> None:
    with pytest.raises(EmbeddingFault, match=r"RAG_EMBEDDING_MODEL is 'no/such-model'.*embedder that ships"):
        open_embedder(Settings(embedding_model="no/such-model"))


@pytest.mark.slow
def test_a_sentence_transformers_folder_gives_the_vectors_of_that_model(tmp_path: Path) -> None:
    """A tiny real model, saved as safetensors and opened again through the setting."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, "slope": 1, "leave": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    weights = np.array([[1, 1], [3, 4], [0, 2]], dtype=np.float32)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu")
    model.save(str(tmp_path / "tiny"))

    embedder = open_embedder(Settings(embedding_model=str(tmp_path / "tiny")))
    np.testing.assert_allclose(embedder.embed_passages(["slope", "leave"]), [[0.6, 0.8], [0, 1]], atol=1e-6)
    np.testing.assert_allclose(embedder.embed_questions(["slope"]), [[0.6, 0.8]], atol=1e-6)
    assert (embedder.dimension, embedder.max_tokens, embedder.count_tokens("slope leave slope")) == (2, None, 3)
    assert embedder.embed_passages([]).shape == (0, 2)
    again = open_embedder(Settings(embedding_model=str(tmp_path / "tiny")))
    assert again.digest == embedder.digest
