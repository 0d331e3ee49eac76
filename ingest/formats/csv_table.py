"""CSV and TSV: a Markdown table whose header is repeated over each group of rows; a place names the row ("row 7")."""

import csv
import io
import re
from collections.abc import Callable
from itertools import islice

from ingest.formats.composer import MAX_COLUMNS, Composer, table_groups, trimmed
from ingest.formats.decoding import decode_clean
from rag_app.errors import UnreadableSource
from rag_app.schema import Reading, SourceText

MAX_ROWS = 200_000
MAX_CELL_CHARS = 1_000_000
_DELIMITERS = (",", "\t", ";", "|")
Locator = Callable[[int, int], str]

_NUMBER = re.compile(r"[-+]?[\d,.]+%?\Z")


def read_csv(data: bytes) -> SourceText:
    """The rows as tables; the first row names the columns, unless it holds numbers: then they are named A, B, C.

    Formulas are text like any other. Row numbers count records, the header is row 1.

    Raises:
        UndecodableSource: the bytes are no text.
        UnreadableSource: a quotation is never closed, or a cell is as large as a book.
    """
    decoded = decode_clean(data)
    warnings = list(decoded.warnings)
    csv.field_size_limit(MAX_CELL_CHARS)
    try:
        reader = csv.reader(io.StringIO(decoded.text, newline=""), delimiter=_delimiter(decoded.text), strict=False)
        records = list(islice(reader, MAX_ROWS + 1))
    except csv.Error as error:
        raise UnreadableSource(f"the table is damaged ({error}); open it in a spreadsheet and save it again") from error
    if len(records) > MAX_ROWS:
        records = records[:MAX_ROWS]
        warnings.append(f"only the first {MAX_ROWS:,} rows were read; split the table")
    if max(map(len, records), default=0) > MAX_COLUMNS:
        warnings.append(f"only the first {MAX_COLUMNS} columns were read")
    numbers = [number for number, record in enumerate(records, start=1) if any(map(str.strip, record[:MAX_COLUMNS]))]
    cells = trimmed(records)
    composer = Composer()
    write_rows(
        composer, cells, numbers, lambda first, last: f"row {first}" if first == last else f"rows {first}-{last}"
    )
    return composer.source(
        title="",
        format_name="csv",
        encoding=decoded.encoding,
        warnings=warnings,
        reading=Reading(len(records), len(records) - len(numbers)),
    )


def write_rows(composer: Composer, cells: list[list[str]], numbers: list[int], locator: Locator) -> None:
    """Writes rows as tables of a few rows each, every one with the header, and each row at its own place.

    `numbers` are the rows' own numbers; `locator` names a stretch of them.
    """
    if not cells:
        return
    if not _names_columns(cells[0]):
        cells = [[column_letter(index) for index in range(len(cells[0]))], *cells]
        numbers = [numbers[0], *numbers]
    if len(cells[0]) == 1:
        for row, number in zip(cells, numbers, strict=True):
            composer.place(locator(number, number))
            composer.item(row[0])
        return
    for group in table_groups(cells):
        inside = [numbers[index] for index in group] or numbers[:1]
        composer.place(locator(inside[0], inside[-1]))
        composer.rows(cells[0], [cells[index] for index in group], [locator(number, number) for number in inside])


def column_letter(index: int) -> str:
    """The name a spreadsheet gives a column, counted from 0: A, B ... Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _names_columns(row: list[str]) -> bool:
    return not any(_NUMBER.match(cell) for cell in row)


def _delimiter(text: str) -> str:
    """The sign that cuts the first records into the most equal number of cells."""
    head = "\n".join(text[:20_000].split("\n")[:50])

    def fit(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            return 0, 0
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) if usual > 1 else 0), usual

    return max(_DELIMITERS, key=fit)
