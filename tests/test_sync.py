"""The shell of ingestion on real folders, a real store and a real cache: only what changed, never half, never another's."""

import gc
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.sync import sync
from rag_app.errors import IndexLocked, SettingsError, StampMismatch, UsageError, WouldShrink
from rag_app.index.store import Store
from rag_app.receipts import FileReport, Receipt
from rag_app.schema import Source
from rag_app.settings import Settings
from tests.fakes import HashEmbedder, SplitTerms


class Desk:
    """A folder of notes, a data folder, and a way to ingest the one into the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes = folder / "notes"
        self.notes.mkdir()
        self.data = folder / "data"
        self.store = Store(self.data / "index")
        self.embedder = HashEmbedder()

    def write(self, name: str, text: str) -> Path:
        path = self.notes / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(
        self,
        *paths: Path,
        collection: str = "default",
        chunk_tokens: int = 64,
        dry_run: bool = False,
        allow_shrink: bool = False,
        rebuild: bool = False,
        on_progress: Callable[[str, int, int], None] | None = None,
        model: str = "shipped",
    ) -> Receipt:
        return sync(
            paths or (self.notes,),
            settings=Settings(data_dir=self.data, chunk_tokens=chunk_tokens, max_file_mb=1, embedding_model=model),
            store=self.store,
            embedder=self.embedder,
            terms=SplitTerms(),
            collection=collection,
            dry_run=dry_run,
            allow_shrink=allow_shrink,
            rebuild=rebuild,
            on_progress=on_progress,
        )

    def sources(self, collection: str | None = None) -> dict[str, Source]:
        with self.store.open_current() as snapshot:
            return {source.name: source for source in snapshot.catalog.sources(collection)}

    def names(self, collection: str | None = None) -> list[str]:
        with self.store.open_current() as snapshot:
            return [source.name for source in snapshot.catalog.sources(collection)]

    def text(self, name: str) -> str:
        with self.store.open_current() as snapshot:
            return snapshot.catalog.text_of(self.sources()[name].id)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def report(receipt: Receipt, name: str) -> FileReport:
    return next(report for report in receipt.files if report.source == name)


def counts(receipt: Receipt) -> tuple[int, int, int, int]:
    return receipt.added, receipt.removed, receipt.kept, receipt.embedded


LONG = "\n\n".join(
    f"## {i}절\n\n{i}번째 문단은 이러한 내용을 담고 있다. 이어지는 문장도 제법 길어서 혼자 선다." for i in range(20)
)


def test_a_first_run_publishes_what_the_folder_holds(desk: Desk) -> None:
    desk.write("a.md", "---\ndate: 2025-01-01\n---\n# 휴가\n\n연차는 15일이다.")
    desk.write("깊은/b.txt", "경비는 월말에 정산한다.")
    receipt = desk.run()
    assert (receipt.generation, receipt.sources, receipt.chunks, receipt.failed) == (1, 2, 2, ())
    assert counts(receipt) == (2, 0, 0, 2)
    source = desk.sources()["a.md"]
    assert (source.title, source.root_label, source.format) == ("휴가", "notes", "markdown")
    assert source.metadata == {"date": "2025-01-01"}
    assert str(desk.folder) not in repr(source)
    assert report(receipt, "a.md").outcome == "added"
    with desk.store.open_current() as snapshot:
        stored = snapshot.catalog.receipt()
    assert stored is not None
    assert (stored.added, stored.files[0].source) == (2, "a.md")


def test_a_run_without_changes_writes_and_embeds_nothing(desk: Desk) -> None:
    desk.write("a.md", LONG)
    first = desk.run()
    desk.notes.joinpath("a.md").touch()
    second = desk.run()
    assert desk.store.generations() == (1,)
    assert counts(second) == (0, 0, first.chunks, 0)
    assert (second.generation, second.files) == (1, ())
    assert desk.embedder.texts == first.embedded


def test_an_edit_embeds_only_what_it_changed(desk: Desk) -> None:
    desk.write("a.md", LONG)
    before = desk.run()
    desk.write("a.md", LONG.replace("\n7번째 문단", "\n고친 문단"))
    after = desk.run()
    assert counts(after) == (1, 1, before.chunks - 1, 1)
    assert report(after, "a.md").outcome == "updated"
    assert "고친 문단" in desk.text("a.md")


@pytest.mark.parametrize("new", ["다른 이름.md", "깊은/곳/a.md", "A.md", unicodedata.normalize("NFD", "이름.md")])
def test_a_renamed_file_embeds_nothing(desk: Desk, new: str) -> None:
    old = desk.write("a.md" if "이" not in unicodedata.normalize("NFC", new)[:1] else "이름.md", LONG)
    before = desk.run()
    target = desk.notes / new
    target.parent.mkdir(parents=True, exist_ok=True)
    old.rename(target)
    after = desk.run()
    assert counts(after) == (0, 0, before.chunks, 0)
    assert desk.names() == [unicodedata.normalize("NFC", new)]


def test_a_move_is_reported_as_one(desk: Desk) -> None:
    desk.write("a.md", LONG).rename(desk.write("b.md", "x").with_name("old.md"))
    desk.run()
    (desk.notes / "old.md").rename(desk.notes / "new.md")
    receipt = desk.run()
    assert [(file.source, file.outcome, file.warnings) for file in receipt.files] == [
        ("new.md", "kept", ("moved from old.md",))
    ]


def test_a_passage_in_fifty_files_is_embedded_once(desk: Desk) -> None:
    for number in range(50):
        desk.write(f"{number}.md", "같은 문단이 쉰 번 나온다.")
    receipt = desk.run()
    assert (receipt.sources, receipt.chunks, receipt.embedded) == (50, 1, 1)


def test_a_deleted_index_is_made_again_without_the_model(desk: Desk) -> None:
    desk.write("a.md", LONG)
    first = desk.run()
    shutil.rmtree(desk.data / "index")
    again = desk.run()
    assert (again.chunks, again.embedded) == (first.chunks, 0)


def test_a_removed_file_goes(desk: Desk) -> None:
    desk.write("a.md", "하나이다.")
    desk.write("b.md", "둘이다.")
    desk.run()
    (desk.notes / "b.md").unlink()
    receipt = desk.run()
    assert desk.names() == ["a.md"]
    assert counts(receipt) == (0, 1, 1, 0)
    assert report(receipt, "b.md") == FileReport("b.md", "removed", "markdown", removed=1)


def test_a_file_replaced_by_a_folder_of_its_name_goes(desk: Desk) -> None:
    desk.write("a.md", "하나이다.").unlink()
    desk.write("a.md", "하나이다.")
    desk.run()
    (desk.notes / "a.md").unlink()
    desk.write("a.md/b.md", "둘이다.")
    desk.run()
    assert desk.names() == ["a.md/b.md"]


def test_an_unreadable_file_is_named_and_keeps_what_the_index_holds(desk: Desk) -> None:
    path = desk.write("a.md", "연차는 15일이다.")
    desk.write("b.md", "다른 글이다.")
    desk.run()
    path.write_bytes(bytes(range(256)) * 20)
    receipt = desk.run()
    assert [failure.source for failure in receipt.failed] == ["a.md"]
    assert "save the file as UTF-8" in receipt.failed[0].reason
    assert desk.store.generations() == (1,)
    assert desk.text("a.md") == "연차는 15일이다."


def test_failures_do_not_stop_the_others(desk: Desk) -> None:
    desk.write("empty.md", " \n")
    desk.write("big.md", "a" * (2 * 1024 * 1024))
    desk.write("old.rtf", "x")
    desk.write("good.md", "좋은 글이다.")
    receipt = desk.run()
    assert [failure.source for failure in receipt.failed] == ["big.md", "old.rtf"]
    assert desk.names() == ["good.md"]


def test_a_folder_that_is_suddenly_empty_asks(desk: Desk) -> None:
    path = desk.write("a.md", "하나이다.")
    desk.run()
    path.unlink()
    with pytest.raises(WouldShrink, match=r"1 of 1 documents of notes are gone \(a\.md.*--allow-shrink"):
        desk.run()
    assert desk.names() == ["a.md"]
    receipt = desk.run(allow_shrink=True)
    assert (receipt.sources, receipt.chunks, receipt.removed) == (0, 0, 1)


def test_losing_more_than_half_asks(desk: Desk) -> None:
    for number in range(6):
        desk.write(f"{number}.md", f"{number}번 글이다.")
    desk.run()
    for number in range(4):
        (desk.notes / f"{number}.md").unlink()
    with pytest.raises(WouldShrink, match="4 of 6"):
        desk.run()
    desk.run(allow_shrink=True)
    assert desk.names() == ["4.md", "5.md"]


def test_an_empty_folder_at_first_is_no_error_and_makes_no_index(desk: Desk) -> None:
    receipt = desk.run()
    assert (receipt.generation, receipt.sources, receipt.failed) == (0, 0, ())
    assert desk.store.current() is None


def test_runs_over_different_folders_and_collections_leave_each_other_alone(desk: Desk) -> None:
    desk.write("a.md", "첫 폴더의 글이다.")
    other = desk.folder / "other"
    other.mkdir()
    (other / "a.md").write_text("둘째 폴더의 글이다.", encoding="utf-8")
    desk.run()
    desk.run(other)
    desk.run(collection="team")
    assert desk.names("default") == ["a.md", "a.md"]
    assert desk.names("team") == ["a.md"]
    desk.write("a.md", "고친 글이다.")
    desk.run()
    with desk.store.open_current() as snapshot:
        texts = sorted(snapshot.catalog.text_of(source.id) for source in snapshot.catalog.sources())
    assert texts == ["고친 글이다.", "둘째 폴더의 글이다.", "첫 폴더의 글이다."]


def test_one_file_is_a_source_of_the_known_folder_around_it(desk: Desk) -> None:
    desk.write("깊은/a.md", "처음 글이다.")
    desk.write("b.md", "다른 글이다.")
    desk.run()
    path = desk.write("깊은/a.md", "고친 글이다.")
    desk.write("b.md", "이것은 읽지 않는다.")
    desk.run(path)
    assert desk.text("깊은/a.md") == "고친 글이다."
    assert desk.text("b.md") == "다른 글이다."


def test_one_file_alone_is_a_source_of_its_folder(desk: Desk) -> None:
    path = desk.write("깊은/a.md", "글이다.")
    desk.run(path)
    assert desk.names() == ["a.md"]
    assert desk.sources()["a.md"].root_label == "깊은"


@pytest.mark.parametrize("name", ["그림.png", "id_rsa.txt", "report.rtf"])
def test_a_named_file_that_is_not_read_says_why(desk: Desk, name: str) -> None:
    receipt = desk.run(desk.write(name, "x"))
    assert [failure.source for failure in receipt.failed] == [name]


def test_paths_that_do_not_exist_are_all_named(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"one does not exist.*; .*two does not exist"):
        desk.run(desk.folder / "one", desk.folder / "two")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("//server/share", r"is a network \(UNC\) path and is refused"),
        ("\\\\server\\share", r"is a network \(UNC\) path and is refused"),
        ("\\\\server/share", r"is a network \(UNC\) path and is refused"),
        ("a\x00b", "cannot be opened"),
    ],
)
def test_network_paths_and_nonsense_are_refused(desk: Desk, path: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        desk.run(Path(path))


def test_a_folder_that_is_gone_can_be_taken_out(desk: Desk) -> None:
    desk.write("a.md", "하나이다.")
    desk.run()
    desk.notes.rename(desk.folder / "away")
    with pytest.raises(UsageError, match=r"does not exist any more; add --allow-shrink to remove its 1 document"):
        desk.run()
    assert desk.run(allow_shrink=True).sources == 0


def test_a_dry_run_counts_and_writes_nothing(desk: Desk) -> None:
    desk.write("a.md", LONG)
    desk.write("b.md", "둘이다.")
    rehearsed = desk.run(dry_run=True)
    assert not desk.data.exists()
    real = desk.run()
    assert counts(rehearsed)[:3] == counts(real)[:3]
    assert (rehearsed.embedded, rehearsed.sources, rehearsed.chunks) == (0, real.sources, real.chunks)
    desk.write("a.md", LONG.replace("\n3번째", "\n셋째"))
    (desk.notes / "b.md").unlink()
    rehearsed = desk.run(dry_run=True)
    assert desk.store.generations() == (1,)
    assert counts(rehearsed)[:3] == counts(desk.run())[:3] == (1, 2, real.chunks - 2)


def test_another_model_is_an_error_until_a_rebuild_is_asked_for(desk: Desk) -> None:
    desk.write("a.md", LONG)
    desk.write("b.md", "둘이다.")
    before = desk.run()
    desk.embedder = HashEmbedder(dimension=16, name="other")
    with pytest.raises(StampMismatch, match=r"'hash'.*'other'.*--rebuild"):
        desk.run(model="other")
    after = desk.run(model="other", rebuild=True)
    assert (after.chunks, after.embedded) == (before.chunks, before.chunks)
    with desk.store.open_current() as snapshot:
        assert (snapshot.stamp.embedder, snapshot.stamp.dimension) == ("other", 16)


def test_a_newer_version_of_the_shipped_model_is_taken_over_at_once(desk: Desk) -> None:
    desk.write("a.md", "하나이다.")
    desk.embedder = HashEmbedder(name="seodang-static-ko-en-2")
    desk.run()
    desk.embedder = HashEmbedder(dimension=16, name="seodang-static-ko-en-3")
    receipt = desk.run()
    assert (receipt.generation, receipt.embedded) == (2, 1)
    desk.embedder = HashEmbedder(dimension=16, name="seodang-static-ja-en-3")
    with pytest.raises(StampMismatch, match="--rebuild"):
        desk.run()


def test_another_chunk_size_cuts_the_runs_documents_again(desk: Desk) -> None:
    desk.write("a.md", LONG)
    before = desk.run()
    after = desk.run(chunk_tokens=128)
    assert after.generation == 2
    assert 0 < after.chunks < before.chunks
    assert desk.run(chunk_tokens=128).generation == 2


def test_a_rebuild_cuts_documents_outside_its_paths_from_the_text_that_was_kept(desk: Desk) -> None:
    other = desk.folder / "other"
    other.mkdir()
    (other / "b.md").write_text(LONG, encoding="utf-8")
    desk.write("a.md", "하나이다.")
    before = desk.run(desk.notes, other)
    shutil.rmtree(other)
    after = desk.run(chunk_tokens=128, rebuild=True)
    assert desk.names() == ["a.md", "b.md"]
    assert after.chunks < before.chunks


def test_chunks_larger_than_the_model_reads_are_refused(desk: Desk) -> None:
    desk.embedder.max_tokens = 32
    with pytest.raises(SettingsError, match=r"RAG_CHUNK_TOKENS is 64, but .* reads 32"):
        desk.run()


def test_a_second_run_at_the_same_time_says_who_is_at_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sync.LOCK_WAIT_S", 0.0)
    desk.write("a.md", "하나이다.")
    with desk.store.lock(), pytest.raises(IndexLocked):
        desk.run()
    assert desk.run().generation == 1


def test_the_data_folder_inside_or_at_the_notes_is_not_ingested(desk: Desk) -> None:
    desk.write("a.md", "하나이다.")
    desk.data = desk.notes / "store"
    desk.store = Store(desk.data / "index")
    desk.run()
    desk.write("store/note.md", "자료 폴더 안의 글이다.")
    assert desk.run().sources == 1
    desk.data = desk.notes
    desk.store = Store(desk.data / "index")
    receipt = desk.run()
    assert receipt.failed == ()
    assert desk.names() == ["a.md", "store/note.md"]
    assert desk.run().generation == 1


def test_a_damaged_engine_is_healed_by_a_run_without_changes(desk: Desk) -> None:
    desk.write("a.md", LONG)
    desk.run()
    victim = next(path for path in (desk.data / "index").rglob("gen-000001/chroma/**/*.bin"))
    victim.write_bytes(b"")
    healed = desk.run()
    assert (healed.generation, healed.embedded) == (2, 0)
    desk.store.open_current().close()


def test_two_spellings_of_one_name_are_two_sources_with_a_warning(desk: Desk) -> None:
    desk.write("노트.md", "하나이다.")
    desk.write(unicodedata.normalize("NFD", "노트.md"), "둘이다.")
    receipt = desk.run()
    assert desk.names() == ["노트.md", "노트~2.md"]
    assert "same name" in report(receipt, "노트~2.md").warnings[0]


def test_an_interrupted_run_leaves_the_index_as_it_was(desk: Desk) -> None:
    desk.write("a.md", "하나이다.")
    desk.run()
    desk.write("b.md", "둘이다.")

    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "terms":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.run(on_progress=interrupt)
    assert desk.names() == ["a.md"]
    receipt = desk.run()
    assert (receipt.generation, receipt.sources, receipt.embedded) == (2, 2, 0)


def test_progress_counts_up_to_its_totals(desk: Desk) -> None:
    desk.write("a.md", "하나이다.")
    desk.write("b.md", "둘이다.")
    heard: list[tuple[str, int, int]] = []
    desk.run(on_progress=lambda stage, done, total: heard.append((stage, done, total)))
    assert heard[:4] == [("scan", 1, 2), ("scan", 2, 2), ("read", 1, 2), ("read", 2, 2)]
    assert ("terms", 2, 2) in heard


def test_a_run_without_changes_sweeps_what_a_killed_one_left(desk: Desk) -> None:
    """A run killed while it removed an old generation left its half until the next change."""
    desk.write("a.md", "하나이다.")
    desk.run()
    (desk.data / "index" / "dying-1-gen-000001").mkdir()
    (desk.data / "index" / "building-1-abcd").mkdir()
    desk.run()
    assert sorted(path.name for path in (desk.data / "index").iterdir()) == [
        "CURRENT",
        "LOCK",
        "PROVED.json",
        "gen-000001",
    ]


def test_a_large_run_spares_memory_and_makes_the_same_index(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which runs do is seen by what a run lets go of before it reads."""
    rests: list[int] = []
    monkeypatch.setattr(SplitTerms, "rest", lambda terms: rests.append(1))
    desk.write("길다.md", LONG)
    desk.write("b.md", "# B\n\nTwo.")
    first = counts(desk.run())
    usual, texts = len(rests), {name: desk.text(name) for name in desk.names()}
    shutil.rmtree(desk.data)
    monkeypatch.setattr("ingest.sync.SPARING_FROM", 100)
    assert counts(desk.run()) == first
    assert len(rests) > 2 * usual
    assert {name: desk.text(name) for name in desk.names()} == texts
    desk.write("b.md", "# B\n\nThree.")
    rests.clear()
    assert counts(desk.run())[:2] == (1, 1)
    assert len(rests) == usual, "little is read"


def test_the_collector_of_garbage_is_left_as_it_was(desk: Desk) -> None:
    desk.write("a.md", "하나이다.")
    before, meanwhile = gc.get_threshold(), set()
    desk.run(on_progress=lambda stage, done, total: meanwhile.add(gc.get_threshold()))
    assert len(meanwhile) == 1
    assert before not in meanwhile
    assert gc.get_threshold() == before
