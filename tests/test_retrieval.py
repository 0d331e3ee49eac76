"""Searching the live generation: the right passage, the reasons, collections kept apart, generations followed."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag_app.embedding import passage_text
from rag_app.errors import EmptyQuestion, NoIndex, QuestionTooLong, StampMismatch
from rag_app.index.change import Change, SourceContent
from rag_app.index.store import Store
from rag_app.retrieval import Retriever
from rag_app.settings import Settings
from tests.fakes import HashEmbedder, SplitTerms, make_content, make_receipt, make_stamp

LEAVE_2023 = make_content(
    "휴가규정-2023.md",
    ["연차휴가는 1년에 15일이다. 2023년 1월 1일부터 시행한다."],
    title="휴가 규정",
    headings=("연차",),
)
LEAVE_2025 = make_content(
    "휴가규정-2025.md",
    ["연차휴가는 1년에 17일이다. 2025년 1월 1일부터 시행한다."],
    title="휴가 규정",
    headings=("연차",),
)
SLOPE = make_content(
    "descent.md",
    [
        "경사하강법은 손실의 기울기를 따라 내려간다.",
        "학습률 lr=0.01 은 작은 값이다.",
        "Gradient descent follows the slope.",
    ],
    title="경사하강법",
)
FILLER = make_content("filler.md", [f"문단 {n} 은 날씨와 음식 이야기를 {n * 3} 번 한다." for n in range(30)])
SECRET = make_content("급여.md", ["경사하강법 수당은 대표이사만 받는다."], collection="인사팀")


def publish(store: Store, written: Sequence[SourceContent], removed: Sequence[str] = ()) -> None:
    embedder = HashEmbedder()
    with store.lock():
        store.build(
            Change(written, tuple(removed)),
            stamp=make_stamp(embedder),
            embed=lambda chunks: embedder.embed_passages([passage_text(chunk) for chunk in chunks]),
            terms=SplitTerms(),
            receipt=make_receipt,
        )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "index")
    publish(store, [LEAVE_2023, LEAVE_2025, SLOPE, FILLER, SECRET])
    return store


@pytest.fixture
def retriever(store: Store) -> Iterator[Retriever]:
    retriever = Retriever(store, HashEmbedder(), SplitTerms(), Settings(collection="default"))
    yield retriever
    retriever.close()


def test_the_passage_that_answers_comes_first_with_its_reasons(retriever: Retriever) -> None:
    result = retriever.search("경사하강법 기울기")
    best = result.hits[0]
    assert best.source.name == "descent.md"
    assert best.chunk.text == "경사하강법은 손실의 기울기를 따라 내려간다."
    assert retriever.text_of(best.source.id)[best.placement.start : best.placement.end] == best.chunk.text
    assert best.signal("lexical") > 0
    assert 0 < best.signal("dense") <= 1
    assert 0 < best.signal("coverage") <= 1
    assert best.signal("fused") == best.score
    assert "경사" in best.matched_terms
    assert result.language == "ko"
    assert result.generation == 1


def test_hits_come_best_first_and_as_many_as_asked(retriever: Retriever) -> None:
    hits = retriever.search("문단 이야기", k=5).hits
    assert len(hits) == 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_heading_and_a_file_name_are_searched_too(retriever: Retriever) -> None:
    assert retriever.search("휴가규정", k=2).hits[0].source.name.startswith("휴가규정")


def test_two_versions_of_one_policy_both_stay(retriever: Retriever) -> None:
    names = [hit.source.name for hit in retriever.search("연차휴가 며칠", k=2).hits]
    assert sorted(names) == ["휴가규정-2023.md", "휴가규정-2025.md"]


def test_a_passage_in_many_files_is_shown_once_and_its_copies_counted(store: Store, retriever: Retriever) -> None:
    text = "사내 보안 교육은 분기마다 받는다."
    publish(store, [make_content(f"공지-{n}.md", [text], title="공지") for n in range(5)])
    hits = retriever.search("보안 교육", k=4).hits
    assert [hit.chunk.text for hit in hits].count(text) == 1
    assert hits[0].copies == 4
    assert hits[0].source.name == "공지-0.md"


def test_other_collections_are_never_searched(retriever: Retriever) -> None:
    assert all(hit.source.collection == "default" for hit in retriever.search("경사하강법 수당", k=50).hits)
    hits = retriever.search("경사하강법 수당", collections=["인사팀"]).hits
    assert [hit.source.name for hit in hits] == ["급여.md"]


def test_a_passage_shared_with_another_collection_is_cited_only_from_the_one_asked(
    store: Store, retriever: Retriever
) -> None:
    publish(
        store,
        [
            make_content(
                "aaa.md", ["경사하강법은 손실의 기울기를 따라 내려간다."], title="경사하강법", collection="인사팀"
            )
        ],
    )
    hit = retriever.search("경사하강법 기울기").hits[0]
    assert (hit.source.name, hit.copies) == ("descent.md", 0)


def test_without_a_collection_named_all_are_searched(store: Store) -> None:
    retriever = Retriever(store, HashEmbedder(), SplitTerms(), Settings())
    names = {hit.source.name for hit in retriever.search("경사하강법 수당", k=3).hits}
    retriever.close()
    assert {"급여.md", "descent.md"} <= names


def test_a_collection_that_does_not_exist_has_no_hits(retriever: Retriever) -> None:
    assert retriever.search("연차", collections=["없음"]).hits == ()


def test_terms_that_stand_nowhere_are_named(retriever: Retriever) -> None:
    result = retriever.search("zebra gradient")
    assert result.unknown_terms == ("zebra",)
    assert result.term_weights["zebra"] == 0
    assert result.term_weights["gradient"] > 0


@pytest.mark.parametrize("question", ["", "  \n", "\u200b"])
def test_an_empty_question_is_refused(retriever: Retriever, question: str) -> None:
    with pytest.raises(EmptyQuestion):
        retriever.search(question)


def test_an_overlong_question_is_refused_with_the_limit(retriever: Retriever) -> None:
    with pytest.raises(QuestionTooLong, match="4001 characters, at most 4000"):
        retriever.search("가" * 4001)


@pytest.mark.parametrize(
    "question",
    ['"', "*", "NEAR(a b)", "a OR b -c:", "'; DROP TABLE chunks; --", "(a+)+$", "?", "😀", "{context}", "\\"],
)
def test_no_question_is_a_query_language(retriever: Retriever, question: str) -> None:
    assert len(retriever.search(question, k=3).hits) == 3


def test_without_an_index_the_command_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match="python -m ingest"):
        Retriever(Store(tmp_path / "none"), HashEmbedder(), SplitTerms(), Settings(collection="default")).search("연차")


def test_another_embedder_is_refused(store: Store) -> None:
    with pytest.raises(StampMismatch):
        Retriever(store, HashEmbedder(dimension=16, name="other"), SplitTerms(), Settings(collection="default")).search(
            "연차"
        )


def test_the_retriever_follows_a_new_generation_and_lets_go_of_the_old_one(store: Store, retriever: Retriever) -> None:
    retriever.search("연차")
    publish(store, [make_content("new.md", ["재택근무는 주 2일까지 할 수 있다."])])
    result = retriever.search("재택근무 주 2일")
    assert result.generation == 2
    assert result.hits[0].source.name == "new.md"
    assert len([path for path in (store.folder / "readers").iterdir() if path.is_dir()]) == 1


def test_a_removed_document_is_not_found_any_more(store: Store, retriever: Retriever) -> None:
    publish(store, [], [SLOPE.source.id])
    assert all(hit.source.name != "descent.md" for hit in retriever.search("경사하강법 기울기", k=50).hits)
    assert retriever.text_of(SLOPE.source.id) == ""


def test_threads_search_while_generations_are_published(store: Store, retriever: Retriever) -> None:
    """Every result comes from one whole generation: what generation n says, and nothing else."""
    seen: list[tuple[int, str]] = []
    failures: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                result = retriever.search("회차 번호", k=1)
                seen.append((result.generation, result.hits[0].chunk.text))
        except BaseException as error:
            failures.append(error)
            raise

    publish(store, [make_content("n.md", ["회차 번호 2"])])
    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(3, 7):
        publish(store, [make_content("n.md", [f"회차 번호 {number}"])])
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert seen
    assert all(text == f"회차 번호 {generation}" for generation, text in seen)


def test_searching_twice_gives_the_same(retriever: Retriever) -> None:
    assert retriever.search("경사하강법", k=20).hits == retriever.search("경사하강법", k=20).hits


class Silent(HashEmbedder):
    """Knows no word of any question: its vectors have no length."""

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.zeros((len(texts), self.dimension), dtype=np.float32)


def test_a_question_without_a_direction_is_answered_by_its_words_alone(store: Store) -> None:
    """Its vector was divided by its length of zero: every cosine, and with it every score, was no number."""
    retriever = Retriever(store, Silent(), SplitTerms(), Settings(collection="default"))
    found = retriever.search("경사하강법 기울기")
    assert found.hits[0].chunk.text == "경사하강법은 손실의 기울기를 따라 내려간다."
    assert {hit.signal("dense") for hit in found.hits} == {0.0}
    assert all(0 < hit.score < 1 for hit in found.hits)
    assert retriever.search("gradient descent", legs="dense").hits == ()
    retriever.close()


def test_every_stage_is_timed(retriever: Retriever) -> None:
    timings = retriever.search("연차").timings_ms
    assert {"terms", "embed", "lexical", "vectors", "catalog", "fuse", "fetch", "total"} <= set(timings)


def test_an_open_generation_goes_on_answering_when_the_next_one_is_damaged(store: Store, retriever: Retriever) -> None:
    retriever.search("연차")
    publish(store, [make_content("new.md", ["재택근무는 주 2일까지 할 수 있다."])])
    seal = store.folder / "gen-000002" / "SEAL.json"
    seal.write_text(seal.read_text(encoding="utf-8").replace("sha", "")[:-20], encoding="utf-8")
    assert retriever.search("연차휴가").generation == 1
    assert retriever.search("연차휴가").generation == 1
    publish(store, [make_content("newer.md", ["출장비는 7일 안에 신청한다."])])
    assert retriever.search("출장비 신청").hits[0].source.name == "newer.md"


def test_an_open_generation_goes_on_answering_when_the_pointer_is_lost(store: Store, retriever: Retriever) -> None:
    retriever.search("연차")
    (store.folder / "CURRENT").unlink()
    assert retriever.search("연차휴가").generation == 1


def test_an_open_generation_goes_on_answering_when_its_files_are_destroyed(store: Store, retriever: Retriever) -> None:
    before = retriever.search("연차휴가 며칠").hits
    for path in (store.folder / "gen-000001").rglob("*"):
        if path.is_file() and path.name != "catalog.sqlite":
            path.write_bytes(b"")
    assert retriever.search("연차휴가 며칠").hits == before


def test_reading_keeps_a_generation_open_while_others_follow(store: Store, retriever: Retriever) -> None:
    with retriever.reading() as snapshot:
        publish(store, [make_content("new.md", ["재택근무는 주 2일까지 할 수 있다."])])
        assert retriever.search("재택근무").generation == 2
        assert snapshot.number == 1
        assert snapshot.catalog.text_of(SLOPE.source.id) == SLOPE.text
