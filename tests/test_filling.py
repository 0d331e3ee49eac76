"""Chroma filled by a child process: the same index as without one, and nothing lost when the child dies, hangs or cannot start."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag_app.embedding import passage_text
from rag_app.errors import DamagedIndex
from rag_app.index import building, filling, making
from rag_app.index.change import BuildCounts, Change, SourceContent
from rag_app.index.draft import Draft
from rag_app.index.filling import Filler, Part, fill
from rag_app.index.folder import CHROMA
from rag_app.index.spool import Spool
from rag_app.index.store import Store
from tests.fakes import HashEmbedder, SplitTerms, make_content, make_receipt, make_stamp

DIMENSION = 8
NOTES = [
    make_content(f"{number}.md", [f"{number}번째 문서의 {part}번째 문단이다. Part {part}." for part in range(4)])
    for number in range(6)
]


def build(
    folder: Path,
    contents: list[SourceContent],
    removed: tuple[str, ...] = (),
    *,
    terms: SplitTerms | None = None,
    sparing: bool = False,
    embedder: HashEmbedder | None = None,
) -> BuildCounts:
    store, embedder = Store(folder), embedder or HashEmbedder()
    with store.lock():
        return store.build(
            Change(contents, removed),
            stamp=make_stamp(embedder),
            embed=lambda chunks: embedder.embed_passages([passage_text(chunk) for chunk in chunks]),
            terms=terms or SplitTerms(),
            receipt=make_receipt,
            sparing=sparing,
        )


def answers(folder: Path) -> dict[str, tuple[tuple[int, float], ...]]:
    """For each chunk its neighbours, nearest first, as the live generation finds them."""
    with Store(folder).open_current() as snapshot:
        rows = sorted(snapshot.catalog.member_rows("default"))
        assert snapshot.vectors.count("default") == len(rows)
        found, vectors = snapshot.catalog.vectors(rows)
        chunks = snapshot.catalog.chunks_by_row(found)
        return {
            chunks[row].id: snapshot.vectors.query("default", vector, 5)
            for row, vector in zip(found, vectors, strict=True)
        }


def found_by_words(folder: Path) -> dict[str, list[tuple[str, float]]]:
    """For some words the passages that hold them, best first, with their scores."""
    with Store(folder).open_current() as snapshot:
        rows = snapshot.catalog.chunks_by_row(snapshot.catalog.member_rows("default"))
        hits = {
            word: snapshot.lexical.query("default", SplitTerms().of_question(word), 30)
            for word in ("3번째", "part", "문서의")
        }
        return {word: sorted((rows[row].text, round(score, 4)) for row, score in found) for word, found in hits.items()}


@pytest.fixture
def by_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every build has a second processor, and enough to do for a child."""
    monkeypatch.setattr(building, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(building, "processors", lambda: 2)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is logged as a warning, put into words."""
    found: list[str] = []

    def warning(message: str, *values: object) -> None:
        found.append(message % values)

    monkeypatch.setattr(filling._LOG, "warning", warning)
    monkeypatch.setattr(building._LOG, "warning", warning)
    return found


def test_a_child_makes_the_same_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_child: None, said: list[str]
) -> None:
    starts: list[int] = []
    real = Filler.wait

    def wait(self: Filler) -> bool:
        starts.append(1)
        return real(self)

    monkeypatch.setattr(Filler, "wait", wait)
    build(tmp_path / "two", NOTES[:4])
    build(tmp_path / "two", NOTES[3:], removed=(NOTES[0].source.id,))
    assert len(starts) == 2
    monkeypatch.setattr(building, "processors", lambda: 1)
    build(tmp_path / "one", NOTES[:4])
    build(tmp_path / "one", NOTES[3:], removed=(NOTES[0].source.id,))
    assert len(starts) == 2
    assert answers(tmp_path / "two") == answers(tmp_path / "one")
    assert said == []
    assert sorted(path.name for path in (tmp_path / "two").iterdir() if path.is_dir()) == [
        "gen-000001",
        "gen-000002",
        "readers",
    ]


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("import sys; sys.exit(3)", "exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", "exit code -9"),
        ("print('[true')", "exit code 0"),
        ("import time; time.sleep(60)", "longer than"),
        ("print('[false, [\"no room\"], 0.0]')", "no room"),
    ],
    ids=["ends early", "is killed", "talks nonsense", "hangs", "gives up"],
)
def test_what_a_child_fails_at_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_child: None, said: list[str], start: str, reason: str
) -> None:
    build(tmp_path / "index", NOTES[:2])
    monkeypatch.setattr(filling, "_START", start)
    monkeypatch.setattr(filling, "_WAIT_S", 1.0)
    monkeypatch.setattr(filling, "_WAIT_S_PER_VECTOR", 0.0)
    assert build(tmp_path / "index", NOTES[2:], removed=(NOTES[0].source.id,)).generation == 2
    assert len(said) == 1
    assert reason in said[0]
    assert "done again" in said[0]
    monkeypatch.setattr(building, "processors", lambda: 1)
    build(tmp_path / "alone", NOTES[1:])
    assert answers(tmp_path / "index").keys() == answers(tmp_path / "alone").keys()


def test_half_of_a_childs_work_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_child: None, said: list[str]
) -> None:
    """It adds every vector, but to another collection too, then dies: none of that stays."""
    half = filling._START.replace(
        "sys.exit(serve(sys.argv[2]))",
        "serve(sys.argv[2]); from rag_app.index.vectors import Vectors; from pathlib import Path; import json, numpy as np; "
        "task = json.loads((Path(sys.argv[2]) / 'task.json').read_text()); v = Vectors(Path(task['folder'])); "
        "v.add('stray', [1], np.ones((1, 32), np.float32)); v.close(); print('and so on')",
    )
    monkeypatch.setattr(filling, "_START", half)
    build(tmp_path / "index", NOTES)
    assert len(said) == 1
    with Store(tmp_path / "index").open_current() as snapshot:
        assert snapshot.vectors.count("stray") == 0
        assert snapshot.vectors.count("default") == 24


def test_without_a_process_to_be_had_the_run_goes_on_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_child: None, said: list[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(filling.subprocess, "Popen", refuse)
    build(tmp_path / "index", NOTES)
    assert len(answers(tmp_path / "index")) == 24
    assert "this process alone" in said[0]


def test_a_failure_beside_the_child_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_child: None) -> None:
    children: list[subprocess.Popen[bytes]] = []
    real = Filler.__init__

    def begin(self: Filler, *arguments: object) -> None:
        real(self, *arguments)  # type: ignore[arg-type]
        children.append(self._child)

    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Filler, "__init__", begin)
    monkeypatch.setattr(Draft, "note_words", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "index", NOTES)
    assert [child.poll() is not None for child in children] == [True]
    assert [path.name for path in (tmp_path / "index").iterdir()] == ["LOCK"]


class ShyTerms(SplitTerms):
    """Terms of which some take something large; says what it was asked for and when Chroma was filled."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def of_texts(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        self._say("every")
        return super().of_texts(texts)

    def of_known_texts(self, texts: Sequence[str]) -> list[tuple[str, ...] | None]:
        self._say("known")
        return [None if "3번째 문단" in text else self.of_text(text) for text in texts]

    def rest(self) -> None:
        self._say("rest")

    def _say(self, what: str) -> None:
        if what not in self.said[-1:]:
            self.said.append(what)


@pytest.mark.parametrize("fails", [False, True], ids=["the child fills", "the child fails"])
def test_a_sparing_build_makes_the_same_index_with_one_large_thing_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_child: None, said: list[str], fails: bool
) -> None:
    for where in (building, making):
        monkeypatch.setattr(where, "EMBEDDED_AT_ONCE", 5)
    build(tmp_path / "usual", NOTES[:4])
    build(tmp_path / "usual", NOTES[3:], removed=(NOTES[0].source.id,))
    real = Filler.wait

    def wait(self: Filler) -> bool:
        terms.said.append("filled")
        return real(self)

    monkeypatch.setattr(Filler, "wait", wait)
    if fails:
        monkeypatch.setattr(filling, "_START", "import sys; sys.exit(3)")
    terms = ShyTerms()
    build(tmp_path / "sparing", NOTES[:4], terms=terms, sparing=True)
    assert terms.said == ["rest", "known", "rest", "filled", "every", "rest", "every", "rest", "filled"]
    build(tmp_path / "sparing", NOTES[3:], removed=(NOTES[0].source.id,), terms=terms, sparing=True)
    assert answers(tmp_path / "sparing") == answers(tmp_path / "usual")
    assert found_by_words(tmp_path / "sparing") == found_by_words(tmp_path / "usual")
    assert len(said) == (2 if fails else 0)


