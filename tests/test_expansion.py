"""Which other words a question gains: names, sounds, words spelled together; and what a passage then counts as saying."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from rag_app.embedding import passage_text
from rag_app.expansion import (
    HEARD_WEIGHT,
    MOST_TERMS,
    NAMED_WEIGHT,
    WRITTEN_WEIGHT,
    as_heard,
    dated,
    expand,
    said_otherwise,
)
from rag_app.index.change import Change, SourceContent
from rag_app.index.store import Store
from rag_app.respelling import Respelling
from rag_app.retrieval import Retriever
from rag_app.settings import Settings
from rag_app.transliteration import skeletons
from tests.fakes import HashEmbedder, SplitTerms, make_content, make_receipt, make_stamp


@dataclass
class Shelf:
    """A lexicon of a few words."""

    words: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[tuple[str, ...], Sequence[tuple[str, ...]]] = field(default_factory=dict)

    def frequency(self, term: str) -> int:
        return max(
            (n for word, n in self.words.items() if term in (word.replace("|", ""), *word.split("|"))), default=0
        )

    def words_like(self, wanted: Sequence[str], most: int) -> list[tuple[str, int]]:
        return [(word, n) for word, n in self.words.items() if set(skeletons(word)) & set(wanted)][:most]

    def names_of(self, heads: Sequence[str]) -> list[tuple[tuple[str, ...], tuple[str, ...], float]]:
        return [(one, other, 0.8) for one, others in self.names.items() if one[0] in heads for other in others]

    def terms_of(self, text: str) -> tuple[str, ...]:
        return tuple(text.split())


def test_a_name_in_the_question_brings_its_other_name() -> None:
    shelf = Shelf(names={("경사", "하강법"): [("gradient", "descent")]})
    (found,) = expand(("경사", "하강법", "뜻"), (), shelf)
    assert (found.covers, found.terms, found.weight) == (("경사", "하강법"), ("gradient", "descent"), 0.8)


def test_half_a_name_brings_nothing() -> None:
    shelf = Shelf(names={("경사", "하강법"): [("gradient", "descent")]})
    assert expand(("경사", "지붕"), (), shelf) == ()


def test_a_name_whose_other_name_was_asked_too_brings_nothing() -> None:
    shelf = Shelf(names={("경사하강법",): [("gradient", "descent")]})
    assert expand(("경사하강법", "gradient", "descent"), (), shelf) == ()


def test_a_hangul_word_that_stands_nowhere_brings_the_english_word_it_sounds_like() -> None:
    (found,) = expand(("드롭아웃", "비율"), ("드롭아웃",), Shelf({"dropout": 3, "tryout": 9}))
    assert (found.covers, found.terms, found.origin) == (("드롭아웃",), ("dropout",), "sound")
    assert found.weight == HEARD_WEIGHT


def test_a_hangul_word_that_stands_somewhere_brings_none() -> None:
    assert expand(("드롭아웃",), (), Shelf({"dropout": 3})) == ()


def test_an_english_word_that_stands_nowhere_brings_the_hangul_word_that_sounds_like_it() -> None:
    (found,) = expand(("dropout",), ("dropout",), Shelf({"드롭아웃": 2}))
    assert found.terms == ("드롭아웃",)


def test_of_words_that_sound_equal_the_frequent_one_is_taken() -> None:
    (found,) = expand(("로스",), ("로스",), Shelf({"rose": 1, "loss": 40}))
    assert found.terms == ("loss",)


def test_one_hangul_word_may_be_two_english_ones() -> None:
    (found,) = expand(("플래시어텐션",), ("플래시어텐션",), Shelf({"flash": 2, "attention": 8}))
    assert found.terms == ("flash", "attention")


def test_the_parts_of_a_word_that_is_heard_are_covered_with_it() -> None:
    (found,) = expand(("랭", "체인", "랭체인"), ("랭", "랭체인"), Shelf({"lang|chain": 4}))
    assert found.covers == ("랭", "체인", "랭체인")
    assert found.terms == ("lang", "chain")


def test_a_word_spelled_together_is_said_where_its_parts_are() -> None:
    (found,) = expand(("벡터", "검색", "벡터검색"), ("벡터검색",), Shelf(words={"벡터": 2, "검색": 5}))
    assert (found.covers, found.terms, found.origin) == (("벡터검색",), ("벡터", "검색"), "join")


def test_parts_that_leave_something_out_are_not_the_word() -> None:
    assert expand(("벡터", "검색", "벡터유사검색"), ("벡터유사검색",), Shelf(words={"벡터": 2, "검색": 5})) == ()


def test_a_question_gains_a_limited_number_of_terms() -> None:
    names: dict[tuple[str, ...], list[tuple[str, ...]]] = {(f"용어{n}",): [(f"term{n}", f"name{n}")] for n in range(20)}
    found = expand([f"용어{n}" for n in range(20)], (), Shelf(names=names))
    assert len({term for one in found for term in one.terms}) == MOST_TERMS


def test_a_word_written_together_that_stands_nowhere_is_looked_for_in_parts_that_stand_somewhere() -> None:
    shelf = Shelf(words={"소프트맥스": 2, "소프트": 3, "맥스": 1, "함수": 9})
    (found,) = expand(("소프트맥스함수",), ("소프트맥스함수",), shelf)
    assert (found.terms, found.weight, found.origin) == (("소프트맥스", "함수"), 1.0, "join")


def test_a_word_is_not_taken_apart_into_syllables_or_with_a_rest() -> None:
    shelf = Shelf(words={"가온": 1, "누": 5, "리": 5})
    assert expand(("가온누리",), ("가온누리",), shelf) == ()
    assert expand(("가온나라",), ("가온나라",), shelf) == ()


def test_all_words_of_another_name_must_stand_in_the_passage() -> None:
    found = expand(("경사하강법",), (), Shelf(names={("경사하강법",): [("gradient", "descent")]}))
    assert said_otherwise(" gradient descent follows ", (), found) == {"경사하강법": 0.8}
    assert said_otherwise(" gradient boosting ", (), found) == {}
    assert said_otherwise(" gradient descent ", ("경사하강법",), found) == {}


KOREAN = make_content("ko.md", ["연차는 15일이다.", "과적합(overfitting)은 외운 것이다.", "드롭아웃 비율은 절반이다."])
ENGLISH = make_content("en.md", ["Overfitting means the network memorised.", "The scheduler lowers the rate."])
OTHER = make_content("secret.md", ["연차(sabbatical)", "tokenizer"], collection="secret")


Open = Callable[[Sequence[SourceContent]], Retriever]


@pytest.fixture
def open_retriever(tmp_path: Path) -> Iterator[Open]:
    """Publishes documents below `tmp_path` and opens a retriever over them, closed after the test."""
    opened: list[Retriever] = []

    def made(written: Sequence[SourceContent]) -> Retriever:
        store = Store(tmp_path / "index")
        publish(store, written)
        opened.append(Retriever(store, HashEmbedder(), SplitTerms(), Settings(data_dir=tmp_path)))
        return opened[-1]

    yield made
    for retriever in opened:
        retriever.close()


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
def retriever(open_retriever: Open) -> Retriever:
    return open_retriever([KOREAN, ENGLISH, OTHER])


def test_a_passage_that_says_it_in_the_other_language_matches_the_term(retriever: Retriever) -> None:
    hits = retriever.search("과적합", collections=["default"], k=10).hits
    english = next(hit for hit in hits if "memorised" in hit.chunk.text)
    assert "과적합" in english.matched_terms
    assert english.signal("coverage") == pytest.approx(NAMED_WEIGHT)


def test_a_term_that_is_heard_is_not_called_unknown(retriever: Retriever) -> None:
    result = retriever.search("스케줄러", collections=["default"])
    assert "스케줄러" not in result.unknown_terms
    assert result.term_weights["스케줄러"] > 0
    assert result.hits[0].chunk.text == "The scheduler lowers the rate."


def test_what_another_collection_holds_is_neither_named_nor_heard(retriever: Retriever) -> None:
    result = retriever.search("토크나이저", collections=["default"])
    assert "토크나이저" in result.unknown_terms
    hits = retriever.search("sabbatical", collections=["default"]).hits
    assert all("sabbatical" not in hit.matched_terms for hit in hits)


def test_what_a_removed_document_said_is_forgotten(tmp_path: Path, open_retriever: Open) -> None:
    retriever = open_retriever([KOREAN, ENGLISH])
    publish(Store(tmp_path / "index"), [], [KOREAN.source.id, ENGLISH.source.id])
    publish(Store(tmp_path / "index"), [make_content("new.md", ["Overfitting is here."])])
    result = retriever.search("과적합 스케줄러")
    assert {"과적합", "스케줄러"} <= set(result.unknown_terms)
    assert retriever.snapshot().catalog.words_like("default", skeletons("scheduler"), 10) == []
    assert retriever.snapshot().catalog.names_of("default", ["overfitting"]) == []


def test_the_users_file_wins_over_what_was_mined_and_is_read_again_when_it_changes(
    tmp_path: Path, open_retriever: Open
) -> None:
    retriever = open_retriever([KOREAN, ENGLISH])
    assert "과적합" in matched_in(retriever, "과적합", "memorised")
    (tmp_path / "glossary.tsv").write_text("과적합\n", encoding="utf-8")
    assert "과적합" not in matched_in(retriever, "과적합", "memorised")
    (tmp_path / "glossary.tsv").write_text("일정표\tscheduler\n", encoding="utf-8")
    assert "일정표" in matched_in(retriever, "일정표", "scheduler")
    assert WRITTEN_WEIGHT > NAMED_WEIGHT


def matched_in(retriever: Retriever, question: str, word: str) -> tuple[str, ...]:
    hits = retriever.search(question, k=20).hits
    return next(hit.matched_terms for hit in hits if word in hit.chunk.text)


def test_a_heard_word_is_written_as_the_documents_write_it() -> None:
    found = expand(("드롭아웃", "비율"), ("드롭아웃",), Shelf({"dropout": 3}))
    assert as_heard("드롭아웃은 비율이 뭐야?", found) == (
        "dropout은 비율이 뭐야?",
        (Respelling("드롭아웃", "dropout"),),
    )
    back = expand(("schedul",), ("schedul",), Shelf({"스케줄": 2}))
    assert as_heard("What is a Scheduler?", back) == ("What is a 스케줄?", (Respelling("Scheduler", "스케줄"),))


def test_a_unit_behind_a_number_and_a_part_of_a_word_are_not_rewritten() -> None:
    found = expand(("퍼센트",), ("퍼센트",), Shelf({"percent": 3}))
    for question in ("몇 퍼센트야?", "오류율은 12 퍼센트?", "12퍼센트인가?", "뉴퍼센트가 뭐야?"):
        assert as_heard(question, found) == (question, ())


def test_a_day_is_looked_for_in_the_other_ways_of_writing_it() -> None:
    shelf = Shelf(words=dict.fromkeys(("3", "11", "3월", "11일", "march"), 1))
    found = dated("on march 11", ("on", "march", "11"), shelf)
    assert [one.terms for one in found] == [("3월", "11일"), ("11", "march")]
    assert {(one.covers, one.origin) for one in found} == {(("march", "11"), "date")}
    assert dated("the march of 1911", ("march", "1911"), shelf) == ()


def test_the_figures_of_a_day_count_side_by_side_only() -> None:
    (found,) = dated("march 11", ("march", "11"), Shelf(words={"3월": 1, "11일": 1}))
    assert said_otherwise(" 2025년 3월 11일 회의 ", (), [found]) == {"march": 1.0, "11": 1.0}
    assert said_otherwise(" 11일 회의 3월 ", (), [found]) == {}


@pytest.mark.parametrize(
    ("question", "asked_as", "text"),
    [
        ("스케줄러", "scheduler", "The scheduler lowers the rate."),
        ("what does dropout mean", "드롭아웃", "드롭아웃 비율은 절반이다."),
    ],
)
def test_a_heard_word_is_searched_for_as_typed_and_as_heard(
    open_retriever: Open, question: str, asked_as: str, text: str
) -> None:
    """No embedder knows `로라`: the passage was found by its words, but seemed to mean something else."""
    retriever = open_retriever([make_content("a.md", [text, "Something else altogether.", "연차는 15일이다."])])
    found = retriever.search(question)
    assert found.hits[0].chunk.text == text
    assert asked_as in found.question
    assert [one.meant for one in found.respelled] == [asked_as]
    embedder = HashEmbedder()
    both = embedder.embed_questions([question, found.question]).sum(axis=0)
    passage = embedder.embed_passages([passage_text(found.hits[0].chunk)])[0]
    dense = next(signal.value for signal in found.hits[0].signals if signal.name == "dense")
    assert dense == pytest.approx(float(passage @ both / np.linalg.norm(both)), abs=1e-3)
    assert retriever.search(found.question).respelled == ()
