"""`python -m tests.benchmarks.ingestion --markdown DIR`: files -> index beside a floor and LangChain, in the same run.

Every measurement is a process of its own. `cpu` is the time that its threads and children had on a processor: on a busy
machine the ratios of cpu seconds hold where those of wall seconds do not. `--only` chooses parts by name; `--langchain DIR` names a folder with
langchain-chroma, langchain-community, langchain-classic, langchain-text-splitters and unstructured[md] where they are not installed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.synthetic import write_notes, write_variants

MEASURE = "tests.benchmarks.measurements"
Figures = Mapping[str, float]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.ingestion")
    parser.add_argument("--markdown", type=Path, required=True, help="a folder of real Markdown files")
    parser.add_argument(
        "--only", nargs="*", default=list(PARTS), choices=list(PARTS), metavar="PART", help=f"of {', '.join(PARTS)}"
    )
    parser.add_argument("--langchain", type=Path, help="folder with LangChain's packages, put in front of the path")
    parser.add_argument("--chunks", type=int, default=20_000, help="of the synthetic corpus (default: 20000)")
    parser.add_argument("--megabytes", type=float, default=100, help="of variants of the real files (default: 100)")
    parser.add_argument("--out", type=Path, help="write all figures here as JSON")
    options = parser.parse_args(argv)
    if not options.markdown.is_dir():
        sys.stderr.write(f"{options.markdown} is not there; the real files are not part of this repository\n")
        return 2
    figures: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        for part in options.only:
            PARTS[part](options, Path(folder), figures)
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0


def _first(options: argparse.Namespace, folder: Path, figures: dict[str, Figures]) -> None:
    ours = figures["first"] = _measure(options, "first", options.markdown, folder / "index")
    stages = {name.removeprefix("stage "): value for name, value in ours.items() if name.startswith("stage ")}
    shares = ", ".join(f"{name} {100 * value / sum(stages.values()):.0f} %" for name, value in stages.items())
    _say(f"first run: {ours['files']:.0f} files, {ours['chunks']:.0f} chunks; {_rate(ours)}; {shares}")
    _say(f"  {_memory(ours)}, of which Kiwi and the embedder {ours['models mb']:.0f}")


def _again(options: argparse.Namespace, folder: Path, figures: dict[str, Figures]) -> None:
    _need_index(options, folder)
    again = figures["again"] = _measure(options, "again", options.markdown, folder / "index")
    ratio = again["run cpu"] / again["loop cpu"]
    _say(
        f"no change: {1000 * again['run cpu']:.0f} ms, a loop that reads and hashes {1000 * again['loop cpu']:.0f} ms: {ratio:.1f} x"
    )


def _floor(options: argparse.Namespace, folder: Path, figures: dict[str, Figures]) -> None:
    _need_index(options, folder)
    floor = figures["floor"] = _measure(options, "floor", options.markdown, folder / "index")
    _say(f"floor: Chroma add {floor['chroma cpu']:.1f} s, Kiwi over the texts {floor['kiwi cpu']:.1f} s (cpu)")
    _compare("first run / floor", figures.get("first"), floor)


def _langchain(options: argparse.Namespace, folder: Path, figures: dict[str, Figures]) -> None:
    theirs = figures["langchain"] = _measure(options, "langchain", options.markdown, folder / "langchain")
    if not theirs:
        _say("langchain: not measured; name its packages' folder with --langchain")
        return
    _say(f"LangChain loader, splitter, Chroma.from_documents: {theirs['chunks']:.0f} chunks; {_rate(theirs)}")
    _compare("first run / LangChain (no lexical index)", figures.get("first"), theirs)
    if "floor" in figures:
        kiwi = {unit: figures["floor"][f"kiwi {unit}"] for unit in ("cpu", "wall")}
        hybrid = {unit: theirs[unit] + kiwi[unit] for unit in kiwi}
        _compare("first run / LangChain with Kiwi for a BM25 retriever", figures.get("first"), hybrid)


def _langchain_unstructured(options: argparse.Namespace, folder: Path, figures: dict[str, Figures]) -> None:
    theirs = _measure(options, "langchain_unstructured", options.markdown, folder / "langchain-unstructured")
    figures["langchain unstructured"] = theirs
    if not theirs:
        _say("LangChain with UnstructuredMarkdownLoader: not measured; unstructured[md] is not in --langchain")
        return
    model = (
        "a pipeline that only cuts sentences in place of its spaCy model" if theirs["stand-in"] else "its spaCy model"
    )
    _say(f"LangChain with UnstructuredMarkdownLoader and {model}: {theirs['chunks']:.0f} chunks; {_rate(theirs)}")
    _compare("first run / LangChain with UnstructuredMarkdownLoader", figures.get("first"), theirs)


def _index_again(options: argparse.Namespace, folder: Path, figures: dict[str, Figures]) -> None:
    theirs = figures["langchain again"] = _measure(options, "langchain_again", options.markdown, folder / "langchain")
    if theirs:
        _say(f"LangChain index(), no change: {theirs['cpu']:.2f} s cpu, {theirs['wall']:.2f} s")
    if theirs and "again" in figures:
        _say(
            f"  {theirs['cpu'] / figures['again']['run cpu']:.0f} times ours (cpu), {theirs['wall'] / figures['again']['run wall']:.0f} times (wall)"
        )


def _synthetic(options: argparse.Namespace, folder: Path, figures: dict[str, Figures]) -> None:
    for count in (options.chunks // 2, options.chunks, 2 * options.chunks):
        notes = write_notes(folder / f"notes-{count}", count, seed=7)
        ran = figures[f"synthetic {count}"] = _measure(options, "first", notes, folder / f"index-{count}")
        _say(f"synthetic: {ran['chunks']:.0f} chunks; {_rate(ran)}; {_memory(ran)}")
    few, many = figures[f"synthetic {options.chunks // 2}"], figures[f"synthetic {2 * options.chunks}"]
    _say(
        f"  four times the chunks take {many['cpu'] / few['cpu']:.2f} times as long (cpu), {many['wall'] / few['wall']:.2f} (wall)"
    )


def _large(options: argparse.Namespace, folder: Path, figures: dict[str, Figures]) -> None:
    notes = write_variants(folder / "large", options.markdown, options.megabytes, seed=7)
    ran = figures["large"] = _measure(options, "large", notes, folder / "index-large")
    _say(f"{options.megabytes:g} MB of Markdown: {ran['chunks']:.0f} chunks; {_rate(ran)}")
    _say(f"  {_memory(ran)}")


def _busy(options: argparse.Namespace, folder: Path, figures: dict[str, Figures]) -> None:
    _need_index(options, folder)
    busy = figures["busy"] = _measure(options, "busy", options.markdown, folder / "index")
    ratio = busy["busy p95 ms"] / busy["idle p95 ms"]
    _say(
        f"{busy['questions']:.0f} questions p50/p95: idle {busy['idle p50 ms']:.1f}/{busy['idle p95 ms']:.1f} ms, while another"
        f" process ingests {busy['busy p50 ms']:.1f}/{busy['busy p95 ms']:.1f} ms: p95 {ratio:.2f} x"
    )


PARTS: Mapping[str, Callable[[argparse.Namespace, Path, dict[str, Figures]], None]] = {
    "first": _first,
    "again": _again,
    "floor": _floor,
    "langchain": _langchain,
    "langchain_unstructured": _langchain_unstructured,
    "langchain_again": _index_again,
    "synthetic": _synthetic,
    "busy": _busy,
    "large": _large,
}


def _need_index(options: argparse.Namespace, folder: Path) -> None:
    if not (folder / "index").exists():
        _measure(options, "first", options.markdown, folder / "index")


def _measure(options: argparse.Namespace, what: str, notes: Path, data: Path) -> Figures:
    """The figures that a process of its own prints as JSON; empty when what it measures is not installed."""
    path = os.pathsep.join(filter(None, [str(options.langchain or ""), os.environ.get("PYTHONPATH", "")]))
    ran = subprocess.run(
        [sys.executable, "-m", MEASURE, what, str(notes), str(data)],
        env={**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _compare(what: str, ours: Figures | None, theirs: Figures) -> None:
    if ours is not None:
        _say(f"  {what}: {ours['cpu'] / theirs['cpu']:.2f} x (cpu), {ours['wall'] / theirs['wall']:.2f} x (wall)")


def _memory(ran: Figures) -> str:
    return (
        f"peak memory above the imports {ran['above imports mb']:.0f} MB,"
        f" with child processes {ran['all processes mb']:.0f} MB at once"
    )


def _rate(ran: Figures) -> str:
    return f"{ran['wall']:.1f} s, {ran['cpu']:.1f} s cpu, {ran['chunks'] / ran['wall']:.0f} chunks/s ({ran['chunks'] / ran['cpu']:.0f} a cpu second)"


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
