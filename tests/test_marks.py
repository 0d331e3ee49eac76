"""Marks in a stream: every form becomes one, partial ones wait, code is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.marks import MarkStream


def _whole(text: str, passages: int) -> str:
    stream = MarkStream(passages)
    return stream.feed(text) + stream.finish()


@pytest.mark.parametrize(
    ("written", "shown", "passages"),
    [
        ("그렇다.[2] 아니다.[1]", "그렇다.[1] 아니다.[2]", (2, 1)),
        ("둘 다다 [1, 3].", "둘 다다 [1][2].", (1, 3)),
        ("둘 다다 [1-3].", "둘 다다 [1][2][3].", (1, 2, 3)),
        ("일본식 괄호【2】", "일본식 괄호[1]", (2,)),
        ("See [^1] and [passage 2] and [문서 3].", "See [1] and [2] and [3].", (1, 2, 3)),
        ("없는 문서 [9]다.", "없는 문서 다.", ()),
        ("링크 [1](http://evil.example/?q=secret) 끝", "링크 [1] 끝", (1,)),
        ("코드 `a[1]` 와 [1]", "코드 `a[1]` 와 [1]", (1,)),
        ("```\nx[2]\n```\n[2]", "```\nx[2]\n```\n[1]", (2,)),
        ("목록 [가] [a] []", "목록 [가] [a] []", ()),
    ],
)
def test_every_form_of_a_mark_is_counted_in_order(written: str, shown: str, passages: tuple[int, ...]) -> None:
    stream = MarkStream(3)
    assert stream.feed(written) + stream.finish() == shown
    assert stream.passages == passages


def test_a_partial_mark_is_held_back_until_it_is_whole() -> None:
    stream = MarkStream(3)
    assert stream.feed("그렇다.[") == "그렇다."
    assert stream.feed("1") == ""
    assert stream.feed("] 다음") == "[1] 다음"


@given(st.text(alphabet="가나 [1]2,`(http)\n【3】", max_size=60), st.integers(1, 7))
def test_how_the_stream_is_cut_changes_nothing(text: str, size: int) -> None:
    stream = MarkStream(3)
    pieces = "".join(stream.feed(text[at : at + size]) for at in range(0, len(text), size)) + stream.finish()
    assert pieces == _whole(text, 3)
