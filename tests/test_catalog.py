"""The catalog of a published generation: what was put in comes out, for any number of threads."""

import contextlib
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag_app.errors import DamagedIndex
from rag_app.index.catalog import Catalog
from rag_app.index.change import BuildCounts, SourceContent
from rag_app.index.connections import Connections
from rag_app.index.draft import Draft
from rag_app.index.evidence import read_vectors
from rag_app.index.lexical import pack_terms
from rag_app.receipts import Failure, FileReport, Receipt
from rag_app.schema import Heading, Stamp
from tests.fakes import make_content

STAMP = Stamp("hash", "d1", 2, "chunker-1", "fake-1")
RECEIPT = Receipt(
    3,
    1,
    2,
    3,
    4,
    (Failure("b.md", "빈 파일입니다"),),
    5,
    6,
    1.5,
    (FileReport("a.md", "added", warnings=("깨진 글자",)),),
    {"read": 1.0},
)
NOTES = make_content(
    "강의/1주차.md",
    ["첫 문단 — 𝛼와 😀", "둘째 문단", "첫 문단 — 𝛼와 😀"],
    title="1주차",
    headings=("과적합", "정의"),
    metadata={"date": "2025-03-01"},
)
POLICY = make_content("규정.md", ["연차는 15일", "둘째 문단"], collection="사내 규정")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.sqlite"
    draft = Draft(path)
    outlined = SourceContent(NOTES.source, NOTES.text, (Heading(1, "과적합", 0, 1),), NOTES.chunks, NOTES.placements)
    assert draft.write(outlined, STAMP.chunker)
    assert draft.write(POLICY, "chunker-0")
    draft.settle(lambda name: (name.split(".")[0],))
    rows = draft.rows_without_evidence()
    chunks = draft.chunks(rows)
    packed = [pack_terms((), (), chunk.text.split()) for chunk in chunks]
    draft.keep_evidence(rows, chunks, packed, np.eye(len(rows), 2, dtype=np.float16))
    draft.finish(STAMP, RECEIPT, tombstones=0)
    draft.close()
    return path


@pytest.fixture
def catalog(path: Path) -> Iterator[Catalog]:
    catalog = Catalog(path)
    yield catalog
    catalog.close()


def test_sources_come_back_as_they_were(catalog: Catalog) -> None:
    assert catalog.sources() == (NOTES.source, POLICY.source)
    assert catalog.sources("사내 규정") == (POLICY.source,)
    assert catalog.source(NOTES.source.id) == NOTES.source
    assert catalog.source("unknown") is None
    assert catalog.collections() == ("default", "사내 규정")
    assert catalog.chunkers() == {NOTES.source.id: "chunker-1", POLICY.source.id: "chunker-0"}


def test_texts_and_outlines_come_back_code_point_for_code_point(catalog: Catalog) -> None:
    assert catalog.text_of(NOTES.source.id) == NOTES.text
    assert catalog.outline_of(NOTES.source.id) == (Heading(1, "과적합", 0, 1),)
    assert catalog.text_of("unknown") == ""
    assert catalog.outline_of("unknown") == ()


def test_chunks_come_back_as_they_were(catalog: Catalog) -> None:
    assert catalog.chunks([chunk.id for chunk in NOTES.chunks]) == {chunk.id: chunk for chunk in NOTES.chunks}
    assert catalog.chunks(["unknown"]) == {}


def test_placements_hold_their_chunks(catalog: Catalog) -> None:
    assert catalog.placements_of_source(NOTES.source.id) == NOTES.placements
    twice = NOTES.chunks[0].id
    assert catalog.placements_of_chunks([twice])[twice] == (NOTES.placements[0], NOTES.placements[2])


def test_a_passage_said_twice_in_one_document_is_one_chunk(catalog: Catalog) -> None:
    assert catalog.counts() == (2, 4)
    assert catalog.counts("default") == (1, 2)
    assert catalog.counts("없음") == (0, 0)
    assert len(catalog.chunk_ids()) == 4
    assert catalog.chunk_ids("사내 규정") == {chunk.id for chunk in POLICY.chunks}


def test_standings_stay_within_the_collections_asked_for(catalog: Catalog) -> None:
    rows = sorted(catalog.member_rows("사내 규정"))
    assert catalog.standings(rows, ["default"]) == {}
    found = catalog.standings(rows, ["사내 규정"])
    assert [place.ordinal for places in found.values() for place, _ in places] == [0, 1]


def test_evidence_holds_terms_and_vectors(catalog: Catalog) -> None:
    rows = sorted(catalog.member_rows("사내 규정"))
    found = catalog.evidence([*rows, 999])
    assert set(found.rows) == set(rows)
    assert found.vectors.shape == (2, 2)
    assert set(found.terms) == {"  \n  \n 연차는 15일 ", "  \n  \n 둘째 문단 "}
    assert catalog.evidence([]).rows == ()


def test_every_finite_half_becomes_the_same_float() -> None:
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)]
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE evidence (row INTEGER, vector BLOB)")
        connection.executemany(
            "INSERT INTO evidence VALUES (?, ?)", [(1, halves.tobytes()), (2, halves[::-1].tobytes())]
        )
        rows, vectors = read_vectors(connection, [1, 2])
    assert rows == (1, 2)
    wanted = np.stack([halves, halves[::-1]]).astype(np.float32)
    assert (vectors.view(np.uint32) == wanted.view(np.uint32)).all()  # bit for bit: the sign of zero too


def test_stamp_and_receipt_come_back(catalog: Catalog) -> None:
    assert catalog.stamp() == STAMP
    assert catalog.receipt() == RECEIPT


def test_many_ids_are_asked_for_in_parts(catalog: Catalog) -> None:
    ids = [f"unknown-{n}" for n in range(70_000)] + [NOTES.chunks[0].id]
    assert set(catalog.chunks(ids)) == {NOTES.chunks[0].id}


def test_threads_read_side_by_side(catalog: Catalog) -> None:
    with ThreadPoolExecutor(16) as pool:
        texts = list(pool.map(lambda _: catalog.text_of(NOTES.source.id), range(200)))
    assert set(texts) == {NOTES.text}


def test_reading_leaves_no_trace_beside_the_file(catalog: Catalog, path: Path) -> None:
    catalog.sources()
    assert [found.name for found in path.parent.iterdir()] == ["catalog.sqlite"]


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000])
def test_what_is_no_catalog_is_damage_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(content)
    with pytest.raises(DamagedIndex, match="python -m ingest"):
        Catalog(tmp_path / "catalog.sqlite")


def test_a_catalog_cut_short_while_it_is_open_is_damage_and_no_crash(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(path.read_bytes())
    catalog = Catalog(copy)
    copy.write_bytes(path.read_bytes()[:8192])
    with pytest.raises(DamagedIndex):
        catalog.text_of(NOTES.source.id)
    catalog.close()


def test_build_counts_are_values() -> None:
    assert BuildCounts(1, 0, 0, 0, 0, 0) == BuildCounts(1, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("mapped", [True, False])
def test_a_file_is_mapped_into_memory_where_that_is_asked_for(tmp_path: Path, mapped: bool) -> None:
    path = tmp_path / "catalog.sqlite"
    sqlite3.connect(path).close()
    connections = Connections(path, mapped=mapped)
    with connections.reading() as connection:
        (size,) = connection.execute("PRAGMA mmap_size").fetchone()
    connections.close()
    assert (size > 0) is mapped
