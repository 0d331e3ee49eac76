"""The store of generations: published ones never change, readers follow, crashes leave garbage only."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag_app.embedding import passage_text
from rag_app.errors import DamagedIndex, EmbeddingFault, IndexFault, IndexLocked, NoIndex, StampMismatch, StorageFault
from rag_app.index.change import BuildCounts, Change, SourceContent
from rag_app.index.proof import is_proved
from rag_app.index.seal import read_seal
from rag_app.index.store import Store
from rag_app.schema import Chunk, Stamp
from tests.fakes import HashEmbedder, SplitTerms, make_content, make_receipt, make_stamp

A = make_content("a.md", ["경사하강법은 기울기를 따라 내려간다.", "학습률이 크면 발산한다."], title="최적화")
B = make_content("b.md", ["Gradient descent follows the slope.", "학습률이 크면 발산한다."], title="최적화")


class Writer:
    """A store with the fakes, and a count of the texts that were embedded."""

    def __init__(self, folder: Path, embedder: HashEmbedder | None = None) -> None:
        self.store = Store(folder)
        self.embedder = embedder or HashEmbedder()
        self.stamp = make_stamp(self.embedder)

    def build(self, written: Iterable[SourceContent] = (), removed: Sequence[str] = ()) -> BuildCounts:
        with self.store.lock():
            return self.store.build(
                Change(written, tuple(removed)),
                stamp=self.stamp,
                embed=self.embed,
                terms=SplitTerms(),
                receipt=make_receipt,
            )

    def embed(self, chunks: Sequence[Chunk]) -> NDArray[np.float32]:
        return self.embedder.embed_passages([passage_text(chunk) for chunk in chunks])


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path / "index")


def files_of(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_nothing_ingested_is_said_with_the_command(writer: Writer) -> None:
    assert writer.store.current() is None
    with pytest.raises(NoIndex, match="python -m ingest"):
        writer.store.open_current()


def test_a_build_publishes_what_was_written(writer: Writer) -> None:
    counts = writer.build([A, B])
    assert (counts.generation, counts.added, counts.removed, counts.kept) == (1, 3, 0, 0)
    assert (counts.sources, counts.chunks) == (2, 3)
    with writer.store.open_current(writer.stamp) as snapshot:
        assert snapshot.number == 1
        assert [source.name for source in snapshot.catalog.sources()] == ["a.md", "b.md"]
        assert snapshot.catalog.text_of(A.source.id) == A.text
        assert snapshot.vectors.count("default") == 3
        assert snapshot.lexical.count("default") == 3
        receipt = snapshot.catalog.receipt()
        assert receipt is not None
        assert receipt.generation == 1


def test_a_passage_in_two_sources_is_one_chunk_embedded_once(writer: Writer) -> None:
    writer.build([A, B])
    assert writer.embedder.texts == 3
    with writer.store.open_current() as snapshot:
        places = snapshot.catalog.placements_of_chunks([A.chunks[1].id])[A.chunks[1].id]
        assert {place.source_id for place in places} == {A.source.id, B.source.id}


def test_an_equal_document_written_again_publishes_nothing(writer: Writer) -> None:
    writer.build([A, B])
    counts = writer.build([B, A])
    assert (counts.generation, counts.published, counts.sources, counts.chunks) == (1, False, 2, 3)
    assert writer.store.generations() == (1,)
    assert writer.embedder.texts == 3


def test_a_change_embeds_only_what_is_new(writer: Writer) -> None:
    writer.build([A, B])
    changed = make_content("a.md", ["경사하강법은 기울기를 따라 내려간다.", "학습률은 작게 시작한다."], title="최적화")
    counts = writer.build([changed])
    assert (counts.generation, counts.added, counts.removed, counts.kept) == (2, 1, 0, 3)
    assert writer.embedder.texts == 4
    counts = writer.build([], [B.source.id])
    assert (counts.added, counts.removed, counts.kept, counts.chunks) == (0, 2, 2, 2)
    assert writer.embedder.texts == 4


def test_a_renamed_document_embeds_nothing_and_is_found_by_its_new_name(writer: Writer) -> None:
    writer.build([A])
    renamed = make_content(
        "휴가규정.md", ["경사하강법은 기울기를 따라 내려간다.", "학습률이 크면 발산한다."], title="최적화"
    )
    counts = writer.build([renamed], [A.source.id])
    assert (counts.generation, counts.added, counts.removed, counts.kept) == (2, 0, 0, 2)
    assert writer.embedder.texts == 2
    with writer.store.open_current() as snapshot:
        assert len(snapshot.lexical.query("default", ["휴가규정"], 10)) == 2


def test_a_published_generation_stays_byte_identical_while_it_is_read(writer: Writer) -> None:
    """Opening a Chroma folder rewrites chroma.sqlite3; readers therefore work in a private folder."""
    writer.build([A, B])
    folder = writer.store.folder / "gen-000001"
    before = files_of(folder)
    with writer.store.open_current() as snapshot:
        snapshot.vectors.query("default", writer.embedder.embed_questions(["학습률"])[0], 3)
        snapshot.lexical.query("default", ["학습률"], 3)
        writer.build([make_content("c.md", ["새 문서입니다."])])
    assert files_of(folder) == before
    assert list((writer.store.folder / "readers").iterdir()) == []


def test_an_open_reader_keeps_its_generation_while_a_writer_publishes_and_prunes(writer: Writer) -> None:
    writer.build([A])
    with writer.store.open_current() as old:
        writer.build([B])
        with writer.store.lock():
            assert writer.store.prune(1) == (1,)
        assert [source.name for source in old.catalog.sources()] == ["a.md"]
        assert old.vectors.query("default", writer.embedder.embed_questions(["학습률"])[0], 3)
        assert len(old.lexical.query("default", ["학습률이"], 3)) == 1
        with writer.store.open_current() as new:
            assert [source.name for source in new.catalog.sources()] == ["a.md", "b.md"]


@pytest.mark.parametrize(
    "damage",
    ["cut", "flip", "delete", "empty"],
)
def test_every_damaged_file_is_found_before_it_is_opened(writer: Writer, damage: str) -> None:
    writer.build([A, make_content("many.md", [f"문단 {n} 은 서로 다르다." for n in range(1100)])])
    folder = writer.store.folder / "gen-000001"
    pristine = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert any(path.name == "header.bin" for path in pristine), "HNSW is on disk"
    for path, data in pristine.items():
        if not data:
            continue
        if damage == "cut":
            path.write_bytes(data[: len(data) // 2])
        elif damage == "flip":
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        elif damage == "delete":
            path.unlink()
        else:
            path.write_bytes(b"")
        with pytest.raises(DamagedIndex, match="python -m ingest"):
            writer.store.open_current()
        path.write_bytes(data)
    writer.store.open_current().close()


@pytest.mark.parametrize("engine", ["chroma", "lexical"])
def test_a_damaged_engine_is_filled_again_without_a_model_call(writer: Writer, engine: str) -> None:
    writer.build([A, B])
    victim = next(
        path
        for path in (writer.store.folder / "gen-000001" / engine).rglob("*")
        if path.is_file() and path.stat().st_size
    )
    victim.write_bytes(b"garbage")
    counts = writer.build()
    assert (counts.generation, counts.added, counts.removed, counts.chunks) == (2, 0, 0, 3)
    assert writer.embedder.texts == 3
    with writer.store.open_current() as snapshot:
        assert snapshot.vectors.count("default") == snapshot.lexical.count("default") == 3


def test_a_damaged_catalog_falls_back_to_the_generation_before(writer: Writer) -> None:
    writer.build([A])
    writer.build([B])
    (writer.store.folder / "gen-000002" / "catalog.sqlite").write_bytes(b"garbage")
    base = writer.store.base()
    assert base is not None
    assert (base.number, base.is_live) == (1, False)
    assert writer.build([A, B]).generation == 3
    with writer.store.open_current() as snapshot:
        assert len(snapshot.catalog.sources()) == 2


def test_a_lost_pointer_is_damage_and_the_next_run_heals_it(writer: Writer) -> None:
    writer.build([A])
    (writer.store.folder / "CURRENT").unlink()
    with pytest.raises(DamagedIndex, match="CURRENT is missing"):
        writer.store.open_current()
    assert writer.build().generation == 2
    writer.store.open_current().close()


def test_another_model_is_refused_by_readers_and_the_next_run_makes_every_vector_anew(writer: Writer) -> None:
    writer.build([A, B])
    other = Writer(writer.store.folder, HashEmbedder(dimension=48, name="other"))
    with pytest.raises(StampMismatch, match=r"hash .*, 32 dimensions.*other .*, 48 dimensions.*python -m ingest"):
        other.store.open_current(other.stamp)
    assert other.build().generation == 2
    assert other.embedder.texts == 3
    with other.store.open_current(other.stamp) as snapshot:
        assert snapshot.vectors.query("default", other.embedder.embed_questions(["학습률"])[0], 9)
        assert snapshot.catalog.text_of(A.source.id) == A.text


def test_other_term_rules_are_refused_by_readers(writer: Writer) -> None:
    writer.build([A])
    stamp = Stamp(**{**{k: getattr(writer.stamp, k) for k in Stamp.__slots__}, "terms": "fake-2"})
    with pytest.raises(StampMismatch, match=r"fake-1.*fake-2"):
        writer.store.open_current(stamp)


def test_another_chunker_is_no_concern_of_readers(writer: Writer) -> None:
    writer.build([A])
    stamp = Stamp(**{**{k: getattr(writer.stamp, k) for k in Stamp.__slots__}, "chunker": "9"})
    writer.store.open_current(stamp).close()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0])
def test_an_unusable_vector_is_refused_with_its_chunk_and_nothing_is_published(writer: Writer, value: float) -> None:
    writer.build([B])

    def broken(chunks: Sequence[Chunk]) -> NDArray[np.float32]:
        vectors = HashEmbedder().embed_passages([chunk.text for chunk in chunks])
        vectors[-1] = value
        return vectors

    with writer.store.lock(), pytest.raises(EmbeddingFault, match=A.chunks[0].id):
        writer.store.build(Change([A]), stamp=writer.stamp, embed=broken, terms=SplitTerms(), receipt=make_receipt)
    assert writer.store.current() == 1
    assert sorted(path.name for path in writer.store.folder.iterdir()) == [
        "CURRENT",
        "LOCK",
        "PROVED.json",
        "gen-000001",
    ]


def test_a_failure_while_documents_are_read_leaves_the_live_generation(writer: Writer) -> None:
    writer.build([B])

    def contents() -> Iterable[SourceContent]:
        yield A
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writer.build(contents())
    assert writer.store.current() == 1
    assert writer.build([A]).generation == 2


def test_a_placement_that_does_not_hold_its_chunk_is_refused(writer: Writer) -> None:
    wrong = SourceContent(A.source, A.text + "\n", A.outline, A.chunks, A.placements[::-1])
    with pytest.raises(IndexFault, match=r"a\.md"):
        writer.build([wrong])
    assert writer.store.current() is None


def test_building_without_the_lock_is_refused(writer: Writer) -> None:
    with pytest.raises(IndexLocked):
        writer.store.build(
            Change([A]), stamp=writer.stamp, embed=writer.embed, terms=SplitTerms(), receipt=make_receipt
        )


def test_a_second_writer_is_told_who_holds_the_lock(writer: Writer) -> None:
    with (
        writer.store.lock(),
        pytest.raises(IndexLocked, match=f"process {os.getpid()} on "),
        Store(writer.store.folder).lock(),
    ):
        pass


def test_the_lock_of_a_killed_process_is_free_and_its_leavings_are_swept(writer: Writer) -> None:
    writer.build([A])
    folder = writer.store.folder
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom rag_app.index.store import Store\n"
        "store = Store(Path(sys.argv[1]))\nlock = store.lock()\nlock.__enter__()\n"
        "(Path(sys.argv[1]) / 'building-1-x').mkdir()\nsnapshot = store.open_current()\nprint('ready', flush=True)\n"
        "sys.stdin.read()\nos._exit(0)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    assert writer.store.sweep() == 0, "a living process is using them"
    with pytest.raises(IndexLocked, match=f"process {child.pid} "):
        writer.build([B])
    assert (folder / "building-1-x").exists()
    child.kill()
    child.communicate()
    assert writer.build([B]).generation == 2
    assert list((folder / "readers").iterdir()) == []
    assert not (folder / "building-1-x").exists()


def test_two_processes_read_one_generation(writer: Writer) -> None:
    writer.build([A])
    code = (
        "import sys\nfrom pathlib import Path\nfrom rag_app.index.store import Store\n"
        "with Store(Path(sys.argv[1])).open_current() as s:\n print(s.number, s.vectors.count('default'))\n"
    )
    with writer.store.open_current() as snapshot:
        said = subprocess.run(
            [sys.executable, "-c", code, str(writer.store.folder)], capture_output=True, text=True, check=True
        )
        assert said.stdout == "1 2\n"
        assert snapshot.vectors.query("default", writer.embedder.embed_questions(["학습률"])[0], 2)


def test_rolling_back_points_at_an_earlier_generation_and_numbers_go_on(writer: Writer) -> None:
    writer.build([A])
    writer.build([B])
    with writer.store.lock():
        writer.store.roll_back(1)
        with pytest.raises(IndexFault, match="there are: 1, 2"):
            writer.store.roll_back(7)
    with writer.store.open_current() as snapshot:
        assert [source.name for source in snapshot.catalog.sources()] == ["a.md"]
    assert writer.build([make_content("c.md", ["셋째 문서."])]).generation == 3


def test_fifteen_generations_in_a_row_leave_no_open_files_behind(writer: Writer) -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))

    from chromadb.api.shared_system_client import SharedSystemClient

    writer.build([A])
    writer.store.open_current().close()
    before, systems = open_files(), set(SharedSystemClient._identifier_to_system)
    for n in range(15):
        writer.build([make_content("n.md", [f"회차 {n} 의 문단입니다."])])
        writer.store.open_current().close()
    assert open_files() <= before + 2
    assert set(SharedSystemClient._identifier_to_system) <= systems


def test_many_deleted_vectors_make_the_vector_files_afresh_and_everything_is_still_found(writer: Writer) -> None:
    writer.build([make_content("long.md", [f"문단 {n} 은 {n * 7} 을 말한다." for n in range(1500)])])
    kept = make_content("long.md", [f"문단 {n} 은 {n * 7} 을 말한다." for n in range(700)])
    counts = writer.build([kept])
    assert (counts.removed, counts.kept) == (800, 700)
    assert writer.embedder.texts == 1500
    with writer.store.open_current() as snapshot:
        found = snapshot.vectors.query("default", writer.embedder.embed_passages([passage_text(kept.chunks[5])])[0], 1)
        chunk = snapshot.catalog.chunks_by_row([found[0][0]])[found[0][0]]
        assert passage_text(chunk) == passage_text(kept.chunks[5])


def test_a_chunk_that_left_a_collection_can_come_back(writer: Writer) -> None:
    writer.build([A])
    other = make_content("a.md", ["학습률이 크면 발산한다."], title="최적화", collection="사내 규정")
    writer.build([other])
    writer.build([], [A.source.id])
    counts = writer.build([A])
    assert (counts.added, counts.chunks) == (2, 2)
    assert writer.embedder.texts == 3, "the chunk that lived on in the other collection kept its vector"
    with writer.store.open_current() as snapshot:
        assert snapshot.catalog.collections() == ("default", "사내 규정")
        assert (snapshot.vectors.count("default"), snapshot.vectors.count("사내 규정")) == (2, 1)


def test_the_seal_holds_no_absolute_path(writer: Writer, tmp_path: Path) -> None:
    writer.build([A])
    assert str(tmp_path) not in (writer.store.folder / "gen-000001" / "SEAL.json").read_text(encoding="utf-8")
    body = json.loads((writer.store.folder / "gen-000001" / "SEAL.json").read_text(encoding="utf-8"))
    assert body["generation"] == 1
    moved = tmp_path / "다른 곳"
    writer.store.folder.rename(moved)
    Store(moved).open_current(writer.stamp).close()


def test_a_data_folder_that_cannot_be_made_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFault, match=r"file/index.*run it again"), Store(tmp_path / "file" / "index").lock():
        pass


def test_a_read_only_data_folder_is_read_through_a_temporary_one(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.build([A])
    (writer.store.folder / "readers").write_text("no folder can be made here")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with writer.store.open_current() as snapshot:
        assert snapshot.catalog.counts() == (1, 2)
        assert len(list(tmp_path.glob("seodang-*/*-gen-000001-*"))) == 2
    assert list(tmp_path.glob("seodang-*/*")) == []


@pytest.mark.parametrize("limit", [1_000, 50_000, 170_000, 300_000])
def test_a_full_disk_is_said_and_the_live_generation_stays(writer: Writer, limit: int) -> None:
    """A limit on the size of files stands for the disk: whichever engine meets it first, the message is the same kind."""
    writer.build([A])
    before = files_of(writer.store.folder / "gen-000001")
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom tests.test_generation import *\n"
        "writer = Writer(Path(sys.argv[1]))\n"
        "many = make_content('many.md', [f'문단 {n} 은 서로 다르다.' for n in range(1500)])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))\n"
        "try:\n    writer.build([many])\nexcept StorageFault as error:\n    print('said:', error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(writer.store.folder), str(limit)], capture_output=True, text=True
    )
    assert said.stdout.startswith("said:"), said.stderr[-2000:]
    assert files_of(writer.store.folder / "gen-000001") == before
    assert writer.store.current() == 1
    writer.store.open_current().close()
    assert writer.build([B]).generation == 2


def test_a_generation_that_was_proved_is_not_read_through_again(writer: Writer) -> None:
    """A run without changes read the whole index only to find it whole: the most of what such a run cost."""
    writer.build([A])
    seal = read_seal(writer.store.folder / "gen-000001")
    assert is_proved(writer.store.folder, writer.store.folder / "gen-000001", seal)
    catalog = writer.store.folder / "gen-000001" / "catalog.sqlite"
    damaged = bytearray(catalog.read_bytes())
    damaged[-1] ^= 1
    catalog.write_bytes(damaged)
    assert not is_proved(writer.store.folder, writer.store.folder / "gen-000001", seal)
    assert writer.store.base() is None


def test_damage_that_no_file_system_saw_is_found_by_the_reader_and_then_by_the_next_run(writer: Writer) -> None:
    writer.build([A])
    victim = next((writer.store.folder / "gen-000001" / "chroma").rglob("*.bin"))
    status, damaged = victim.stat(), bytearray(victim.read_bytes())
    damaged[-1] ^= 1
    victim.write_bytes(damaged)
    os.utime(victim, ns=(status.st_atime_ns, status.st_mtime_ns))
    base = writer.store.base()
    assert base is not None
    assert base.broken == frozenset()
    with pytest.raises(DamagedIndex):
        writer.store.open_current()
    base = writer.store.base()
    assert base is not None
    assert base.broken == {"chroma"}
