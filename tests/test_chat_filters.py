"""Filters in a conversation: they narrow their own question down, are told with the answer, and never reach the words searched."""

import pytest

from graphs.phrases import filter_alone
from rag_app.answer import Exchange
from rag_app.answer_json import answer_from_json, answer_to_json
from rag_app.errors import WrongFilter
from rag_app.events import EvidenceFound, RouteChosen
from rag_app.filters import Condition, Filters
from rag_app.search_result import Scope
from tests.conversation import SHELF, Shelf, chat_over

LIMIT = "숙박비는 하루 얼마까지 정산해?"


def test_the_question_is_searched_without_its_filters_among_the_documents_they_leave() -> None:
    shelf = Shelf(*SHELF)
    name = SHELF[0].source.name
    answer = chat_over(retriever=shelf).ask(f"{LIMIT} path:{name} -tag:초안")
    assert shelf.asked[0][0] == LIMIT
    assert {hit.source.name for hit in answer.hits} <= {name}
    assert answer.scope == Scope((f"path:{name}", "-tag:초안"), 1)


def test_the_events_tell_the_scope_before_the_answer() -> None:
    events = list(chat_over().stream(f"{LIMIT} -path:nothing.md"))
    (chosen,) = [event for event in events if isinstance(event, RouteChosen)]
    assert chosen.question == LIMIT
    (found,) = [event for event in events if isinstance(event, EvidenceFound)]
    assert found.scope.filters == ("-path:nothing.md",)


def test_filters_given_beside_the_question_are_added_to_those_in_it() -> None:
    beside = Filters((Condition("path", "*.md"),))
    assert chat_over().ask(f"{LIMIT} -tag:x", filters=beside).scope.filters == ("path:*.md", "-tag:x")
    assert chat_over().search(f"{LIMIT} -tag:x", filters=beside).scope.filters == ("path:*.md", "-tag:x")


def test_a_filter_holds_for_its_own_question_only() -> None:
    shelf = Shelf(*SHELF)
    history = (Exchange(f"{LIMIT} path:{SHELF[0].source.name} date:2024-99", "하루 120,000원까지."),)
    answer = chat_over(retriever=shelf).ask("그럼 식비는?", history)
    assert answer.scope == Scope()
    assert all("path:" not in question and "2024-99" not in question for question, _ in shelf.asked)


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        ("연차는 며칠? path:없는폴더/", "‘path:없는폴더/’에 맞는 문서가 없습니다"),
        ("How many days? path:nowhere/", "no document meets path:nowhere/"),
        ("연차는 며칠? date:2024-13", "‘date:2024-13’에서 날짜를 알아볼 수 없습니다"),
        ("How many days? date:2024-13", "'date:2024-13' is no date or period"),
        ("tag:인사", "찾을 문서를 좁히는 조건입니다. 그 옆에 질문을 함께 적어 주세요."),
    ],
)
def test_what_is_wrong_with_a_filter_is_said_in_the_language_of_the_question(question: str, complaint: str) -> None:
    with pytest.raises(WrongFilter, match=complaint):
        list(chat_over().stream(question))
    with pytest.raises(WrongFilter):
        chat_over().search(question)


def test_a_filter_alone_asks_for_a_question() -> None:
    filters = Filters((Condition("tag", "week 1"),))
    assert filter_alone("en", filters) == 'tag:"week 1" only narrows down the documents; write a question beside it.'


def test_small_talk_and_arithmetic_need_no_documents_and_no_scope() -> None:
    for question in ("안녕하세요 tag:없는태그", "12 * 3 path:nowhere"):
        answer = chat_over().ask(question)
        assert answer.text
        assert answer.scope == Scope()


def test_the_scope_is_stored_with_the_answer_and_older_answers_have_none() -> None:
    answer = chat_over().ask(f"{LIMIT} -tag:초안")
    stored = answer_to_json(answer)
    assert answer_from_json(stored).scope == answer.scope
    before = stored.replace(',"scope":{"filters":["-tag:초안"],"documents":', ',"unknown":{"documents":')
    assert before != stored
    assert answer_from_json(before).scope == Scope()
