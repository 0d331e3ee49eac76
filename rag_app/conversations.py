"""Conversations and their turns, kept in the precious database.

A turn is stored when it is asked and completed when it is answered, so a crash in between loses no question.
"""

import logging
import secrets
from dataclasses import replace

import sqlalchemy as sa

from rag_app.answer import Answer, ConversationInfo, Route, Turn
from rag_app.answer_json import answer_from_json, answer_to_json
from rag_app.cleaning import clean_text
from rag_app.database import Database, conversations_table, now, open_database, turns_table, votes_table
from rag_app.errors import ConversationFault
from rag_app.schema import Language

TITLE_CHARS = 60
UNREADABLE = "unreadable"
"""`answer.model` of a turn whose stored answer cannot be read; its question is kept."""

logger = logging.getLogger(__name__)

_c, _t, _v = conversations_table.c, turns_table.c, votes_table.c


class Conversations:
    """The list of conversations and their turns. Unknown ids are no errors: they read as empty and write nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, title: str = "") -> ConversationInfo:
        """A new, empty conversation under a random id."""
        made, at = secrets.token_urlsafe(12), now()
        with self._database.writing() as connection:
            row = {"id": made, "title": title_of(title), "created_at": at, "updated_at": at}
            connection.execute(sa.insert(conversations_table).values(row))
        return ConversationInfo(made, title_of(title), at, at, 0)

    def list(self, limit: int = 50, contains: str = "") -> tuple[ConversationInfo, ...]:
        """Newest activity first; `contains` keeps the titles that hold it, in any case."""
        query = self._infos().order_by(_c.updated_at.desc(), _c.number.desc()).limit(limit)
        if contains.strip():
            wanted = clean_text(contains).strip().casefold()
            query = query.where(sa.func.lower(_c.title).contains(wanted, autoescape=True))
        with self._database.reading() as connection:
            return tuple(_info(row) for row in connection.execute(query))

    def find(self, id: str) -> ConversationInfo | None:
        """The conversation of this id; None when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(self._infos().where(_c.id == id)).first()
        return _info(row) if row is not None else None

    def count(self) -> int:
        """How many conversations there are."""
        with self._database.reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(conversations_table)) or 0

    def rename(self, id: str, title: str) -> None:
        """Give it another title; an empty one changes nothing."""
        if title_of(title):
            with self._database.writing() as connection:
                connection.execute(sa.update(conversations_table).where(_c.id == id).values(title=title_of(title)))

    def delete(self, id: str) -> None:
        """Remove the conversation with its turns and their votes, for good."""
        with self._database.writing() as connection:
            number = sa.select(_c.number).where(_c.id == id).scalar_subquery()
            turns = sa.select(_t.number).where(_t.conversation == number)
            connection.execute(sa.delete(votes_table).where(_v.turn.in_(turns)))
            connection.execute(sa.delete(turns_table).where(_t.conversation == number))
            connection.execute(sa.delete(conversations_table).where(_c.id == id))

    def ask(self, conversation_id: str, question: str, language: Language = "other") -> Turn:
        """Store the question before it is answered; the turn counts as interrupted until `answer` completes it.

        The first question gives a conversation without a title its title.

        Raises:
            ConversationFault: there is no such conversation (it was deleted meanwhile).
        """
        text, at, made = clean_text(question), now(), secrets.token_urlsafe(12)
        blank = _no_answer(language)
        with self._database.writing() as connection:
            row = connection.execute(sa.select(_c.number, _c.title).where(_c.id == conversation_id)).first()
            if row is None:
                raise ConversationFault(f"There is no conversation {conversation_id[:64]!r}; start a new one")
            connection.execute(
                sa.insert(turns_table).values(
                    id=made,
                    conversation=row.number,
                    question=text,
                    answer=answer_to_json(blank),
                    finished=False,
                    created_at=at,
                )
            )
            connection.execute(
                sa.update(conversations_table)
                .where(_c.number == row.number)
                .values(updated_at=at, title=row.title or title_of(text))
            )
        return Turn(made, conversation_id, text, blank, at, interrupted=True)

    def answer(self, turn_id: str, answer: Answer, *, finished: bool = True) -> None:
        """Complete a turn, or replace its answer; `finished=False` keeps what was said before it was broken off."""
        with self._database.writing() as connection:
            connection.execute(
                sa.update(turns_table).where(_t.id == turn_id).values(answer=answer_to_json(answer), finished=finished)
            )

    def reword(self, turn: Turn, question: str) -> Turn:
        """Put another question in place of a turn's own; its answer and vote go, and a title taken from it follows.

        The turn counts as interrupted until `answer` completes it.
        """
        text, blank = clean_text(question), _no_answer(turn.answer.language)
        with self._database.writing() as connection:
            number = sa.select(_t.number).where(_t.id == turn.id).scalar_subquery()
            connection.execute(sa.delete(votes_table).where(_v.turn == number))
            connection.execute(
                sa.update(turns_table)
                .where(_t.id == turn.id)
                .values(question=text, answer=answer_to_json(blank), finished=False)
            )
            connection.execute(
                sa.update(conversations_table)
                .where(_c.id == turn.conversation_id, _c.title == title_of(turn.question))
                .values(title=title_of(text))
            )
        return replace(turn, question=text, answer=blank, interrupted=True, vote=0)

    def add_turn(self, conversation_id: str, question: str, answer: Answer) -> Turn:
        """Store a question with its finished answer in one go."""
        turn = self.ask(conversation_id, question, answer.language)
        self.answer(turn.id, answer)
        return Turn(turn.id, conversation_id, turn.question, answer, turn.created_at)

    def turns(self, conversation_id: str, last: int | None = None) -> tuple[Turn, ...]:
        """The turns in the order they were asked; with `last`, only so many of the newest."""
        query = (
            sa.select(_t.id, _t.question, _t.answer, _t.finished, _t.created_at, _v.value)
            .join(conversations_table, _c.number == _t.conversation)
            .outerjoin(votes_table, _v.turn == _t.number)
            .where(_c.id == conversation_id)
            .order_by(_t.number.desc())
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(last)).all()
        return tuple(_turn(conversation_id, row) for row in reversed(rows))

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    @staticmethod
    def _infos() -> "sa.Select[str, str, str, str, int]":
        turns = sa.select(sa.func.count()).where(_t.conversation == _c.number).scalar_subquery()
        return sa.select(_c.id, _c.title, _c.created_at, _c.updated_at, turns.label("turns"))


def open_conversations(url: str) -> Conversations:
    """The conversations at a SQLAlchemy URL.

    Raises:
        ConversationFault: the database cannot be opened, is damaged, or is of another version; the message holds the remedy.
    """
    return Conversations(open_database(url))


def title_of(text: str) -> str:
    """A title in one line, cut with an ellipsis."""
    line = " ".join(clean_text(text).split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1].rstrip() + "…"


def _no_answer(language: Language, model: str = "") -> Answer:
    return Answer("", language, abstained=False, route=Route("none", "direct", ""), model=model)


def _info(row: "sa.Row[str, str, str, str, int]") -> ConversationInfo:
    return ConversationInfo(row[0], row[1], row[2], row[3], row[4])


def _turn(conversation_id: str, row: "sa.Row[str, str, str, bool, str, int]") -> Turn:
    id, question, stored, finished, created_at, vote = row
    try:
        answer = answer_from_json(stored)
    except ValueError as error:
        logger.warning("turn %s: %s; its question is shown without an answer", id, error)
        answer, finished = _no_answer("other", UNREADABLE), False
    return Turn(id, conversation_id, question, answer, created_at, vote if vote in (1, -1) else 0, not finished)
