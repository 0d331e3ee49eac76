"""The plan: literal sets in, literal lists out."""

from collections.abc import Mapping

from ingest.plan import Known, Plan, Wanted, make_plan, would_shrink


def have(**digests: str) -> list[Known]:
    return [Known(id_, f"{id_}.md", digest) for id_, digest in digests.items()]


def wanted(digests: Mapping[str, str | None]) -> list[Wanted]:
    return [Wanted(id_, f"{id_}.md", digest) for id_, digest in digests.items()]


def test_nothing_to_do_when_nothing_changed() -> None:
    assert make_plan(have(a="1", b="2"), wanted({"a": "1", "b": "2"})) == Plan(keep=("a", "b"))


def test_new_and_changed_are_read_gone_is_removed() -> None:
    plan = make_plan(have(a="1", b="2", c="3"), wanted({"a": "1", "b": "9", "d": "4"}))
    assert plan == Plan(read=("b", "d"), keep=("a",), remove=("c",))


def test_equal_bytes_under_another_name_are_a_move() -> None:
    plan = make_plan(have(old="1", copy="1"), wanted({"new": "1", "copy": "1"}))
    assert plan == Plan(read=("new",), keep=("copy",), remove=("old",), moved=(("old", "new"),))
    assert plan.lost == 0


def test_one_new_file_takes_over_from_one_old_one_only() -> None:
    plan = make_plan(have(a="1", b="1"), wanted({"c": "1"}))
    assert (plan.moved, plan.lost) == ((("a", "c"),), 1)


def test_a_file_that_cannot_be_read_keeps_what_is_there() -> None:
    assert make_plan(have(a="1"), wanted({"a": None, "b": None})) == Plan(keep=("a",))


def test_sources_of_a_folder_that_cannot_be_entered_are_kept() -> None:
    known = [Known("1", "closed/a.md", "x"), Known("2", "closed.md", "y")]
    assert make_plan(known, [], unreached=["closed"]) == Plan(keep=("1",), remove=("2",))
    assert make_plan(known, [], unreached=["."]) == Plan(keep=("1", "2"))


def test_again_reads_unchanged_files_too() -> None:
    assert make_plan(have(a="1", b="2"), wanted({"a": "1", "b": "2"}), again={"b"}) == Plan(read=("b",), keep=("a",))


def test_losing_more_than_half_of_a_handful_asks() -> None:
    four = have(a="1", b="2", c="3", d="4")
    assert not would_shrink(make_plan(four, wanted({"a": "1", "b": "2"})), four)
    assert would_shrink(make_plan(four, wanted({"a": "1"})), four)


def test_few_documents_may_go_but_never_all_at_once() -> None:
    three = have(a="1", b="2", c="3")
    assert not would_shrink(make_plan(three, wanted({"a": "1"})), three)
    assert would_shrink(make_plan(three, []), three)
    assert would_shrink(make_plan(have(a="1"), []), have(a="1"))


def test_moving_everything_is_no_loss() -> None:
    four = have(a="1", b="2", c="3", d="4")
    assert not would_shrink(make_plan(four, wanted({"e": "1", "f": "2", "g": "3", "h": "4"})), four)


def test_nothing_known_cannot_shrink() -> None:
    assert not would_shrink(make_plan([], []), [])
