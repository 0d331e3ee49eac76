"""A citation in its surroundings: the right words are marked, also when the document has changed since."""

from rag_app.answer import Citation
from rag_app.views.passage import BEFORE_CHARS, passage_of

QUOTE = "이월한 연차는 6월 30일까지 쓴다."
TEXT = "# 휴가\n\n## 제9조\n\n" + QUOTE + "\n\n## 제10조\n\n끝."


def citation(start: int, text: str = QUOTE, line: int = 5) -> Citation:
    return Citation(1, "leave.md", "s1", "제9조", text, start, start + len(text), line)


def test_the_marked_words_are_the_quote() -> None:
    passage = passage_of(citation(TEXT.index(QUOTE)), {"s1": TEXT}.__getitem__)
    assert (passage.text, passage.text[passage.start : passage.end]) == (TEXT, QUOTE)
    assert (passage.found, passage.line) == ("there", 5)
    assert not passage.cut_before
    assert not passage.cut_after


def test_a_sentence_that_moved_is_found_where_it_stands_now() -> None:
    moved = "새 머리말\n\n" + TEXT
    passage = passage_of(citation(TEXT.index(QUOTE)), lambda _: moved)
    assert (passage.found, passage.line, passage.text[passage.start : passage.end]) == ("moved", 7, QUOTE)


def test_of_a_removed_document_the_stored_quote_is_left() -> None:
    passage = passage_of(citation(10), lambda _: "")
    assert (passage.found, passage.text, passage.start, passage.end) == ("gone", QUOTE, 0, len(QUOTE))


def test_little_stands_before_the_passage_so_that_it_is_seen_at_once() -> None:
    text = "앞줄입니다.\n" * 500 + QUOTE + "\n" + "뒷줄입니다.\n" * 500
    passage = passage_of(citation(text.index(QUOTE)), lambda _: text)
    assert passage.start <= BEFORE_CHARS
    assert passage.text.startswith("앞줄입니다.\n")
    assert passage.cut_before
    assert passage.cut_after
    wide = passage_of(citation(text.index(QUOTE)), lambda _: text, wide=True)
    assert len(wide.text) > 7000


def test_a_line_of_many_megabytes_gives_a_window() -> None:
    text = "가" * 2_000_000 + QUOTE + "나" * 2_000_000
    passage = passage_of(citation(2_000_000), lambda _: text)
    assert passage.text[passage.start : passage.end] == QUOTE
    assert len(passage.text) < 1000


def test_a_row_is_shown_with_the_header_of_its_table() -> None:
    rows = "".join(f"| 직급 {n} | {n}일 |\n" for n in range(60))
    text = "머리말\n\n| 직급 | 연차 |\n|---|---|\n" + rows
    quote = "| 직급 50 | 50일 |"
    passage = passage_of(citation(text.index(quote), quote), lambda _: text)
    assert passage.text.startswith("| 직급 | 연차 |\n|---|---|\n")


def test_the_facts_in_front_of_a_document_are_not_shown_before_its_words() -> None:
    text = "---\ntitle: 휴가\ndate: 2025-01-01\n---\n\n" + QUOTE
    passage = passage_of(citation(text.index(QUOTE)), lambda _: text)
    assert (passage.text, passage.cut_before) == (QUOTE, False)
    inside = passage_of(citation(text.index("date"), "date: 2025-01-01"), lambda _: text)
    assert inside.text[inside.start : inside.end] == "date: 2025-01-01"
