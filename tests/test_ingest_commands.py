"""status, diff, rollback, prune, verify and export over real generations."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ingest.__main__ import main
from ingest.generations import difference, open_catalog
from ingest.sync import sync
from rag_app.index.store import Store
from rag_app.receipts import Receipt
from rag_app.settings import Settings
from tests.fakes import HashEmbedder, SplitTerms

Ingest = Callable[[], Receipt]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "휴가.md").write_text("# 휴가\n\n연차는 15일이다.", encoding="utf-8")
    (folder / "경비.md").write_text("# 경비\n\n월말에 정산한다.", encoding="utf-8")
    return folder


@pytest.fixture
def ingest(notes: Path, data_dir: Path) -> Ingest:
    def run() -> Receipt:
        return sync(
            [notes],
            settings=Settings(data_dir=data_dir),
            store=Store(data_dir / "index"),
            embedder=HashEmbedder(),
            terms=SplitTerms(),
            collection="default",
        )

    return run


@pytest.fixture
def three(ingest: Ingest, notes: Path) -> None:
    """Three generations: two notes; one edited; one renamed and one more added."""
    ingest()
    (notes / "휴가.md").write_text("# 휴가\n\n연차는 20일이다.", encoding="utf-8")
    ingest()
    (notes / "경비.md").rename(notes / "비용.md")
    (notes / "보안.md").write_text("# 보안\n\n암호는 석 달마다 바꾼다.", encoding="utf-8")
    ingest()


@pytest.mark.usefixtures("three")
def test_a_difference_names_documents_and_passages(data_dir: Path) -> None:
    with closing(open_catalog(data_dir / "index", 1)) as one, closing(open_catalog(data_dir / "index", 3)) as three:
        found = difference(one, three)
    assert (found.added, found.removed, found.changed, found.moved) == (
        ("보안.md",),
        (),
        ("휴가.md",),
        (("경비.md", "비용.md"),),
    )
    assert [(p.sources, p.chunk.text) for p in found.passages_added] == [
        (("보안.md",), "# 보안\n\n암호는 석 달마다 바꾼다."),
        (("휴가.md",), "# 휴가\n\n연차는 20일이다."),
    ]
    assert [p.chunk.text for p in found.passages_removed] == ["# 휴가\n\n연차는 15일이다."]


@pytest.mark.usefixtures("three")
def test_diff_says_it_in_words_and_as_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_LANGUAGE", "ko")
    assert main(["diff", "1", "2"]) == 0
    assert capsys.readouterr().out == (
        "바뀐 문서 1개:\n  휴가.md\n새 대목 1개:\n  휴가.md: # 휴가 연차는 20일이다.\n"
        "없어진 대목 1개:\n  휴가.md: # 휴가 연차는 15일이다.\n"
    )
    assert main(["diff", "2", "2"]) == 0
    assert capsys.readouterr().out == "2번째와 2번째 색인의 내용이 같습니다.\n"
    assert main(["diff", "1", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] == ["휴가.md"]
    assert main(["diff", "1", "9"]) == 2
    assert "there is no generation 9" in capsys.readouterr().err


@pytest.mark.usefixtures("three")
def test_status_marks_the_live_generation(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_LANGUAGE", "en")
    assert main(["status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("* generation 3: 3 documents, 3 chunks (1 added, 0 removed)")
    assert lines[1] == "    collection default: 3 documents, 3 chunks"
    assert lines[2].startswith("  generation 2: 2 documents")
    assert main(["status", "--json"]) == 0
    assert [item["number"] for item in json.loads(capsys.readouterr().out)] == [3, 2, 1]


def test_status_without_an_index_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 0
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.usefixtures("three")
def test_rollback_goes_one_back_or_to_a_number(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(data_dir / "index")
    assert main(["rollback"]) == 0
    assert store.current() == 2
    assert main(["rollback", "1"]) == 0
    assert store.current() == 1
    assert main(["rollback"]) == 2
    assert main(["rollback", "7"]) == 2
    assert "there is no generation 7" in capsys.readouterr().err
    assert store.current() == 1


@pytest.mark.usefixtures("three")
def test_a_run_after_a_rollback_catches_up_without_the_model(ingest: Ingest) -> None:
    assert main(["rollback", "1"]) == 0
    receipt = ingest()
    assert (receipt.generation, receipt.sources, receipt.embedded) == (4, 3, 0)


@pytest.mark.usefixtures("three")
def test_prune_keeps_the_newest_and_the_live_one(data_dir: Path) -> None:
    assert main(["rollback", "1"]) == 0
    assert main(["prune", "--keep", "1"]) == 0
    assert Store(data_dir / "index").generations() == (1, 3)
    assert main(["prune", "--keep", "0"]) == 2


@pytest.mark.usefixtures("three")
def test_verify_proves_a_generation_whole_and_names_what_is_wrong(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LANGUAGE", "en")
    assert main(["verify"]) == 0
    assert capsys.readouterr().out.startswith("Generation 3 is whole")
    victim = next((data_dir / "index/gen-000002").rglob("lexical/**/*.json"))
    victim.write_bytes(b"")
    assert main(["verify", "2"]) == 1
    assert "Generation 2 has 1 problem(s):" in capsys.readouterr().out


def test_verify_without_an_index_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_export_writes_every_passage_once_with_its_places(ingest: Ingest, notes: Path, tmp_path: Path) -> None:
    (notes / "휴가 사본.md").write_text("# 휴가\n\n연차는 15일이다.", encoding="utf-8")
    ingest()
    target = tmp_path / "passages.jsonl"
    assert main(["export", str(target)]) == 0
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [(row["title"], row["text"]) for row in rows] == [
        ("경비", "# 경비\n\n월말에 정산한다."),
        ("휴가", "# 휴가\n\n연차는 15일이다."),
    ]
    assert [(place["source"], place["start"], place["line"]) for place in rows[1]["places"]] == [
        ("휴가 사본.md", 0, 1),
        ("휴가.md", 0, 1),
    ]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_export_without_an_index_or_a_folder_is_one_sentence(
    ingest: Ingest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(tmp_path / "out.jsonl")]) == 2
    ingest()
    assert main(["export", str(tmp_path / "gone" / "out.jsonl")]) == 2
    assert capsys.readouterr().err.count("\n") == 2
