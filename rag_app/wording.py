"""What the words of a question find: its terms and what they weigh, other words for them, and the chunks that say them."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag_app import ranking
from rag_app.expansion import Expansion, as_heard, dated, expand
from rag_app.index.lexical import TermsLike
from rag_app.index.snapshot import Snapshot
from rag_app.lexicon import SnapshotLexicon
from rag_app.respelling import Respelling
from rag_app.scopes import Narrowed

OTHER_DEPTH = 20
"""Candidates taken from each collection because they say the question in other words."""


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` is the question with words that were found by sound as the documents write them, `heard` what was changed so;
    `terms` are those of the question itself. `weights` are the terms' idf, `unknown` those that stand nowhere, as such or in other words, `named` those that stand in
    the name of a file; `lexical` the rows that BM25
    found with their scores, best first; `others` those that say it in other words."""

    text: str
    heard: tuple[Respelling, ...]
    terms: tuple[str, ...]
    weights: Mapping[str, float]
    unknown: tuple[str, ...]
    named: tuple[str, ...]
    expansions: tuple[Expansion, ...]
    lexical: Mapping[int, float]
    others: Sequence[int]
    timings_ms: Mapping[str, float]


def wording_of(
    text: str, terms: TermsLike, snapshot: Snapshot, engines: Narrowed, lexicon: SnapshotLexicon, depth: int
) -> Wording:
    """The wording of a question over the lexicon's collections; with `depth` 0 no chunk is looked for."""
    began = time.perf_counter()
    found = terms.of_question(text)
    split = time.perf_counter()
    weights, unknown, named = _term_weights(found, lexicon)
    expansions = (*expand(found, unknown, lexicon), *dated(text, found, lexicon))
    weights, unknown = _with_expansions(weights, unknown, expansions, lexicon)
    meant, heard = as_heard(text, expansions)
    lexical: Mapping[int, float] = {}
    others: list[int] = []
    if depth:
        said = (*found, *(term for one in expansions if one.heard for term in one.terms))
        lexical = merged([engines.lexical(snapshot, name, said, depth) for name in lexicon.collections])
        others = _said_otherwise(snapshot, engines, lexicon.collections, expansions)
    took = {"terms": 1000 * (split - began), "lexical": 1000 * (time.perf_counter() - split)}
    return Wording(meant, heard, found, weights, unknown, named, expansions, lexical, others, took)


def merged(lists: Sequence[Sequence[tuple[int, float]]]) -> dict[int, float]:
    """Rows of several collections by their best score, best first."""
    if len(lists) == 1:
        return dict(lists[0])
    best: dict[int, float] = {}
    for found in lists:
        for row, score in found:
            best[row] = max(score, best.get(row, score))
    return dict(sorted(best.items(), key=lambda item: (-item[1], item[0])))


def _term_weights(
    terms: Sequence[str], lexicon: SnapshotLexicon
) -> tuple[dict[str, float], tuple[str, ...], tuple[str, ...]]:
    """The idf of each term over all these collections together, the terms that stand nowhere, and those in file names."""
    weights: dict[str, float] = {}
    unknown: list[str] = []
    named: list[str] = []
    for term in dict.fromkeys(terms):
        frequency, in_names = lexicon.frequency(term), lexicon.name_frequency(term)
        weights[term] = ranking.idf(min(frequency or in_names, lexicon.chunks), lexicon.chunks)
        if in_names:
            named.append(term)
        elif not frequency:
            unknown.append(term)
    return weights, tuple(unknown), tuple(named)


def _said_otherwise(
    snapshot: Snapshot, engines: Narrowed, collections: Sequence[str], expansions: Sequence[Expansion]
) -> list[int]:
    """The rows of the chunks that say the most of the question in other words."""
    terms = tuple(dict.fromkeys(term for one in expansions for term in one.terms))
    if not terms:
        return []
    return [row for name in collections for row, _ in engines.lexical(snapshot, name, terms, OTHER_DEPTH)]


def _with_expansions(
    weights: Mapping[str, float], unknown: Sequence[str], expansions: Sequence[Expansion], lexicon: SnapshotLexicon
) -> tuple[dict[str, float], tuple[str, ...]]:
    """The same, where terms that stand nowhere but are said in other words weigh as much as those words."""
    found = dict(weights)
    for one in reversed(expansions):
        rarest = max(ranking.idf(min(lexicon.frequency(term), lexicon.chunks), lexicon.chunks) for term in one.terms)
        found |= {term: rarest for term in one.covers if term in unknown}
    covered = {term for one in expansions for term in one.covers}
    return found, tuple(term for term in unknown if term not in covered)
