"""Ingestion as files change: what counts as a change, when a pause is long enough, and the real thing end to end."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from watchdog.events import DirMovedEvent, FileCreatedEvent, FileModifiedEvent, FileSystemEvent

from ingest.watch import Changes, watch
from tests.conftest import REPOSITORY


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def heard(changes: Changes, *events: FileSystemEvent) -> bool:
    for event in events:
        changes.on_any_event(event)
    return changes._heard.is_set()


@pytest.mark.parametrize("name", ["a.md", "깊은/곳/b.md", ".seodangignore", "사진.png"])
def test_a_change_of_a_document_counts(tmp_path: Path, name: str) -> None:
    assert heard(Changes([tmp_path], tmp_path / "data"), FileModifiedEvent(str(tmp_path / name)))


@pytest.mark.parametrize("name", ["~$a.docx", "a.md~", ".git/index", "node_modules/x/a.md", "data/index/a.md", "a.tmp"])
def test_what_a_walk_passes_over_does_not(tmp_path: Path, name: str) -> None:
    assert not heard(Changes([tmp_path], tmp_path / "data"), FileCreatedEvent(str(tmp_path / name)))


def test_a_hidden_folder_above_the_root_does_not_hide_it(tmp_path: Path) -> None:
    root = tmp_path / ".vault" / "notes"
    assert heard(Changes([root], tmp_path / "data"), FileModifiedEvent(str(root / "a.md")))


def test_a_document_that_an_editor_renames_into_place_counts(tmp_path: Path) -> None:
    moved = DirMovedEvent(str(tmp_path / "a.md.tmp"), str(tmp_path / "a.md"))
    assert heard(Changes([tmp_path], tmp_path / "data"), moved)


def test_waiting_ends_when_changes_have_paused(tmp_path: Path) -> None:
    clock = Clock()
    changes = Changes([tmp_path], tmp_path / "data", clock)
    changes.on_any_event(FileModifiedEvent(str(tmp_path / "a.md")))
    clock.now += 5.0
    changes.wait(look_s=60.0, settle_s=1.0)
    assert not changes._heard.is_set()


def test_waiting_ends_without_a_change_when_it_is_time_for_a_look(tmp_path: Path) -> None:
    Changes([tmp_path], tmp_path / "data").wait(look_s=0.0)


def test_waiting_ends_soon_after_it_was_told_to(tmp_path: Path) -> None:
    told = threading.Event()
    told.set()
    Changes([tmp_path], tmp_path / "data").wait(look_s=3_600.0, told=told)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_edited_note_is_ingested_and_ctrl_c_ends_it_cleanly(tmp_path: Path, ending: signal.Signals) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# One\n\nThe first note.", encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", str(notes), "--watch", "--json"],
        cwd=REPOSITORY,
        env={**kept, "RAG_DATA_DIR": str(tmp_path / "data"), "RAG_LANGUAGE": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    (notes / "b.md").write_text("# Two\n\nThe second note.", encoding="utf-8")
    second = json.loads(process.stdout.readline())
    process.send_signal(ending)
    try:
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (first["sources"], second["sources"], second["added"]) == (1, 2, 1)
    assert (process.returncode, out) == (0, "")
    assert err == "Watching for changes; Ctrl-C ends it.\nNo longer watching.\n"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_python_dropped_still_ends_the_watch(tmp_path: Path, ending: signal.Signals) -> None:
    before = signal.getsignal(ending)
    signal.signal(ending, signal.default_int_handler)
    runs: list[None] = []

    def run() -> None:
        runs.append(None)
        with contextlib.suppress(KeyboardInterrupt):  # as where it falls into a finaliser
            signal.raise_signal(ending)

    try:
        with pytest.raises(KeyboardInterrupt):
            watch([tmp_path], tmp_path / "data", run)
        assert signal.getsignal(ending) is signal.default_int_handler
    finally:
        signal.signal(ending, before)
    assert len(runs) == 1
