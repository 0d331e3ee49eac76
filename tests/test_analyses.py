"""Analysed words: what is kept is found again, and a list that is stale or damaged is as good as none."""

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.analyses import Analyses, WordList, read_list, write_list
from rag_app.korean import Morpheme

LEAVE = (Morpheme("연차", "NNG", True), Morpheme("를", "JKO", True))
UNKNOWN = (Morpheme("랭체인", "NNP", False),)
WORDS = {"연차를": LEAVE, "랭체인": UNKNOWN, "ㅋ": ()}


def kept(path: Path, version: str = "kiwi 1") -> Analyses:
    analyses = Analyses(version, shipped=None, learned=path)
    analyses.learn(list(WORDS), list(WORDS.values()))
    analyses.keep()
    return Analyses(version, shipped=None, learned=path)


def test_what_was_kept_is_found_by_the_next_process(tmp_path: Path) -> None:
    assert kept(tmp_path / "words.bin").find([*WORDS, "모르는말"]) == WORDS


def test_what_is_not_kept_yet_is_found_too(tmp_path: Path) -> None:
    analyses = Analyses("kiwi 1", shipped=None, learned=tmp_path / "words.bin")
    analyses.learn(["연차를"], [LEAVE])
    assert analyses.find(["연차를"]) == {"연차를": LEAVE}
    assert not (tmp_path / "words.bin").exists()


def test_later_words_join_the_earlier_ones(tmp_path: Path) -> None:
    later = kept(tmp_path / "words.bin")
    later.learn(["휴가"], [(Morpheme("휴가", "NNG", True),)])
    later.keep()
    assert len(read_list(tmp_path / "words.bin", "kiwi 1")) == 4


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    analyses = kept(tmp_path / "words.bin")
    before = (tmp_path / "words.bin").stat()
    analyses.find(WORDS)
    analyses.keep()
    assert (tmp_path / "words.bin").stat() == before


def test_without_a_list_that_grows_nothing_is_remembered_or_written(tmp_path: Path) -> None:
    analyses = Analyses("kiwi 1", shipped=None)
    analyses.learn(["연차를"], [LEAVE])
    analyses.keep()
    assert analyses.find(["연차를"]) == {}


def test_a_list_of_another_version_is_ignored_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "words.bin"
    assert kept(path, "kiwi 1").find(["연차를"])
    assert Analyses("kiwi 2", shipped=None, learned=path).find(["연차를"]) == {}
    assert kept(path, "kiwi 2").find(["연차를"]) == {"연차를": LEAVE}


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_damaged_list_is_ignored_and_made_anew(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "words.bin"
    kept(path)
    whole = path.read_bytes()
    middle = len(whole) - 5
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    path.write_bytes({"cut": whole[:middle], "flipped": flipped, "empty": b"", "other": b"SQLite format 3\n"}[damage])
    with caplog.at_level(logging.WARNING):
        assert Analyses("kiwi 1", shipped=None, learned=path).find(WORDS) == {}
    assert "words.bin" in caplog.text
    assert kept(path).find(WORDS) == WORDS


def test_a_folder_that_cannot_be_written_costs_only_the_words(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    analyses = kept(tmp_path / "file" / "words.bin")
    assert "cannot be kept" in caplog.text
    assert analyses.find(WORDS) == {}


def test_a_write_that_fails_leaves_the_old_list(tmp_path: Path) -> None:
    path = tmp_path / "words.bin"
    kept(path)
    assert [item.name for item in tmp_path.iterdir()] == ["words.bin"], "no draft stays behind"


@given(
    st.dictionaries(st.text(st.sampled_from("가나다A1ㅋ연차"), min_size=1, max_size=4), st.text("연차/NG ", max_size=6))
)
def test_every_word_is_found_and_no_other(entries: dict[str, str]) -> None:
    words = WordList.of(entries)
    assert {word: words.find(word) for word in entries} == entries
    assert len(words) == len(entries)
    assert words.entries() == entries
    assert words.find("없는말") is None


def test_a_list_reads_back_as_it_was_written(tmp_path: Path) -> None:
    for entries in ({}, {"가": "가/NNG"}, {"가": "", "가나": "나/X"}):
        write_list(tmp_path / "list", "v", WordList.of(entries))
        assert read_list(tmp_path / "list", "v").entries() == entries
