"""What stands in the live index, seen without opening an engine, and followed when another generation is published."""

from dataclasses import replace
from pathlib import Path

import pytest

from rag_app.errors import NoIndex
from rag_app.index.change import Change
from rag_app.index.store import Store
from rag_app.library import Library
from rag_app.receipts import FileReport
from tests.fakes import HashEmbedder, SplitTerms, make_content, make_receipt, make_stamp

EMBEDDER = HashEmbedder()
A = make_content("course/dpo.md", ["DPO는 보상 모델이 필요 없다."], title="DPO")
B = make_content("leave.md", ["연차는 7일까지 이월한다.", "끝."], title="휴가", collection="company")


def build(store: Store, change: Change) -> None:
    with store.lock():
        store.build(
            change,
            stamp=make_stamp(EMBEDDER),
            embed=lambda chunks: EMBEDDER.embed_passages([chunk.text for chunk in chunks]),
            terms=SplitTerms(),
            receipt=make_receipt,
        )


def test_without_an_index_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match="make run"):
        Library(tmp_path / "index").shelf()


def test_a_new_generation_is_seen_by_the_next_call(tmp_path: Path) -> None:
    store, library = Store(tmp_path / "index"), Library(tmp_path / "index")
    build(store, Change((A,), ()))
    first = library.shelf()
    assert ([source.name for source in first.sources], first.passages) == (["course/dpo.md"], 1)
    build(store, Change((B,), (A.source.id,)))
    second = library.shelf()
    assert (dict(second.collections), second.passages) == ({"company": 1}, 2)
    assert library.text_of(B.source.id) == B.text
    assert library.text_of(A.source.id) == ""
    library.close()


def test_files_with_nothing_to_read_stand_apart_and_every_file_has_its_report(tmp_path: Path) -> None:
    store, library = Store(tmp_path / "index"), Library(tmp_path / "index")
    blank = make_content("blank.png", [])
    report = FileReport("blank.png", "empty", "image", warnings=("no text was found in the picture",))
    build(store, Change((A, replace(blank, report=report)), ()))
    shelf = library.shelf()
    assert ([source.name for source in shelf.sources], [source.name for source in shelf.empty]) == (
        ["course/dpo.md"],
        ["blank.png"],
    )
    assert library.report_of(blank.source.id) == report
    assert library.report_of(A.source.id) is None
    library.close()


def test_an_unchanged_index_is_read_once(tmp_path: Path) -> None:
    store, library = Store(tmp_path / "index"), Library(tmp_path / "index")
    build(store, Change((A,), ()))
    assert library.shelf() is library.shelf()
    library.close()
