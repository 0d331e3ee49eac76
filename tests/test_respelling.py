"""Borrowed words typed with a vowel that sounds the same: respelled as the documents spell them, and nothing else is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from rag_app.embedding import passage_text
from rag_app.index.change import Change
from rag_app.index.store import Store
from rag_app.language import Terms
from rag_app.respelling import Respelling, as_meant, as_written, respell
from rag_app.retrieval import Retriever
from rag_app.settings import Settings
from rag_app.transliteration import skeletons
from tests.fakes import HashEmbedder, make_content, make_receipt, make_stamp


@dataclass
class Shelf:
    """Documents that hold these words, each in so many chunks."""

    words: Mapping[str, int] = field(default_factory=dict)

    def frequency(self, term: str) -> int:
        return self.words.get(term, 0)

    def words_like(self, wanted: Sequence[str], most: int) -> list[tuple[str, int]]:
        return [(word, n) for word, n in self.words.items() if set(skeletons(word)) & set(wanted)][:most]


SHELF = Shelf(
    {"임베딩": 9, "어텐션": 5, "웨이트": 2, "embedding": 9, "레이어": 4, "콘텐츠": 3, "재택근무": 2, "캐시": 1}
)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("임배딩이란?", "임베딩이란?"),
        ("어탠션과 임배딩의 차이는?", "어텐션과 임베딩의 차이는?"),
        ("왜이트는 어떻게 정하나요", "웨이트는 어떻게 정하나요"),
        ("래이어가 뭐야", "레이어가 뭐야"),
        ("콘탠츠 관리", "콘텐츠 관리"),
    ],
)
def test_a_vowel_that_sounds_the_same_is_mended(question: str, meant: str) -> None:
    assert respell(question, SHELF)[0] == meant


@pytest.mark.parametrize(
    "question",
    [
        "임베딩이란?",
        "재택근무는 며칠까지 할 수 있나요?",
        "내용에 대해 알려 줘",
        "캐시 서버",
        "개시판",
        "임바딩이란?",
        "What is an embedding?",
        "",
    ],
)
def test_what_is_right_or_like_no_word_of_the_documents_stays(question: str) -> None:
    assert respell(question, SHELF) == (question, ())


def test_a_word_that_the_documents_hold_themselves_stays() -> None:
    both = Shelf({"임베딩": 9, "임배딩": 1})
    assert respell("임배딩이란?", both) == ("임배딩이란?", ())
    as_a_term = Shelf({"임베딩": 9})
    assert respell("임배딩이란?", as_a_term)[1] == (Respelling("임배딩", "임베딩"),)


def test_what_was_changed_is_said_once_and_holds_for_other_forms_of_the_question() -> None:
    text, changed = respell("임배딩, 그리고 임배딩을 쓰는 까닭", SHELF)
    assert (text, changed) == ("임베딩, 그리고 임베딩을 쓰는 까닭", (Respelling("임배딩", "임베딩"),))
    assert as_meant("임배딩을 쓰는 까닭", changed) == "임베딩을 쓰는 까닭"


def test_a_search_finds_the_passage_and_says_what_it_searched_for(tmp_path: Path) -> None:
    embedder, terms, store = HashEmbedder(), Terms(), Store(tmp_path / "index")
    with store.lock():
        store.build(
            Change(
                [
                    make_content("임베딩.md", ["임베딩은 글을 숫자의 줄로 바꾼 것이다."]),
                    *(make_content(f"{n}.md", [f"배와 딩동 소리 {n}번째 이야기이다."]) for n in range(8)),
                ]
            ),
            stamp=replace(make_stamp(embedder), terms=terms.version),
            embed=lambda chunks: embedder.embed_passages([passage_text(chunk) for chunk in chunks]),
            terms=terms,
            receipt=make_receipt,
        )
    retriever = Retriever(store, embedder, terms, Settings(data_dir=tmp_path))
    found = retriever.search("임배딩이란?")
    assert found.hits[0].source.name == "임베딩.md"
    assert (found.question, found.respelled) == ("임베딩이란?", (Respelling("임배딩", "임베딩"),))
    assert retriever.search("임베딩이란?").respelled == ()
    retriever.close()


def test_an_english_word_is_told_in_the_letters_of_the_documents() -> None:
    heard = (Respelling("로라", "lora"), Respelling("드롭아웃", "dropout"))
    told = as_written(heard, ["QLoRA와 LoRA", "lora"])
    assert told == (Respelling("로라", "LoRA"), Respelling("드롭아웃", "dropout"))
