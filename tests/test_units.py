"""Units: the spans worth quoting are verbatim, and rows know their columns."""

import pytest

from graphs.units import cells_of, said, shown, units_of
from tests.passages import hit_of, texts

TABLE = "| 직급 | 일비 | 숙박비 |\n|---|---:|---:|\n| 부장 | 30,000원 | 120,000원 |\n| 사원 | 20,000원 | 80,000원 |\n"


def test_every_unit_is_a_verbatim_span_of_its_source() -> None:
    text = (
        "# 제목\n\n첫 문장이다. 둘째 문장이다.\n\n- 항목 하나\n- 항목 둘\n\n"
        + TABLE
        + "\n```python\nx = [1]\ny = x[0]\n```\n\n> 인용한 말이다.\n"
    )
    hit = hit_of(text)
    units = units_of([hit], texts(hit))
    assert all(text[unit.start : unit.end] == unit.text for unit in units)
    assert [(unit.kind, unit.text) for unit in units] == [
        ("sentence", "첫 문장이다."),
        ("sentence", "둘째 문장이다."),
        ("item", "항목 하나"),
        ("item", "항목 둘"),
        ("row", "| 부장 | 30,000원 | 120,000원 |"),
        ("row", "| 사원 | 20,000원 | 80,000원 |"),
        ("code", "```python\nx = [1]\ny = x[0]\n```"),
        ("sentence", "인용한 말이다."),
    ]


def test_a_row_is_shown_with_the_names_of_its_columns() -> None:
    hit = hit_of(TABLE.rstrip())
    assert shown(units_of([hit], texts(hit))[0]) == "직급: 부장 · 일비: 30,000원 · 숙박비: 120,000원"


def test_a_table_cut_in_two_keeps_its_header_in_the_second_half() -> None:
    start = TABLE.index("| 사원")
    hit = hit_of(TABLE[start:].rstrip(), start=start, whole=TABLE)
    (unit,) = units_of([hit], texts(wholes={"note.md": TABLE}))
    assert unit.header == ("직급", "일비", "숙박비")


def test_a_span_that_two_hits_share_stands_once() -> None:
    one, two = hit_of("하나의 문장이다."), hit_of("하나의 문장이다.")
    assert len(units_of([one, two], texts(one))) == 1


def test_headings_rules_and_comments_are_no_units() -> None:
    hit = hit_of("## 제목만\n\n---\n\n<!-- 메모 -->\n")
    assert units_of([hit], texts(hit)) == ()


def test_a_bar_inside_a_cell_stays_inside() -> None:
    assert cells_of(r"| a \| b | c |") == ("a | b", "c")


def test_what_a_note_states_of_itself_is_no_unit() -> None:
    hit = hit_of("---\ntitle: DPO\ntags: [7주차]\n---\n\nDPO는 단순하다.\n")
    assert [unit.text for unit in units_of([hit], texts(hit))] == ["DPO는 단순하다."]


# ---------------------------------------------------------------- notes of other programs


@pytest.mark.parametrize(
    "line",
    [
        "import Tabs from '@theme/Tabs';",
        'import { Note, Tip } from "../components"',
        'import "./style.css"',
        "import * as React from 'react';",
        "import {\n  Note,\n  Tip,\n} from 'components';",
        "export const meta = { title: '연차는 99일이다.' };",
        "export const meta = {\n  days: '연차는 99일이다.',\n};",
        "export default function Page() {\n  return '연차는 99일이다.'\n}",
        "export { meta } from './meta'",
        "export * from './meta'",
        "export default Page;",
        "<Note>",
        "</Note>",
        '<Tabs groupId="a"><TabItem value="b">',
        "<Divider />",
        "{/* 연차는 99일이다. */}",
        ":::tip",
        ":::note[알림]",
        "::::info 제목",
        ":::",
        '!!! note "제목"',
        "??? warning",
        '=== "탭"',
        "> [!NOTE]",
        "> [!warning]- 접은 제목",
    ],
)
def test_lines_for_a_program_are_no_units_and_part_the_prose(line: str) -> None:
    """`:::tip` and `import Tabs from …` stood in quotes, glued to the sentence behind them."""
    hit = hit_of(f"{line}\n\n연차는 15일이다.\n\n{line}\n")
    assert [unit.text for unit in units_of([hit], texts(hit))] == ["연차는 15일이다."]


@pytest.mark.parametrize(
    "box",
    [
        ":::tip 휴가\n연차는 15일이다.\n:::",
        '!!! note "휴가"\n    연차는 15일이다.',
        "> [!NOTE] 휴가\n> 연차는 15일이다.",
        "<Note>\n연차는 15일이다.\n</Note>",
    ],
)
def test_what_a_box_says_is_a_unit_without_the_box(box: str) -> None:
    hit = hit_of(box)
    assert [unit.text for unit in units_of([hit], texts(hit))] == ["연차는 15일이다."]


@pytest.mark.parametrize(
    "sentence",
    [
        "import duties are paid by the customer.",
        "export default settings before you leave.",
        "export class lists every month.",
        "!!! 반드시 확인한다.",
        "<https://example.com/a>를 본다.",
        "<b>연차</b>는 15일이다.",
        "> [!] 라고 적는다.",
        ": 콜론으로 시작한다.",
    ],
)
def test_sentences_that_begin_like_such_lines_stay_units(sentence: str) -> None:
    hit = hit_of(sentence)
    assert len(units_of([hit], texts(hit))) == 1


def test_a_module_line_in_code_stays_in_the_code() -> None:
    code = "```js\nimport a from 'a'\nexport const b = a\n```"
    hit = hit_of(code)
    assert [unit.text for unit in units_of([hit], texts(hit))] == [code]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[[휴가|연차]]는 15일이다.", "연차는 15일이다."),
        ("[[휴가 규정]]을 본다.", "휴가 규정을 본다."),
        ("[[휴가#반차|반차]]와 [[휴가#이월]]", "반차와 휴가 › 이월"),
        ("![[그림 1.png]]을 본다.", "그림 1.png을 본다."),
        ("`[[휴가|연차]]`라고 적는다.", "`[[휴가|연차]]`라고 적는다."),
        ("행렬은 [[1, 2], [3, 4]]이다.", "행렬은 [[1, 2], [3, 4]]이다."),
        ("if [[ -f x ]] then", "if [[ -f x ]] then"),
        ("[[]]와 [[|연차]]", "[[]]와 [[|연차]]"),
    ],
)
def test_a_wiki_link_is_shown_as_its_alias_and_says_its_target_too(written: str, read: str) -> None:
    hit = hit_of(written)
    (unit,) = units_of([hit], texts(hit))
    assert (unit.text, said(unit), shown(unit)) == (written, written, read)


def test_a_wiki_link_in_a_table_is_shown_as_its_alias() -> None:
    hit = hit_of("| 항목 | 일수 |\n|---|---|\n| [[휴가\\|연차]] | 15일 |\n")
    assert shown(units_of([hit], texts(hit))[0]) == "항목: 연차 · 일수: 15일"


def test_a_unit_knows_the_heading_above_it_inside_its_passage() -> None:
    text = "## 논의\n\n길다.\n\n```\n# 주석\nx\n```\n\n## 4. 결정\n\n1. 한 대를 빌린다.\n\n| 할 일 | 담당 |\n|---|---|\n| 계약 | 엄시훈 |\n"
    hit = hit_of(text, heading="논의")
    assert [(unit.kind, unit.section) for unit in units_of([hit], texts(hit))] == [
        ("sentence", ""),
        ("code", ""),
        ("item", "4. 결정"),
        ("row", "4. 결정"),
    ]
