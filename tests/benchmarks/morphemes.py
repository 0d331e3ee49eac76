"""`python -m tests.benchmarks.morphemes --data DIR`: lexical terms beside plain Kiwi over the same texts.

`DIR` holds retrieval sets (folders with corpus.jsonl.gz and queries.jsonl.gz) at any depth. Plain Kiwi reads whole texts in one
thread, as most programs use it. Ours is measured without any list of words, with the list that ships (also with more
threads for Kiwi), and with the list that an earlier run left; the terms of all must be equal, text by text, or the
command fails. Seconds on a processor are those of all threads; wall seconds mean something on an idle machine only.
"""

import argparse
import gzip
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kiwipiepy import Kiwi  # type: ignore[attr-defined]

from rag_app.analyses import Analyses
from rag_app.language import Terms, key_of
from rag_app.terms import words
from tests.benchmarks.resources import Spent

Figures = Mapping[str, float]
"""Seconds as `cpu` and `wall`."""

UNHEARD = "궯뷁헿을"
"""A word in no list: it makes Kiwi load."""
SAMPLED_WORDS = 20_000


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.morphemes")
    parser.add_argument("--data", type=Path, required=True, help="a folder of retrieval sets")
    parser.add_argument("--texts", type=int, default=2_000, help="of each file, at most (default: 2000)")
    parser.add_argument(
        "--kiwi", action=argparse.BooleanOptionalAction, default=True, help="measure plain Kiwi as well"
    )
    parser.add_argument("--workers", type=int, default=2, help="Kiwi's threads where it has several (default: 2)")
    options = parser.parse_args(argv)
    files = {path: tuple(read_texts(path, options.texts)) for path in _files(options.data)}
    files = {path: texts for path, texts in files.items() if texts}
    if not files:
        sys.stderr.write(f"{options.data} holds no Korean texts; the sets are not part of this repository\n")
        return 2
    total = [text for texts in dict.fromkeys(files.values()) for text in texts]
    occurrences = [word.text for text in total for word in words(text) if word.kind == "hangul"]
    print(f"{len(total)} texts, {len(occurrences)} Hangul words, {len(set(occurrences))} different ones")
    plain = plain_kiwi(total, occurrences) if options.kiwi else None
    same = ours(total, len(occurrences), plain, options.workers)
    questions_without_kiwi({path: texts for path, texts in files.items() if path.name.startswith("queries")})
    return 0 if same else 1


def plain_kiwi(texts: Sequence[str], occurrences: Sequence[str]) -> Figures:
    """Prints and returns the seconds of Kiwi over whole texts; beside it, word by word without a cache."""
    kiwi = Kiwi(num_workers=1)
    kiwi.tokenize("하나를 읽는다")
    with Spent() as whole:
        for tokens in kiwi.tokenize(texts):
            for token in tokens:
                _ = token.form, token.tag
    sample = random.Random(7).choices(occurrences, k=min(SAMPLED_WORDS, len(occurrences)))
    with Spent() as single:
        for _ in kiwi.tokenize(sample):
            pass
    took = whole.figures()
    share = len(sample) / len(occurrences)
    _say("plain Kiwi, whole texts", took, len(occurrences), None)
    each = {unit: seconds / share for unit, seconds in single.figures().items()}
    _say("plain Kiwi, word by word", each, len(occurrences), took)
    return took


def ours(texts: Sequence[str], count: int, plain: Figures | None, workers: int) -> bool:
    """Prints the seconds of ours, cold, with the shipped list and warm; whether the terms of all are equal."""
    with tempfile.TemporaryDirectory() as folder:
        learned = Path(folder) / "words.bin"
        first = Terms(shipped=None)
        several = f"ours, shipped list, {workers} threads"
        found = {
            "ours, no list": _terms(first, texts, "ours, no list", count, plain, load=True),
            several: _terms(Terms(workers=workers), texts, several, count, plain, load=True),
            "ours, shipped list": _terms(
                Terms(learned=learned), texts, "ours, shipped list", count, plain, load=True, keep=True
            ),
            "ours, learned list": _terms(Terms(learned=learned), texts, "ours, learned list", count, plain),
            "ours, same process": _terms(first, texts, "ours, same process", count, plain),
        }
    expected = found["ours, no list"]
    differing = {name: sum(a != b for a, b in zip(expected, terms, strict=True)) for name, terms in found.items()}
    print(f"texts whose terms differ from those without a list: {differing}")
    return not any(differing.values())


def questions_without_kiwi(files: dict[Path, tuple[str, ...]]) -> None:
    """Prints for each file of questions the share that the shipped list answers alone."""
    analyses = Analyses(Terms().analyser)
    for path, questions in files.items():
        asked = [{key_of(word) for word in words(question) if word.kind == "hangul"} for question in questions]
        free = sum(keys == analyses.find(keys).keys() for keys in asked)
        print(
            f"{path.parent.parent.name}/{path.parent.name}: {100 * free / len(questions):.0f} % of questions need no Kiwi"
        )


def read_texts(path: Path, most: int) -> Iterator[str]:
    """The texts of a file that hold Korean, in order."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = (json.loads(line) for line in lines)
        korean = (f"{row.get('title') or ''}\n{row['text']}".strip() for row in texts)
        for _, text in zip(range(most), (text for text in korean if _has_hangul(text)), strict=False):
            yield text


def _files(folder: Path) -> list[Path]:
    return sorted(path for name in ("corpus", "queries") for path in folder.rglob(f"{name}.jsonl.gz"))


def _has_hangul(text: str) -> bool:
    return any("가" <= char <= "힣" for char in text)


def _terms(
    terms: Terms,
    texts: Sequence[str],
    name: str,
    count: int,
    plain: Figures | None,
    *,
    load: bool = False,
    keep: bool = False,
) -> list[tuple[str, ...]]:
    """The terms of the texts; `load` takes Kiwi's own start out of what is measured, `keep` writes what was learned."""
    if load:
        terms.of_text(UNHEARD)
    with Spent() as spent:
        found = terms.of_texts(texts)
    if keep:
        terms.keep()
    _say(name, spent.figures(), count, plain)
    return found


def _say(name: str, took: Figures, count: int, plain: Figures | None) -> None:
    ratios = ""
    if plain is not None:
        ratio = {unit: plain[unit] / took[unit] for unit in ("cpu", "wall")}
        ratios = f"; plain Kiwi over whole texts takes {ratio['cpu']:.1f} times the cpu, {ratio['wall']:.1f} times the wall time"
    each = 1e6 * took["cpu"] / count
    print(f"{name}: {took['cpu']:.2f} s cpu, {took['wall']:.2f} s, {each:.1f} µs cpu a word{ratios}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
