"""The command line of a conversation: ask, search, evaluate, doctor.

Exit codes: 0 answered (an abstention too), 1 a doctor found something that needs mending, 2 wrong usage, configuration or input.
"""

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from graphs.rows import answer_row, hit_row, query_rows
from rag_app.errors import EmptyQuestion, SeodangError, UsageError
from rag_app.schema import Answer, AnswerDone, AnswerRevised, Hit, TextDelta
from rag_app.settings import Settings, read_settings

if TYPE_CHECKING:
    from graphs.chat import Chat

USAGE_EXIT: Final = 2
_MAX_K: Final = 1000

_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit code; every failure is one sentence on standard error."""
    _speak_utf8()
    words = [_repaired(word) for word in (sys.argv[1:] if argv is None else argv)]
    try:
        if words[:1] == ["evaluate"]:
            from graphs.evaluate import main as evaluate

            return evaluate(words[1:])
        return _run(_parser().parse_args(words))
    except SeodangError as error:
        print(f"seodang: {error}", file=sys.stderr)
        return USAGE_EXIT
    except KeyboardInterrupt:
        print("seodang: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read the output has gone
        return 0
    except Exception as error:  # noqa: BLE001 - a fault of the product: one sentence for the user, the rest for its log
        _log.debug("unexpected failure", exc_info=error)
        print(f"seodang: unexpected {type(error).__name__}: {error}; RAG_LOG_LEVEL=DEBUG shows more", file=sys.stderr)
        return USAGE_EXIT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graphs", description="Ask the ingested documents.", epilog="Settings: see .env.example"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="answer one question, with citations")
    ask.add_argument("question")
    ask.add_argument("--collection", action="append", help="where to look (may be repeated; default: RAG_COLLECTION)")
    ask.add_argument("--json", action="store_true", help="print the answer, its citations and passages as JSON")
    search = commands.add_parser("search", help="find passages, without an answer and without a model")
    search.add_argument("question", nargs="?")
    search.add_argument("--queries", type=Path, help='a .jsonl or .jsonl.gz file with rows {"_id", "text"}')
    search.add_argument("-k", type=_count, default=10, help="how many passages (default 10)")
    search.add_argument("--collection", action="append", help="where to look (may be repeated)")
    search.add_argument("--json", action="store_true", help="print one JSON line per question")
    commands.add_parser("evaluate", help="score the golden questions (see: evaluate --help)", add_help=False)
    commands.add_parser("doctor", help="check settings, index, embedder, morphemes and model")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    from rag_app.llm import forbid_tracing

    forbid_tracing(os.environ)
    if arguments.command == "doctor":
        from graphs.doctor import examine

        return examine(sys.stdout)
    settings = read_settings()
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(message)s", stream=sys.stderr)
    return _ask(arguments, settings) if arguments.command == "ask" else _search(arguments, settings)


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    from graphs.chat import open_chat, voice_of
    from rag_app.llm import EXTRACTIVE, missing_llm_hint

    chat = open_chat(settings)
    collections = _known(chat, arguments.collection or ())
    if arguments.json:
        print(json.dumps(answer_row(chat.ask(arguments.question, collections=collections)), ensure_ascii=False))
        return 0
    shown = ""
    for event in chat.stream(arguments.question, collections=collections):
        if isinstance(event, TextDelta):
            print(event.text, end="", flush=True)
            shown += event.text
        elif isinstance(event, AnswerRevised):
            print(f"\n\n{event.text}" if shown else event.text, end="", flush=True)
        elif isinstance(event, AnswerDone):
            _print_sources(event.answer, sys.stdout)
    if settings.llm.lower() in ("", EXTRACTIVE):
        print(missing_llm_hint(voice_of(arguments.question, (), settings.language)), file=sys.stderr)
    return 0


def _known(chat: "Chat", names: Sequence[str]) -> tuple[str, ...]:
    """The collections named, all of which must be there."""
    there = chat.deps.retriever.snapshot().collections if names else ()
    unknown = [name for name in names if name not in there]
    if unknown:
        raise UsageError(f"there is no collection {unknown[0]!r}; there are: {', '.join(there)}")
    return tuple(names)


def _search(arguments: argparse.Namespace, settings: Settings) -> int:
    from graphs.chat import open_chat

    if (arguments.question is None) == (arguments.queries is None):
        raise UsageError("search takes either a question or --queries FILE")
    rows = None if arguments.queries is None else query_rows(arguments.queries)
    chat = open_chat(settings)
    collections = _known(chat, arguments.collection or ())
    if rows is None:
        hits = chat.search(arguments.question, collections=collections, k=arguments.k).hits
        if arguments.json:
            print(
                json.dumps({"question": arguments.question, "hits": [hit_row(hit) for hit in hits]}, ensure_ascii=False)
            )
        else:
            _print_hits(hits, sys.stdout)
        return 0
    for identifier, text in rows:
        try:
            found = chat.search(text, collections=collections, k=arguments.k).hits
        except EmptyQuestion:
            found = ()
        print(json.dumps({"_id": identifier, "hits": [hit_row(hit) for hit in found]}, ensure_ascii=False), flush=True)
    return 0


def _print_sources(answer: Answer, out: TextIO) -> None:
    print(file=out)
    for citation in answer.citations:
        where = " › ".join(part for part in (citation.source, citation.heading) if part)
        print(
            f"\n[{citation.n}] {where} ({citation.locator or f'line {citation.line}'})\n    {_line(citation.quote)}",
            file=out,
        )
    for warning in answer.warnings:
        print(f"! {warning}", file=sys.stderr)


def _print_hits(hits: Sequence[Hit], out: TextIO) -> None:
    for rank, hit in enumerate(hits, start=1):
        where = " › ".join(part for part in (hit.source.name, hit.heading) if part)
        print(f"{rank:3}. {hit.score:.3f}  {where} (line {hit.placement.line})\n     {_line(hit.chunk.text)}", file=out)


def _line(text: str) -> str:
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


def _speak_utf8() -> None:
    """Korean output must not fail under LANG=C or a console in another code page."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _repaired(word: str) -> str:
    """An argument whose UTF-8 bytes Python read under another locale."""
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(word).decode("utf-8", errors="replace")
    return word


if __name__ == "__main__":
    sys.exit(main())
