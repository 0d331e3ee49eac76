"""The probes: questions that ask what one rule of the search is for, and whether the passage that answers stands first.

Those of tests/fixtures/word_probes.tsv each come with a passage that is as near without the rule; the bare nouns of
tests/fixtures/bare_nouns.tsv come with words that only look so. The passages of one kind are one collection.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest import sync
from rag_app.embedding import Embedder, open_embedder
from rag_app.index.change import Change, SourceContent
from rag_app.index.lexical import TermsLike
from rag_app.index.store import Store
from rag_app.retrieval import Legs, Retriever
from rag_app.schema import Stamp
from rag_app.settings import Settings
from tests.benchmarks.scores import Scores
from tests.fakes import make_content, make_receipt

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
BARE_NOUN = "bare_noun"
FIRST = "R@1"
GLUED = ("compound_spaced", "spacing", "unknown_compound")
KNOWN = "not_called_unknown"
"""Kinds whose words are written together, and the kind that asks of all their questions that no word is called unknown."""

_PLAIN_FILE = "일지.md"
_LETTERS = "bcdfghjklm"  # of file names that say nothing: no word is made of them


@dataclass(frozen=True, slots=True)
class Passage:
    """A text, and what stands around it; the context is empty where the text stands alone."""

    text: str
    file: str = ""
    title: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A question and the passage that must stand first."""

    kind: str
    question: str
    passage: Passage


def read_probes() -> tuple[tuple[Probe, ...], Mapping[str, tuple[Passage, ...]]]:
    """Every probe, and for each kind all passages that are searched."""
    probes: list[Probe] = []
    passages: dict[str, list[Passage]] = {}
    for kind, question, target, near in (line.split("\t") for line in _lines("word_probes.tsv")):
        probes.append(Probe(kind, question, _passage(target)))
        passages.setdefault(kind, []).extend((_passage(target), _passage(near)))
    for line in _lines("bare_nouns.tsv"):
        noun, _, text = line.rpartition("\t")
        if noun:
            probes.append(Probe(BARE_NOUN, noun, Passage(text)))
        passages.setdefault(BARE_NOUN, []).append(Passage(text))
    return tuple(probes), {kind: tuple(found) for kind, found in passages.items()}


class Probing:
    """The passages of the probes as an index in a folder of its own."""

    def __init__(self, folder: Path, embedder: Embedder | None = None) -> None:
        self.settings = Settings(data_dir=folder)
        self.probes, self._passages = read_probes()
        self._embedder = embedder or open_embedder(self.settings)
        self._retriever: Retriever | None = None

    def ingest(self, terms: TermsLike) -> None:
        """Make the index by these rules, and open it."""
        self.close()
        store, embedder = Store(self.settings.index_dir), self._embedder
        with store.lock():
            store.build(
                Change(_contents(self._passages)),
                stamp=Stamp(embedder.name, embedder.digest, embedder.dimension, "probes", terms.version),
                # asked of the room that ingestion asks, so that a part taken out there is taken out here
                embed=lambda chunks: embedder.embed_passages([sync.passage_text(chunk) for chunk in chunks]),
                terms=terms,
                receipt=make_receipt,
            )
        self._retriever = Retriever(store, embedder, terms, self.settings)

    def close(self) -> None:
        """Let go of the index."""
        if self._retriever is not None:
            self._retriever.close()
            self._retriever = None

    def scores(self, legs: Legs = "both") -> Mapping[str, Scores]:
        """Kind -> for each of its questions 1 where its passage stands first, else 0; keys are the questions.

        For `KNOWN` it is 1 where every word of the question is said somewhere, as such or in other words.
        """
        if self._retriever is None:
            raise RuntimeError("ingest before you search")
        found: dict[str, dict[str, float]] = {}
        for probe in self.probes:
            result = self._retriever.search(probe.question, collections=[probe.kind], k=1, legs=legs)
            right = bool(result.hits) and result.hits[0].chunk.text == probe.passage.text
            found.setdefault(probe.kind, {})[probe.question] = float(right)
            if probe.kind in GLUED:
                found.setdefault(KNOWN, {})[probe.question] = float(not result.unknown_terms)
        return {kind: Scores(tuple(told), {FIRST: list(told.values())}) for kind, told in found.items()}


def _lines(name: str) -> list[str]:
    lines = (FIXTURES / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _passage(written: str) -> Passage:
    *context, text = written.split(" | ")
    if len(context) == 1:
        return Passage(text, file=context[0])
    title, heading = context or ("", "")
    return Passage(text, title=title, heading=heading)


def _contents(passages: Mapping[str, Sequence[Passage]]) -> Iterator[SourceContent]:
    """For each kind its passages without a context in one file, every other one in a file of its own."""
    for kind, found in passages.items():
        yield make_content(_PLAIN_FILE, [one.text for one in found if one == Passage(one.text)], collection=kind)
        for number, one in enumerate(found):
            if one != Passage(one.text):
                name = one.file or "".join(_LETTERS[int(digit)] for digit in f"{number:04d}") + ".md"
                headings = (one.heading,) if one.heading else ()
                yield make_content(name, [one.text], title=one.title, headings=headings, collection=kind)
