"""The switches that say where `ask` and `search` look: collections, paths, tags, dates."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from rag_app.errors import NoIndex, UsageError
from rag_app.filters import Condition, Filters, Key, checked
from rag_app.query_syntax import read_query

if TYPE_CHECKING:
    from graphs.chat import Chat


def add_filter_flags(parser: argparse.ArgumentParser) -> None:
    """Describes the switches to a parser; each may be repeated."""
    parser.add_argument(
        "--collection", action="append", help="where to look (may be repeated; default: RAG_COLLECTION)"
    )
    parser.add_argument("--path", action="append", help="documents by path: 'rules/*.md', a folder, a file name")
    parser.add_argument("--tag", action="append", help="documents with this tag; of several, with all of them")
    parser.add_argument("--date", action="append", help="documents by date: 2024, 2024-03..2024-06, 2024.., ..2023")


def filters_of(arguments: argparse.Namespace) -> Filters:
    """The filters in the switches; a collection is none of them, see `known_collections`.

    Raises:
        WrongFilter: a date is none.
    """
    keys: list[Key] = [key for key in get_args(Key) if key != "collection"]
    return checked(Filters(tuple(Condition(key, value) for key in keys for value in getattr(arguments, key) or ())))


def known_collections(chat: "Chat", names: Sequence[str], question: str = "") -> tuple[str, ...]:
    """The collections named, all of which must be there; so must the configured one that is searched without any.

    Raises:
        UsageError: a collection is not there; the message lists those that are.
    """
    configured = chat.deps.settings.collection
    if not names and (not configured or read_query(question)[1].of("collection")):
        return ()
    try:
        there = chat.deps.retriever.snapshot().collections
    except NoIndex:
        if names:
            raise
        return ()  # a greeting needs no documents, and a search says itself that there are none
    unknown = [name for name in names or (configured,) if name not in there]
    if unknown and there:
        remedy = "" if names else "; set RAG_COLLECTION or add --collection"
        raise UsageError(f"there is no collection {unknown[0]!r}; there are: {', '.join(there)}{remedy}")
    return tuple(names)
