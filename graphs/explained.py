"""Why each hit stands where it stands, in lines for a terminal and as JSON: `search --explain`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag_app.search_result import Explanation, Hit, OtherWords, SearchResult

NAMES: Mapping[str, str] = {
    "language": "language",
    "lexical": "BM25",
    "relative": "BM25 beside the best",
    "adjacent": "words side by side",
    "coverage": "words covered",
    "said": "names said in the other language",
    "dense": "meaning",
    "doubt": "meaning where words fail",
}
"""The parts of a score (`rag_app.ranking.Part`) as a reader knows them."""

ORIGINS: Mapping[str, str] = {"name": "another name", "sound": "by sound", "join": "in parts", "date": "the same day"}

_TOLD_PARTS = 2
_LEAST_POINTS = 0.05


@dataclass(frozen=True, slots=True)
class Explained:
    """A hit with its explanation, and in one sentence why it stands there and not one place higher."""

    hit: Hit
    explanation: Explanation
    why: str


def explained(result: SearchResult) -> tuple[Explained, ...]:
    """The hits of a search that was asked to explain, in their order."""
    pairs = [(hit, hit.explanations[0]) for hit in result.hits]
    above: list[tuple[Hit, Explanation] | None] = [None, *pairs]
    return tuple(Explained(*pair, _why(pair, before)) for pair, before in zip(pairs, above, strict=False))


def lines_of(one: Explained, weights: Mapping[str, float]) -> tuple[str, ...]:
    """Terms, signals, points and the sentence; `weights` are the idf of the question's terms."""
    hit, explanation = one.hit, one.explanation
    terms = [f"matched {_weighed(explanation.matched, weights) or 'none'}"]
    terms += [_said(other) for other in explanation.other_words]
    if explanation.missing:
        terms.append(f"lacks {_weighed(explanation.missing, weights)}")
    signals = [f"{_SIGNALS[s.name]} {s.value:.3f}" + (f" (rank {s.rank})" if s.rank else "") for s in hit.signals]
    values = {part.name: part.value for part in explanation.parts}
    language = "the question's language" if explanation.same_language else "another language"
    points = " ".join(
        f"{part.points:+.2f} {NAMES.get(part.name, part.name)}"
        for part in explanation.parts
        if abs(part.points) >= _LEAST_POINTS / 10
    )
    reranked = f", and with the reranker {hit.score:.3f}" if hit.signal("rerank") else ""
    return (
        f"terms    {'; '.join(terms)}",
        f"signals  {'; '.join(signals)}; side by side {values.get('adjacent', 0.0):.3f}; {language} ({hit.chunk.language})",
        f"points   {points} = {explanation.raw:.2f}{reranked}",
        f"why      {one.why}",
    )


def row_of(one: Explained, weights: Mapping[str, float]) -> dict[str, object]:
    """The same for `--json`."""
    explanation = one.explanation
    return {
        "matched": {term: round(weights.get(term, 0.0), 4) for term in explanation.matched},
        "other_words": [
            {"covers": list(o.covers), "terms": list(o.terms), "weight": round(o.weight, 4), "origin": o.origin}
            for o in explanation.other_words
        ],
        "missing": {term: round(weights.get(term, 0.0), 4) for term in explanation.missing},
        "parts": {
            part.name: {"value": round(part.value, 6), "points": round(part.points, 6)} for part in explanation.parts
        },
        "raw": round(explanation.raw, 6),
        "same_language": explanation.same_language,
        "why": one.why,
    }


_SIGNALS: Mapping[str, str] = {
    "lexical": "BM25",
    "dense": "cosine",
    "coverage": "coverage",
    "rerank": "reranker",
    "fused": "score",
}


def _why(one: tuple[Hit, Explanation], above: tuple[Hit, Explanation] | None) -> str:
    hit, explanation = one
    best = sorted(explanation.parts, key=lambda part: -part.points)[:_TOLD_PARTS]
    mostly = " and ".join(f"{NAMES[part.name]} ({part.points:+.2f})" for part in best if part.points > 0)
    here = f"mostly for {mostly}" if mostly else "for lack of better ones"
    if above is None:
        return f"first, {here}"
    other, earlier = above
    gap = other.score - hit.score
    if gap < 0:
        return f"{here}; put behind lower scores because it repeats two earlier passages"
    if explanation.raw > earlier.raw and (other.signal("rerank") or hit.signal("rerank")):
        return f"{here}; {gap:.3f} behind the one above, which the reranker put before it"
    return f"{here}; {gap:.3f} behind the one above, {_difference(explanation, earlier)}"


def _difference(explanation: Explanation, above: Explanation) -> str:
    """What the one above has more of, and what less, the largest part of each."""
    points = {part.name: part.points for part in explanation.parts}
    gained = sorted(((part.points - points[part.name], part.name) for part in above.parts), reverse=True)
    more = [f"{NAMES[name]} ({value:+.2f})" for value, name in gained[:_TOLD_PARTS] if value >= _LEAST_POINTS]
    value, name = gained[-1]
    less = f", but less {NAMES[name]} ({value:+.2f})" if value <= -_LEAST_POINTS else ""
    return f"which has more {' and '.join(more)}{less}" if more else "all but equal to it"


def _weighed(terms: Sequence[str], weights: Mapping[str, float]) -> str:
    return ", ".join(f"{term} {weights[term]:.2f}" if term in weights else term for term in terms)


def _said(other: OtherWords) -> str:
    covers, terms = " ".join(other.covers), " ".join(other.terms)
    return f"{covers} only as {terms} ({ORIGINS[other.origin]}, counts {other.weight:.2f})"
