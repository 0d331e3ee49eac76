"""A document is found by the name of its file, also where it never says those words itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_app.embedding import passage_text
from rag_app.index.change import Change
from rag_app.index.store import Store
from rag_app.retrieval import Retriever
from rag_app.settings import Settings
from rag_app.terms import file_words
from tests.fakes import HashEmbedder, SplitTerms, make_content, make_receipt, make_stamp

FILES = [
    make_content("휴가규정_2023.hwp", ["연차는 다섯 날까지 이월한다."]),
    make_content("휴가규정_2024.hwp", ["연차는 이레까지 이월한다."]),
    make_content("meeting-notes.md", ["We moved the launch to May."]),
    make_content("일지.md", [f"{n}번째 날에는 비가 오고 사람들이 규정을 이야기했다." for n in range(20)]),
    make_content("salary_table.md", ["비밀"], collection="인사팀"),
]


@pytest.fixture
def retriever(tmp_path: Path) -> Iterator[Retriever]:
    store, embedder = Store(tmp_path / "index"), HashEmbedder()
    with store.lock():
        store.build(
            Change(FILES, ()),
            stamp=make_stamp(embedder),
            embed=lambda chunks: embedder.embed_passages([passage_text(chunk) for chunk in chunks]),
            terms=SplitTerms(),
            receipt=make_receipt,
        )
    retriever = Retriever(store, embedder, SplitTerms(), Settings(collection="default"))
    yield retriever
    retriever.close()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("휴가규정_2024.hwp", "휴가규정 2024"),
        ("인사팀/복리후생-안내.v2.pdf", "인사팀 복리후생 안내.v2"),
        ("meeting-notes-2024-03-05.md", "meeting notes 2024-03-05"),
        ("README", "README"),
        ("", ""),
    ],
)
def test_a_file_name_is_read_as_words(name: str, words: str) -> None:
    assert file_words(name) == words


def test_a_document_is_found_by_the_name_and_year_of_its_file(retriever: Retriever) -> None:
    result = retriever.search("휴가규정 2024")
    assert result.hits[0].source.name == "휴가규정_2024.hwp"
    assert {"휴가규정", "2024"} <= set(result.hits[0].matched_terms)


def test_an_english_file_name_is_found_too(retriever: Retriever) -> None:
    assert retriever.search("meeting notes").hits[0].source.name == "meeting-notes.md"


def test_what_stands_in_a_file_name_is_not_unknown(retriever: Retriever) -> None:
    assert "2024" not in retriever.search("휴가규정 2024").unknown_terms
    assert "2022" in retriever.search("휴가규정 2022").unknown_terms


def test_a_word_of_the_name_counts_less_than_one_of_the_passage(retriever: Retriever) -> None:
    by_name, by_text = [
        next(hit for hit in retriever.search(asked).hits if hit.source.name == "휴가규정_2024.hwp")
        for asked in ("2024", "이레까지")
    ]
    assert 0 < by_name.signal("coverage") < by_text.signal("coverage") == 1


def test_a_file_name_in_another_collection_is_not_known(retriever: Retriever) -> None:
    assert "salary" in retriever.search("salary").unknown_terms
