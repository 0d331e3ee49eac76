"""The parts of the search that `ablation` takes out, each by replacing one function of the product while a block lasts."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np

from ingest import sync
from rag_app import candidates, expansion, korean, language, ranking, retrieval, terms, wording
from rag_app.index import lexical, making
from rag_app.language import Terms
from rag_app.reranking import Floats, Reranker
from rag_app.retrieval import Legs
from rag_app.schema import Chunk
from rag_app.terms import plain_terms, words

Change = Callable[[], AbstractContextManager[object]]


class TypedWords(Terms):
    """Hangul words as they are typed: no morphemes, so particles and endings stay."""

    def of_texts(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return [
            tuple(
                term for word in words(text) for term in ((word.text,) if word.kind == "hangul" else plain_terms(word))
            )
            for text in texts
        ]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the search, and the search without it; `anew` when passages have to be indexed again for that.

    `probes` are the kinds of `tests/fixtures/word_probes.tsv` that ask what the part is for.
    """

    name: str
    change: Change = nullcontext
    legs: Legs = "both"
    anew: bool = False
    terms: type[Terms] = Terms
    probes: tuple[str, ...] = ()

    def rules(self, learned: Path | None = None) -> Terms:
        """Term rules whose version says that they are not the product's; `learned` is the list of words already analysed."""
        made = self.terms(learned=learned)
        made.version = f"{made.version}, {self.name}"
        return made


@contextmanager
def _swapped(*changes: tuple[object, str, object]) -> Iterator[None]:
    """Other functions in place of the product's, `(module, name, function)`; what was remembered of English words is dropped."""
    with ExitStack() as stack:
        for owner, name, value in changes:
            stack.enter_context(mock.patch.object(owner, name, value))
        terms.latin_terms.cache_clear()
        yield
    terms.latin_terms.cache_clear()


def _swap(owner: object, name: str, value: object) -> Change:
    return lambda: _swapped((owner, name, value))


def _evidence(**changed: Callable[[ranking.Evidence], object]) -> Change:
    """Ranking sees other evidence."""
    fuse = ranking.fuse

    def fused(evidence: ranking.Evidence) -> ranking.Floats:
        return fuse(replace(evidence, **{name: make(evidence) for name, make in changed.items()}))

    return _swap(ranking, "fuse", fused)


def _without_field(*names: str) -> Change:
    return _swap(lexical, "BOOSTS", {name: boost for name, boost in lexical.BOOSTS.items() if name not in names})


def _fields_times(factor: float) -> Change:
    boosts = {name: boost if name == "all" else factor * boost for name, boost in lexical.BOOSTS.items()}
    return _swap(lexical, "BOOSTS", boosts)


def _without_context(*, title: bool, heading: bool) -> Change:
    """Title or heading path are in neither the terms nor the embedded text of a passage."""
    pack, text = making.pack_terms, sync.passage_text

    def packed(one: Sequence[str], two: Sequence[str], body: Sequence[str]) -> str:
        return pack(() if title else one, () if heading else two, body)

    def embedded(chunk: Chunk) -> str:
        kept = replace(chunk, title="" if title else chunk.title, heading_path=() if heading else chunk.heading_path)
        return text(kept)

    return lambda: _swapped((making, "pack_terms", packed), (sync, "passage_text", embedded))


def _compounds(*, whole: bool) -> Change:
    """Compound nouns only whole, or only in parts."""
    both = korean._noun_terms

    def chosen(nouns: korean.Nouns, canonical: tuple[korean.Morpheme, ...]) -> tuple[str, ...]:
        if whole:
            return (nouns.text,)
        found = both(nouns, canonical)
        return tuple(term for term in found if term != nouns.text and term != "".join(found[:-1])) or found

    return _swap(korean, "_noun_terms", chosen)


def _identifiers(*, whole: bool) -> Change:
    """Identifiers only whole, or only in parts."""
    both = terms.latin_terms
    return _swap(
        terms, "latin_terms", _Remembered(lambda word: both(word)[:1] if whole else both(word)[1:] or both(word))
    )


class _Remembered:
    """A function with the `cache_clear` that the one it stands for has."""

    def __init__(self, function: Callable[[str], tuple[str, ...]]) -> None:
        self._function = function

    def __call__(self, word: str) -> tuple[str, ...]:
        return self._function(word)

    def cache_clear(self) -> None:
        """Nothing is remembered here."""


def _without_names() -> AbstractContextManager[object]:
    """The names of files are neither a field of BM25 nor part of what a passage says."""
    boosts = {name: boost for name, boost in lexical.BOOSTS.items() if name != "name"}
    return _swapped((lexical, "BOOSTS", boosts), (candidates, "NAME_SHARE", 0.0))


