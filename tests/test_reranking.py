"""A reranker: a real cross-encoder made on the spot changes the order; one that cannot be used is named and costs no answer."""

import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from graphs.doctor import examine
from rag_app.errors import RerankingFault
from rag_app.index.store import Store
from rag_app.reranking import Reranker, open_reranker, pooled
from rag_app.retrieval import Retriever
from rag_app.settings import Settings, read_settings
from tests.benchmarks.parts import second_looks
from tests.conversation import SHELF, Shelf, chat_over
from tests.fakes import HashEmbedder, SplitTerms, make_content
from tests.test_retrieval import publish
from tests.tiny_cross_encoder import make_tiny_cross_encoder

LIKED = "특별"
WORDS = ("질문", "휴가", "연차", "규정", "수당")
DOCUMENTS = [
    make_content("first.md", ["연차 휴가 규정 연차 휴가"]),
    make_content("second.md", ["휴가 연차 규정 수당"]),
    make_content("liked.md", ["특별 휴가 수당"]),
    *(make_content(f"filler-{n}.md", [f"날씨 이야기 {n}"]) for n in range(5)),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_cross_encoder(tmp_path_factory.mktemp("reranker"), LIKED, WORDS)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("index") / "index")
    publish(store, DOCUMENTS)
    return store


def retriever_with(store: Store, reranker: str) -> Retriever:
    settings = Settings(_env_file=None, collection="default", reranker=reranker)  # type: ignore[call-arg]
    return Retriever(store, HashEmbedder(), SplitTerms(), settings)


@pytest.fixture
def plain(store: Store) -> Iterator[Retriever]:
    retriever = retriever_with(store, "")
    yield retriever
    retriever.close()


def names(retriever: Retriever, question: str = "연차 휴가") -> list[str]:
    return [hit.source.name for hit in retriever.search(question, k=3).hits]


def test_the_passage_that_the_reranker_prefers_comes_first(store: Store, plain: Retriever, model: Path) -> None:
    assert names(plain)[0] == "first.md"
    retriever = retriever_with(store, str(model))
    assert names(retriever) == ["liked.md", "first.md", "second.md"]
    hits = retriever.search("연차 휴가", k=8).hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    retriever.close()


def test_its_score_rank_and_time_are_told(store: Store, plain: Retriever, model: Path) -> None:
    retriever = retriever_with(store, str(model))
    result = retriever.search("연차 휴가", k=3)
    retriever.close()
    (signal,) = [signal for signal in result.hits[0].signals if signal.name == "rerank"]
    assert signal.rank == 1
    assert signal.value > 0.9
    assert result.hits[1].signal("rerank") < 0.1
    assert result.fault is None
    assert result.timings_ms["rerank"] > 0
    assert "rerank" not in plain.search("연차 휴가").timings_ms
    assert plain.search("연차 휴가").hits[0].signal("rerank") == 0.0


def test_scores_are_one_number_per_passage_in_their_order(model: Path) -> None:
    scores = Reranker(str(model)).scores("질문", ["연차 휴가", "특별 휴가", "규정 수당"])
    assert scores.shape == (3,)
    assert int(np.argmax(scores)) == 1


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("missing", "it cannot be loaded"),
        ("pickled", "the folder holds no *.safetensors file; pickled weights are refused"),
        ("broken", "it cannot be loaded"),
        ("three outputs", "it gives 3 numbers for a passage, not one: it is no reranker"),
    ],
)
def test_a_model_that_cannot_be_used_is_named_with_the_remedy(kind: str, complaint: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    if kind == "pickled":
        folder.mkdir()
        (folder / "pytorch_model.bin").write_bytes(b"x")
    elif kind == "broken":
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"x")
    elif kind == "three outputs":
        make_tiny_cross_encoder(folder, LIKED, WORDS, outputs=3)
    with pytest.raises(RerankingFault) as caught:
        Reranker(str(folder)).scores("질문", ["연차"])
    assert str(caught.value).startswith(f"RAG_RERANKER is {str(folder)!r}, but {complaint}")
    assert "or unset the variable" in str(caught.value)
    assert f"{folder} 모델을 쓸 수 없습니다" in caught.value.korean


