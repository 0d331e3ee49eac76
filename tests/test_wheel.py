"""A built wheel holds every package and data file: installed away from the sources, it ingests a note and answers."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _run(command: list[str], folder: Path, **environment: str) -> str:
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("RAG_", "PYTHONPATH"))}
    done = subprocess.run(
        command, cwd=folder, env=outside | environment, capture_output=True, text=True, encoding="utf-8", timeout=280
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, tracked.decode().split("\0")):
        if name.startswith(("rag_app/", "ingest/", "graphs/")) or name in (
            "pyproject.toml",
            "README.md",
            "LICENSE",
            "streamlit_app.py",
        ):
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(copy)], folder)
    (built,) = folder.glob("seodang-*.whl")
    return built


@pytest.mark.slow
def test_every_package_and_data_file_is_in_the_wheel(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for room in ("rag_app", "ingest", "graphs")
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    } | {"streamlit_app.py"}
    assert wanted - packed == set()


@pytest.mark.slow
def test_an_installed_wheel_answers_a_question(wheel: Path, tmp_path: Path) -> None:
    """The environment is empty but for the wheel; its dependencies are lent from this one, without its `.pth` files, so that
    nothing of the source folder can be imported."""
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env" / "bin" / "python")
    _run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)], tmp_path)
    own = Path(_run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], tmp_path).strip())
    (own / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    home = _run([python, "-c", "import rag_app; print(rag_app.__file__)"], tmp_path).strip()
    assert home.startswith(str(own))

    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "연차.md").write_text(
        "# 연차\n\n남은 연차는 다음 해로 7일까지 이월할 수 있다.\n", encoding="utf-8"
    )
    data = str(tmp_path / "data")
    receipt = json.loads(_run([python, "-m", "ingest", "notes", "--json"], tmp_path, RAG_DATA_DIR=data))
    assert (receipt["sources"], receipt["failed"]) == (1, [])
    answer = json.loads(
        _run([python, "-m", "graphs", "ask", "연차는 며칠까지 이월할 수 있어?", "--json"], tmp_path, RAG_DATA_DIR=data)
    )
    assert "7일" in answer["answer"]
    assert answer["citations"][0]["source"] == "연차.md"
