"""Fusion and repeats: who decides when, and what counts as said twice."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag_app.ranking import Evidence, distinct, fuse, idf


def evidence(*rows: tuple[float, float, float, bool]) -> Evidence:
    lexical, coverage, dense, same = zip(*rows, strict=True)
    return Evidence(np.array(lexical), np.array(coverage), np.array(dense), np.array(same, dtype=bool))


def order(found: Evidence) -> list[int]:
    best_first: list[int] = np.argsort(-fuse(found), kind="stable").tolist()
    return best_first


def test_a_rarer_term_weighs_more_and_no_term_weighs_less_than_nothing() -> None:
    assert idf(0, 100) > idf(1, 100) > idf(50, 100) > idf(100, 100) > 0
    assert idf(1, 2) == math.log(2)


def test_within_a_language_bm25_decides_when_the_terms_are_there() -> None:
    assert order(evidence((1.2, 1.0, 0.4, True), (0.4, 0.5, 0.7, True))) == [0, 1]


def test_within_a_language_meaning_decides_when_hardly_a_term_is_there() -> None:
    assert order(evidence((0.30, 0.2, 0.1, True), (0.25, 0.2, 0.6, True))) == [1, 0]


def test_across_languages_meaning_decides() -> None:
    assert order(evidence((0.3, 0.2, 0.2, False), (0.0, 0.0, 0.6, False))) == [1, 0]


def test_between_equally_near_passages_in_another_language_a_shared_name_decides() -> None:
    assert order(evidence((0.0, 0.0, 0.5, False), (0.5, 0.4, 0.5, False))) == [1, 0]


def test_between_equal_passages_the_one_with_the_terms_side_by_side_decides() -> None:
    two = np.array([1.0, 1.0])
    found = Evidence(two, two, two / 2, np.array([True, True]), adjacent=np.array([0.0, 1.0]))
    assert order(found) == [1, 0]


def test_a_full_match_in_the_own_language_stands_before_a_vague_one_in_the_other() -> None:
    assert order(evidence((0.0, 0.1, 0.3, False), (1.3, 1.0, 0.5, True))) == [1, 0]


def test_a_near_passage_in_the_other_language_stands_before_a_chance_match_in_the_own() -> None:
    assert order(evidence((0.05, 0.05, 0.05, True), (0.0, 0.0, 0.6, False))) == [1, 0]


def test_no_candidates_no_scores() -> None:
    empty = np.zeros(0)
    assert fuse(Evidence(empty, empty, empty, np.zeros(0, dtype=bool))).tolist() == []


@given(
    st.lists(
        st.tuples(st.floats(0, 3), st.floats(0, 1), st.floats(-1, 1), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
def test_scores_lie_between_nought_and_one(rows: list[tuple[float, float, float, bool]]) -> None:
    scores = fuse(evidence(*rows))
    assert np.all((scores > 0) & (scores < 1))


@given(st.floats(0, 2), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 0.5), st.booleans())
def test_more_of_one_kind_of_evidence_never_ranks_lower(
    lexical: float, coverage: float, dense: float, more: float, same: bool
) -> None:
    base = (lexical, coverage, dense, same)
    for better in ((lexical + more, coverage, dense, same), (lexical, coverage, dense + more, same)):
        found = fuse(evidence(base, better))
        assert found[1] >= found[0]


NEAR = np.ones((5, 1), dtype=np.float32)
BODY = " ".join(f"w{n}" for n in range(20))


def packed(body: str, title: str = "") -> str:
    return f" {title} \n  \n {body} "


def test_the_third_copy_of_a_passage_and_all_later_ones_are_put_behind() -> None:
    copies = [packed(BODY, "공지"), packed(BODY + " w0", "안내"), packed(BODY, "알림"), packed(BODY, "소식")]
    texts = [*copies, packed("other words entirely")]
    assert distinct(texts, NEAR, 5) == [0, 1, 4, 2, 3]
    assert distinct(texts, NEAR, 3) == [0, 1, 4]


def test_two_copies_of_a_passage_both_stay_where_they_rank() -> None:
    assert distinct([packed(BODY, "공지"), packed(BODY, "안내"), packed("other")], NEAR[:3], 2) == [0, 1]


def test_copies_come_back_when_nothing_else_is_there() -> None:
    assert distinct([packed(BODY)] * 3, NEAR[:3], 3) == [0, 1, 2]


def test_versions_that_differ_in_one_word_all_stay() -> None:
    texts = [packed(f"{BODY} {who} 승인") for who in ("팀장", "본부장", "대표")]
    assert distinct([*texts, packed("other")], NEAR[:4], 3) == [0, 1, 2]


def test_versions_whose_titles_differ_in_the_year_all_stay() -> None:
    texts = [packed(BODY, f"휴가 규정 {year}") for year in (2023, 2024, 2025)]
    assert distinct([*texts, packed("other")], NEAR[:4], 3) == [0, 1, 2]


def test_short_sentences_are_never_copies() -> None:
    texts = [packed("a b c"), packed("c b a"), packed("b a c"), packed("other")]
    assert distinct(texts, NEAR[:4], 3) == [0, 1, 2]


def test_equal_words_with_other_meaning_all_stay() -> None:
    assert distinct([packed(BODY)] * 4, np.eye(4, dtype=np.float32), 3) == [0, 1, 2]
