"""Jupyter notebooks: prose as it is written, code in fences, short text outputs; each cell is a place ("cell 5")."""

import json
from collections.abc import Mapping, Sequence

from ingest.formats.commonmark import parse_blocks, plain_title
from ingest.formats.composer import Composer
from ingest.formats.decoding import decode
from rag_app.cleaning import clean_text
from rag_app.errors import UnreadableSource
from rag_app.schema import Heading, Reading, SourceText

MAX_CELLS = 20_000
MAX_OUTPUT_LINES = 12
MAX_OUTPUT_CHARS = 1_200
MAX_CODE_CHARS = 100_000


def read_notebook(data: bytes) -> SourceText:
    """The cells in order, numbered from 1. Pictures, HTML and long outputs are left out.

    Raises:
        UnreadableSource: it is no notebook, or nested more deeply than any notebook is.
        UndecodableSource: the bytes are no text.
    """
    decoded = decode(data)
    notebook = _parsed(decoded.text)
    cells = _cells(notebook)
    composer = Composer()
    warnings = list(decoded.warnings)
    if len(cells) > MAX_CELLS:
        warnings.append(f"only the first {MAX_CELLS:,} of {len(cells):,} cells were read; split the notebook")
    metadata = _mapping(notebook.get("metadata"))
    language = _text(_mapping(metadata.get("language_info")).get("name")) or _text(
        _mapping(metadata.get("kernelspec")).get("language")
    )
    cut = empty = 0
    for number, cell in enumerate(cells[:MAX_CELLS], start=1):
        composer.place(f"cell {number}")
        before = composer.chars
        source = _text(cell.get("source", cell.get("input")))
        if cell.get("cell_type") == "code":
            composer.code(source[:MAX_CODE_CHARS], language or "python")
            cut += _outputs(cell, composer)
        else:
            _prose(source, composer)
        empty += composer.chars == before
    if cut:
        warnings.append(f"{cut} long outputs were shortened to {MAX_OUTPUT_LINES} lines")
    return composer.source(
        title=_text(metadata.get("title")) or composer.first_heading,
        format_name="notebook",
        encoding=decoded.encoding,
        metadata={"author": _authors(metadata), "date": _text(metadata.get("date")), "language": language},
        warnings=warnings,
        reading=Reading(len(cells), empty),
    )


def _parsed(text: str) -> Mapping[str, object]:
    try:
        notebook: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else f"its JSON breaks off: {error}"
        raise UnreadableSource(f"the notebook is damaged ({reason}); open it in Jupyter and save it again") from error
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        raise UnreadableSource("the file is no notebook (it has no cells); open it in Jupyter and save it again")
    return notebook


def _cells(notebook: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The cells, also of notebooks in the form of before 2015."""
    found = notebook.get("cells")
    if found is None:
        found = [
            cell for sheet in _sequence(notebook.get("worksheets")) for cell in _sequence(_mapping(sheet).get("cells"))
        ]
    return [cell for cell in _sequence(found) if isinstance(cell, dict)]


def _prose(source: str, composer: Composer) -> None:
    text = clean_text(source).strip("\n")
    outline = [
        Heading(block.level, title, block.start, block.line)
        for block in parse_blocks(text)
        if block.kind == "heading" and (title := plain_title(block.content))
    ]
    composer.markdown(text, outline)


def _outputs(cell: Mapping[str, object], composer: Composer) -> int:
    """Writes what the cell printed; the number of outputs that were shortened."""
    cut = 0
    for output in _sequence(cell.get("outputs")):
        said = _mapping(output)
        text = _text(said.get("text")) or _text(_mapping(said.get("data")).get("text/plain"))
        if said.get("output_type") in ("error", "pyerr"):
            text = f"{_text(said.get('ename'))}: {_text(said.get('evalue'))}"
        if not text.strip() or text.startswith(("<Figure", "<AxesSubplot", "<matplotlib")):
            continue
        lines = text[: 4 * MAX_OUTPUT_CHARS].split("\n")
        short = "\n".join(lines[:MAX_OUTPUT_LINES])[:MAX_OUTPUT_CHARS]
        if len(short.rstrip()) < len(text.rstrip()):
            cut += 1
            short = f"{short.rstrip()}\n…"
        composer.code(short, "text")
    return cut


def _authors(metadata: Mapping[str, object]) -> str:
    names = (_text(_mapping(author).get("name")) or _text(author) for author in _sequence(metadata.get("authors")))
    return ", ".join(filter(None, names))


def _text(value: object) -> str:
    """A string, or the lines that a notebook keeps as a list; empty for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return ""


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
