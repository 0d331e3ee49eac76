"""Units: the spans worth quoting are verbatim, and rows know their columns."""

from graphs.units import cells_of, shown, units_of
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
