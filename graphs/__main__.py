"""The command line of a conversation: ask, search, evaluate, doctor.

Exit codes: 0 answered (an abstention too), 1 a doctor found something that needs mending, 2 wrong usage, configuration or input.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from typing import Final, TextIO

from graphs.filter_flags import add_filter_flags, filters_of, known_collections
from graphs.rows import answer_row
from graphs.search_command import add_search, line, search
from rag_app.answer import Answer
from rag_app.errors import SeodangError
from rag_app.events import AnswerDone, AnswerRevised, TextDelta
from rag_app.settings import Settings, read_settings
from rag_app.terminal import output_may_be_cut, speak_utf8

USAGE_EXIT: Final = 2

_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit code; every failure is one sentence on standard error."""
    speak_utf8()
    words = [_repaired(word) for word in (sys.argv[1:] if argv is None else argv)]
    try:
        code = 0
        with output_may_be_cut():
            code = _chosen(words)
        return code  # noqa: RET504 - the block may end before it is set
    except SeodangError as error:
        print(f"seodang: {error}", file=sys.stderr)
        return USAGE_EXIT
    except KeyboardInterrupt:
        print("seodang: stopped", file=sys.stderr)
        return 130
    except Exception as error:  # noqa: BLE001 - a fault of the product: one sentence for the user, the rest for its log
        _log.debug("unexpected failure", exc_info=error)
        print(f"seodang: unexpected {type(error).__name__}: {error}; RAG_LOG_LEVEL=DEBUG shows more", file=sys.stderr)
        return USAGE_EXIT


def _chosen(words: list[str]) -> int:
    if words[:1] == ["evaluate"]:
        from graphs.evaluate import main as evaluate

        return evaluate(words[1:])
    return _run(_parser().parse_args(words))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graphs", description="Ask the ingested documents.", epilog="Settings: see .env.example"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="answer one question, with citations")
    ask.add_argument("question")
    add_filter_flags(ask)
    ask.add_argument("--json", action="store_true", help="print the answer, its citations and passages as JSON")
    add_search(commands)
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
    return _ask(arguments, settings) if arguments.command == "ask" else search(arguments, settings)


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    from graphs.chat import open_chat, voice_of
    from rag_app.llm import EXTRACTIVE, missing_llm_hint

    filters = filters_of(arguments)
    chat = open_chat(settings, first_question=arguments.question)
    collections = known_collections(chat, arguments.collection or (), arguments.question)
    if arguments.json:
        answer = chat.ask(arguments.question, collections=collections, filters=filters)
        print(json.dumps(answer_row(answer), ensure_ascii=False))
        return 0
    shown = ""
    for event in chat.stream(arguments.question, collections=collections, filters=filters):
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


def _print_sources(answer: Answer, out: TextIO) -> None:
    print(file=out)
    if answer.scope.filters:
        count = answer.scope.documents
        searched = f"문서 {count}개에서 찾음" if answer.language == "ko" else f"documents searched: {count}"
        print(f"\n{' '.join(answer.scope.filters)} ({searched})", end="", file=out)
    for citation in answer.citations:
        where = " › ".join(part for part in (citation.source, citation.heading) if part)
        print(
            f"\n[{citation.n}] {where} ({citation.locator or f'line {citation.line}'})\n    {line(citation.quote)}",
            file=out,
        )
    for warning in answer.warnings:
        print(f"! {warning}", file=sys.stderr)


def _repaired(word: str) -> str:
    """An argument whose UTF-8 bytes Python read under another locale."""
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(word).decode("utf-8", errors="replace")
    return word


if __name__ == "__main__":
    sys.exit(main())