def test_without_sentence_transformers_the_install_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(RerankingFault, match="run: pip install sentence-transformers") as caught:
        Reranker("some/model").load()
    assert "명령으로 설치하세요" in caught.value.korean


def test_the_search_goes_on_without_it_and_tries_a_broken_one_only_once(
    store: Store, plain: Retriever, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    retriever = retriever_with(store, str(tmp_path / "nowhere"))
    with caplog.at_level(logging.WARNING):
        first, second = retriever.search("연차 휴가"), retriever.search("연차 휴가")
    retriever.close()
    assert first.hits == second.hits == plain.search("연차 휴가").hits
    assert "RAG_RERANKER" in str(first.fault)
    assert first.fault is second.fault
    assert [record.message for record in caplog.records if "without a reranker" in record.message] == [
        f"the search goes on without a reranker: {first.fault}"
    ]


def test_an_answer_says_that_its_passages_were_not_reranked() -> None:
    class Unreranked(Shelf):
        def search(self, *arguments: object, **switches: object):  # type: ignore[no-untyped-def]
            fault = RerankingFault("the model is gone; unset RAG_RERANKER", "모델이 없습니다. RAG_RERANKER를 지우세요.")
            return replace(super().search(*arguments, **switches), fault=fault)  # type: ignore[arg-type]

    chat = chat_over(retriever=Unreranked(*SHELF))
    answer = chat.ask("숙박비는 하루 얼마까지 정산해?")
    assert answer.text.startswith("숙박비는 하루 120,000원까지")
    assert answer.warnings == (
        "다시 순위를 매기지 않고 찾은 순서대로 답했습니다. 모델이 없습니다. RAG_RERANKER를 지우세요.",
    )
    english = chat.ask("How many days of remote work are allowed?")
    assert english.warnings == ("The passages were not reranked: the model is gone; unset RAG_RERANKER",)


def test_the_ablation_notes_what_every_second_look_takes(model: Path) -> None:
    before = Reranker.scores
    with second_looks() as looks:
        reranker = Reranker(str(model))
        first = reranker.scores("질문", ["연차 휴가", "특별 휴가"])
        reranker.scores("질문", ["연차 휴가"])
    assert len(looks) == 2
    assert min(looks) > 0
    assert Reranker.scores is before
    assert first.tolist() == reranker.scores("질문", ["연차 휴가", "특별 휴가"]).tolist()


def test_none_is_opened_unless_one_is_named() -> None:
    assert open_reranker("") is None
    assert read_settings().reranker == ""


def test_the_pool_keeps_what_was_not_looked_at_below_and_all_scores_between_0_and_1() -> None:
    fused = np.array([0.9, 0.6, 0.5, 0.4, 0.3])
    scores = pooled(fused, np.array([-8.0, 4.0, -2.0]))
    assert scores.argsort()[::-1].tolist() == [1, 2, 0, 3, 4]
    assert ((scores > 0) & (scores < 1)).all()


def test_a_reranker_in_doubt_leaves_the_order_as_it_is() -> None:
    fused = np.array([1.0, 0.6, 0.5, 0.0])
    assert pooled(fused, np.zeros(4)).argsort()[::-1].tolist() == [0, 1, 2, 3]


def test_a_doctor_tells_how_long_the_reranker_takes_or_what_is_wrong_with_it(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_RERANKER", str(model))
    out = StringIO()
    examine(out)
    assert f"ok   reranker: {model} looks at 30 short passages in " in out.getvalue()
    monkeypatch.setenv("RAG_RERANKER", str(model / "nowhere"))
    out = StringIO()
    assert examine(out) == 1
    assert "FIX  reranker: RAG_RERANKER is " in out.getvalue()
