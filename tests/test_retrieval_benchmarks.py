"""The retrieval benchmarks: sets are read and joined as they should be, scores are those of hand, fits learn, parts come back."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag_app import korean, ranking
from rag_app.index import lexical
from rag_app.index.lexical import TermsLike
from rag_app.retrieval import Legs
from tests.benchmarks import ablation, fit_fusion, retrieval, sweep
from tests.benchmarks.beir import RetrievalSet, read_sets, sampled, with_both_languages
from tests.benchmarks.evidence import Judged, ndcg, weights_of, weights_vector
from tests.benchmarks.indexed import indexed
from tests.benchmarks.parts import PARTS, WHOLE, Part, chosen
from tests.benchmarks.scores import MAIN, Scores, difference, is_held_out, scores_of
from tests.fakes import HashEmbedder, SplitTerms


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


def test_a_difference_is_taken_question_by_question() -> None:
    """Both means may move a lot from sample to sample: what every question gains stays the same."""
    keys = tuple(f"q{n}" for n in range(40))
    less = Scores(keys, {MAIN: [n % 2 for n in range(40)]})
    more = Scores(keys, {MAIN: [n % 2 + 0.1 for n in range(40)]})
    found = difference([(more, less)])
    assert (found.mean, found.low, found.high) == pytest.approx((0.1, 0.1, 0.1))
    assert not found.is_noise
    assert difference([(more, less), (less, more)]).is_noise
    assert difference([(less, less)]).is_noise


def test_a_difference_pools_questions_not_sets() -> None:
    large = tuple(Scores(tuple("abc"), {MAIN: [value] * 3}) for value in (1.0, 0.0))
    small = tuple(Scores(("d",), {MAIN: [value]}) for value in (0.0, 1.0))
    assert difference([large, small]).mean == pytest.approx(0.5)


def test_a_difference_of_other_questions_is_refused() -> None:
    with pytest.raises(ValueError, match="same questions"):
        difference([(Scores(("a",), {MAIN: [1]}), Scores(("b",), {MAIN: [1]}))])


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


class OneQuestion:
    """A bench that finds its one question unless a part says that it is made anew; it notes what was asked of it."""

    def __init__(self, done: list[str]) -> None:
        self.done = done
        self.right = 1.0

    def ingest(self, terms: TermsLike) -> None:
        self.right = 1.0 if terms.version.endswith("the product") else 0.0
        self.done.append(f"ingest {terms.version.rpartition(', ')[2]}")

    def scores(self, legs: Legs) -> dict[str, Scores]:
        self.done.append(f"ask {legs}")
        return {"set": Scores(("q",), {MAIN: [self.right]})}

    def close(self) -> None:
        self.done.append("close")


def test_an_index_is_made_anew_only_for_parts_that_need_it(tmp_path: Path) -> None:
    done: list[str] = []
    parts = (WHOLE, Part("new", anew=True), Part("words", legs="dense"))
    table: ablation.Table = {part.name: {} for part in parts}
    ablation._score(lambda folder, embedder: OneQuestion(done), HashEmbedder(), parts, table, tmp_path / "words")
    assert done == ["ingest the product", "ask both", "ask dense", "ingest new", "ask both", "close"]
    assert {name: row["set"].mean() for name, row in table.items()} == {"the product": 1, "new": 0, "words": 1}


def test_a_row_says_the_difference_and_what_its_probes_still_find(capsys: pytest.CaptureFixture[str]) -> None:
    def row(right: float) -> dict[str, Scores]:
        sets = {"x/ko-ko": Scores(tuple("abcd"), {MAIN: [right] * 4})}
        golden = {ablation.GOLDEN: Scores(tuple("ab"), {"RR@10": [1.0, 0.5], "R@5": [1.0, 1.0]})}
        probes = {
            f"probes: numeral{words}": Scores(tuple("ab"), {"R@1": [1, float(right == 1)]})
            for words in ("", ", words alone")
        }
        return sets | golden | probes

    parts = (WHOLE, Part("numerals", probes=("numeral",)))
    ablation._print({"the product": row(1.0), "numerals": row(0.5)}, parts, {"x/ko-ko": "within"})
    *_, product, numerals = capsys.readouterr().out.splitlines()
    assert product == "| the product | 1.000 of 4 | 0.750 of 2 | 1.000 of 2 |  |"
    assert numerals == (
        "| numerals | **-0.500 (-0.500 to -0.500)** | +0.000 (+0.000 to +0.000) | +0.000 (+0.000 to +0.000) "
        "| numeral 2 → 1 (2 → 1) of 2 |"
    )


def test_the_sets_alone_are_a_table_without_golden_questions_and_probes(capsys: pytest.CaptureFixture[str]) -> None:
    assert [name for name, _ in ablation._benches([], sets_only=False)] == ["probes", "golden questions"]
    assert ablation._benches([], sets_only=True) == []
    found = {"x/ko-ko": Scores(tuple("ab"), {MAIN: [1.0, 0.5]})}
    parts = (WHOLE, Part("numerals", probes=("numeral",)))
    ablation._print({part.name: dict(found) for part in parts}, parts, {"x/ko-ko": "within"})
    *_, product, numerals = capsys.readouterr().out.splitlines()
    assert product == "| the product | 0.750 of 2 |  |"
    assert numerals == "| numerals | +0.000 (+0.000 to +0.000) |  |"


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
