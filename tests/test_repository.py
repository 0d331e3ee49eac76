"""Guards over the repository: nothing of one machine, no keys, both READMEs tell the same, links in the docs lead somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
_KEY = re.compile(r"\b(sk-[A-Za-z0-9]{20,}|AIza[0-9A-Za-z_-]{30,}|ghp_[0-9A-Za-z]{30,}|AKIA[0-9A-Z]{16})\b")
_MACHINE = re.compile(r"(^|[^\w.])/(work|home/[a-z]+|root|Users/\w+)/")


def _tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    files = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in files if path.is_file() and (not suffixes or path.suffix in suffixes)]


def test_no_tracked_text_holds_a_key_or_a_path_of_one_machine() -> None:
    for path in _tracked(".py", ".md", ".toml", ".txt", ".sh", ".jsonl", ".example", ""):
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not _KEY.search(text), path
        assert path == Path(__file__) or not _MACHINE.search(text), path


def test_no_file_is_large_but_the_weights() -> None:
    weights = ("rag_app/embedder/model/", "rag_app/frequent_words/")
    large = [
        path
        for path in _tracked()
        if path.stat().st_size > 1_000_000 and not path.relative_to(ROOT).as_posix().startswith(weights)
    ]
    assert large == []
    assert (ROOT / "rag_app/frequent_words/words.bin").stat().st_size <= 2 * 2**20
    assert (
        sum(path.stat().st_size for path in (ROOT / "rag_app/embedder/model").rglob("*") if path.is_file())
        <= 40 * 2**20
    )


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_a_readme_shows_the_two_commands_on_its_first_screen(name: str) -> None:
    first = (ROOT / name).read_text(encoding="utf-8").splitlines()[:20]
    assert any("make run" in line for line in first)
    assert any("make test" in line for line in first)


def test_both_readmes_have_the_same_shape() -> None:
    def shape(name: str) -> tuple[list[int], int, int]:
        text = (ROOT / name).read_text(encoding="utf-8")
        levels = [len(mark) for mark in re.findall(r"^(#+) ", text, re.MULTILINE)]
        return levels, len(re.findall(r"^\|", text, re.MULTILINE)), len(re.findall(r"^- ", text, re.MULTILINE))

    assert shape("README.md") == shape("README.ko.md")


def test_links_in_readmes_and_guide_lead_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "README.ko.md", *(ROOT / "docs").rglob("*.md")]:
        text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in _LINK.findall(text):
            assert (path.parent / target).exists(), f"{path.relative_to(ROOT)} links to {target}"