def _as_typed(token: str) -> tuple[str, ...]:
    return (token,)


def _nowhere(*_: object) -> Iterator[object]:
    return iter(())


WHOLE = Part("the product")
RERANKER = Part(
    "reranker", _swap(retrieval, "look_again", lambda snapshot, reranker, candidates, order, text: (order, None))
)
"""Listed where RAG_RERANKER names one."""


@contextmanager
def second_looks() -> Iterator[list[float]]:
    """The milliseconds of processor time that each reranking takes while the block lasts, in order."""
    taken: list[float] = []
    read = Reranker.scores

    def timed(reranker: Reranker, question: str, passages: Sequence[str]) -> Floats:
        reranker.load()
        began = time.process_time()
        scores = read(reranker, question, passages)
        taken.append(1000 * (time.process_time() - began))
        return scores

    with mock.patch.object(Reranker, "scores", timed):
        yield taken


PARTS: tuple[Part, ...] = (
    Part("meaning (dense)", legs="lexical"),
    Part("words (lexical)", legs="dense"),
    Part("language weighing", _evidence(same=lambda found: np.ones_like(found.same))),
    Part("measured confidence (doubt)", _swap(ranking, "WEIGHTS", {**ranking.WEIGHTS, "doubt": (0.0, 0.0)})),
    Part("neighbouring words", _evidence(adjacent=lambda found: 0.0), probes=("neighbours", "compound_whole")),
    Part("expansion, all of it", _swap(wording, "expand", lambda *_: ()), probes=("other_name", "by_sound", "spacing")),
    Part("expansion: other names", _swap(expansion, "_named", _nowhere), probes=("other_name",)),
    Part("expansion: by sound", _swap(expansion, "_heard", _nowhere), probes=("by_sound",)),
    Part(
        "expansion: spacing", _swap(expansion, "_spaced", _nowhere), probes=("unknown_compound", "not_called_unknown")
    ),
    Part("title as a field of its own", _without_field("title"), probes=("title", "title_over_mention")),
    Part("heading path as a field of its own", _without_field("heading"), probes=("heading", "title_over_mention")),
    Part("both as fields of their own", _without_field("title", "heading"), probes=("heading", "title_over_mention")),
    Part("file name", _without_names, probes=("file_name",)),
    Part("(fields of their own twice as heavy)", _fields_times(2.0), probes=("title_over_mention",)),
    Part("title", _without_context(title=True, heading=False), anew=True, probes=("title", "title_over_mention")),
    Part("heading path", _without_context(title=False, heading=True), anew=True, probes=("heading",)),
    Part("title and heading path", _without_context(title=True, heading=True), anew=True, probes=("title", "heading")),
    Part("morphemes (particles and endings off)", terms=TypedWords, anew=True, probes=("bare_noun", "compound_spaced")),
    Part("compounds whole", _compounds(whole=False), anew=True, probes=("compound_whole",)),
    Part("compounds in parts", _compounds(whole=True), anew=True, probes=("compound_in_parts", "compound_spaced")),
    Part(
        "a noun split alike wherever it stands",
        _swap(korean, "as_noun", lambda *_: ()),
        anew=True,
        probes=("bare_noun",),
    ),
    Part(
        "nouns that look like other words",
        _swap(korean, "_is_doubtful", lambda *_: False),
        anew=True,
        probes=("bare_noun",),
    ),
    Part("spelling variants", _swap(korean, "_SPELLING", {}), anew=True, probes=("spelling",)),
    Part(
        "English stems",
        lambda: _swapped((terms, "stem", lambda word: word), (language, "stem", lambda word: word)),
        anew=True,
        probes=("english_inflection",),
    ),
    Part("identifiers in parts", _identifiers(whole=True), anew=True, probes=("identifier_in_parts",)),
    Part("identifiers whole", _identifiers(whole=False), anew=True, probes=("identifier_whole",)),
    Part("numerals in words", _swap(terms, "numerals", _nowhere), anew=True, probes=("numeral",)),
    Part(
        "numbers without commas and padding",
        _swap(terms, "number_terms", _as_typed),
        anew=True,
        probes=("number_and_unit",),
    ),
)
"""Every part with the search that lacks it; names in brackets are trials of something else."""


def chosen(words: Sequence[str], *, reranker: bool) -> tuple[Part, ...]:
    """The parts whose name holds one of these words; all of them for no words."""
    every = (*PARTS, RERANKER) if reranker else PARTS
    return tuple(part for part in every if not words or any(word in part.name for word in words))
