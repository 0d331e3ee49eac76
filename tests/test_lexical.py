"""BM25 in the real tantivy: our terms, matched as they are."""

import math
from pathlib import Path

import pytest

from rag_app.index.lexical import Lexical, LexicalFields, pack_terms, unpack_terms


def fields(body: str, title: str = "", heading: str = "", name: str = "") -> LexicalFields:
    return LexicalFields(title, heading, body, name)


def test_the_passage_with_the_rarer_terms_comes_first(tmp_path: Path) -> None:
    with Lexical(tmp_path) as index:
        index.add("default", [(1, fields("휴가 규정")), (2, fields("휴가 신청")), (3, fields("휴가 일수"))])
        index.commit()
        assert [row for row, _ in index.query("default", ["휴가", "신청"], 1)] == [2]


def test_the_score_is_bm25_by_hand(tmp_path: Path) -> None:
    """k1 = 1.2, b = 0.75, idf = ln(1 + (N - n + 0.5) / (n + 0.5)); two terms long each, so the length norm is 1."""
    with Lexical(tmp_path) as index:
        index.add("default", [(1, fields("a b")), (2, fields("c d"))])
        index.commit()
        ((row, score),) = index.query("default", ["a"], 5)
    assert row == 1
    assert score == pytest.approx(math.log(1 + 1.5 / 1.5) * 2.2 / (1 + 1.2), rel=1e-5)


def test_title_heading_and_file_name_count(tmp_path: Path) -> None:
    with Lexical(tmp_path) as index:
        index.add("default", [(1, fields("휴가")), (2, fields("휴가", title="휴가")), (3, fields("x", name="leave"))])
        index.commit()
        assert [row for row, _ in index.query("default", ["휴가"], 3)] == [2, 1]
        assert [row for row, _ in index.query("default", ["leave"], 3)] == [3]
        assert index.document_frequency("default", "휴가") == 2
        assert index.document_frequency("default", "leave") == 0, "a file name is not what the chunk says"
        assert index.name_frequency("default", "leave") == 1
        assert index.name_frequency("default", "휴가") == 0


def test_deleted_rows_are_gone_and_can_come_back_changed(tmp_path: Path) -> None:
    with Lexical(tmp_path) as index:
        index.add("default", [(1, fields("a")), (2, fields("a"))])
        index.commit()
        index.delete("default", [1, 77])
        index.add("default", [(1, fields("b"))])
        index.commit()
        assert index.count("default") == 2
        assert index.query("default", ["a"], 5)[0][0] == 2
        assert index.query("default", ["b"], 5)[0][0] == 1


def test_what_was_committed_is_there_when_opened_again(tmp_path: Path) -> None:
    with Lexical(tmp_path) as index:
        index.add("사내 규정", [(5, fields("연차"))])
        index.commit()
        index.add("사내 규정", [(6, fields("연차"))])
    with Lexical(tmp_path) as index:
        assert index.count("사내 규정") == 1
        assert index.query("사내 규정", ["연차"], 5)[0][0] == 5


def test_collections_are_apart(tmp_path: Path) -> None:
    with Lexical(tmp_path) as index:
        index.add("가", [(1, fields("a"))])
        index.add("나", [(2, fields("a"))])
        index.commit()
        assert [row for row, _ in index.query("가", ["a"], 5)] == [1]
        assert index.query("다", ["a"], 5) == ()
        assert index.count("다") == 0
        assert index.document_frequency("다", "a") == 0


@pytest.mark.parametrize("term", ['"', "a OR b", "title:a", "*", "a~2", "(", "[a TO b]", "-a", "\\", "", " ", "a b"])
def test_a_term_is_never_a_query_language(tmp_path: Path, term: str) -> None:
    with Lexical(tmp_path) as index:
        index.add("default", [(1, fields("a b or title"))])
        index.commit()
        assert index.query("default", [term], 5) == ()


@pytest.mark.parametrize("term", ["c++", "st.session_state", "v0.27.0", "경사하강법", "3.14", "😀", "a:b", "AND"])
def test_any_term_without_white_space_is_found_as_it_is(tmp_path: Path, term: str) -> None:
    with Lexical(tmp_path) as index:
        index.add("default", [(1, fields(f"vor {term} nach")), (2, fields("vor nach"))])
        index.commit()
        assert [row for row, _ in index.query("default", [term], 5)] == [1]
        assert index.document_frequency("default", term) == 1


def test_a_monstrous_term_breaks_nothing(tmp_path: Path) -> None:
    monster = "x" * 100_000
    with Lexical(tmp_path) as index:
        packed = pack_terms((), (), [monster, "a", "b c", ""])
        assert packed == "  \n  \n a "
        index.add("default", [(1, unpack_terms(packed, ""))])
        index.commit()
        assert index.query("default", [monster, "a"], 5)[0][0] == 1
        assert index.document_frequency("default", monster) == 0


def test_terms_survive_packing(tmp_path: Path) -> None:
    packed = pack_terms(("휴가", "규정"), (), ("a", "b", "a"))
    assert packed == " 휴가 규정 \n  \n a b a "
    assert unpack_terms(packed, "leave policy") == LexicalFields("휴가 규정", "", "a b a", "leave policy")