def test_a_sparing_build_embeds_each_passage_once(tmp_path: Path, by_child: None) -> None:
    embedder = HashEmbedder()
    build(tmp_path / "index", NOTES, terms=ShyTerms(), sparing=True, embedder=embedder)
    assert embedder.texts == sum(len(note.chunks) for note in NOTES)


def test_a_killed_run_takes_its_child_with_it_and_the_next_one_sweeps(tmp_path: Path) -> None:
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\nfrom rag_app.index import building, filling\nfrom tests import test_filling\n"
        "building.WORTH_A_PROCESS = 1; building.processors = lambda: 2\n"
        "filling._START = 'import sys; sys.path.insert(0, sys.argv[1]); from rag_app.processes import _wait_and_die; "
        "_wait_and_die()'\n"
        "class Terms(test_filling.SplitTerms):\n"
        "    def of_texts(self, texts):\n"
        "        if children: print(children[0], flush=True); os.kill(os.getpid(), 9)\n"
        "        return super().of_texts(texts)\n"
        "children = []; real = filling.Filler.__init__\n"
        "def begin(self, *arguments): real(self, *arguments); children.append(self._child.pid)\n"
        "filling.Filler.__init__ = begin; test_filling.SplitTerms = Terms\n"
        "test_filling.build(Path(sys.argv[2]), test_filling.NOTES)\n"
    )
    folder = tmp_path / "index"
    run = subprocess.run(
        [sys.executable, "-c", code, str(filling._ROOT), str(folder)], stdout=subprocess.PIPE, check=False
    )
    assert run.returncode == -signal.SIGKILL
    child = int(run.stdout)
    patience = time.monotonic() + 60
    while _lives(child) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not _lives(child)
    assert any(path.name.startswith("building-") for path in folder.iterdir())
    build(folder, NOTES)
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["gen-000001"]
    assert len(answers(folder)) == 24


