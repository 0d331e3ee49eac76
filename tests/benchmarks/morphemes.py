"""`python -m tests.benchmarks.morphemes --data DIR`: lexical terms beside plain Kiwi over the same texts.

`DIR` holds retrieval sets (folders with corpus.jsonl.gz and queries.jsonl.gz) at any depth. Plain Kiwi reads whole texts in one
thread, as most programs use it. Ours is measured without any list of words, with the list that ships (also with more
threads for Kiwi), and with the list that an earlier run left; all take turns by a thousand texts, so that a machine
which is faster now and slower then is so to all of them. The terms of all must be equal, text by text, or the command fails.
Seconds on a processor are those of all threads; wall seconds mean something on an idle machine only.
"""

import argparse
import gzip
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
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
TURN = 1_024
"""Texts that each reads before the next has its turn."""
PLAIN = "plain Kiwi, whole texts"


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
    same = side_by_side(total, len(occurrences), options.workers, with_kiwi=options.kiwi)
    if options.kiwi:
        word_by_word(occurrences)
    questions_without_kiwi({path: texts for path, texts in files.items() if path.name.startswith("queries")})
    return 0 if same else 1


def side_by_side(texts: Sequence[str], count: int, workers: int, *, with_kiwi: bool) -> bool:
    """Prints the seconds of plain Kiwi and of ours, cold, with the shipped list and warm; whether all terms are equal."""
    plain: dict[str, Callable[[Sequence[str]], Sequence[object]]] = {PLAIN: PlainKiwi()} if with_kiwi else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.bin"
        bare, several, shipped = Terms(shipped=None), Terms(workers=workers), Terms(learned=path)
        for terms in (bare, several, shipped):
            terms.of_text(UNHEARD)  # Kiwi's own start is not measured
        cold = _turns(
            texts,
            count,
            {
                **plain,
                "ours, no list": bare.of_texts,
                f"ours, shipped list, {workers} threads": several.of_texts,
                "ours, shipped list": shipped.of_texts,
            },
        )
        shipped.keep()
        warm = {"ours, learned list": Terms(learned=path).of_texts, "ours, same process": bare.of_texts}
        found = {**cold, **_turns(texts, count, {**plain, **warm})}
    expected = found["ours, no list"]
    ours = {name: terms for name, terms in found.items() if name != PLAIN}
    differing = {name: sum(a != b for a, b in zip(expected, terms, strict=True)) for name, terms in ours.items()}
    print(f"texts whose terms differ from those without a list: {differing}")
    return not any(differing.values())


class PlainKiwi:
    """Reads texts and looks at each of their morphemes, which it does not keep."""

    def __init__(self) -> None:
        self._kiwi = Kiwi(num_workers=1)
        self._kiwi.tokenize("하나를 읽는다")

    def __call__(self, texts: Sequence[str]) -> Sequence[None]:
        for tokens in self._kiwi.tokenize(texts):
            for token in tokens:
                _ = token.form, token.tag
        return [None] * len(texts)


def word_by_word(occurrences: Sequence[str]) -> None:
    """Prints the seconds of plain Kiwi over the words one by one, by a sample."""
    plain = PlainKiwi()
    sample = random.Random(7).choices(occurrences, k=min(SAMPLED_WORDS, len(occurrences)))
    with Spent() as spent:
        plain(sample)
    share = len(sample) / len(occurrences)
    took = {unit: seconds / share for unit, seconds in spent.figures().items()}
    _say("plain Kiwi, word by word", took, len(occurrences), None)


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


def _turns(
    texts: Sequence[str], count: int, readers: Mapping[str, Callable[[Sequence[str]], Sequence[object]]]
) -> dict[str, list[object]]:
    """What each made of the texts; prints the seconds of each."""
    found: dict[str, list[object]] = {name: [] for name in readers}
    took = {name: {"cpu": 0.0, "wall": 0.0} for name in readers}
    for at in range(0, len(texts), TURN):
        for name, read in readers.items():
            with Spent() as spent:
                found[name] += read(texts[at : at + TURN])
            for unit, seconds in spent.figures().items():
                took[name][unit] += seconds
    for name in readers:
        _say(name, took[name], count, took.get(PLAIN))
    return found


def _say(name: str, took: Figures, count: int, plain: Figures | None) -> None:
    ratios = ""
    if plain is not None and plain is not took:
        ratio = {unit: plain[unit] / took[unit] for unit in ("cpu", "wall")}
        ratios = f"; plain Kiwi over whole texts takes {ratio['cpu']:.1f} times the cpu, {ratio['wall']:.1f} times the wall time"
    each = 1e6 * took["cpu"] / count
    print(f"{name}: {took['cpu']:.2f} s cpu, {took['wall']:.2f} s, {each:.1f} µs cpu a word{ratios}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
