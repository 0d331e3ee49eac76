"""Why a candidate stands where it stands: its terms, what else it says them with, and what each part adds to its score."""

from rag_app import ranking
from rag_app.candidates import Candidates
from rag_app.expansion import said_otherwise
from rag_app.search_result import Explanation, OtherWords, ScorePart


def explain(candidates: Candidates, position: int) -> Explanation:
    """The reasons for one candidate; the points are those that `ranking.fuse` adds up."""
    text = candidates.terms[position]
    as_such = tuple(term for term in candidates.weights if f" {term} " in text)
    said = frozenset(said_otherwise(text, as_such, candidates.expansions))
    others = tuple(
        OtherWords(one.covers, one.terms, one.weight, one.origin)
        for one in candidates.expansions
        if said.intersection(one.covers) and one.stands_in(text)
    )
    values, points = ranking.parts_of(candidates.evidence), ranking.contributions(candidates.evidence)
    parts = tuple(ScorePart(name, float(values[name][position]), float(points[name][position])) for name in points)
    return Explanation(
        matched=as_such,
        other_words=others,
        missing=tuple(term for term in candidates.weights if term not in as_such and term not in said),
        parts=parts,
        raw=sum(part.points for part in parts),
        same_language=bool(candidates.same[position]),
    )