@pytest.mark.parametrize(
    ("counts", "vectors", "match"),
    [
        ({"default": 4}, np.eye(3, DIMENSION, dtype=np.float32), "holds 3 chunks, the catalog 4"),
        ({"default": 3}, None, "not found again"),
    ],
)
def test_an_index_that_does_not_hold_what_it_should_is_refused(
    tmp_path: Path, counts: dict[str, int], vectors: np.ndarray | None, match: str
) -> None:
    dice = np.random.default_rng(7)
    of: Callable[..., np.ndarray] = lambda rows: (  # noqa: E731 - one of two
        vectors[list(rows)] if vectors is not None else dice.normal(size=(len(rows), DIMENSION)).astype(np.float32)
    )
    with pytest.raises(DamagedIndex, match=match):
        fill(tmp_path / CHROMA, [Part("default", (0, 1, 2))], counts, of)


def test_a_spool_gives_each_row_its_vector_also_to_another_process(tmp_path: Path) -> None:
    vectors = np.arange(5 * DIMENSION, dtype=np.float32).reshape(5, DIMENSION)
    spool = Spool(tmp_path / "spool", DIMENSION)
    assert spool.missing([3, 1, 3]) == [3, 1]
    spool.append([7, 3], vectors[:2])
    spool.append([1, 9, 2], vectors[2:])
    assert spool.missing([3, 4, 1, 4]) == [4]
    for reader in (spool, Spool(tmp_path / "spool", DIMENSION)):
        np.testing.assert_array_equal(reader.vectors([2, 7, 1]), vectors[[4, 0, 2]])


def _lives(process: int) -> bool:
    """Whether it runs; one that has ended and was not yet asked for does not."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
