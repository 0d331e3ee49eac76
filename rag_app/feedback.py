"""Votes on answers, kept beside the conversations: thumbs up or down, and what was wrong."""

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from rag_app.cleaning import clean_text
from rag_app.database import Database, now, turns_table, votes_table

COMMENT_CHARS = 2000

_t, _v = turns_table.c, votes_table.c


@dataclass(frozen=True, slots=True)
class Vote:
    """What a reader thought of one answer; `value` is 1 or -1."""

    turn_id: str
    question: str
    value: int
    comment: str
    updated_at: str


class Feedback:
    """One vote for each turn; the last word counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def vote(self, turn_id: str, value: Literal[1, -1, 0], comment: str = "") -> None:
        """Set the vote of a turn; 0 takes it back. A turn that is gone is voted on in silence."""
        text = clean_text(comment).strip()[:COMMENT_CHARS]
        with self._database.writing() as connection:
            number = connection.scalar(sa.select(_t.number).where(_t.id == turn_id))
            if number is None:
                return
            connection.execute(sa.delete(votes_table).where(_v.turn == number))
            if value:
                row = {"turn": number, "value": value, "comment": text, "updated_at": now()}
                connection.execute(sa.insert(votes_table).values(row))

    def votes(self, limit: int = 1000) -> tuple[Vote, ...]:
        """All votes, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_votes().order_by(_v.updated_at.desc(), _v.turn.desc()).limit(limit)).all()
        return tuple(_vote(row) for row in rows)

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()


def _votes() -> "sa.Select[str, str, int, str, str]":
    return sa.select(_t.id, _t.question, _v.value, _v.comment, _v.updated_at).join(turns_table, _t.number == _v.turn)


def _vote(row: "sa.Row[str, str, int, str, str]") -> Vote:
    return Vote(row[0], row[1], row[2], row[3], row[4])
