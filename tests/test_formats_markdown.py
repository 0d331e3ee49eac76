"""Markdown: front matter, title, and headings where a reader sees them, never inside code."""

from pathlib import Path

import pytest

from ingest.formats.commonmark import plain_title
from ingest.formats.front_matter import read_front_matter
from ingest.formats.markdown import read_markdown
from rag_app.schema import Heading


def headings(text: str) -> list[tuple[int, str]]:
    return [(heading.level, heading.title) for heading in read_markdown(text.encode()).outline]


def test_headings_stand_at_the_offset_and_line_of_their_line() -> None:
    text = "---\ntitle: 규정\n---\n# 휴가\n\n본문\n\n경조사\n---\n\n끝"
    source = read_markdown(text.encode())
    assert source.outline == (Heading(1, "휴가", 18, 4), Heading(2, "경조사", 28, 8))
    assert text[28:].startswith("경조사\n---")


@pytest.mark.parametrize(
    "text",
    [
        "```\n# no\n```",
        "~~~python\n# no\n~~~",
        "````\n```\n# no\n```\n````",
        "```\n# never closed",
        "- item\n\n  ```\n  # no\n  ```",
        "    # indented code",
        "<!--\n# no\n-->",
        "<div>\n# no\n</div>",
        "> # quoted",
        "- # in a list",
        "#no space",
        "####### seven",
        "\\# escaped",
        "text\n\n---\n\nmore",
        "| a |\n|---|\n| # b |",
    ],
)
def test_what_only_looks_like_a_heading_is_none(text: str) -> None:
    assert headings(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# 하나\n## 둘 ##\n###### 여섯", [(1, "하나"), (2, "둘"), (6, "여섯")]),
        ("제목\n===\n\n작은 제목\n---", [(1, "제목"), (2, "작은 제목")]),
        ("```\n# no\n```\n# yes", [(1, "yes")]),
        ("   # three blanks", [(1, "three blanks")]),
        ("#\n\n## 빈 제목 다음", [(2, "빈 제목 다음")]),
        ("- item\n# after a list", [(1, "after a list")]),
        ("문단\n# 문단 바로 뒤", [(1, "문단 바로 뒤")]),
    ],
)
def test_headings_are_found(text: str, found: list[tuple[int, str]]) -> None:
    assert headings(text) == found


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("**굵은** 제목 `code_x`", "굵은 제목 code_x"),
        ("[링크](http://example.com) 뒤", "링크 뒤"),
        ("Reference {/*reference*/}", "Reference"),
        ("First Steps { #first-steps }", "First Steps"),
        ("Set {a, b}", "Set {a, b}"),
        ("`<Suspense>` 사용", "<Suspense> 사용"),
        ("제목 <a id='x'></a>", "제목"),
    ],
)
def test_a_title_is_its_words(line: str, words: str) -> None:
    assert plain_title(line) == words


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: 앞머리 제목\n---\n# 다른 제목", "앞머리 제목"),
        ("## 둘째\n\n# 첫째 수준", "첫째 수준"),
        ("제목 없는 글", ""),
        ("---\ntitle:\n---\n# 제목", "제목"),
    ],
)
def test_the_title_is_what_the_document_states(text: str, title: str) -> None:
    assert read_markdown(text.encode()).title == title


def test_front_matter_values_are_the_strings_that_stand_there() -> None:
    front = read_front_matter(
        "---\ntitle: '휴가: 규정'\ndate: 2025-01-01\nversion: 1.10\ntags: [hr, 휴가]\nnested: {a: 1}\nempty:\n"
        "lc: 1\n__class__: x\nuser: '{0.__globals__}'\n---\n본문"
    )
    assert front.metadata == {
        "title": "휴가: 규정",
        "date": "2025-01-01",
        "version": "1.10",
        "tags": "hr, 휴가",
        "lc": "1",
        "user": "{0.__globals__}",
    }


def test_broken_yaml_still_gives_its_plain_lines() -> None:
    front = read_front_matter("---\ntitle: 휴가: 규정\ndate: 2025-01-01\n  bad\n---\n본문")
    assert front.metadata == {"title": "휴가: 규정", "date": "2025-01-01"}
    assert front.warnings == ("the front matter is not valid YAML; only its plain lines were read",)


@pytest.mark.parametrize(
    "body",
    [
        "a: &a [x, x]\nb: [*a, *a]",
        "a: " + "[" * 5000,
        "a: !!python/object/apply:os.system ['true']",
        "? " * 200,
        "a: 1\na: 2",
    ],
)
def test_hostile_front_matter_makes_no_objects_and_no_error(body: str) -> None:
    front = read_front_matter(f"---\n{body}\n---\ntext")
    assert all(isinstance(value, str) for value in front.metadata.values())


@pytest.mark.parametrize(
    "text", ["---\nno keys\n---\ntext", "--- \n", "---\nnever: closed\n", "text\n---\na: b\n---\n"]
)
def test_a_rule_at_the_top_is_no_front_matter(text: str) -> None:
    assert read_front_matter(text).end == 0


def test_the_text_stays_as_written() -> None:
    text = "---\ntitle: x\n---\n\n# A <!-- note -->\n\n<script>alert(1)</script>\n\n{{7*7}} [[위키 링크]]\n"
    assert read_markdown(text.encode()).text == text


@pytest.mark.parametrize(
    "text",
    ["# h\n" * 10_000, "[" * 100_000, "> " * 3_000 + "a", "- " * 3_000 + "a", "가\n" * 20_000, "\n" * 100_000 + "a"],
    ids=["headings", "brackets", "quotes", "lists", "lines", "blank-lines"],
)
def test_nasty_inputs_are_parsed(text: str) -> None:
    assert read_markdown(text.encode()).text


def test_shipped_notes_have_titles_and_headings() -> None:
    notes = sorted((Path(__file__).parent.parent / "docs").glob("co*/**/*.md"))
    for note in notes:
        source = read_markdown(note.read_bytes())
        assert source.title, note
        assert all(source.text[heading.start :].split("\n")[0].strip() for heading in source.outline)
