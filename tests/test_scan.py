"""The walk: documents are found by name, links and machine folders are not entered, secrets are never read."""

import os
import shutil
import unicodedata
from pathlib import Path

import pytest

from ingest.roots import known_root_above, root_key, root_label, source_id
from ingest.scan import MAX_DEPTH, Scan, scan_folder


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")


def names(scan: Scan) -> list[str]:
    return [file.name for file in scan.files]


def test_documents_are_found_in_order_of_their_names(tmp_path: Path) -> None:
    make(tmp_path, "b.md", "a/깊은/c.txt", "a/x.MD", "그림.png", "code.py", "report.pdf", "noext")
    assert names(scan_folder(tmp_path)) == ["a/x.MD", "a/깊은/c.txt", "b.md", "report.pdf", "그림.png"]


def test_machine_folders_secrets_and_leftovers_are_passed_over(tmp_path: Path) -> None:
    make(
        tmp_path,
        ".git/a.md",
        "node_modules/a.md",
        ".obsidian/a.md",
        ".env.md",
        "id_rsa.txt",
        "server.key.md",
        "secrets.toml",
        "~$note.md",
        "._note.md",
        ".DS_Store",
        "Thumbs.db",
        ".hidden.md",
    )
    assert names(scan_folder(tmp_path)) == ["server.key.md"]


def test_ignore_rules_are_those_of_git(tmp_path: Path) -> None:
    make(tmp_path, "draft/a.md", "b.md", "keep/c.md", "keep/c-draft.md", "keep/d-draft.md", "deep/own/e.md")
    (tmp_path / ".seodangignore").write_text("# 초안\ndraft/\n*-draft.md\n!keep/c-draft.md\n", encoding="utf-8")
    (tmp_path / "deep/.seodangignore").write_text("/own\n", encoding="utf-8")
    assert names(scan_folder(tmp_path)) == ["b.md", "keep/c-draft.md", "keep/c.md"]


def test_links_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    make(outside, "secret.md")
    root = tmp_path / "root"
    make(root, "a.md")
    (root / "link.md").symlink_to(outside / "secret.md")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "broken.md").symlink_to(root / "nothing")
    assert names(scan_folder(root)) == ["a.md"]


def test_pipes_are_no_documents(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert scan_folder(tmp_path) == Scan(())


def test_names_are_composed(tmp_path: Path) -> None:
    make(tmp_path, unicodedata.normalize("NFD", "강의/노트.md"))
    assert names(scan_folder(tmp_path)) == ["강의/노트.md"]


def test_two_spellings_of_one_name_stay_two_documents(tmp_path: Path) -> None:
    make(tmp_path, "노트.md", unicodedata.normalize("NFD", "노트.md"))
    first, second = scan_folder(tmp_path).files
    assert (first.name, first.path.name, first.warnings) == ("노트.md", "노트.md", ())
    assert (second.name, second.path.name) == ("노트~2.md", unicodedata.normalize("NFD", "노트.md"))
    assert "same name" in second.warnings[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_without_permission_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "closed/b.md")
    (tmp_path / "closed").chmod(0)
    try:
        scan = scan_folder(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert names(scan) == ["a.md"]
    assert scan.unreached == ("closed",)
    assert scan.failures[0].source == "closed"


def test_a_folder_that_is_gone_is_unreached(tmp_path: Path) -> None:
    scan = scan_folder(tmp_path / "gone")
    assert (scan.files, scan.unreached) == ((), (".",))


def test_the_products_own_data_is_not_read(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "data/index/b.md")
    assert names(scan_folder(tmp_path, without=[tmp_path / "data"])) == ["a.md"]


@pytest.mark.parametrize("name", ["CON.md", "....md", "🎉.md", " .md", "이름 " * 20 + ".md", "a\nb\x1b[31m.md"])
def test_odd_names_are_names(tmp_path: Path, name: str) -> None:
    make(tmp_path, f"f/{name}")
    assert len(scan_folder(tmp_path).files) == (0 if name.startswith(".") else 1)


def test_a_root_key_says_nothing_and_moves_with_the_data_folder(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    make(one, "docs/a.md")
    make(two, "docs/a.md")
    key = root_key(one / "docs", one / ".data")
    assert key == root_key(two / "docs", two / ".data") == root_key(one / "x/../docs", one / ".data")
    assert key != root_key(two / "docs", one / ".data")
    assert len(key) == 16
    assert root_label(one / "docs") == "docs"


def test_the_nearest_known_root_above_a_file_is_found(tmp_path: Path) -> None:
    make(tmp_path, "docs/deep/a.md")
    data = tmp_path / "data"
    file = tmp_path / "docs/deep/a.md"
    assert known_root_above(file, data, set()) is None
    assert known_root_above(file, data, {root_key(tmp_path / "docs", data)}) == (tmp_path / "docs").resolve()


def test_equal_names_of_two_folders_or_collections_are_two_sources() -> None:
    assert len({source_id("c", "r", "a.md"), source_id("c", "s", "a.md"), source_id("d", "r", "a.md")}) == 3


def test_folders_without_end_are_named_and_the_rest_is_found(tmp_path: Path) -> None:
    """They were passed over without a word."""
    (tmp_path / "a.md").write_text("글", encoding="utf-8")
    deep = tmp_path.joinpath(*["d"] * (MAX_DEPTH + 1))
    deep.mkdir(parents=True)
    (deep / "b.md").write_text("글", encoding="utf-8")
    scan = scan_folder(tmp_path)
    assert [file.name for file in scan.files] == ["a.md"]
    assert scan.unreached == ("/".join(["d"] * (MAX_DEPTH + 1)),)
    assert "move this one up" in scan.failures[0].reason


def test_a_path_that_is_too_long_for_the_system_is_named(tmp_path: Path) -> None:
    """It was passed over as if it had vanished."""
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        for _ in range(30):
            os.mkdir("가" * 60)
            os.chdir("가" * 60)
    finally:
        os.chdir(here)
    scan = scan_folder(tmp_path)
    assert len(scan.failures) == 1
    assert "its path is too long" in scan.failures[0].reason
    assert scan.unreached == (scan.failures[0].source,)
    shutil.rmtree(tmp_path / ("가" * 60))
