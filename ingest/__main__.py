"""The command line of ingestion: `python -m ingest PATH...` or one of `COMMANDS`; the composition root of the write path.

Exit code 0: all well; files without anything to read are no failure. 1: some documents could not be read, named with reasons.
2: wrong usage, settings or index.
"""

import argparse
import contextlib
import logging
import os
import signal
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.commands import COMMANDS, run_command
from ingest.report import as_json, as_words
from ingest.roots import as_utf8
from ingest.texts import TextLanguage, language_of_terminal, remark, text
from rag_app.cleaning import printable
from rag_app.errors import SeodangError, UsageError
from rag_app.receipts import Receipt
from rag_app.schema import DEFAULT_COLLECTION
from rag_app.settings import Settings, read_settings
from rag_app.terminal import output_may_be_cut, speak_utf8

ALL_WELL, SOME_FAILED, REFUSED = 0, 1, 2
INTERRUPTED = 130
MAX_COLLECTION_CHARS = 100


def main(arguments: Sequence[str] | None = None, *, may_stand_back: bool = False) -> int:
    """Run the command; the exit code. Nothing that a user can cause ends in a traceback.

    `may_stand_back` lets it lower the priority of this process, as RAG_INGEST_NICE says.
    """
    speak_utf8()
    language = language_of_terminal("auto")
    try:
        settings = read_settings()
        language = language_of_terminal(settings.language)
        if may_stand_back:
            _stand_back(settings.ingest_nice)
        logging.basicConfig(level=settings.log_level, format="%(levelname)s %(message)s", stream=sys.stderr)
        given = list(sys.argv[1:] if arguments is None else arguments)
        if given and given[0] in COMMANDS:
            code = ALL_WELL
            with output_may_be_cut():
                code = run_command(given, settings, language)
            return code  # noqa: RET504 - the block may end before it is set
        options = _parser(language, settings).parse_args(given)
        if options.watch:
            return _watch(options, settings, language)
        receipt = _runner(options, settings, language)()
        _print(receipt, options, language)
    except (SeodangError, OSError) as error:
        print(text(language, "error", message=remark(language, _words_of(error))), file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print(text(language, "interrupted"), file=sys.stderr)
        return INTERRUPTED
    return SOME_FAILED if receipt.failed else ALL_WELL


def _runner(options: argparse.Namespace, settings: Settings, language: TextLanguage) -> Callable[[], Receipt]:
    """Open what the write path needs; heavy imports wait until here, so that `--help` is quick."""
    from ingest.progress import ProgressBar
    from ingest.sync import sync
    from rag_app.embedding import open_embedder
    from rag_app.index.store import Store
    from rag_app.language import Terms

    paths, collection = [Path(path) for path in options.paths], _collection(options.collection)
    store, embedder = Store(settings.index_dir), open_embedder(settings, deferred=True)
    terms = Terms(learned=settings.words_path)

    def run() -> Receipt:
        with ProgressBar(language) as progress:
            receipt = sync(
                paths,
                settings=settings,
                store=store,
                embedder=embedder,
                terms=terms,
                collection=collection,
                dry_run=options.dry_run,
                allow_shrink=options.allow_shrink,
                rebuild=options.rebuild,
                on_progress=progress,
            )
        if not options.dry_run:
            terms.keep()
        return receipt

    return run


def _watch(options: argparse.Namespace, settings: Settings, language: TextLanguage) -> int:
    """Ingest now and whenever a document changes, until Ctrl-C or SIGTERM; a run that fails is told and tried again."""
    from ingest.watch import watch

    if options.dry_run or options.rebuild:
        raise UsageError("--watch goes with neither --dry-run nor --rebuild; run them on their own")
    ingest = _runner(options, settings, language)
    told = ""

    def run() -> None:
        nonlocal told
        try:
            receipt = ingest()
        except (SeodangError, OSError) as error:
            before, told = told, _words_of(error)
            if told != before:
                print(text(language, "error", message=remark(language, told)), file=sys.stderr, flush=True)
            return
        before, told = told, repr(receipt.failed)
        if told != before or any(report.outcome != "failed" for report in receipt.files):
            _print(receipt, options, language)

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(text(language, "watching"), file=sys.stderr, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        watch([Path(path) for path in options.paths], settings.data_dir, run)
    print(text(language, "watched"), file=sys.stderr)
    return ALL_WELL


def _stand_back(niceness: int) -> None:
    """Whoever asks questions goes first, at the processor and (on Linux) at the disk; alone, the run is as fast as ever."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(max(0, niceness - os.nice(0)))


def _print(receipt: Receipt, options: argparse.Namespace, language: TextLanguage) -> None:
    paths = ", ".join(printable(as_utf8(path)) for path in options.paths)
    words = as_words(receipt, language, paths=paths, dry_run=options.dry_run)
    with output_may_be_cut():
        print(as_json(receipt) if options.json else words, flush=True)


def _parser(language: TextLanguage, settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest", description=text(language, "description"), epilog=text(language, "epilog")
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help=text(language, "paths"))
    parser.add_argument(
        "--collection",
        default=settings.collection or DEFAULT_COLLECTION,
        metavar="NAME",
        help=text(language, "collection", default=settings.collection or DEFAULT_COLLECTION).replace("%", "%%"),
    )
    parser.add_argument("--dry-run", action="store_true", help=text(language, "dry_run"))
    parser.add_argument("--json", action="store_true", help=text(language, "json"))
    parser.add_argument("--allow-shrink", action="store_true", help=text(language, "allow_shrink"))
    parser.add_argument("--rebuild", action="store_true", help=text(language, "rebuild"))
    parser.add_argument("--watch", action="store_true", help=text(language, "watch"))
    return parser


def _collection(name: str) -> str:
    plain = unicodedata.normalize("NFC", name).strip()
    if not plain or len(plain) > MAX_COLLECTION_CHARS or not plain.isprintable():
        raise UsageError(
            f"--collection is {printable(name)[:MAX_COLLECTION_CHARS]!r}, expected 1 to {MAX_COLLECTION_CHARS} "
            "printable characters; choose a shorter, plain name"
        )
    return plain


def _words_of(error: SeodangError | OSError) -> str:
    if isinstance(error, SeodangError):
        return printable(str(error))
    name = f" ({error.filename})" if error.filename else ""
    reason = error.strerror or os.strerror(error.errno or 0)
    return printable(f"{reason}{name}; check the folder and the free disk space")


if __name__ == "__main__":
    sys.exit(main(may_stand_back=True))
