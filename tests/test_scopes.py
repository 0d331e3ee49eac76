"""A search among some documents: nothing else is found, all of them are found, and as exactly as without a filter."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag_app import scopes
from rag_app.errors import WrongFilter
from rag_app.filters import NO_FILTERS, Filters
from rag_app.index.store import Store
from rag_app.query_syntax import read_query
from rag_app.retrieval import Retriever
from rag_app.scopes import Narrowed
from rag_app.search_result import Hit, Scope
from rag_app.settings import Settings
from tests.fakes import HashEmbedder, SplitTerms, make_content
from tests.test_retrieval import publish

MANY = [
    make_content(
        f"notes/{n:03}.md",
        [f"휴가 기록 {n} 번 {'재택' if n % 3 else '출장'} 근무 이야기", f"기록 {n} 의 둘째 문단 날씨 {n * 7}"],
        metadata={"tags": "인사" if n % 20 == 0 else "기타", "date": f"20{20 + n % 5}-03-01"},
    )
    for n in range(120)
]
SHARED = "같은 문장이 두 곳에 있다."
POLICY = make_content("규정/연차.md", ["연차휴가는 1년에 15일이다.", SHARED], metadata={"tags": "인사"})
DRAFT = make_content("초안/연차.md", ["연차휴가는 1년에 99일이다.", SHARED])
COURSE = make_content("drop.md", ["드롭아웃은 노드를 끈다. 휴가 기록"], collection="course")


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    folder: Path = tmp_path_factory.mktemp("scopes")
    store = Store(folder / "index")
    publish(store, [*MANY, POLICY, DRAFT, COURSE])
    retriever = Retriever(
        store,
        HashEmbedder(),
        SplitTerms(),
        Settings(_env_file=None, data_dir=folder),  # type: ignore[call-arg]
    )
    yield retriever
    retriever.close()


def filters(query: str) -> Filters:
    return read_query(query)[1]


def found(retriever: Retriever, question: str, query: str, k: int = 8) -> tuple[Hit, ...]:
    return retriever.search(question, filters=filters(query), k=k).hits


def names(hits: tuple[Hit, ...]) -> set[str]:
    return {hit.source.name for hit in hits}


def test_a_document_far_down_the_list_is_found_when_the_filter_names_it(retriever: Retriever) -> None:
    """A filter over a finished list of 30 would leave nothing of it."""
    assert "notes/077.md" not in names(retriever.search("휴가 기록", k=50).hits[:20])
    assert names(found(retriever, "휴가 기록", "path:notes/077.md", k=1)) == {"notes/077.md"}


def test_every_document_of_the_scope_can_be_found_and_no_other(retriever: Retriever) -> None:
    tagged = {f"notes/{n:03}.md" for n in range(0, 120, 20)} | {"규정/연차.md"}
    assert names(found(retriever, "휴가 기록 연차", "tag:인사", k=50)) == tagged


def test_the_scope_says_its_filters_and_how_many_documents_it_covers(retriever: Retriever) -> None:
    result = retriever.search("휴가", filters=filters("tag:인사 -path:notes/"))
    assert result.scope == Scope(("tag:인사", "-path:notes/"), 1)
    assert retriever.search("휴가").scope == Scope()


def test_a_passage_in_two_files_is_cited_from_the_one_in_the_scope(retriever: Retriever) -> None:
    (hit,) = [hit for hit in found(retriever, "같은 문장", "path:초안/") if hit.chunk.text == SHARED]
    assert (hit.source.name, hit.copies) == ("초안/연차.md", 0)
    (hit,) = [hit for hit in retriever.search("같은 문장", k=3).hits if hit.chunk.text == SHARED]
    assert (hit.source.name, hit.copies) == ("규정/연차.md", 1)


def test_a_collection_named_in_the_question_goes_before_the_one_chosen(retriever: Retriever) -> None:
    result = retriever.search("휴가 기록", collections=["default"], filters=filters("collection:course"))
    assert names(result.hits) == {"drop.md"}
    assert result.scope == Scope(("collection:course",), 1)
    result = retriever.search("휴가 기록", k=50, filters=filters("-collection:default"))
    assert names(result.hits) == {"drop.md"}


def test_other_filters_stay_within_the_collections_chosen(retriever: Retriever) -> None:
    with pytest.raises(WrongFilter, match="no document meets tag:인사: none of the 1 documents has tags"):
        retriever.search("연차", collections=["course"], filters=filters("tag:인사"))


def test_a_filter_that_no_document_meets_says_what_there_is(retriever: Retriever) -> None:
    with pytest.raises(WrongFilter, match="no document meets tag:인산; the nearest tags are: 인사"):
        retriever.search("연차", filters=filters("tag:인산"))


@pytest.mark.parametrize("query", ["tag:기타", "date:2021..2023", "path:notes/0*.md"])
@pytest.mark.parametrize("question", ["휴가 기록 33", "출장 근무 이야기", "날씨", "zebra"])
def test_asking_the_engines_deeper_finds_what_scoring_each_row_finds(
    retriever: Retriever, query: str, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = _ranked(retriever, query, question)
    monkeypatch.setattr(scopes, "EXACT_ROWS", 0)
    monkeypatch.setattr(scopes, "SET_ROWS", 0)
    monkeypatch.setattr(scopes, "SEARCH_WIDTH", 40)
    deeper = _ranked(retriever, query, question)
    for one, other in zip(exact, deeper, strict=True):
        np.testing.assert_allclose([score for _, score in one], [score for _, score in other], atol=2e-3)


def _ranked(retriever: Retriever, query: str, question: str) -> list[list[tuple[int, float]]]:
    vector = HashEmbedder().embed_questions([question])[0]
    with retriever.reading() as snapshot:
        narrowed = scopes.Scopes().over(snapshot, ["default"], filters(query))
        return [
            list(narrowed.lexical(snapshot, "default", SplitTerms().of_question(question), 12)),
            list(narrowed.dense(snapshot, "default", vector, 12)),
        ]


def test_rows_are_scored_as_a_plain_twin_scores_them(retriever: Retriever) -> None:
    question = "휴가 기록 33 출장"
    vector = HashEmbedder().embed_questions([question])[0]
    with retriever.reading() as snapshot:
        narrowed = scopes.Scopes().over(snapshot, ["default"], filters("date:2022"))
        assert narrowed.rows is not None
        terms = SplitTerms().of_question(question)
        everything = snapshot.lexical.query("default", terms, 1000)
        twin = [item for item in everything if item[0] in narrowed.rows][:10]
        assert dict(narrowed.lexical(snapshot, "default", terms, 10)) == pytest.approx(dict(twin))
        rows, vectors = snapshot.catalog.vectors(tuple(narrowed.rows))
        best = sorted((vectors @ vector).tolist(), reverse=True)[:10]
        assert [score for _, score in narrowed.dense(snapshot, "default", vector, 10)] == pytest.approx(best)
        assert set(rows) == narrowed.rows


def test_without_filters_the_search_is_the_plain_one(retriever: Retriever) -> None:
    assert retriever.search("휴가", filters=NO_FILTERS).hits == retriever.search("휴가").hits


def test_a_scope_is_worked_out_once_for_a_generation(retriever: Retriever) -> None:
    known = scopes.Scopes()
    with retriever.reading() as snapshot:
        first: Narrowed = known.over(snapshot, ["default"], filters("tag:인사"))
        assert known.over(snapshot, ["default"], filters("tag:인사")) is first
        for n in range(40):
            known.over(snapshot, ["default"], filters(f"path:notes/{n:03}.md"))
        assert known.over(snapshot, ["default"], filters("tag:인사")) == first
