"""The precious database: its tables, its schema version, and how it is opened (SQLite file or PostgreSQL, by URL).

Conversations and votes share it. Every failure of the database leaves this room as a `ConversationFault` with a remedy.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from rag_app.errors import ConversationFault

SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 10


class _Id(sa.TypeDecorator[str]):
    """A text that names something; what no database can hold in it (zero bytes, lone surrogates) names nothing."""

    impl = sa.String(64)
    cache_ok = True

    def process_bind_param(self, value: str | None, _: sa.Dialect) -> str | None:
        return None if value is None else value.replace("\x00", "�").encode("utf-8", "replace").decode()


_metadata = sa.MetaData()
_number = sa.BigInteger().with_variant(sa.Integer, "sqlite")

schema_table = sa.Table("seodang_schema", _metadata, sa.Column("version", sa.Integer, nullable=False))

conversations_table = sa.Table(
    "conversations",
    _metadata,
    sa.Column("number", _number, primary_key=True, autoincrement=True),
    sa.Column("id", _Id, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("created_at", sa.String(40), nullable=False),
    sa.Column("updated_at", sa.String(40), nullable=False, index=True),
)

turns_table = sa.Table(
    "turns",
    _metadata,
    sa.Column("number", _number, primary_key=True, autoincrement=True),
    sa.Column("id", _Id, nullable=False, unique=True),
    sa.Column("conversation", sa.ForeignKey("conversations.number", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("finished", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.String(40), nullable=False),
)

votes_table = sa.Table(
    "votes",
    _metadata,
    sa.Column("turn", sa.ForeignKey("turns.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("value", sa.SmallInteger, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("updated_at", sa.String(40), nullable=False),
)


class Database:
    """An open database whose schema this program knows; safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._shown = engine.url.render_as_string(hide_password=True)
        self._serial = threading.Lock() if isinstance(engine.pool, StaticPool) else None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection for reading."""
        with self._serialised(), self._translated("read"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is stored when the block ends, nothing when it raises."""
        with self._serialised(), self._translated("written"), self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _serialised(self) -> Iterator[None]:
        """A database in memory is a single connection: one thread at a time."""
        if self._serial is None:
            yield
        else:
            with self._serial:
                yield

    @contextmanager
    def _translated(self, act: str) -> Iterator[None]:
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            raise ConversationFault(
                f"The conversations in {self._shown} cannot be {act} ({_reason(error)}); "
                "check that the disk has room and that the database is reachable and writable"
            ) from error

    def prepare(self) -> None:
        """Create the tables in an empty database; refuse one whose schema is another.

        Raises:
            ConversationFault: the schema version is not `SCHEMA_VERSION`; nothing was read or changed.
        """
        with self.reading() as connection:
            known = sa.inspect(connection).has_table(schema_table.name)
            version = connection.scalar(sa.select(sa.func.max(schema_table.c.version))) if known else None
        if version is None:
            with self.writing() as connection:
                _metadata.create_all(connection)
                if connection.scalar(sa.select(sa.func.count()).select_from(schema_table)) == 0:
                    connection.execute(sa.insert(schema_table).values(version=SCHEMA_VERSION))
        elif version != SCHEMA_VERSION:
            raise ConversationFault(
                f"The conversations in {self._shown} have schema version {version}, this program knows version {SCHEMA_VERSION}; "
                "update Seodang, or name another database with RAG_DATABASE_URL (nothing was changed)"
            )


def open_database(url: str) -> Database:
    """The database at a SQLAlchemy URL, its tables in place; `sqlite://` lives in memory.

    Raises:
        ConversationFault: the URL is wrong, a driver is missing, the file is damaged, cannot be written or is of another version.
    """
    database = Database(_engine(url))
    try:
        database.prepare()
    except ConversationFault:
        database.close()
        raise
    return database


def now() -> str:
    """This moment, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _engine(url: str) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ConversationFault(
            "RAG_DATABASE_URL is no database URL; expected for example sqlite:///chats.sqlite or postgresql://user:password@host/name"
        ) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(parsed)
    if backend != "postgresql":
        raise ConversationFault(
            f"RAG_DATABASE_URL names {backend[:40]!r}; expected sqlite or postgresql, for example postgresql://user:password@host/name"
        )
    try:
        return sa.create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise ConversationFault(
            'RAG_DATABASE_URL names PostgreSQL, but its driver is not installed; run: pip install "seodang[postgres]"'
        ) from error


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        engine = sa.create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConversationFault(
                f"The folder of the conversations, {Path(url.database).parent}, cannot be created ({error.strerror}); "
                "make it writable or name another one with RAG_DATA_DIR"
            ) from error
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    sa.event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: object, _: object) -> None:
    """Readers never wait for a writer (WAL), and what was acknowledged survives a crash of the program."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _reason(error: sa.exc.SQLAlchemyError) -> str:
    """The driver's own words in one line, without SQL and without the values that were to be stored."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    return " ".join(str(cause).split())[:200]
