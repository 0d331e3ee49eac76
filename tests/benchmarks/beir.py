"""Retrieval sets in the BEIR form (corpus.jsonl.gz, queries.jsonl.gz, qrels.tsv), and pairs of translations as one more."""

import csv
import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

Kind = Literal["within", "across", "both"]

_DIRECTIONS = ("ko-ko", "en-en", "ko-en", "en-ko")
_PAIRS = "pairs.jsonl.gz"
_SEED = 7


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """`corpus` maps an id to (title, text), `queries` an id to text, `qrels` a query id to {corpus id: gain}."""

    name: str
    corpus: Mapping[str, tuple[str, str]]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]

    @property
    def kind(self) -> Kind:
        """Whether passages are in the question's language, in the other one, or in both."""
        asked, _, told = self.name.rpartition("/")[2].partition("-")
        if told == "both":
            return "both"
        return "across" if {asked, told} == {"ko", "en"} else "within"


def find_sets(folder: Path) -> list[Path]:
    """Every folder below `folder` that holds a retrieval set, sorted by name."""
    return sorted({path.parent for name in ("qrels.tsv", _PAIRS) for path in folder.rglob(name)})


def read_sets(root: Path, *, only: Sequence[str] = (), most: int = 0) -> list[RetrievalSet]:
    """Every set below `root`, or those whose name holds one of the words in `only`; see `sampled` for `most`."""
    found = [one for folder in find_sets(root) for one in read_set(folder, root)]
    return [sampled(one, most) for one in found if not only or any(word in one.name for word in only)]


def read_set(folder: Path, root: Path) -> list[RetrievalSet]:
    """The set in a folder, named by its path below `root`, only queries with a relevant passage; two of a file of pairs."""
    name = folder.relative_to(root).as_posix()
    if (folder / _PAIRS).is_file():
        return _both_ways(name, [(row["a"], row["b"]) for row in _rows(folder / _PAIRS)])
    corpus = {row["_id"]: (row.get("title") or "", row["text"]) for row in _rows(folder / "corpus.jsonl.gz")}
    qrels: dict[str, dict[str, int]] = {}
    with (folder / "qrels.tsv").open(encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t"):
            if len(row) >= 3 and row[2].lstrip("-").isdigit() and int(row[2]) > 0:
                qrels.setdefault(row[0], {})[row[1]] = int(row[2])
    queries = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl.gz") if row["_id"] in qrels}
    return [RetrievalSet(name, corpus, queries, {key: qrels[key] for key in queries})]


def sampled(loaded: RetrievalSet, most: int) -> RetrievalSet:
    """The set with at most so many of its queries (0: all), drawn with a fixed seed."""
    if not most or len(loaded.queries) <= most:
        return loaded
    kept = sorted(random.Random(_SEED).sample(sorted(loaded.queries), most))
    return replace(
        loaded, queries={key: loaded.queries[key] for key in kept}, qrels={key: loaded.qrels[key] for key in kept}
    )


def with_both_languages(sets: Sequence[RetrievalSet]) -> list[RetrievalSet]:
    """For each family with all four directions, its Korean and its English questions over both languages in one index.

    A passage and its translation are relevant alike.
    """
    by_name = {one.name: one for one in sets}
    families = dict.fromkeys(name.rpartition("/")[0] for name in by_name if name.rpartition("/")[2] in _DIRECTIONS)
    mixed = []
    for family in families:
        four = {direction: by_name.get(f"{family}/{direction}") for direction in _DIRECTIONS}
        if not all(four.values()):
            continue
        corpus = {
            f"{told}:{key}": row
            for told in ("ko", "en")
            if (one := four[f"{told}-{told}"])
            for key, row in one.corpus.items()
        }
        for asked in ("ko", "en"):
            towards = {told: one for told in ("ko", "en") if (one := four[f"{asked}-{told}"])}
            queries = {key: text for one in towards.values() for key, text in one.queries.items()}
            qrels = {
                key: {
                    f"{told}:{found}": gain
                    for told, one in towards.items()
                    for found, gain in one.qrels.get(key, {}).items()
                }
                for key in queries
            }
            mixed.append(RetrievalSet(f"{family}/{asked}-both", corpus, queries, qrels))
    return mixed


def _both_ways(name: str, pairs: Sequence[tuple[str, str]]) -> list[RetrievalSet]:
    """Each side asked for by the other; a text that stands more than once is one passage, relevant for all its pairs."""
    return [
        _one_way(f"{name}/ko-en", pairs),
        _one_way(f"{name}/en-ko", [(other, one) for one, other in pairs]),
    ]


def _one_way(name: str, pairs: Sequence[tuple[str, str]]) -> RetrievalSet:
    passages = {text: f"p{n:04d}" for n, text in enumerate(dict.fromkeys(text for _, text in pairs))}
    asked: dict[str, dict[str, int]] = {}
    for question, text in pairs:
        asked.setdefault(question, {})[passages[text]] = 1
    keys = {question: f"q{n:04d}" for n, question in enumerate(asked)}
    return RetrievalSet(
        name,
        {key: ("", text) for text, key in passages.items()},
        {key: question for question, key in keys.items()},
        {keys[question]: found for question, found in asked.items()},
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
