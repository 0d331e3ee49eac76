"""Hits made by hand, for tests of what happens after retrieval: each text is a source of its own, cited by its name."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from rag_app.language import detect_language
from rag_app.schema import Chunk, Placement, Source
from rag_app.search_result import Hit, SearchResult, Signal
from tests.fakes import SplitTerms


def hit_of(
    text: str,
    *,
    name: str = "note.md",
    title: str = "",
    heading: str = "",
    start: int = 0,
    whole: str = "",
    score: float = 1.0,
    meaning: float = 0.0,
) -> Hit:
    """A hit over `text`, standing at `start` of its source `whole` (default: the text is the whole source).

    `meaning` is its cosine to the question.
    """
    whole = whole or text
    assert whole[start : start + len(text)] == text
    source = Source(name, "default", "root", "notes", name, title, "0" * 64, "markdown", "utf-8", len(whole))
    chunk = Chunk(f"chunk-{name}-{start}", title, (heading,) if heading else (), text, detect_language(text))
    placement = Placement(chunk.id, source.id, 0, start, start + len(text), 1 + whole[:start].count("\n"))
    return Hit(chunk, placement, source, score, (Signal("dense", meaning, 1), Signal("fused", score, 1)))


def texts(*hits: Hit, wholes: Mapping[str, str] | None = None) -> Callable[[str], str]:
    """The `text_of` for these hits; `wholes` for sources of which a hit is only a part."""
    known = {hit.source.id: hit.chunk.text for hit in hits} | dict(wholes or {})
    return known.__getitem__


def result_of(question: str, *hits: Hit, unknown: tuple[str, ...] = ()) -> SearchResult:
    """A search result as the retriever would give it, with terms by `SplitTerms` and equal weights."""
    terms = SplitTerms().of_question(question)
    weights = {term: 1.0 for term in terms if term not in unknown}
    found = tuple(
        replace(hit, matched_terms=tuple(term for term in terms if term in SplitTerms().of_text(hit.chunk.text)))
        for hit in hits
    )
    return SearchResult(
        question, detect_language(question), terms, found, 1, term_weights=weights, unknown_terms=unknown
    )
