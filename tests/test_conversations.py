"""Conversations: what was asked and answered is there again, whatever happens in between; in SQLite and in PostgreSQL."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from rag_app.answer import Answer, Citation, Route
from rag_app.answer_json import answer_from_json, answer_to_json
from rag_app.conversations import UNREADABLE, Conversations, open_conversations
from rag_app.database import open_database
from rag_app.errors import ConversationFault
from rag_app.feedback import Feedback
from rag_app.schema import Chunk, Placement, Source
from rag_app.search_result import Hit, Signal
from tests.postgres_server import drop_database, new_database

SOURCE = Source(
    "s1", "default", "r", "docs", "company/휴가.md", "휴가 규정", "d", "markdown", "utf-8", 90, {"date": "2025"}
)
CHUNK = Chunk("c1", "휴가 규정", ("제3장", "제12조"), "남은 연차는 5일까지 이월한다.", "ko")
HIT = Hit(CHUNK, Placement("c1", "s1", 0, 10, 27, 4), SOURCE, 0.9, (Signal("lexical", 7.5, 1),), ("연차",), 2)
ANSWER = Answer(
    text="남은 연차는 5일까지 이월한다. [1]",
    language="ko",
    abstained=False,
    route=Route("notes", "direct", "규정을 묻는 질문", 0.8),
    citations=(Citation(1, "company/휴가.md", "s1", "제3장 › 제12조", "남은 연차는 5일까지 이월한다.", 10, 27, 4),),
    hits=(HIT,),
    warnings=("이전 판이 있습니다",),
    steps="찾아본다",
    generation=3,
    timings_ms={"retrieve": 12.5},
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'chats.sqlite'}"
    else:
        made = new_database(request.getfixturevalue("postgresql"))
        yield made
        drop_database(made)


@pytest.fixture
def chats(url: str) -> Iterator[Conversations]:
    opened = open_conversations(url)
    yield opened
    opened.close()


def sql(url: str, statement: str, **values: object) -> list[tuple[object, ...]]:
    """What the database itself says, past the program."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        found = connection.execute(sa.text(statement), values)
        return [tuple(row) for row in found] if found.returns_rows else []


def test_an_answer_is_read_back_as_it_was_stored() -> None:
    assert answer_from_json(answer_to_json(ANSWER)) == ANSWER


def test_a_turn_survives_a_restart(chats: Conversations, url: str) -> None:
    chat = chats.create("연차")
    turn = chats.add_turn(chat.id, "연차는 며칠 이월되나요?", ANSWER)
    chats.close()
    with closing(open_conversations(url)) as again:
        assert again.turns(chat.id) == (turn,)


def test_a_question_is_kept_when_the_program_dies_before_the_answer(chats: Conversations, url: str) -> None:
    chat = chats.create()
    chats.ask(chat.id, "연차는 며칠인가요?", "ko")
    with closing(open_conversations(url)) as again:
        (turn,) = again.turns(chat.id)
    assert (turn.question, turn.interrupted, turn.answer.text) == ("연차는 며칠인가요?", True, "")


def test_what_was_said_before_a_stop_is_kept_and_marked(chats: Conversations) -> None:
    chat = chats.create()
    turn = chats.ask(chat.id, "연차는?", "ko")
    chats.answer(turn.id, ANSWER, finished=False)
    (kept,) = chats.turns(chat.id)
    assert (kept.answer, kept.interrupted) == (ANSWER, True)


def test_another_question_in_place_of_a_turn_takes_answer_and_vote_along(chats: Conversations, url: str) -> None:
    info = chats.create()
    turn = chats.add_turn(info.id, "연차는?", ANSWER)
    with closing(open_database(url)) as database:
        Feedback(database).vote(turn.id, -1, "틀렸다")
    changed = chats.reword(turn, "병가는 며칠?")
    (stored,) = chats.turns(info.id)
    assert (stored.question, stored.answer.text, stored.vote, stored.interrupted) == ("병가는 며칠?", "", 0, True)
    assert changed.question == stored.question
    assert chats.list()[0].title == "병가는 며칠?"


