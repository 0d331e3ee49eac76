"""Why a hit stands where it stands: terms, points that add up to the score, and one sentence."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from graphs.explained import explained, lines_of, row_of
from rag_app import ranking
from rag_app.index.store import Store
from rag_app.retrieval import Retriever
from rag_app.search_result import Explanation, Hit, ScorePart, SearchResult, Signal
from rag_app.settings import Settings
from tests.fakes import HashEmbedder, SplitTerms, make_content
from tests.passages import hit_of
from tests.test_retrieval import publish

DOCUMENTS = [
    make_content("scheduler.md", ["A scheduler lowers the learning rate."], title="Scheduler"),
    make_content("학습.md", ["학습률 스케줄은 학습률을 낮춘다."], title="학습"),
    make_content("rate.md", ["학습률은 걸음의 크기다."], title="학습률"),
    *(make_content(f"f{n}.md", [f"날씨 이야기 {n} weather {n * 3}"]) for n in range(12)),
]


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    folder: Path = tmp_path_factory.mktemp("explained")
    store = Store(folder / "index")
    publish(store, DOCUMENTS)
    settings = Settings(_env_file=None, data_dir=folder)  # type: ignore[call-arg]
    retriever = Retriever(store, HashEmbedder(), SplitTerms(), settings)
    yield retriever
    retriever.close()


def test_the_points_of_a_hit_add_up_to_its_score(retriever: Retriever) -> None:
    for question in ("스케줄러 학습률", "learning rate scheduler", "날씨 이야기 3"):
        for hit in retriever.search(question, k=8, explain=True).hits:
            (explanation,) = hit.explanations
            assert math.fsum(part.points for part in explanation.parts) == pytest.approx(explanation.raw)
            assert ranking.squashed(np.array([explanation.raw]))[0] == pytest.approx(hit.score)


def test_terms_are_told_apart_by_how_they_are_said(retriever: Retriever) -> None:
    result = retriever.search("스케줄러 학습률", k=8, explain=True)
    by_name = {hit.source.name: hit.explanations[0] for hit in result.hits}
    english = by_name["scheduler.md"]
    assert english.matched == ()
    assert [(one.covers[0], one.terms, one.origin) for one in english.other_words] == [
        ("스케줄러", ("scheduler",), "sound")
    ]
    assert "학습률" in english.missing
    assert not english.same_language
    korean = by_name["rate.md"]
    assert "학습률" in korean.matched
    assert korean.other_words == ()
    assert "스케줄러" in korean.missing


def test_a_search_that_is_not_asked_to_explain_does_not(retriever: Retriever) -> None:
    assert all(hit.explanations == () for hit in retriever.search("학습률").hits)


def test_lines_say_terms_signals_points_and_why(retriever: Retriever) -> None:
    result = retriever.search("스케줄러 학습률", k=3, explain=True)
    rows = [lines_of(one, result.term_weights) for one in explained(result)]
    for lines in rows:
        assert [line.split()[0] for line in lines] == ["terms", "signals", "points", "why"]
    first = rows[0]
    assert first[3].startswith("why      first, mostly for ")
    assert all("BM25" in lines[1] and "cosine" in lines[1] and "coverage" in lines[1] for lines in rows)
    assert all(" behind the one above, " in lines[3] for lines in rows[1:])
    said = next(lines for hit, lines in zip(result.hits, rows, strict=True) if hit.source.name == "scheduler.md")
    assert "스케줄러 " in said[0]
    assert "only as scheduler (by sound, counts 0." in said[0]
    assert "another language (en)" in said[1]


def test_a_row_for_json_holds_the_same(retriever: Retriever) -> None:
    result = retriever.search("학습률", k=2, explain=True)
    row = row_of(explained(result)[0], result.term_weights)
    assert set(row) == {"matched", "other_words", "missing", "parts", "raw", "same_language", "why"}
    assert set(row["parts"]) == set(ranking.WEIGHTS)  # type: ignore[call-overload]


def made(name: str, score: float, *, rerank: float = 0.0, **points: float) -> Hit:
    parts = tuple(ScorePart(part, 1.0, points.get(part, 0.0)) for part in ("lexical", "coverage", "dense"))
    explanation = Explanation(("연차",), (), (), parts, sum(points.values()), True)
    hit = hit_of("연차는 15일이다.", name=name)
    signals = (Signal("rerank", rerank, 1),) if rerank else ()
    return Hit(hit.chunk, hit.placement, hit.source, score, signals, explanations=(explanation,))


def why(*hits: Hit) -> list[str]:
    return [one.why for one in explained(SearchResult("연차", "ko", ("연차",), hits, 1))]


def test_what_separates_a_hit_from_the_one_above_is_the_part_that_differs_most() -> None:
    first = made("a.md", 0.9, lexical=4.0, dense=3.0, coverage=1.0)
    second = made("b.md", 0.7, lexical=1.0, dense=3.5, coverage=1.0)
    assert why(first, second) == [
        "first, mostly for BM25 (+4.00) and meaning (+3.00)",
        "mostly for meaning (+3.50) and BM25 (+1.00); 0.200 behind the one above, which has more BM25 (+3.00), "
        "but less meaning (-0.50)",
    ]


def test_a_reranker_and_a_repetition_are_named_as_the_reason() -> None:
    below = made("b.md", 0.5, rerank=0.1, lexical=5.0)
    above = made("a.md", 0.8, rerank=0.9, lexical=1.0)
    assert why(above, below)[1].endswith("0.300 behind the one above, which the reranker put before it")
    assert "because it repeats two earlier passages" in why(made("a.md", 0.5, lexical=1.0), made("b.md", 0.6))[1]
    assert why(made("a.md", 0.5, lexical=1.0), made("b.md", 0.5, lexical=1.0))[1].endswith("all but equal to it")
