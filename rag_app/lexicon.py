"""What the collections searched hold, as query expansion asks for it: the generation's wordbook under the user's glossary."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag_app.expansion import NAMED_WEIGHT, WRITTEN_WEIGHT
from rag_app.glossary import read_groups
from rag_app.index.lexical import TermsLike
from rag_app.index.snapshot import Snapshot

Name = tuple[str, ...]
"""The terms of a name, in order."""


@dataclass(frozen=True, slots=True)
class SnapshotLexicon:
    """`expansion.Lexicon` over some collections of a snapshot; `written` maps each name of the user's file to its others."""

    snapshot: Snapshot
    collections: tuple[str, ...]
    chunks: int
    terms: TermsLike
    written: Mapping[Name, tuple[Name, ...]]

    def frequency(self, term: str) -> int:
        """In how many chunks a term stands."""
        return sum(self.snapshot.lexical.document_frequency(name, term) for name in self.collections)

    def name_frequency(self, term: str) -> int:
        """In how many chunks' file names a term stands."""
        return sum(self.snapshot.lexical.name_frequency(name, term) for name in self.collections)

    def words_like(self, skeletons: Sequence[str], most: int) -> list[tuple[str, int]]:
        """Words by their consonants, and in how many chunks each stands, frequent ones first."""
        found: dict[str, int] = {}
        for name in self.collections:
            for word, chunks in self.snapshot.catalog.words_like(name, skeletons, most):
                found[word] = found.get(word, 0) + chunks
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]

    def names_of(self, heads: Sequence[str]) -> list[tuple[Name, Name, float]]:
        """The user's names first; what was mined for the same name is then not used."""
        found = [
            (name, other, WRITTEN_WEIGHT)
            for name, others in self.written.items()
            if name[0] in heads
            for other in others
        ]
        mined: dict[tuple[Name, Name], int] = {}
        for collection in self.collections:
            for term, alias, chunks in self.snapshot.catalog.names_of(collection, heads):
                pair = tuple(term.split(" ")), tuple(alias.split(" "))
                if pair[0] not in self.written:
                    mined[pair] = mined.get(pair, 0) + chunks
        found.extend((*pair, NAMED_WEIGHT) for pair in sorted(mined, key=lambda pair: (-mined[pair], pair)))
        return found

    def terms_of(self, text: str) -> Name:
        """The lexical terms of a text."""
        return self.terms.of_text(text)


class Lexicons:
    """Makes lexicons; reads the user's file again whenever it has changed. Safe between threads."""

    def __init__(self, terms: TermsLike, path: Path) -> None:
        self._terms = terms
        self._path = path
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, int], Mapping[Name, tuple[Name, ...]]] = ((0, 0), {})

    def over(self, snapshot: Snapshot, collections: Sequence[str]) -> SnapshotLexicon:
        """What these collections of a snapshot hold."""
        chunks = sum(snapshot.lexical.count(name) for name in collections)
        return SnapshotLexicon(snapshot, tuple(collections), chunks, self._terms, self._written())

    def _written(self) -> Mapping[Name, tuple[Name, ...]]:
        try:
            status = self._path.stat()
        except OSError:
            return {}
        version = (status.st_mtime_ns, status.st_size)
        with self._lock:
            if self._read[0] != version:
                self._read = (version, self._names())
            return self._read[1]

    def _names(self) -> Mapping[Name, tuple[Name, ...]]:
        names: dict[Name, dict[Name, None]] = {}
        for group in read_groups(self._path):
            terms = [found for name in group if (found := tuple(self._terms.of_text(name)))]
            for one in terms:
                names.setdefault(one, {}).update((other, None) for other in terms if other != one)
        return {name: tuple(others) for name, others in names.items()}
