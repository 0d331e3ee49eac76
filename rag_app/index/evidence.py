"""What ranking needs of some chunks of a catalog: language, terms, vector."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag_app.index import tables
from rag_app.schema import Language

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What ranking needs of some chunks, one entry each: language, packed terms (see `tables`), and `(n, dimension)` vectors."""

    rows: tuple[int, ...]
    languages: tuple[Language, ...]
    terms: tuple[str, ...]
    vectors: Floats

    def joined(self, other: "Evidence") -> "Evidence":
        """The chunks of both; they have none in common."""
        if not self.rows or not other.rows:
            return self if self.rows else other
        return Evidence(
            self.rows + other.rows,
            self.languages + other.languages,
            self.terms + other.terms,
            np.concatenate([self.vectors, other.vectors]),
        )


def read_evidence(connection: sqlite3.Connection, rows: Sequence[int]) -> Evidence:
    """The evidence of these rows, in no particular order; unknown rows are left out."""
    found = list(tables.each(connection, "SELECT row, language, terms, vector FROM evidence WHERE row IN (%s)", rows))
    if not found:
        return Evidence((), (), (), np.zeros((0, 0), dtype=np.float32))
    known, languages, terms, blobs = zip(*found, strict=True)
    return Evidence(known, languages, terms, _unpacked(blobs))


def read_vectors(connection: sqlite3.Connection, rows: Sequence[int]) -> tuple[tuple[int, ...], Floats]:
    """The rows that are there, and their `(n, dimension)` vectors, in no particular order."""
    found = list(tables.each(connection, "SELECT row, vector FROM evidence WHERE row IN (%s)", rows))
    if not found:
        return (), np.zeros((0, 0), dtype=np.float32)
    known, blobs = zip(*found, strict=True)
    return known, _unpacked(blobs)


def _unpacked(blobs: Sequence[bytes]) -> Floats:
    return np.frombuffer(b"".join(blobs), dtype=np.float16).reshape(len(blobs), -1).astype(np.float32)
