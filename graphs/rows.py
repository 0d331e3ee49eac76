"""Answers, hits and queries as the command line prints and reads them: JSON rows."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from rag_app.answer import Answer, Citation
from rag_app.dates import date_of
from rag_app.errors import UsageError
from rag_app.search_result import Hit


def query_rows(path: Path) -> Iterator[tuple[str, str]]:
    """(id, text) of each row of a query file, read as they are needed.

    Raises:
        UsageError: the file cannot be read, or a row is not what is expected; names the line.
    """
    try:
        with _opened(path) as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _query(line, path, number)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error}); expected UTF-8 lines, .gz for a compressed file") from error


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _query(line: str, path: Path, number: int) -> tuple[str, str]:
    try:
        row = json.loads(line)
        return str(row["_id"]), str(row["text"])
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f'{path}, line {number}: expected {{"_id": ..., "text": ...}}') from error


def answer_row(answer: Answer) -> dict[str, object]:
    """An answer as `ask --json` prints it."""
    return {
        "answer": answer.text,
        "language": answer.language,
        "abstained": answer.abstained,
        "doubtful": answer.doubtful,
        "route": {
            "evidence": answer.route.evidence,
            "style": answer.route.style,
            "reason": answer.route.reason,
            "confidence": answer.route.confidence,
        },
        "citations": [citation_row(citation) for citation in answer.citations],
        "hits": [hit_row(hit) for hit in answer.hits],
        "warnings": list(answer.warnings),
        "model": answer.model,
        "steps": answer.steps,
        "generation": answer.generation,
        "filters": list(answer.scope.filters),
        "documents_searched": answer.scope.documents,
        "timings_ms": dict(answer.timings_ms),
    }


def citation_row(citation: Citation) -> dict[str, object]:
    """A citation as `ask --json` prints it; `source[start:end]` of the clean text equals `quote`."""
    return {
        "n": citation.n,
        "source": citation.source,
        "heading": citation.heading,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "line": citation.line,
        "locator": citation.locator,
        "supported": citation.supported,
    }


def hit_row(hit: Hit) -> dict[str, object]:
    """A hit as `search --json` prints it."""
    return {
        "source": hit.source.name,
        "heading": hit.heading,
        "score": round(hit.score, 6),
        "text": hit.chunk.text,
        "title": hit.chunk.title,
        "collection": hit.source.collection,
        "start": hit.placement.start,
        "end": hit.placement.end,
        "line": hit.placement.line,
        "locator": hit.placement.locator,
        "date": date_of(hit.source),
        "language": hit.chunk.language,
        "copies": hit.copies,
        "signals": {signal.name: {"value": round(signal.value, 6), "rank": signal.rank} for signal in hit.signals},
    }
