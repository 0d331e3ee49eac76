"""Golden questions -> scores: retrieval, citations and abstention, per language, as a table and as JSON."""

import argparse
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphs.chat import Chat, open_chat
from graphs.golden import GoldQuestion, GoldSpan, read_golden, spans_of
from rag_app.answer import Answer
from rag_app.errors import NoIndex, UsageError
from rag_app.llm import forbid_tracing
from rag_app.metrics import mean, ndcg, recall, reciprocal_rank
from rag_app.schema import Source
from rag_app.search_result import Hit
from rag_app.settings import read_settings

DEFAULT_GOLDEN = Path("tests/golden")
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one golden question; the retrieval figures are 0 for an unanswerable one and not counted there."""

    question: GoldQuestion
    recall_at_5: float
    reciprocal_rank: float
    ndcg_at_10: float
    cited: bool
    abstained: bool
    doubtful: bool
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over outcomes. `cited` is the share of answerable questions whose answer cites the gold quote;
    abstention precision is the share of abstentions that were right, recall the share of unanswerable questions refused;
    `warned` the share of these refused or answered with a word of doubt, `doubted` the share of answerable ones so answered."""

    questions: int
    answerable: int
    recall_at_5: float
    mrr: float
    ndcg_at_10: float
    cited: float
    abstention_precision: float
    abstention_recall: float
    warned: float
    doubted: float
    p50_ms: float
    p95_ms: float


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m graphs evaluate`: returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m graphs evaluate", description="Score the golden questions.")
    parser.add_argument(
        "--golden", type=Path, nargs="+", default=[DEFAULT_GOLDEN], help="files or folders with *.jsonl"
    )
    parser.add_argument("--collection", default="default")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    parser.add_argument("--misses", action="store_true", help="also list the questions that went wrong")
    arguments = parser.parse_args(argv)
    forbid_tracing(os.environ)
    questions = read_golden(arguments.golden)
    chat = open_chat(read_settings())
    try:
        outcomes = evaluate(chat, questions, arguments.collection)
    finally:
        chat.deps.retriever.close()
    table = scores_by_group(outcomes)
    if arguments.json:
        rows = {name: {field: getattr(scores, field) for field in Scores.__slots__} for name, scores in table.items()}
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        print(as_table(table))
    if arguments.misses:
        _print_misses(outcomes)
    return 0


def evaluate(chat: Chat, questions: Sequence[GoldQuestion], collection: str) -> tuple[Outcome, ...]:
    """Ask every question once; no history, one collection.

    Raises:
        UsageError: when the index does not hold the documents that the questions are about.
    """
    retriever = chat.deps.retriever
    try:
        catalog = retriever.snapshot().catalog
    except NoIndex as error:
        raise UsageError("there is no index to evaluate; run: python -m ingest docs") from error
    sources: dict[str, list[Source]] = defaultdict(list)
    for source in catalog.sources(collection):
        sources[source.name].append(source)
    spans = {question.id: spans_of(question, sources, retriever.text_of) for question in questions}
    lost = [question.id for question in questions if question.answerable and not spans[question.id]]
    if lost:
        raise UsageError(
            f"{len(lost)} golden questions are about documents that the collection {collection!r} does not hold "
            f"(first: {lost[0]}); run: python -m ingest docs --collection {collection}"
        )
    return tuple(_outcome(chat, question, spans[question.id], collection) for question in questions)


def scores_by_group(outcomes: Sequence[Outcome]) -> Mapping[str, Scores]:
    """Scores of all outcomes, of each language, of cross-language questions, and of the half that chose no threshold."""
    groups: dict[str, Callable[[Outcome], bool]] = {
        "all": lambda outcome: True,
        "ko": lambda outcome: outcome.question.language == "ko",
        "en": lambda outcome: outcome.question.language == "en",
        "cross-language": lambda outcome: outcome.question.cross_language,
        "held out": lambda outcome: outcome.question.held_out,
    }
    chosen = {name: [outcome for outcome in outcomes if belongs(outcome)] for name, belongs in groups.items()}
    return {name: scores_of(group) for name, group in chosen.items() if group}


def scores_of(outcomes: Sequence[Outcome]) -> Scores:
    """The means; a share of nothing is 1.0 for abstention precision (nothing was refused wrongly) and 0.0 elsewhere."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    unanswerable = [outcome for outcome in outcomes if not outcome.question.answerable]
    refused = [outcome for outcome in outcomes if outcome.abstained]
    times = sorted(outcome.milliseconds for outcome in outcomes)
    return Scores(
        questions=len(outcomes),
        answerable=len(answerable),
        recall_at_5=mean(outcome.recall_at_5 for outcome in answerable),
        mrr=mean(outcome.reciprocal_rank for outcome in answerable),
        ndcg_at_10=mean(outcome.ndcg_at_10 for outcome in answerable),
        cited=mean(float(outcome.cited) for outcome in answerable),
        abstention_precision=mean(float(not outcome.question.answerable) for outcome in refused) if refused else 1.0,
        abstention_recall=mean(float(outcome.abstained) for outcome in unanswerable),
        warned=mean(float(outcome.abstained or outcome.doubtful) for outcome in unanswerable),
        doubted=mean(float(outcome.doubtful) for outcome in answerable),
        p50_ms=statistics.median(times),
        p95_ms=times[min(len(times) - 1, int(0.95 * len(times)))],
    )


def as_table(table: Mapping[str, Scores]) -> str:
    """A Markdown table, one row a group."""
    head = "| group | questions | recall@5 | MRR | nDCG@10 | cited | abstention precision | abstention recall | warned | doubted | p50 ms | p95 ms |"
    rows = [
        f"| {name} | {row.questions} | {row.recall_at_5:.3f} | {row.mrr:.3f} | {row.ndcg_at_10:.3f} | {row.cited:.3f} | "
        f"{row.abstention_precision:.3f} | {_shown(row, row.abstention_recall)} | {_shown(row, row.warned)} | {row.doubted:.3f} | "
        f"{row.p50_ms:.0f} | {row.p95_ms:.0f} |"
        for name, row in table.items()
    ]
    return "\n".join((head, "|---" * 12 + "|", *rows))


def _shown(row: Scores, share: float) -> str:
    """A share of the unanswerable questions; a dash where there were none: there was nothing to refuse."""
    return f"{share:.3f}" if row.answerable < row.questions else "-"


def _outcome(chat: Chat, question: GoldQuestion, spans: Sequence[GoldSpan], collection: str) -> Outcome:
    hits = chat.deps.retriever.search(question.question, collections=(collection,), k=DEPTH).hits
    ranked, relevant = as_ids(hits, spans)
    started = time.perf_counter()
    answer = chat.ask(question.question, collections=(collection,))
    took = 1000 * (time.perf_counter() - started)
    return Outcome(
        question=question,
        recall_at_5=recall(ranked, relevant, 5),
        reciprocal_rank=reciprocal_rank(ranked, relevant, DEPTH),
        ndcg_at_10=ndcg(ranked, relevant, DEPTH),
        cited=_cites(answer, spans),
        abstained=answer.abstained,
        doubtful=answer.doubtful,
        milliseconds=took,
    )


def as_ids(hits: Sequence[Hit], spans: Sequence[GoldSpan]) -> tuple[list[str], Mapping[str, int]]:
    """Ranked ids and the relevant ones: each needed quote is one of its own; alternatives are one together, found once."""
    needed = [span for span in spans if span.needed]
    targets = (
        {f"quote {n}": [span] for n, span in enumerate(needed)} if needed else ({"quote": list(spans)} if spans else {})
    )
    ranked: list[str] = []
    for hit in hits:
        name = next(
            (
                name
                for name, group in targets.items()
                if name not in ranked and any(span.touches(hit) for span in group)
            ),
            hit.chunk.id,
        )
        ranked.append(name)
    return ranked, dict.fromkeys(targets, 1)


def _cites(answer: Answer, spans: Sequence[GoldSpan]) -> bool:
    """Every needed quote is cited, or any one of the alternatives."""
    if answer.abstained or not spans:
        return False
    needed = [span for span in spans if span.needed]
    cited = [any(span.is_held_by(citation) for citation in answer.citations) for span in needed or spans]
    return all(cited) if needed else any(cited)


def _print_misses(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        wrong = outcome.abstained == outcome.question.answerable or (outcome.question.answerable and not outcome.cited)
        if wrong:
            said = "abstained" if outcome.abstained else "answered"
            sys.stdout.write(
                f"{outcome.question.id}\t{outcome.question.kind}\t{said}\tMRR {outcome.reciprocal_rank:.2f}\t"
                f"cited {outcome.cited}\t{outcome.question.question}\n"
            )
