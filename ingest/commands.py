"""The commands about generations: status, diff, rollback, prune, verify, export."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from ingest.export import export_passages
from ingest.generations import Damage, Difference, Passage, Summary, difference, open_catalog, problems_of, summaries
from ingest.texts import TextLanguage, text
from rag_app.cleaning import printable
from rag_app.errors import DamagedIndex, NoIndex, UsageError
from rag_app.index.store import Store
from rag_app.settings import Settings

ALL_WELL, SOMETHING_WRONG = 0, 1
LISTED = 20
SHOWN_CHARS = 100
LOCK_WAIT_S = 5.0

Command = Callable[[argparse.Namespace, Settings, TextLanguage], int]


def run_command(arguments: Sequence[str], settings: Settings, language: TextLanguage) -> int:
    """Run the command that the first argument names (one of `COMMANDS`); its exit code."""
    options = _parser().parse_args(arguments)
    return COMMANDS[options.command](options, settings, language)


def _status(options: argparse.Namespace, settings: Settings, language: TextLanguage) -> int:
    found = summaries(Store(settings.index_dir), settings.index_dir)
    if options.json:
        print(json.dumps([_plain(item) for item in found], ensure_ascii=False))
        return ALL_WELL
    if not found:
        print(text(language, "no_index"))
    for item in found:
        for line in _summary_lines(item, language):
            print(line)
    return ALL_WELL


def _diff(options: argparse.Namespace, settings: Settings, language: TextLanguage) -> int:
    with (
        closing(open_catalog(settings.index_dir, options.before)) as before,
        closing(open_catalog(settings.index_dir, options.after)) as after,
    ):
        found = difference(before, after)
    if options.json:
        print(json.dumps(asdict(found), ensure_ascii=False))
        return ALL_WELL
    if found.is_empty:
        print(text(language, "same", before=options.before, after=options.after))
    for line in _difference_lines(found, language):
        print(line)
    return ALL_WELL


def _rollback(options: argparse.Namespace, settings: Settings, language: TextLanguage) -> int:
    store = Store(settings.index_dir)
    with store.lock(wait_s=LOCK_WAIT_S):
        target = options.generation if options.generation is not None else _earlier(store, language)
        store.roll_back(target)
    print(text(language, "rolled_back", number=target))
    return ALL_WELL


def _earlier(store: Store, language: TextLanguage) -> int:
    """The newest generation before the live one; when the live one is unknown, the newest of all."""
    try:
        live = store.current()
    except DamagedIndex:
        live = None
    earlier = [number for number in store.generations() if live is None or number < live]
    if not earlier:
        known = ", ".join(map(str, store.generations())) or "-"
        raise UsageError(text(language, "no_earlier", number=live or "-", known=known))
    return earlier[-1]


def _prune(options: argparse.Namespace, settings: Settings, language: TextLanguage) -> int:
    if options.keep < 1:
        raise UsageError(f"--keep is {options.keep}, expected 1 or more")
    store = Store(settings.index_dir)
    with store.lock(wait_s=LOCK_WAIT_S):
        gone = store.prune(options.keep)
    print(text(language, "pruned", count=len(gone)))
    return ALL_WELL


def _export(options: argparse.Namespace, settings: Settings, language: TextLanguage) -> int:
    number = _named_or_live(options, Store(settings.index_dir), language)
    with closing(open_catalog(settings.index_dir, number)) as catalog:
        count = export_passages(catalog, options.file)
    print(text(language, "exported", count=count, path=printable(str(options.file))))
    return ALL_WELL


def _named_or_live(options: argparse.Namespace, store: Store, language: TextLanguage) -> int:
    number: int | None = options.generation if options.generation is not None else store.current()
    if number is None:
        raise NoIndex(text(language, "no_index"))
    return number


def _verify(options: argparse.Namespace, settings: Settings, language: TextLanguage) -> int:
    store = Store(settings.index_dir)
    number = _named_or_live(options, store, language)
    open_catalog(settings.index_dir, number).close()
    chunks = 0
    try:
        with store.open(number) as snapshot:
            problems = list(problems_of(snapshot))
            chunks = snapshot.catalog.counts()[1]
    except DamagedIndex as error:
        problems = [str(error)]
    if not problems:
        print(text(language, "whole", number=number, chunks=chunks))
        return ALL_WELL
    print(text(language, "not_whole", number=number, count=len(problems)))
    for line in _listed(problems, language):
        print(line)
    return SOMETHING_WRONG


COMMANDS: Mapping[str, Command] = {
    "status": _status,
    "diff": _diff,
    "rollback": _rollback,
    "prune": _prune,
    "verify": _verify,
    "export": _export,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest")
    commands = parser.add_subparsers(dest="command", required=True)
    status = commands.add_parser("status")
    diff = commands.add_parser("diff")
    for command in (status, diff):
        command.add_argument("--json", action="store_true")
    diff.add_argument("before", type=int, metavar="A")
    diff.add_argument("after", type=int, metavar="B")
    for name in ("rollback", "verify"):
        commands.add_parser(name).add_argument("generation", type=int, nargs="?", metavar="GEN")
    export = commands.add_parser("export")
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument("--generation", type=int, metavar="GEN")
    commands.add_parser("prune").add_argument("--keep", type=int, required=True, metavar="N")
    return parser


def _summary_lines(item: Summary | Damage, language: TextLanguage) -> Iterator[str]:
    if isinstance(item, Damage):
        yield text(language, "generation_damaged", number=item.number, reason=printable(item.reason))
        return
    receipt = item.receipt
    yield text(
        language,
        "generation",
        mark="*" if item.is_live else " ",
        number=item.number,
        sources=item.sources,
        chunks=item.chunks,
        added=receipt.added if receipt else "?",
        removed=receipt.removed if receipt else "?",
        model=printable(item.stamp.embedder),
    )
    for name, (sources, chunks) in item.collections.items():
        if item.is_live:
            yield text(language, "collection_line", name=printable(name), sources=sources, chunks=chunks)


def _difference_lines(found: Difference, language: TextLanguage) -> Iterator[str]:
    groups = {
        "sources_added": [printable(name) for name in found.added],
        "sources_removed": [printable(name) for name in found.removed],
        "sources_changed": [printable(name) for name in found.changed],
        "sources_moved": [f"{printable(old)} -> {printable(new)}" for old, new in found.moved],
        "passages_added": [_shown(passage) for passage in found.passages_added],
        "passages_removed": [_shown(passage) for passage in found.passages_removed],
    }
    for key, items in groups.items():
        if items:
            yield text(language, key, count=len(items))
            yield from _listed(items, language)


def _listed(items: Sequence[str], language: TextLanguage) -> Iterator[str]:
    yield from (f"  {item}" for item in items[:LISTED])
    if len(items) > LISTED:
        yield text(language, "more", count=len(items) - LISTED)


def _shown(passage: Passage) -> str:
    words = " ".join(passage.chunk.text.split())
    shortened = words if len(words) <= SHOWN_CHARS else f"{words[:SHOWN_CHARS]}…"
    path = " › ".join((passage.sources[0], *passage.chunk.heading_path))
    return printable(f"{path}: {shortened}")


def _plain(item: Summary | Damage) -> dict[str, object]:
    body: dict[str, object] = asdict(item)
    return body
