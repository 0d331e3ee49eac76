"""The last steps of a search: a second look at the best candidates, and candidates made into hits with text, place and reasons."""

from collections.abc import Sequence

from rag_app.candidates import Candidates
from rag_app.embedding import passage_text
from rag_app.errors import RerankingFault
from rag_app.explanation import explain
from rag_app.index.snapshot import Snapshot
from rag_app.reranking import RERANKED, Reranker
from rag_app.scopes import Narrowed
from rag_app.search_result import Hit


def look_again(
    snapshot: Snapshot, reranker: Reranker, candidates: Candidates, order: list[int], question: str
) -> tuple[list[int], RerankingFault | None]:
    """The order after the reranker had its say; when it cannot be used, the same order and why."""
    rows = [candidates.rows[position] for position in order[:RERANKED]]
    if not rows:
        return order, None
    chunks = snapshot.catalog.chunks_by_row(rows)
    try:
        scores = reranker.scores(question, [passage_text(chunks[row]) for row in rows])
    except RerankingFault as fault:
        return order, fault
    return candidates.rerank(order, scores), None


def hits_of(
    snapshot: Snapshot, scope: Narrowed, candidates: Candidates, chosen: Sequence[int], *, explained: bool
) -> tuple[Hit, ...]:
    """The chosen candidates as hits, in their order, each where it first stands among the documents searched."""
    rows = [candidates.rows[position] for position in chosen]
    chunks = snapshot.catalog.chunks_by_row(rows)
    standings = snapshot.catalog.standings(rows, scope.collections)
    hits: list[Hit] = []
    for rank, (row, position) in enumerate(zip(rows, chosen, strict=True), 1):
        stands = [place for place in standings[row] if scope.rows is None or place[1].id in scope.sources]
        placement, source = stands[0]
        hits.append(
            Hit(
                chunk=chunks[row],
                placement=placement,
                source=source,
                score=float(candidates.fused[position]),
                signals=candidates.signals(position, rank),
                matched_terms=candidates.matched[position],
                copies=len(stands) - 1,
                explanations=(explain(candidates, position),) if explained else (),
            )
        )
    return tuple(hits)
