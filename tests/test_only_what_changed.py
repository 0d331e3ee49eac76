"""What a run costs after each kind of change, on real files, a real index and a real cache: counted in passages embedded."""

import random
import shutil
import unicodedata
from pathlib import Path

import pytest

from ingest.sync import sync
from rag_app.index.store import Store
from rag_app.receipts import Receipt
from rag_app.settings import Settings
from tests.fakes import HashEmbedder, SplitTerms

WORDS = "연차 휴가 출장 비용 정산 회의 결재 문서 규정 부서 담당 확인 제출 기한 매월 보고 the travel cost is paid every month by team".split()


class Desk:
    """A folder of notes and a way to ingest it."""

    def __init__(self, folder: Path) -> None:
        self.notes, self.data = folder / "notes", folder / "data"
        self.notes.mkdir()
        self.store = Store(self.data / "index")
        self.embedder = HashEmbedder()

    def run(self) -> Receipt:
        settings = Settings(data_dir=self.data, chunk_tokens=64)
        return sync(
            (self.notes,),
            settings=settings,
            store=self.store,
            embedder=self.embedder,
            terms=SplitTerms(),
            collection="default",
        )

    def cited(self) -> set[str]:
        """The names that citations of all passages give."""
        with self.store.open_current() as snapshot:
            sources = snapshot.catalog.sources(None)
            assert all(snapshot.catalog.text_of(source.id) for source in sources)
            return {source.name for source in sources}

    def written(self) -> dict[str, tuple[int, int, int]]:
        """Every file of the index with its size, its time and its number on the disk."""
        return {
            str(path): (path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_ino)
            for path in (self.data / "index").rglob("*")
            if path.is_file() and path.name != "LOCK"
        }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def paragraphs(count: int) -> list[str]:
    """Paragraphs of one to four sentences, a heading before every eighth."""
    chance = random.Random(11)

    def sentence() -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(6, 14))) + "."

    blocks: list[str] = []
    for number in range(count):
        if number % 8 == 0:
            blocks.append(f"{'#' * chance.randint(2, 3)} {number}절 {sentence()[:12]}")
        blocks.append(" ".join(sentence() for _ in range(chance.randint(1, 4))))
    return blocks


def test_nothing_changed_embeds_nothing_and_writes_nothing(desk: Desk) -> None:
    note = desk.notes / "a.md"
    note.write_text("\n\n".join(paragraphs(40)), encoding="utf-8")
    first = desk.run()
    before = desk.written()
    note.touch()
    second = desk.run()
    assert (second.generation, second.embedded, second.added, second.removed) == (first.generation, 0, 0, 0)
    assert desk.written() == before
    assert desk.embedder.texts == first.embedded


def test_a_file_of_a_thousand_passages_costs_what_changed_in_it(desk: Desk) -> None:
    blocks = paragraphs(1_800)
    note = desk.notes / "long.md"

    def embedded(changed: list[str]) -> int:
        note.write_text("\n\n".join(changed), encoding="utf-8")
        return desk.run().embedded

    note.write_text("\n\n".join(blocks), encoding="utf-8")
    assert desk.run().chunks > 1_000
    edited = [*blocks]
    assert not edited[805].startswith("#")
    edited[805] = edited[805].replace(edited[805].split()[2], "고친말")
    assert 1 <= embedded(edited) <= 2
    on_top = ["새로 넣은 문단이다. 회의에서 정한 것을 여기에 적는다.", *edited]
    assert 1 <= embedded(on_top) <= 3
    assert embedded(edited) == 0, "the vectors of what stood there before are kept"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a.md", "다른 이름.md"),
        ("a.md", "깊은/곳/a.md"),
        ("a.md", "A.MD"),
        (unicodedata.normalize("NFC", "규정.md"), unicodedata.normalize("NFD", "규정.md")),
        (unicodedata.normalize("NFD", "규정.md"), unicodedata.normalize("NFC", "규정.md")),
    ],
    ids=["renamed", "moved", "case", "to NFD", "to NFC"],
)
def test_another_name_embeds_nothing_and_is_the_one_that_is_cited(desk: Desk, old: str, new: str) -> None:
    (desk.notes / old).write_text("\n\n".join(paragraphs(40)), encoding="utf-8")
    before = desk.run()
    (desk.notes / new).parent.mkdir(parents=True, exist_ok=True)
    (desk.notes / old).rename(desk.notes / new)
    after = desk.run()
    assert (after.embedded, after.added, after.removed, after.kept) == (0, 0, 0, before.chunks)
    assert desk.cited() == {unicodedata.normalize("NFC", new)}


def test_the_same_passages_in_fifty_files_are_embedded_once(desk: Desk) -> None:
    text = "\n\n".join(paragraphs(24))
    for number in range(50):
        (desk.notes / f"{number}.md").write_text(text, encoding="utf-8")
    receipt = desk.run()
    assert receipt.chunks == receipt.embedded == desk.embedder.texts
    assert len(desk.cited()) == 50


def test_an_index_made_again_embeds_nothing(desk: Desk) -> None:
    (desk.notes / "a.md").write_text("\n\n".join(paragraphs(80)), encoding="utf-8")
    first = desk.run()
    shutil.rmtree(desk.data / "index")
    again = desk.run()
    assert (again.embedded, again.chunks) == (0, first.chunks)
    assert desk.embedder.texts == first.embedded
