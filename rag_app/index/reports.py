"""What the reading of each document said beside its text: the marks of its places, and the report on the file.

Catalogs of before these tables have neither; a source without marks is cited by the place of its passage.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from rag_app.receipts import FileReport
from rag_app.schema import Mark, Reading

TABLES = """
CREATE TABLE IF NOT EXISTS marks (
    source_id TEXT NOT NULL, start INTEGER NOT NULL, locator TEXT NOT NULL, PRIMARY KEY (source_id, start)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reports (
    source_id TEXT PRIMARY KEY, unread INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
"""
# reports.unread: pages and pictures that wait for tesseract; body: a FileReport in its JSON form (`dataclasses.asdict`).


def are_kept(db: sqlite3.Connection) -> bool:
    """Whether this catalog has these tables."""
    (found,) = db.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('marks', 'reports')").fetchone()
    return int(found) == 2


def put(db: sqlite3.Connection, source_id: str, marks: Iterable[Mark], report: FileReport | None) -> None:
    """Note marks and report of a document that has none yet."""
    db.executemany(
        "INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", [(source_id, m.start, m.locator) for m in _told(marks)]
    )
    if report is not None:
        body = json.dumps(asdict(report), ensure_ascii=False)
        db.execute("INSERT OR REPLACE INTO reports VALUES (?, ?, ?)", (source_id, report.reading.unread, body))


def take_out(db: sqlite3.Connection, source_id: str) -> None:
    """Forget what is noted of a document."""
    db.execute("DELETE FROM marks WHERE source_id = ?", (source_id,))
    db.execute("DELETE FROM reports WHERE source_id = ?", (source_id,))


def hold(db: sqlite3.Connection, source_id: str, marks: Iterable[Mark], report: FileReport | None) -> bool:
    """Whether these marks are noted, and a report that says the same of the file; what its run did does not count."""
    noted = report_of(db, source_id)
    same = noted == report if noted is None or report is None else _lasting(noted) == _lasting(report)
    return same and marks_of(db, source_id) == _told(marks)


def marks_of(db: sqlite3.Connection, source_id: str) -> tuple[Mark, ...]:
    """The marks of a source, in order."""
    found = db.execute("SELECT start, locator FROM marks WHERE source_id = ? ORDER BY start", (source_id,))
    return tuple(Mark(*row) for row in found)


def marks_within(db: sqlite3.Connection, source_id: str, start: int, end: int) -> tuple[Mark, ...]:
    """The marks that say where the text from `start` to `end` stands, in order."""
    found = db.execute(
        "SELECT start, locator FROM marks WHERE source_id = ?1 AND start < ?3 AND start >= ifnull("
        "(SELECT max(start) FROM marks WHERE source_id = ?1 AND start <= ?2), 0) ORDER BY start",
        (source_id, start, end),
    )
    return tuple(Mark(*row) for row in found)


def report_of(db: sqlite3.Connection, source_id: str) -> FileReport | None:
    """The report on the file when it was read last; None when there is none."""
    found = db.execute("SELECT body FROM reports WHERE source_id = ?", (source_id,)).fetchone()
    return None if found is None else report_in(json.loads(found[0]))


def reports(db: sqlite3.Connection) -> dict[str, FileReport]:
    """Every report by source id."""
    return {id_: report_in(json.loads(body)) for id_, body in db.execute("SELECT source_id, body FROM reports")}


def unread(db: sqlite3.Connection) -> frozenset[str]:
    """The sources with pages or pictures that wait for tesseract."""
    return frozenset(id_ for (id_,) in db.execute("SELECT source_id FROM reports WHERE unread > 0"))


def report_in(values: Mapping[str, Any]) -> FileReport:
    """The report in its JSON form; fields that an older version did not write have their defaults."""
    reading = Reading(**values.get("reading", {}))
    return FileReport(**{**values, "warnings": tuple(values["warnings"]), "reading": reading})


def _told(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks without those that another one at the same offset replaces."""
    return tuple(Mark(start, locator) for start, locator in {mark.start: mark.locator for mark in marks}.items())


def _lasting(report: FileReport) -> FileReport:
    return replace(report, source="", outcome="kept", added=0, kept=0, removed=0, seconds=0.0, warnings=())