def test_a_title_of_ones_own_stays_when_the_question_changes(chats: Conversations) -> None:
    info = chats.create()
    turn = chats.add_turn(info.id, "연차는?", ANSWER)
    chats.rename(info.id, "휴가 정리")
    chats.reword(turn, "병가는?")
    assert chats.list()[0].title == "휴가 정리"


def test_the_first_question_names_the_conversation(chats: Conversations) -> None:
    chat = chats.create()
    chats.ask(chat.id, "  연차는\n며칠인가요?  ")
    chats.ask(chat.id, "그럼 병가는?")
    assert [info.title for info in chats.list()] == ["연차는 며칠인가요?"]


def test_the_list_has_the_newest_activity_first(chats: Conversations) -> None:
    first, second = chats.create("하나"), chats.create("둘")
    chats.ask(first.id, "다시 묻습니다")
    assert [(info.id, info.turns) for info in chats.list()] == [(first.id, 1), (second.id, 0)]
    assert [info.id for info in chats.list(1)] == [first.id]


def test_the_list_is_searched_by_title_and_letters_mean_themselves(chats: Conversations) -> None:
    chats.create("연차 이월")
    chats.create("Dropout 100%")
    assert [info.title for info in chats.list(contains="이월")] == ["연차 이월"]
    assert [info.title for info in chats.list(contains="dropOUT")] == ["Dropout 100%"]
    assert [info.title for info in chats.list(contains="%")] == ["Dropout 100%"]
    assert chats.list(contains="_") == ()


def test_renaming_and_deleting(chats: Conversations) -> None:
    chat, other = chats.create("하나"), chats.create("둘")
    chats.add_turn(chat.id, "질문", ANSWER)
    chats.add_turn(other.id, "질문", ANSWER)
    chats.rename(chat.id, "새 이름")
    chats.rename(chat.id, "   ")
    assert chats.find(chat.id).title == "새 이름"  # type: ignore[union-attr]
    chats.delete(chat.id)
    assert (chats.find(chat.id), chats.turns(chat.id), len(chats.turns(other.id))) == (None, (), 1)


@pytest.mark.parametrize("id", ["", "../../x", "<script>", "x" * 65536, "\x00", "\ud800", "' OR 1=1 --"])
def test_a_foreign_id_finds_nothing_and_harms_nothing(chats: Conversations, id: str) -> None:
    chat = chats.create("하나")
    assert (chats.find(id), chats.turns(id)) == (None, ())
    chats.rename(id, "x")
    chats.delete(id)
    assert chats.find(chat.id) is not None
    with pytest.raises(ConversationFault, match="start a new one"):
        chats.ask(id, "질문")


def test_ids_cannot_be_guessed_from_each_other(chats: Conversations) -> None:
    ids = {chats.create().id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(id) == 16 for id in ids)


def test_only_the_last_turns_are_read_when_asked(chats: Conversations) -> None:
    chat = chats.create()
    for number in range(5):
        chats.add_turn(chat.id, f"질문 {number}", ANSWER)
    assert [turn.question for turn in chats.turns(chat.id, last=2)] == ["질문 3", "질문 4"]


def test_lone_surrogates_and_invisible_characters_are_stored_clean(chats: Conversations) -> None:
    chat = chats.create("제목\ud800")
    broken = Answer("답\ud800", "ko", False, Route("notes", "direct", ""))
    chats.add_turn(chat.id, "질문\ud800\x00\u202e", broken)
    (turn,) = chats.turns(chat.id)
    assert (turn.question, turn.answer.text, chats.list()[0].title) == ("질문", "답?", "제목")


