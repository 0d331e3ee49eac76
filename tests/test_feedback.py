"""Votes: one for each turn, the last word counts, and they go with their conversation."""

import pytest

from rag_app.answer import Answer, Route, Turn
from rag_app.conversations import Conversations
from rag_app.database import Database, open_database
from rag_app.feedback import Feedback

ANSWER = Answer("답", "ko", False, Route("notes", "direct", ""))


@pytest.fixture
def database() -> Database:
    return open_database("sqlite://")


@pytest.fixture
def turn(database: Database) -> Turn:
    chats = Conversations(database)
    return chats.add_turn(chats.create().id, "질문", ANSWER)


def test_a_vote_stands_beside_its_turn(database: Database, turn: Turn) -> None:
    feedback = Feedback(database)
    feedback.vote(turn.id, -1, " 근거가 틀렸어요\x00 ")
    (vote,) = feedback.votes()
    assert (vote.turn_id, vote.question, vote.value, vote.comment) == (turn.id, "질문", -1, "근거가 틀렸어요")
    assert Conversations(database).turns(turn.conversation_id)[0].vote == -1


def test_the_last_word_counts_and_can_be_taken_back(database: Database, turn: Turn) -> None:
    feedback = Feedback(database)
    feedback.vote(turn.id, -1, "아니요")
    feedback.vote(turn.id, 1)
    assert [(vote.value, vote.comment) for vote in feedback.votes()] == [(1, "")]
    feedback.vote(turn.id, 0)
    assert feedback.votes() == ()


def test_a_vote_on_nothing_is_no_error(database: Database) -> None:
    Feedback(database).vote("gone", 1)
    assert Feedback(database).votes() == ()


def test_votes_go_with_their_conversation(database: Database, turn: Turn) -> None:
    feedback = Feedback(database)
    feedback.vote(turn.id, 1)
    Conversations(database).delete(turn.conversation_id)
    assert feedback.votes() == ()
