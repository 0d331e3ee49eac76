"""Reading ahead in a child process: the same as without it, and nothing lost when the child dies or cannot start."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest import read_ahead
from ingest.chunking import Piece
from ingest.content import Cutting, chunks_of
from ingest.cutting import Job, Outcome
from ingest.outcome_json import outcome_from_bytes, outcome_to_bytes, read_outcome
from ingest.read_ahead import outcomes
from ingest.reader import ReadSource
from ingest.sync import sync
from rag_app.embedder.static import load_static
from rag_app.embedding import EmbeddingCache, embed_passages_cached, passage_text
from rag_app.errors import NeedsOcr, SourceError, SourceTooLarge, UnreadableSource
from rag_app.index.store import Store
from rag_app.receipts import Receipt
from rag_app.schema import Heading, Mark, Reading, SourceText
from rag_app.settings import Settings
from tests.fakes import SplitTerms

FILES = {
    "휴가.md": "---\ntitle: 휴가 규정\ndate: 2025-01-01\n---\n# 휴가\n\n연차는 15일이다.\n\n## 이월\n\n7일까지 이월한다.",
    "slope.md": "# Slope\n\n" + "\n\n".join(f"Paragraph {n} follows the gradient downhill." for n in range(80)),
    "표.csv": "직급,연차\n사원,15\n부장,25\n",
    "빈.md": "",
    "broken.pdf": "%PDF-1.7 and nothing else",
    "끝.txt": "마지막 문서이다.",
}


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def go_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on there is a second processor, and enough to read for a child."""
    monkeypatch.setattr(read_ahead, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(read_ahead, "processors", lambda: 2)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run has a child."""
    go_ahead(monkeypatch)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is logged as a warning."""
    found: list[str] = []
    monkeypatch.setattr(read_ahead._LOG, "warning", found.append)
    return found


def cutting() -> Cutting:
    embedder = load_static()
    return Cutting(64, embedder.count_tokens, embedder.digest)


def jobs(notes: Path) -> list[Job]:
    return [Job(notes / name, name) for name in FILES]


def plain(outcome: Outcome) -> object:
    """An outcome without what its making took."""
    if isinstance(outcome.read, SourceError):
        return type(outcome.read), str(outcome.read)
    return outcome.read, outcome.pieces


def alone(notes: Path, settings: Settings) -> list[Outcome]:
    """The outcomes without a child: all is too little for one."""
    return list(outcomes(jobs(notes), cutting(), settings, embed=True))


def test_a_child_gives_the_same_outcomes_in_the_same_order(
    notes: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    here = alone(notes, settings)
    go_ahead(monkeypatch)
    monkeypatch.setattr(read_ahead, "read_and_cut", None)  # whatever is done is done by the child
    there = list(outcomes(jobs(notes), cutting(), settings, embed=True))
    assert list(map(plain, there)) == list(map(plain, here))
    assert isinstance(there[4].read, UnreadableSource)
    assert [len(outcome.pieces) > 1 for outcome in there] == [False, True, False, False, False, False]
    assert said == []


def test_a_child_puts_its_vectors_into_the_cache_and_counts_them(notes: Path, settings: Settings, ahead: None) -> None:
    first = list(outcomes(jobs(notes), cutting(), settings, embed=True))
    texts = [
        passage_text(chunk)
        for outcome in first
        if isinstance(outcome.read, ReadSource)
        for chunk in chunks_of(outcome.read.source, outcome.pieces)
    ]
    assert sum(outcome.embedded for outcome in first) == len(texts) > 4
    embedder = load_static()
    with EmbeddingCache(settings.cache_path) as cache:
        vectors, computed = embed_passages_cached(embedder, cache, texts)
    assert computed == 0
    assert vectors == pytest.approx(embedder.embed_passages(texts), abs=1e-3)
    again = list(outcomes(jobs(notes), cutting(), settings, embed=True))
    assert sum(outcome.embedded for outcome in again) == 0


def test_a_child_that_must_not_embed_leaves_no_cache(notes: Path, settings: Settings, ahead: None) -> None:
    found = list(outcomes(jobs(notes), cutting(), settings, embed=False))
    assert {outcome.embedded for outcome in found} == {0}
    assert not settings.cache_path.exists()


def test_a_child_that_dies_costs_only_time(
    notes: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    expected = list(map(plain, alone(notes, settings)))
    go_ahead(monkeypatch)
    monkeypatch.setattr(
        read_ahead,
        "_START",
        "import os, sys; sys.path.insert(0, sys.argv[1]); from ingest import read_ahead; real = read_ahead.read_and_cut; left = [2]\n"
        "def dying(*arguments):\n"
        "    if not left: os.kill(os.getpid(), 9)\n"
        "    left[0] -= 1; left[:] = [n for n in left if n]\n"
        "    return real(*arguments)\n"
        "read_ahead.read_and_cut = dying; read_ahead.serve()",
    )
    found = list(outcomes(jobs(notes), cutting(), settings, embed=True))
    assert list(map(plain, found)) == expected
    assert said == ["the process that reads ahead ended early; the run goes on without it"]


@pytest.mark.parametrize("start", ["raise SystemExit(3)", "print('nonsense, and a lot of it' * 100)"])
def test_a_child_that_says_nothing_useful_costs_only_time(
    notes: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, ahead: None, said: list[str], start: str
) -> None:
    monkeypatch.setattr(read_ahead, "_START", start)
    found = list(outcomes(jobs(notes), cutting(), settings, embed=True))
    assert len(found) == len(FILES)
    assert len(said) == 1


def test_a_child_with_other_weights_does_nothing(notes: Path, settings: Settings, ahead: None, said: list[str]) -> None:
    other = Cutting(64, load_static().count_tokens, "of another model")
    found = list(outcomes(jobs(notes), other, settings, embed=True))
    assert len(found) == len(FILES)
    assert not settings.cache_path.exists()
    assert len(said) == 1


def test_without_a_process_to_be_had_the_run_reads_itself(
    notes: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, ahead: None, said: list[str]
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise OSError("no process to be had")

    monkeypatch.setattr(read_ahead, "_ChildProcess", refuse)
    assert len(list(outcomes(jobs(notes), cutting(), settings, embed=True))) == len(FILES)
    assert len(said) == 1


def test_whoever_stops_asking_ends_the_child(
    notes: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, ahead: None
) -> None:
    children: list[subprocess.Popen[bytes]] = []
    real = read_ahead._ChildProcess

    def begin(*arguments: object, **options: object) -> "subprocess.Popen[bytes]":
        children.append(real(*arguments, **options))  # type: ignore[call-overload]
        return children[-1]

    monkeypatch.setattr(read_ahead, "_ChildProcess", begin)
    found = outcomes(jobs(notes), cutting(), settings, embed=True)
    next(found)
    found.close()
    assert [child.poll() is not None for child in children] == [True]


def test_a_killed_run_takes_its_child_with_it(notes: Path, settings: Settings) -> None:
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\nfrom ingest import read_ahead\nfrom tests import test_read_ahead as test\n"
        "from rag_app.settings import Settings\n"
        "read_ahead.WORTH_A_PROCESS = 0; read_ahead.processors = lambda: 2\n"
        "read_ahead._START = ('import sys; sys.path.insert(0, sys.argv[1]); from ingest import read_ahead; import time; '\n"
        "    'read_ahead.read_and_cut = lambda *rest: time.sleep(600); read_ahead.serve()')\n"
        "real = read_ahead._ChildProcess\n"
        "def begin(*arguments, **options):\n"
        "    child = real(*arguments, **options); print(child.pid, flush=True); return child\n"
        "read_ahead._ChildProcess = begin\n"
        "next(read_ahead.outcomes(test.jobs(Path(sys.argv[2])), test.cutting(), Settings(data_dir=sys.argv[3]), embed=False))\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(read_ahead._ROOT), str(notes), str(settings.data_dir)], stdout=subprocess.PIPE
    )
    assert run.stdout is not None
    child = int(run.stdout.readline())
    time.sleep(1.0)  # now it sleeps in its first file, or is still importing: it must die of either
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    for _ in range(200):
        if not _runs(child):
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the child outlived the run")


def test_a_run_with_a_child_makes_the_same_index(
    notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    def ingest(data: Path) -> tuple[Receipt, list[tuple[str, str, tuple[str, ...]]]]:
        store = Store(data / "index")
        receipt = sync(
            [notes],
            settings=Settings(data_dir=data, chunk_tokens=64),
            store=store,
            embedder=load_static(),
            terms=SplitTerms(),
            collection="default",
        )
        with store.open_current() as snapshot:
            catalog = snapshot.catalog
            rows = sorted(catalog.member_rows("default"))
            kept = catalog.evidence(rows)
            vectors = {row: vector.tobytes().hex() for row, vector in zip(kept.rows, kept.vectors, strict=True)}
            chunks = catalog.chunks_by_row(rows)
            return receipt, sorted((chunks[row].id, vectors[row], chunks[row].heading_path) for row in rows)

    one, plainly = ingest(tmp_path / "one")
    go_ahead(monkeypatch)
    two, by_child = ingest(tmp_path / "two")
    assert by_child == plainly
    assert (one.added, one.embedded, one.sources, one.failed) == (two.added, two.embedded, two.sources, two.failed)
    assert two.embedded == two.added > 4
    assert {"read", "chunk", "embed", "terms"} <= two.timings_ms.keys()
    assert said == []


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(SourceTooLarge("the file has 60.0 MiB"), (), 0.25),
        Outcome(NeedsOcr("그림뿐이다"), (), 0.5),
        Outcome(
            ReadSource(
                "ab" * 32,
                SourceText(
                    "제목",
                    "# 제목\n\n글 \U0001f600",
                    (Heading(1, "제목", 0, 1, opens_document=True),),
                    "markdown",
                    "utf-8",
                    (Mark(0, "p. 1"),),
                    {"date": "2025"},
                    ("odd",),
                    Reading(parts=1),
                ),
                "why",
                needs_ocr=True,
            ),
            (Piece(("제목", "열 | 행"), 0, 5, 7, 1), Piece((), 7, 8, 8, 3)),
            0.5,
            0.25,
            0.125,
            2,
        ),
    ],
    ids=["error", "needs ocr", "read"],
)
def test_an_outcome_survives_the_pipe(outcome: Outcome) -> None:
    pipe = io.BytesIO(outcome_to_bytes(outcome) * 2)
    for _ in range(2):
        found = outcome_from_bytes(read_outcome(pipe))
        assert plain(found) == plain(outcome)
        assert (found.read_s, found.cut_s, found.embed_s, found.embedded) == (
            outcome.read_s,
            outcome.cut_s,
            outcome.embed_s,
            outcome.embedded,
        )
    with pytest.raises(EOFError):
        read_outcome(pipe)


def test_half_an_outcome_is_none() -> None:
    data = outcome_to_bytes(Outcome(SourceTooLarge("too large")))
    for cut in (1, 15, 16, len(data) - 1):
        with pytest.raises(EOFError):
            read_outcome(io.BytesIO(data[:cut]))


@pytest.mark.parametrize("head", [b"[]", b"{}", b'{"took": 3}', b'{"took": [], "file": [1]}', b"nonsense"])
def test_another_ones_words_are_no_outcome(head: bytes) -> None:
    with pytest.raises(ValueError):
        outcome_from_bytes(len(head).to_bytes(8, "little") + bytes(8) + head)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
