"""Chunking: lossless, led by headings, whole blocks where they fit, and boundaries that an edit far away cannot move."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import chunk_id, split
from ingest.content import Cutting, Place, content_of, make_content
from ingest.formats.markdown import read_markdown
from ingest.formats.text import read_text
from rag_app.cleaning import clean_text
from rag_app.errors import UndecodableSource
from rag_app.places import locator_at
from rag_app.schema import Mark, SourceText

SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저"


def tokens(text: str) -> int:
    """Four characters are a token."""
    return -(-len(text) // 4)


def pieces(text: str, *, max_tokens: int = 64, read: Callable[[bytes], SourceText] = read_markdown) -> list[str]:
    source = read(text.encode())
    return [source.text[p.start : p.content_end] for p in split(source, max_tokens=max_tokens, count_tokens=tokens)]


def paths(text: str, *, max_tokens: int = 64) -> list[tuple[str, ...]]:
    return [p.heading_path for p in split(read_markdown(text.encode()), max_tokens=max_tokens, count_tokens=tokens)]


def sentence(chance: random.Random) -> str:
    words = ("".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(chance.randint(5, 12)))
    return " ".join(words) + "다."


def paragraph(chance: random.Random) -> str:
    return " ".join(sentence(chance) for _ in range(chance.randint(1, 5)))


LINES = st.sampled_from(
    [
        "",
        "",
        "# 제목",
        "## 절",
        "### 작은 절",
        "문장이다. 다음 문장이다.",
        "- 항목",
        "  - 안쪽 항목",
        "1. 순서",
        "```",
        "~~~",
        "    들여 쓴 줄",
        "| a | b |",
        "|---|---|",
        "> 인용",
        "---",
        "===",
        "<div>",
        "<!-- 주석",
        "-->",
        "title: x",
        "긴 말 " * 60,
        "붙여쓴말" * 80,
        "  앞 빈칸",
        "끝:",
    ]
)


@given(st.lists(LINES | st.text(max_size=12), max_size=60), st.sampled_from([read_markdown, read_text]))
def test_the_pieces_rebuild_the_text(lines: list[str], read: Callable[[bytes], SourceText]) -> None:
    try:
        source = read("\n".join(lines).encode("utf-8", "replace"))
    except UndecodableSource:  # a text of control characters
        return
    found = split(source, max_tokens=64, count_tokens=tokens)
    assert "".join(source.text[p.start : p.end] for p in found) == (source.text if source.text.strip() else "")
    for piece in found:
        words = source.text[piece.start : piece.content_end]
        assert words.strip()
        assert not words.startswith("\n")
        assert words == words.rstrip()
        assert not source.text[piece.content_end : piece.end].strip()
        assert piece.line == source.text[: piece.start].count("\n") + 1
        assert tokens(words) <= 64 + 64 // 4


@given(st.text(max_size=400))
def test_any_text_is_rebuilt(raw: str) -> None:
    text = clean_text(raw)
    for kind in ("text", "markdown"):
        source = SourceText("", text, (), kind, "utf-8")
        found = split(source, max_tokens=64, count_tokens=tokens)
        assert "".join(text[p.start : p.end] for p in found) == (text if text.strip() else "")


def test_an_empty_text_has_no_pieces() -> None:
    assert split(SourceText("", "", (), "text", "utf-8"), max_tokens=64, count_tokens=tokens) == ()


def test_a_heading_belongs_to_the_section_it_opens() -> None:
    body = "이 절은 길어서 혼자 서 있다. " * 5
    text = f"# 규정\n\n{body}\n\n## 휴가\n\n{body}\n\n## 경비\n\n{body}"
    assert [piece.split("\n")[0] for piece in pieces(text)] == ["# 규정", "## 휴가", "## 경비"]
    assert paths(text) == [(), ("휴가",), ("경비",)]


def test_the_path_names_every_heading_above_but_the_title() -> None:
    body = "이 절은 길어서 혼자 서 있다. " * 5
    text = f"---\ntitle: 사규\n---\n# 인사\n\n## 휴가\n\n### 연차\n\n{body}\n\n### 병가\n\n{body}\n\n## 보수\n\n{body}"
    assert paths(text) == [("인사", "휴가", "연차"), ("인사", "휴가", "병가"), ("인사", "보수")]


def test_small_sections_join_under_their_parent() -> None:
    text = "# 용어\n\n## 가\n\n짧다.\n\n## 나\n\n짧다.\n\n## 다\n\n짧다."
    assert pieces(text) == [text]
    assert paths(text) == [()]


def test_a_heading_never_stands_alone() -> None:
    body = "이 절은 길어서 혼자 서 있다. " * 9
    found = pieces(f"# 규정\n\n## 휴가\n\n### 연차\n\n{body}\n\n### 병가\n\n{body}")
    assert found[0].startswith("# 규정\n\n## 휴가\n\n### 연차\n\n이 절은")


def test_code_tables_and_lists_stay_whole_where_they_fit() -> None:
    code = "```python\ndef f(x):\n\n    return x  # 되돌린다\n```"
    table = "| 직급 | 연차 |\n|---|---|\n" + "\n".join(f"| 직급 {i} | {i}일 |" for i in range(10))
    items = "\n".join(f"- 항목 {i}는 이러하다." for i in range(12))
    text = "\n\n".join(
        ["가나다라 마바사. " * 12, code, "아자차카 타파하. " * 12, table, "거너더러 머버서. " * 12, items]
    )
    found = pieces(text)
    for block in (code, table, items):
        assert sum(block in piece for piece in found) == 1


def test_a_block_stays_with_the_line_that_introduces_it() -> None:
    items = "\n".join(f"- 항목 {i}는 이러하다." for i in range(8))
    found = pieces("가나다라 마바사. " * 20 + "\n\n다음과 같다:\n\n" + items)
    assert any(piece.endswith("다음과 같다:\n\n" + items) for piece in found)


def test_later_rows_of_a_table_name_its_columns_in_their_heading_path() -> None:
    rows = "\n".join(f"| {grade}급 | {15 + grade}일 | {'가나다라 ' * 4}|" for grade in range(12))
    found = paths(f"# 휴가\n\n## 연차표\n\n| 직급 | **연차** | |\n|---|---|---|\n{rows}\n\n끝맺는 문단이다.")
    assert len(found) > 2
    assert found[0] == ("연차표",)
    assert set(found[1:]) == {("연차표", "직급 | 연차")}


def test_another_header_makes_other_passages_of_all_rows() -> None:
    rows = "\n".join(f"| {grade}급 | {15 + grade}일 | {'가나다라 ' * 4}|" for grade in range(12))

    def ids(column: str) -> list[str]:
        source = read_markdown(f"| 직급 | {column} | |\n|---|---|---|\n{rows}".encode())
        cut = split(source, max_tokens=64, count_tokens=tokens)
        return [chunk_id("", piece.heading_path, source.text[piece.start : piece.content_end]) for piece in cut]

    assert len(ids("연차")) > 2
    assert not set(ids("연차")) & set(ids("휴가비"))


def test_a_long_table_is_cut_between_rows_and_keeps_header_and_first_row_together() -> None:
    header = "| 직급 | 연차 |\n|---|---|"
    rows = [f"| 직급 {i} | {i}일 |" for i in range(200)]
    found = pieces("\n".join([header, *rows]))
    assert len(found) > 5
    assert found[0].startswith(f"{header}\n{rows[0]}\n")
    assert all(line in (*header.split("\n"), *rows) for piece in found for line in piece.split("\n"))


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    chance = random.Random(1)
    found = pieces(" ".join(sentence(chance) for _ in range(100)))
    assert len(found) > 10
    assert all(piece.endswith("다.") for piece in found)


def test_one_endless_line_is_cut_between_words_and_without_blanks_anywhere() -> None:
    words = pieces("말 " * 5_000)
    assert all(tokens(piece) <= 64 for piece in words)
    solid = pieces("말" * 5_000)
    assert all(tokens(piece) <= 64 for piece in solid)
    assert "".join(solid) == "말" * 5_000


@pytest.mark.parametrize(
    "text", ["# h\n\n" * 5_000, "a\n\n" * 20_000, "가" * 200_000, "| a |\n|---|\n" + "| b |\n" * 10_000]
)
def test_nasty_inputs_are_cut(text: str) -> None:
    source = read_markdown(text.encode())
    found = split(source, max_tokens=256, count_tokens=tokens)
    assert "".join(source.text[p.start : p.end] for p in found) == source.text


def test_plain_text_is_cut_between_paragraphs() -> None:
    found = pieces("# 첫 줄\n\n" + "둘째 문단이다. " * 10 + "\n\n" + "셋째 문단이다. " * 20, read=read_text)
    assert found[0] == ("# 첫 줄\n\n" + "둘째 문단이다. " * 10).rstrip()


def ids(blocks: list[str], read: Callable[[bytes], SourceText]) -> list[str]:
    place = Place("id", "default", "root", "notes", "note.md")
    source = read("\n\n".join(blocks).encode())
    content = make_content(place, "", source, Cutting(64, tokens).pieces_of(source))
    return [chunk.id for chunk in content.chunks]


@pytest.fixture(scope="module", params=["markdown", "text"])
def long_note(request: pytest.FixtureRequest) -> tuple[list[str], Callable[[bytes], SourceText]]:
    """A note of more than 1,000 chunks: with a heading before every tenth paragraph or so, or with none at all."""
    chance = random.Random(7)
    blocks: list[str] = []
    for number in range(1_900):
        if request.param == "markdown" and number % 10 == 0:
            blocks.append(f"{'#' * chance.randint(2, 4)} {number}절 {sentence(chance)[:6]}")
        blocks.append(paragraph(chance))
    read = read_markdown if request.param == "markdown" else read_text
    assert len(ids(blocks, read)) > 1_000
    return blocks, read


def test_an_edit_changes_at_most_two_chunks(long_note: tuple[list[str], Callable[[bytes], SourceText]]) -> None:
    blocks, read = long_note
    before = set(ids(blocks, read))
    for place in (1, 400, 777, 1_200, len(blocks) - 1):
        edited = [*blocks]
        words = edited[place].split(" ")
        words[len(words) // 2] = "고친말"
        edited[place] = " ".join(words)
        assert 1 <= len(set(ids(edited, read)) - before) <= 2


def test_a_paragraph_on_top_changes_at_most_three_chunks(
    long_note: tuple[list[str], Callable[[bytes], SourceText]],
) -> None:
    blocks, read = long_note
    before = set(ids(blocks, read))
    chance = random.Random(3)
    for _ in range(3):
        assert 1 <= len(set(ids([paragraph(chance), *blocks], read)) - before) <= 3


def test_a_paragraph_taken_out_changes_at_most_two_chunks(
    long_note: tuple[list[str], Callable[[bytes], SourceText]],
) -> None:
    blocks, read = long_note
    before = set(ids(blocks, read))
    for place in (1, 500, 1_000):
        assert len(set(ids(blocks[:place] + blocks[place + 1 :], read)) - before) <= 2


def test_identity_is_title_path_and_words() -> None:
    same = chunk_id("제목", ("가", "나"), "말")
    assert same == chunk_id("제목", ("가", "나"), "말")
    others = {
        chunk_id("", ("가", "나"), "말"),
        chunk_id("제목", ("가\x00나",), "말"),
        chunk_id("제목", ("가", "나"), "말 "),
    }
    assert len({same, *others}) == 4
    assert chunk_id("제목", ("가",), "나") != chunk_id("제목", (), "가나")
    assert len(same) == 32


def test_content_places_every_chunk_where_its_text_stands() -> None:
    text = "# 제목\n\n" + "\n\n".join(f"문단 {i}이다. " * 10 for i in range(30))
    place = Place("id", "default", "root", "notes", "note.md")
    source = read_markdown(text.encode())
    content = make_content(place, "0", source, Cutting(64, tokens).pieces_of(source))
    for ordinal, (chunk, placement) in enumerate(zip(content.chunks, content.placements, strict=True)):
        assert content.text[placement.start : placement.end] == chunk.text
        assert (placement.ordinal, placement.chunk_id, chunk.language) == (ordinal, chunk.id, "ko")
    assert (content.source.title, content.source.chars) == ("제목", len(content.text))


def test_a_text_cut_again_gives_the_same_chunks() -> None:
    place = Place("id", "default", "root", "notes", "note.md")
    source = read_markdown(("# 제목\n\n" + "문단이다. " * 200).encode())
    content = make_content(place, "0", source, Cutting(64, tokens).pieces_of(source))
    assert content_of(content.source, source, Cutting(64, tokens).pieces_of(source)) == content


def test_a_locator_holds_until_the_next_mark() -> None:
    marks = (Mark(5, "p. 1"), Mark(10, "p. 2"))
    assert [locator_at(marks, offset) for offset in (0, 5, 9, 10, 99)] == ["", "p. 1", "p. 1", "p. 2", "p. 2"]