def test_a_turn_costs_the_same_however_long_the_conversation_is(chats: Conversations, url: str) -> None:
    chat = chats.create()
    for _ in range(10):
        chats.add_turn(chat.id, "질문", ANSWER)
    assert sql(url, "SELECT count(*), count(DISTINCT length(answer)) FROM turns") == [(10, 1)]


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "{",
        "[]",
        "null",
        '{"format":2,"answer":{}}',
        '{"format":1,"answer":{}}',
        '{"format":1,"answer":{"__class__":"os.system"}}',
        "[" * 100_000,
    ],
)
def test_a_crafted_answer_is_data_that_cannot_be_read(chats: Conversations, url: str, stored: str) -> None:
    chat = chats.create()
    chats.add_turn(chat.id, "질문", ANSWER)
    sql(url, "UPDATE turns SET answer = :stored", stored=stored)
    (turn,) = chats.turns(chat.id)
    assert (turn.question, turn.answer.model, turn.interrupted) == ("질문", UNREADABLE, True)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("text",), 5),
        (("abstained",), "no"),
        (("route", "style"), "shell"),
        (("citations", 0, "start"), 1.5),
        (("citations", 0, "n"), True),
        (("hits",), {}),
        (("timings_ms",), []),
    ],
)
def test_a_wrong_type_in_a_stored_answer_is_named(path: tuple[str | int, ...], value: object) -> None:
    stored = json.loads(answer_to_json(ANSWER))
    place = stored["answer"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ValueError, match=r"in answer") as caught:
        answer_from_json(json.dumps(stored))
    assert str(path[-1]) in str(caught.value)


def test_fields_of_a_newer_program_are_ignored_and_missing_ones_take_their_default() -> None:
    stored = json.loads(answer_to_json(ANSWER))
    stored["answer"]["colour"] = "blue"
    del stored["answer"]["warnings"]
    assert answer_from_json(json.dumps(stored)).warnings == ()


def test_another_schema_version_is_refused_and_nothing_is_changed(chats: Conversations, url: str) -> None:
    chats.create("하나")
    sql(url, "UPDATE seodang_schema SET version = 7")
    with pytest.raises(ConversationFault, match=r"version 7.*version 1; update Seodang"):
        open_conversations(url)
    assert sql(url, "SELECT title FROM conversations") == [("하나",)]


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "chats.sqlite"
    path.write_bytes(b"this is a letter to my mother, not a database at all" * 40)
    before = path.read_bytes()
    with pytest.raises(ConversationFault, match="not a database"):
        open_conversations(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_folder_where_the_database_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "chats.sqlite").mkdir()
    with pytest.raises(ConversationFault, match=r"chats\.sqlite"):
        open_conversations(f"sqlite:///{tmp_path / 'chats.sqlite'}")


@pytest.mark.parametrize(
    ("url", "remedy"),
    [("hello", "no database URL"), ("mysql://u:hunter2@h/d", "expected sqlite or postgresql")],
)
def test_a_wrong_url_is_refused_without_repeating_its_password(url: str, remedy: str) -> None:
    with pytest.raises(ConversationFault, match=remedy) as caught:
        open_conversations(url)
    assert "hunter2" not in str(caught.value)


def test_postgresql_without_its_driver_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(ConversationFault, match=r'pip install "seodang\[postgres\]"'):
        open_conversations("postgresql://u:hunter2@127.0.0.1:1/d")


def test_a_server_that_is_gone_is_named_and_one_that_is_back_is_used(postgresql: str) -> None:
    url = new_database(postgresql)
    name, server = url.rpartition("/")[2], f"{postgresql}/postgres"
    chats = open_conversations(url)
    chat = chats.create("하나")
    sql(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    sql(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name", name=name)
    with pytest.raises(ConversationFault, match="the database is reachable"):
        chats.create("둘")
    sql(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert [info.id for info in chats.list()] == [chat.id]
    chats.close()
    drop_database(url)


def test_a_database_in_memory_serves_many_threads() -> None:
    from concurrent.futures import ThreadPoolExecutor

    chats = open_conversations("sqlite://")
    chat = chats.create("하나")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: chats.add_turn(chat.id, f"질문 {number}", ANSWER), range(12)))
    assert len(chats.turns(chat.id)) == 12
    chats.close()
