"""Retrieval sets in the BEIR form: corpus.jsonl.gz, queries.jsonl.gz, qrels.tsv."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """`corpus` maps an id to (title, text), `queries` an id to text, `qrels` a query id to {corpus id: gain}."""

    name: str
    corpus: Mapping[str, tuple[str, str]]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]


def find_sets(folder: Path) -> list[Path]:
    """Every folder below `folder` that holds a retrieval set, sorted by name."""
    return sorted(path.parent for path in folder.rglob("qrels.tsv"))


def read_set(folder: Path, root: Path) -> RetrievalSet:
    """The set in a folder, named by its path below `root`; only queries with a relevant passage."""
    corpus = {row["_id"]: (row.get("title") or "", row["text"]) for row in _rows(folder / "corpus.jsonl.gz")}
    qrels: dict[str, dict[str, int]] = {}
    with (folder / "qrels.tsv").open(encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t"):
            if len(row) >= 3 and row[2].lstrip("-").isdigit() and int(row[2]) > 0:
                qrels.setdefault(row[0], {})[row[1]] = int(row[2])
    queries = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl.gz") if row["_id"] in qrels}
    return RetrievalSet(folder.relative_to(root).as_posix(), corpus, queries, {name: qrels[name] for name in queries})


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
