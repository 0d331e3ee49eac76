"""The floor plan holds: who may import whom, one door for each vendor, no circles, nothing dangerous in the tree."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("rag_app", "ingest", "graphs")
FILES = [*sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")), ROOT / "streamlit_app.py"]

FORBIDDEN_ROOMS = {"rag_app": {"ingest", "graphs"}, "ingest": {"graphs"}, "graphs": {"ingest"}, "streamlit_app": set()}

DOORS = {
    "chromadb": ("rag_app/index/",),
    "chromadb_rust_bindings": ("rag_app/index/",),
    "tantivy": ("rag_app/index/",),
    "sentence_transformers": ("rag_app/embedding.py", "rag_app/embedder/", "rag_app/reranking.py"),
    "huggingface_hub": ("rag_app/model_hub.py",),
    "torch": ("rag_app/embedding.py", "rag_app/embedder/", "rag_app/reranking.py"),
    "kiwipiepy": ("rag_app/language.py", "rag_app/terms.py"),
    "sqlalchemy": ("rag_app/conversations.py", "rag_app/feedback.py", "rag_app/database.py"),
    "streamlit": ("rag_app/views/", "streamlit_app.py"),
    "langgraph": ("graphs/",),
    "langchain": ("rag_app/llm.py",),
    "langchain_core": ("graphs/", "rag_app/llm.py", "rag_app/providers.py"),
    "langchain_openai": ("rag_app/llm.py",),
    "openai": ("rag_app/llm.py",),
    "markdown_it": ("ingest/formats/",),
    "watchdog": ("ingest/watch.py",),
    "yaml": ("ingest/formats/",),
    "pypdfium2": ("ingest/formats/",),
    "docx": ("ingest/formats/",),
    "pptx": ("ingest/formats/",),
    "openpyxl": ("ingest/formats/",),
    "olefile": ("ingest/formats/",),
    "defusedxml": ("ingest/formats/",),
    "lxml": ("ingest/formats/",),
    "PIL": ("ingest/formats/",),
}

DANGEROUS_CALLS = {"eval", "exec", "compile", "__import__"}
DANGEROUS_MODULES = {"pickle", "joblib", "marshal", "shelve", "langchain_experimental", "jinja2"}
DANGEROUS_WORDS = (
    "trust_remote_code=True",
    "unsafe_allow_html=True",
    "allow_pickle=True",
    "shell=True",
    "st.html(",
    "components.v1",
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Each imported module, and whether the import stands at the top of the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(path)}: imports are absolute here"
            yield node.module or "", id(node) in top


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_room_imports_only_what_the_table_allows(path: Path) -> None:
    room = _name(path).split("/")[0].removesuffix(".py")
    for module, _ in _imports(path):
        assert module.split(".")[0] not in FORBIDDEN_ROOMS[room], f"{_name(path)} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_every_vendor_has_one_door(path: Path) -> None:
    for module, _ in _imports(path):
        doors = DOORS.get(module.split(".")[0])
        assert doors is None or _name(path).startswith(doors), f"{_name(path)} imports {module}; its door is {doors}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_nothing_runs_text_or_loads_objects(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for module, _ in _imports(path):
        assert module.split(".")[0] not in DANGEROUS_MODULES, f"{_name(path)} imports {module}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in DANGEROUS_CALLS, f"{_name(path)}:{node.lineno} calls {node.func.id}"
    for word in DANGEROUS_WORDS:
        assert word not in text, f"{_name(path)} holds {word}"


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "__init__.py"], ids=_name)
def test_an_init_file_is_a_map_and_nothing_else(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body), _name(path)
    assert body, f"{_name(path)} has no docstring"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_file_says_in_its_first_line_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), _name(path)


def test_modules_form_no_circle() -> None:
    modules = {_name(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in FILES}
    edges = {
        name: {module for module, _ in _imports(path) if module in modules and module != name}
        for name, path in modules.items()
    }
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way, name))
        if name not in done:
            for module in sorted(edges[name]):
                visit(module, (*way, name))
            done.add(name)

    for name in sorted(edges):
        visit(name, ())
