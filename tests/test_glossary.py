"""Names of one thing: mined from what passages say, and read from the user's file."""

from pathlib import Path

import pytest

from rag_app.glossary import Pair, mine_pairs, read_groups


def pairs(text: str) -> set[tuple[str, str]]:
    return {(pair.term, pair.alias) for pair in mine_pairs("", (), text)}


@pytest.mark.parametrize(
    ("text", "term", "alias"),
    [
        ("경사하강법(gradient descent)은 기울기를 따라 내려간다.", "경사하강법", "gradient descent"),
        ("**선형 회귀(linear regression)** 를 배운다.", "선형 회귀", "linear regression"),
        ("이것은 교차 엔트로피 (cross-entropy) 이다.", "교차 엔트로피", "cross-entropy"),
        ("모델을 미세조정(fine-tuning)한다.", "미세조정", "fine-tuning"),
        ("우리는 단어 오류율(WER)을 본다.", "단어 오류율", "WER"),
        ("Gradient descent(경사하강법)", "경사하강법", "Gradient descent"),
        ("- overtime (연장 근로)", "연장 근로", "overtime"),
        ("LoRA(Low-Rank Adaptation)는 가볍다.", "LoRA", "Low-Rank Adaptation"),
        ("We use retrieval-augmented generation (RAG).", "RAG", "retrieval-augmented generation"),
        ("가중치 감쇠（weight decay）", "가중치 감쇠", "weight decay"),
    ],
)
def test_a_name_in_brackets_is_another_name(text: str, term: str, alias: str) -> None:
    assert (term, alias) in pairs(text)


def test_all_names_in_one_pair_of_brackets_are_taken() -> None:
    found = pairs("검색 증강 생성(Retrieval-Augmented Generation, RAG)")
    assert found == {
        ("검색 증강 생성", "Retrieval-Augmented Generation"),
        ("검색 증강 생성", "RAG"),
        ("RAG", "Retrieval-Augmented Generation"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "끝냈다(ok)",
        "확인하고(see below) 간다",
        "그림(Figure 3)을 본다",
        "합계(10 USD)",
        "함수를 부른다(useState)",
        "표를 붙인다(for example)",
        "모델(AutoModelForSequenceClassification)",
        "as we said before the meeting started in the big room (회의)",
        "(gradient descent)",
        "가(a)",
    ],
)
def test_an_aside_is_no_name(text: str) -> None:
    assert pairs(text) == set()


def test_a_table_with_korean_beside_english_is_a_glossary() -> None:
    table = "| 한국어 | English | 뜻 |\n|---|---|---|\n| 인공지능 | artificial intelligence (AI) | 기계 |\n| 텐서 | tensor | 배열 |\n"
    assert pairs(table) >= {("인공지능", "artificial intelligence"), ("인공지능", "AI"), ("텐서", "tensor")}
    assert ("한국어", "English") not in pairs(table)


def test_a_table_that_only_once_has_korean_beside_english_is_none() -> None:
    table = "| 이름 | 팀 |\n|---|---|\n| 나들목 | HR |\n| 결재함 | 재무팀 |\n| 북극성 | 제품팀 |\n"
    assert pairs(table) == set()


def test_titles_and_headings_are_read_and_a_pair_is_named_once() -> None:
    found = mine_pairs("과적합(overfitting)", ("과적합(overfitting)", "조기 종료(early stopping)"), "본문")
    assert found == (Pair("과적합", "overfitting"), Pair("조기 종료", "early stopping"))


def test_the_users_file_gives_groups_of_names(tmp_path: Path) -> None:
    path = tmp_path / "glossary.tsv"
    path.write_text("\ufeff# 주석\n\n미세 조정\tfine-tuning\t파인튜닝\n 북극성 \t지표  화면\n혼자\n", encoding="utf-8")
    assert read_groups(path) == (("미세 조정", "fine-tuning", "파인튜닝"), ("북극성", "지표 화면"), ("혼자",))


def test_no_file_means_no_names(tmp_path: Path) -> None:
    assert read_groups(tmp_path / "glossary.tsv") == ()


def test_bytes_that_are_no_text_do_not_stop_a_search(tmp_path: Path) -> None:
    path = tmp_path / "glossary.tsv"
    path.write_bytes(b"\xff\xfe\x00broken\n" + "연차\tannual leave\n".encode())
    assert ("연차", "annual leave") in read_groups(path)
