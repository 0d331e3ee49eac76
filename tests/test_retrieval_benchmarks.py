"""The retrieval benchmarks: sets are read and joined as they should be, scores are those of hand, fits learn, parts come back."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag_app import korean, ranking
from rag_app.index import lexical
from tests.benchmarks import ablation, fit_fusion, retrieval, sweep
from tests.benchmarks.beir import RetrievalSet, read_sets, sampled, with_both_languages
from tests.benchmarks.evidence import Judged, ndcg, weights_of, weights_vector
from tests.benchmarks.indexed import indexed
from tests.benchmarks.parts import PARTS, chosen
from tests.benchmarks.scores import MAIN, is_held_out, scores_of
from tests.fakes import SplitTerms


def write_set(folder: Path, corpus: dict[str, str], queries: dict[str, str], relevant: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, rows in (("corpus", corpus), ("queries", queries)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps({"_id": key, "text": text}) + "\n" for key, text in rows.items())
    lines = [f"{query}\t{passage}\t1\n" for query, passage in relevant.items()]
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(lines), encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    texts = {
        "ko": {"p1": "회의는 아홉 시에 시작한다", "p2": "연차는 열다섯 날이다"},
        "en": {"p1": "meeting", "p2": "leave"},
    }
    queries = {"ko": {"q1": "회의", "q2": "연차"}, "en": {"q1": "meeting", "q2": "leave"}}
    for asked in ("ko", "en"):
        for told in ("ko", "en"):
            relevant = {"q1": "p1", "q2": "p2"}
            write_set(tmp_path / "data" / "faq" / f"{asked}-{told}", texts[told], queries[asked], relevant)
    pairs = [{"a": "나는 간다", "b": "I go"}, {"a": "나 간다", "b": "I go"}, {"a": "비가 온다", "b": "it rains"}]
    folder = tmp_path / "data" / "pairs"
    folder.mkdir()
    with gzip.open(folder / "pairs.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(pair) + "\n" for pair in pairs)
    return tmp_path / "data"


def test_sets_know_their_name_and_kind(data: Path) -> None:
    sets = read_sets(data)
    assert [(one.name, one.kind) for one in sets] == [
        ("faq/en-en", "within"),
        ("faq/en-ko", "across"),
        ("faq/ko-en", "across"),
        ("faq/ko-ko", "within"),
        ("pairs/ko-en", "across"),
        ("pairs/en-ko", "across"),
    ]
    assert [one.name for one in read_sets(data, only=["pairs"])] == ["pairs/ko-en", "pairs/en-ko"]


def test_a_sentence_with_two_translations_is_one_passage_or_has_two_answers(data: Path) -> None:
    there, back = read_sets(data, only=["pairs"])
    assert [text for _, text in there.corpus.values()] == ["I go", "it rains"]
    assert len(there.queries) == 3
    (twice,) = [found for found in back.qrels.values() if len(found) == 2]
    assert {back.corpus[key][1] for key in twice} == {"나는 간다", "나 간다"}


def test_both_languages_in_one_index_answer_alike(data: Path) -> None:
    korean_asked, english_asked = with_both_languages(read_sets(data))
    assert (korean_asked.name, korean_asked.kind, english_asked.name) == ("faq/ko-both", "both", "faq/en-both")
    assert len(korean_asked.corpus) == 4
    assert korean_asked.qrels["q1"] == {"ko:p1": 1, "en:p1": 1}
    assert korean_asked.queries["q1"] == "회의"
    assert with_both_languages(read_sets(data, only=["ko-ko", "pairs"])) == []


def test_a_sample_is_the_same_each_time() -> None:
    every = RetrievalSet("x", {}, {f"q{n}": str(n) for n in range(50)}, {f"q{n}": {"p": 1} for n in range(50)})
    one, two = sampled(every, 10), sampled(every, 10)
    assert one == two
    assert len(one.queries) == len(one.qrels) == 10
    assert sampled(every, 0) is every


def test_scores_by_hand() -> None:
    found = scores_of(
        {"a": {"p": 1}, "b": {"p": 1}, "c": {"p": 1}}, {"a": {"p": 1.0}, "b": {"x": 1.0, "p": 0.5}, "c": {}}
    )
    assert found.mean() == pytest.approx((1 + 1 / np.log2(3) + 0) / 3)
    assert found.mean("RR@10") == pytest.approx(0.5)
    assert found.mean("R@1") == pytest.approx(1 / 3)
    low, high = found.interval()
    assert 0 <= low < found.mean() < high <= 1


def test_halves_make_the_whole() -> None:
    keys = [f"q{n}" for n in range(40)]
    found = scores_of({key: {"p": 1} for key in keys}, {key: {"p": 1.0} for key in keys[:20]})
    held_out = sum(map(is_held_out, keys))
    assert 0 < held_out < 40
    parts = found.mean(held_out=True) * held_out + found.mean(held_out=False) * (40 - held_out)
    assert parts / 40 == pytest.approx(found.mean(MAIN)) == 0.5


def test_a_corpus_is_searched_by_its_rows() -> None:
    corpus = {"a": ("", "회의 자료"), "b": ("", "회의 자료"), "c": ("", "연차 일수")}
    with indexed(corpus, terms=SplitTerms()) as index:
        assert set(list(index.ranking("회의 자료"))[:2]) == {"a", "b"}, "files with one text are rows of their own"
        assert next(iter(index.ranking("연차", "lexical"))) == "c"
        assert len(index.milliseconds) == 2


def one_judged(*, held_out: bool, right: int) -> Judged:
    """Three passages whose cosines rise, where the middle or the last one is right."""
    dense = np.array([0.1, 0.5, 0.9])
    zero, same = np.zeros(3), np.ones(3, dtype=bool)
    gains = np.eye(3)[right]
    return Judged(held_out, ranking.Evidence(zero, zero, dense, same, zero, zero), gains, (1,))


def test_a_fit_learns_from_one_half_alone() -> None:
    start = weights_vector(ranking.WEIGHTS)
    dense = list(ranking.WEIGHTS).index("dense")
    learned = fit_fusion.fit({"x": [one_judged(held_out=False, right=2), one_judged(held_out=True, right=0)]}, start)
    assert learned[dense] > start[dense]
    assert fit_fusion.score([one_judged(held_out=True, right=2)], learned, held_out=True) == 1
    assert fit_fusion.score([one_judged(held_out=True, right=2)], learned, held_out=False) == 0


def test_weights_survive_the_way_to_numbers_and_back() -> None:
    assert weights_of(weights_vector(ranking.WEIGHTS).tolist()) == ranking.WEIGHTS


def test_gain_lost_before_ranking_counts() -> None:
    one = Judged(False, one_judged(held_out=False, right=2).evidence, np.zeros(3), (1,))
    assert ndcg(np.arange(3.0), one) == 0


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_that_is_taken_out_comes_back(part: object) -> None:
    (one,) = [one for one in PARTS if one is part]
    before = [ranking.fuse, ranking.WEIGHTS, lexical.BOOSTS, korean._noun_terms, korean._is_doubtful, korean._SPELLING]
    with one.change():
        pass
    after = [ranking.fuse, ranking.WEIGHTS, lexical.BOOSTS, korean._noun_terms, korean._is_doubtful, korean._SPELLING]
    assert all(one is other for one, other in zip(before, after, strict=True))


def test_compounds_can_be_had_whole_or_in_parts_only() -> None:
    found = {}
    for name in ("compounds whole", "compounds in parts"):
        (part,) = chosen([name], reranker=False)
        with part.change():
            found[name] = part.rules().of_text("휴가신청서를")
    assert found == {"compounds whole": ("휴가", "신청서"), "compounds in parts": ("휴가신청서",)}


def test_parts_are_chosen_by_words_and_a_reranker_only_where_there_is_one() -> None:
    assert len(chosen([], reranker=True)) == len(PARTS) + 1
    assert [part.name for part in chosen(["English", "spacing"], reranker=False)] == [
        "expansion: spacing",
        "English stems",
    ]


@pytest.mark.parametrize("main", [retrieval.main, ablation.main, sweep.main, fit_fusion.main])
def test_without_the_data_a_command_says_so(
    main: Callable[[Sequence[str]], int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path / "none")]) == 2
    assert (
        capsys.readouterr().err
        == f"{tmp_path / 'none'} is not there; the retrieval sets are not part of this repository\n"
    )


def test_a_product_below_its_better_part_is_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    def row(value: float) -> dict[str, float]:
        return {MAIN: value}

    retrieval._say_parts({"good": {"lexical": row(0.8), "dense": row(0.7), "product": row(0.797)}})
    assert capsys.readouterr().out.endswith("never below the better part by more than 0.005: holds\n")
    retrieval._say_parts({"bad": {"lexical": row(0.7), "dense": row(0.8), "product": row(0.79)}})
    said = capsys.readouterr().out
    assert "product -0.010 against its better part (dense)  BELOW by more than 0.005" in said
    assert said.endswith("does NOT hold\n")


def test_a_baseline_that_is_not_the_published_one_fails_the_run() -> None:
    def found(value: float) -> dict[str, dict[str, dict[str, float]]]:
        return {"parakqc": {"bm25 words": {MAIN: value}, "bm25 bigrams": {MAIN: 0.806}}}

    assert retrieval._check_baselines(found(0.6365)) == 0
    assert retrieval._check_baselines(found(0.66)) == 1
