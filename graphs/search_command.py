"""The command `search`: passages for one question or a file of them, as lines or JSON, explained on request."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from graphs.explained import explained, lines_of, row_of
from graphs.filter_flags import add_filter_flags, filters_of, known_collections
from graphs.rows import hit_row, query_rows
from rag_app.dates import date_of
from rag_app.errors import EmptyQuestion, UsageError
from rag_app.search_result import Hit, SearchResult
from rag_app.settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_MAX_K: Final = 1000


def add_search(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describes the command to the parser."""
    search = commands.add_parser("search", help="find passages, without an answer and without a model")
    search.add_argument("question", nargs="?")
    search.add_argument("--queries", type=Path, help='a .jsonl or .jsonl.gz file with rows {"_id", "text"}')
    search.add_argument("-k", type=_count, default=10, help="how many passages (default 10)")
    add_filter_flags(search)
    search.add_argument("--explain", action="store_true", help="say of each passage why it stands where it stands")
    search.add_argument("--json", action="store_true", help="print one JSON line per question")


def search(arguments: argparse.Namespace, settings: Settings) -> int:
    """Prints what was found and returns the exit code.

    Raises:
        UsageError: neither a question nor a file of them, or both; a collection that is not there.
    """
    from graphs.chat import open_chat

    if (arguments.question is None) == (arguments.queries is None):
        raise UsageError("search takes either a question or --queries FILE")
    filters = filters_of(arguments)
    rows = None if arguments.queries is None else query_rows(arguments.queries)
    chat = open_chat(settings, first_question=arguments.question or "")
    collections = known_collections(chat, arguments.collection or (), arguments.question or "")
    if rows is None:
        found = chat.search(
            arguments.question, collections=collections, k=arguments.k, filters=filters, explain=arguments.explain
        )
        if arguments.json:
            print(json.dumps({"question": arguments.question, **_row(found)}, ensure_ascii=False))
        else:
            _print_hits(found, sys.stdout)
        if found.fault is not None:
            print(f"! the passages were not reranked: {found.fault}", file=sys.stderr)
        return 0
    for identifier, text in rows:
        try:
            found = chat.deps.retriever.search(
                text, collections=collections, k=arguments.k, filters=filters, explain=arguments.explain
            )
        except EmptyQuestion:
            print(json.dumps({"_id": identifier, "hits": []}))
            continue
        print(json.dumps({"_id": identifier, **_row(found)}, ensure_ascii=False), flush=True)
    return 0


def _row(found: SearchResult) -> dict[str, object]:
    hits = [hit_row(hit) for hit in found.hits]
    if _is_explained(found):
        for row, one in zip(hits, explained(found), strict=True):
            row["explanation"] = row_of(one, found.term_weights)
    respelled = {one.typed: one.meant for one in found.respelled}
    return {
        "hits": hits,
        "respelled": respelled,
        "timings_ms": {stage: round(took, 3) for stage, took in found.timings_ms.items()},
    }


def _print_hits(found: SearchResult, out: TextIO) -> None:
    if found.scope.filters:
        print(f"{' '.join(found.scope.filters)} (documents searched: {found.scope.documents})", file=out)
    for change in found.respelled:
        print(f"{change.typed} -> {change.meant} (as the documents spell it)", file=out)
    reasons: Sequence[Sequence[str]] = (
        [lines_of(one, found.term_weights) for one in explained(found)]
        if _is_explained(found)
        else [()] * len(found.hits)
    )
    for rank, (hit, lines) in enumerate(zip(found.hits, reasons, strict=True), start=1):
        print(f"{rank:3}. {hit.score:.3f}  {_place(hit)}\n     {line(hit.chunk.text)}", file=out)
        for one in lines:
            print(f"     {one}", file=out)
    if _is_explained(found):
        print(f"took {', '.join(f'{stage} {took:.1f}' for stage, took in found.timings_ms.items())} ms", file=out)


def _is_explained(found: SearchResult) -> bool:
    return bool(found.hits) and bool(found.hits[0].explanations)


def _place(hit: Hit) -> str:
    where = " › ".join(part for part in (hit.source.name, hit.heading) if part)
    date = date_of(hit.source)
    return f"{where} ({hit.placement.locator or f'line {hit.placement.line}'}{f', {date}' if date else ''})"


def line(text: str) -> str:
    """A text in one line of at most 200 characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 200 else f"{flat[:199]}…"


def _count(value: str) -> int:
    try:
        number = int(value)
    except ValueError:
        number = 0
    if not 1 <= number <= _MAX_K:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number from 1 to {_MAX_K}")
    return number
