"""Sentences: where they end in Korean and English, and that nothing visible falls between them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.sentences import split_sentences


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["연차는 15일입니다.", "신청은 인사팀에 하세요."],
        ["언제 되나요?", "지금 됩니다!", "그렇죠.", "참 좋음.", "부장이 승인함.", "끝"],
        ["할 수 있을까?", "그럼요."],
        ["그는 “나는 간다.”라고 말했다.", "그리고 갔다."],
        ['그는 "나는 간다."라고 말했다.', "그리고 갔다."],
        ['그는 "나는 간다. 너도 가라." 라고 말했다.', "끝."],
        ["「가자. 어서.」라는 말이었다.", "모두 갔다."],
        ["원주율은 3.14입니다.", "v0.27.0을 씁니다.", "main.py를 여세요."],
        ["Use a tool, e.g. ruff, i.e. a linter.", "Dr. Kim agrees.", "See No. 3 now.", "End."],
        ["(주)서당은 회사다.", "서울에 있다."],
        ["He lives in the U.S.", "He works there.", "The U.S. Army left.", "J. Smith stayed."],
        ["https://a.b/c.html 을 보세요.", "a.b.c도 됩니다."],
        ["음... 그건 아니에요.", "모르겠다...", "그래서 물었다."],
        ["Well... maybe.", "It ended...", "The rest is known."],
        ["2024. 3. 5. 시행한다.", "다음 해에 고친다."],
        ["이 법은 1990년에 제정되었다.[1]", "그 뒤 바뀌었다.[2][3]"],
        ["**굵게 끝났다.**", "다음 문장이다."],
        ["그는 갔다(출처: a. b.).", "그리고 왔다."],
        ['"왜?" 하고 물었다.', "답이 없었다."],
        ["It is 9 p.m.", "The end."],
        ["이것은 문장이다。", "다음 문장이다！", "끝"],
        ["Is it true?", "Yes!", 'He said "no." and left.'],
    ],
)
def test_sentences_end_where_a_reader_ends_them(sentences: list[str]) -> None:
    assert pieces(" ".join(sentences)) == sentences


def test_a_missing_space_behind_a_korean_ending_still_ends_the_sentence() -> None:
    assert pieces("비가 왔다.그러나 갔다.[1]다음 날 개었다.") == ["비가 왔다.", "그러나 갔다.[1]", "다음 날 개었다."]


@pytest.mark.parametrize("whole", ["Python 3.11.2", "제1.2절", "a.txt", "192.168.0.1", "가.나.다", "e.g.", "3.5%", "…"])
def test_what_only_looks_like_an_end_stays_whole(whole: str) -> None:
    assert pieces(whole) == [whole]


def test_a_wrapped_paragraph_is_not_cut_at_its_line_ends() -> None:
    assert pieces("연차는 입사일을 기준으로\n계산합니다. 다음 해에\n늘어납니다.") == [
        "연차는 입사일을 기준으로\n계산합니다.",
        "다음 해에\n늘어납니다.",
    ]


def test_the_lines_of_markdown_stand_alone() -> None:
    text = (
        "# 제목\n본문이다\n\n다음 문단\n- 하나\n- 둘은\n  길다\n1. 첫째. 그리고\n2. 둘째\n"
        "| a. b | c |\n|---|---|\n> 인용은\n> 이어진다.\n본문\n```py\nx = 1. + 2\n\ny\n```\n끝"
    )
    assert pieces(text) == [
        "# 제목",
        "본문이다",
        "다음 문단",
        "- 하나",
        "- 둘은\n  길다",
        "1. 첫째.",
        "그리고",
        "2. 둘째",
        "| a. b | c |",
        "|---|---|",
        "> 인용은\n> 이어진다.",
        "본문",
        "```py",
        "x = 1. + 2",
        "y",
        "```",
        "끝",
    ]


def test_articles_and_keyed_lines_stand_alone() -> None:
    assert pieces("제1조(목적) 이 규정은 연차를 정한다.\n제2조(정의)\n보낸 이: 김\n받는 이: 이") == [
        "제1조(목적) 이 규정은 연차를 정한다.",
        "제2조(정의)\n보낸 이: 김",
        "받는 이: 이",
    ]


def test_nothing_in_nothing_out() -> None:
    assert split_sentences("") == ()
    assert split_sentences(" \n\t\n") == ()


@given(st.text(st.sampled_from("가다요.?! \n\"'“”()#-|>`1a…"), max_size=80) | st.text(max_size=80))
def test_spans_are_ordered_stripped_and_hold_every_visible_character(text: str) -> None:
    spans = split_sentences(text)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert all(text[start:end] and text[start:end] == text[start:end].strip() for start, end in spans)


@pytest.mark.parametrize("unit", ["가", "“", '"', "(", ". ", "a.", "\n", "다.가", "1. ", "* ", "> ", "[1]", '."', "`"])
def test_a_hostile_repetition_is_cut_without_trouble(unit: str) -> None:
    """Once, nested quotes took quadratic time in other splitters; the suite's time limit is the guard here."""
    text = unit * 50_000
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())
