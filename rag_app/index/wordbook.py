"""The words of a catalog that help to understand a question: how they sound, and which other names a passage gives them.

Counted per collection while chunks come and go, so that opening a generation costs nothing, however large it is.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from rag_app.glossary import mine_pairs
from rag_app.schema import Chunk
from rag_app.transliteration import skeletons, vocabulary

RULES = "1"  # raise it whenever a chunk would give other words or names

TABLES = """
CREATE TABLE IF NOT EXISTS words (
    collection TEXT NOT NULL, skeleton TEXT NOT NULL, word TEXT NOT NULL, chunks INTEGER NOT NULL,
    PRIMARY KEY (collection, skeleton, word)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS names (
    collection TEXT NOT NULL, head TEXT NOT NULL, term TEXT NOT NULL, alias TEXT NOT NULL, chunks INTEGER NOT NULL,
    PRIMARY KEY (collection, head, term, alias)
) WITHOUT ROWID;
"""
# words: a borrowed-looking Hangul word or an English one (`lang|chain`) under each string of consonants it may be heard as.
# names: terms of a name, terms of another name for the same thing, both with single spaces; head is the first of the terms.

TermsOf = Callable[[Sequence[str]], Sequence[Sequence[str]]]
"""Texts -> the lexical terms of each."""


def is_current(db: sqlite3.Connection) -> bool:
    """Whether the wordbook of this catalog was made by these rules."""
    found = db.execute("SELECT value FROM facts WHERE name = 'wordbook'").fetchone()
    return found is not None and found[0] == RULES


def clear(db: sqlite3.Connection) -> None:
    """Empty it and say that it is made by these rules."""
    db.execute("DELETE FROM words")
    db.execute("DELETE FROM names")
    db.execute("INSERT OR REPLACE INTO facts VALUES ('wordbook', ?)", (RULES,))


def count(
    db: sqlite3.Connection, collection: str, chunks: Iterable[tuple[Chunk, str]], terms_of: TermsOf, *, sign: int
) -> None:
    """Add (`sign` 1) or take away (-1) what these chunks of a collection say, each with its packed terms.

    What no chunk says any more is dropped.
    """
    words: Counter[str] = Counter()
    names: Counter[tuple[str, str]] = Counter()
    for chunk, packed in chunks:
        words.update(vocabulary(" ".join((chunk.title, *chunk.heading_path, chunk.text)), packed.split()))
        names.update((pair.term, pair.alias) for pair in mine_pairs(chunk.title, chunk.heading_path, chunk.text))
    db.executemany(
        "INSERT INTO words VALUES (?, ?, ?, ?) ON CONFLICT (collection, skeleton, word)"
        " DO UPDATE SET chunks = chunks + excluded.chunks",
        [(collection, skeleton, word, sign * n) for word, n in words.items() for skeleton in skeletons(word)],
    )
    spoken = sorted({name for pair in names for name in pair})
    terms = {name: " ".join(found) for name, found in zip(spoken, terms_of(spoken), strict=True)}
    rows: Counter[tuple[str, str]] = Counter()
    for (one, other), n in names.items():
        first, second = terms[one], terms[other]
        if first and second and first != second:
            rows[first, second] += n
            rows[second, first] += n
    db.executemany(
        "INSERT INTO names VALUES (?, ?, ?, ?, ?) ON CONFLICT (collection, head, term, alias)"
        " DO UPDATE SET chunks = chunks + excluded.chunks",
        [(collection, term.split(" ")[0], term, alias, sign * n) for (term, alias), n in rows.items()],
    )
    if sign < 0:
        db.execute("DELETE FROM words WHERE chunks <= 0")
        db.execute("DELETE FROM names WHERE chunks <= 0")


def words_like(db: sqlite3.Connection, collection: str, heard: Sequence[str], most: int) -> list[tuple[str, int]]:
    """The words of a collection with one of these skeletons, and in how many chunks each stands, frequent ones first."""
    marks = ",".join("?" * len(heard))
    return db.execute(
        f"SELECT word, max(chunks) FROM words WHERE collection = ? AND skeleton IN ({marks})"  # noqa: S608 - question marks
        " GROUP BY word ORDER BY 2 DESC, 1 LIMIT ?",
        (collection, *heard, most),
    ).fetchall()


def names_of(db: sqlite3.Connection, collection: str, heads: Sequence[str]) -> list[tuple[str, str, int]]:
    """(term, other name, chunks) of the names that begin with one of these terms, most often stated first."""
    marks = ",".join("?" * len(heads))
    return db.execute(
        f"SELECT term, alias, chunks FROM names WHERE collection = ? AND head IN ({marks}) ORDER BY 3 DESC, 1, 2",  # noqa: S608 - question marks
        (collection, *heads),
    ).fetchall()


def heads_of(db: sqlite3.Connection, collection: str) -> frozenset[str]:
    """The terms that names of a collection begin with: a few hundred in ten thousand chunks."""
    return frozenset(
        head for (head,) in db.execute("SELECT DISTINCT head FROM names WHERE collection = ?", (collection,))
    )
