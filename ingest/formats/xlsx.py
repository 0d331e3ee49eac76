"""Excel workbooks (.xlsx): each visible sheet as tables with the header over every group of rows, at "Sheet1!A2:C9"."""

import datetime
import io
import re
from collections.abc import Sequence
from typing import Any

from ingest.formats.composer import MAX_COLUMNS, Composer, one_line
from ingest.formats.csv_table import column_letter, write_rows
from ingest.formats.packages import check_xml, open_package, read_member
from rag_app.errors import UnreadableSource
from rag_app.schema import Reading, SourceText

MAX_SHEETS = 200
MAX_ROWS = 100_000
MAX_CELLS = 2_000_000
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_NO_RESULT = re.compile(rb"</f>(?:<v\s*/>|<v></v>)?</c>|<f[^>]*/></c>")
_DECIMALS = re.compile(r"0\.(0+)")

Row = tuple[int, list[str]]


def read_xlsx(data: bytes) -> SourceText:
    """The values as they are shown: dates, percentages and thousands as formatted, formulas as their stored results.

    A cell merged over rows says its value in each. Lines above a table are its title. Hidden sheets are left out.
    Does not cover: charts, pictures, comments.

    Raises:
        UnreadableSource: it is damaged.
        SourceTooLarge: it unpacks to more than the limits.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    package = open_package(data)
    check_xml(package)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, OSError, SyntaxError) as error:
        raise UnreadableSource("the workbook is damaged; open it in a spreadsheet and save it again") from error
    composer = Composer()
    warnings: list[str] = []
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        warnings.append(f"hidden sheets left out: {', '.join(hidden)[:200]}")
    if len(book.worksheets) > MAX_SHEETS:
        warnings.append(f"only the first {MAX_SHEETS} of {len(book.worksheets)} sheets were read")
    cells = 0
    try:
        for sheet in book.worksheets[:MAX_SHEETS]:
            if sheet.sheet_state == "visible":
                cells += _sheet(sheet, package, composer, warnings)
        properties = book.properties
    except (KeyError, ValueError, TypeError, AttributeError, OSError, SyntaxError) as error:
        raise UnreadableSource("a sheet is damaged; open the workbook in a spreadsheet and save it again") from error
    finally:
        book.close()
    changed = properties.modified
    return composer.source(
        title=properties.title or "",
        format_name="xlsx",
        metadata={"author": properties.creator or "", "date": changed.date().isoformat() if changed else ""},
        warnings=warnings,
        reading=Reading(cells),
    )


def _sheet(sheet: Any, package: Any, composer: Composer, warnings: list[str]) -> int:
    """Writes a sheet; how many cells of it hold anything."""
    name = one_line(sheet.title)
    rows, cut = _values(sheet)
    if cut:
        warnings.append(f"sheet {name}: only the first {MAX_ROWS:,} rows and {MAX_COLUMNS} columns were read")
    path = sheet._worksheet_path  # read-only sheets know neither their merged cells nor formulas without a result
    xml = read_member(package, path.lstrip("/"))
    _fill_merged(rows, xml)
    missing = len(_NO_RESULT.findall(xml))
    if missing:
        warnings.append(
            f"sheet {name}: {missing} formula(s) have no stored result; open and save the file in a spreadsheet"
        )
    if not rows:
        return 0
    columns = [index for _, values in rows for index, value in enumerate(values) if value]
    composer.place(f"{_quoted(name)}!{column_letter(min(columns))}{rows[0][0]}")
    composer.heading(1, name)
    for block in _blocks(rows):
        _block(block, _quoted(name), composer)
    return len(columns)


def _values(sheet: Any) -> tuple[list[Row], bool]:
    """The rows that hold anything, with their numbers, and whether some were left out."""
    rows: list[Row] = []
    cells = 0
    cut = False
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
        if number > MAX_ROWS or cells > MAX_CELLS:
            cut = True
            break
        values = [_shown(cell) for cell in row[:MAX_COLUMNS]]
        cut = cut or (len(row) > MAX_COLUMNS and row[MAX_COLUMNS].value is not None)
        cells += len(values)
        if any(values):
            rows.append((number, values))
    return rows, cut


def _fill_merged(rows: Sequence[Row], xml: bytes) -> None:
    """Writes the value of a cell that is merged over rows into each of them."""
    by_number = dict(rows)
    for first_column, first, _, last in _MERGED.findall(xml[-4_000_000:]):
        column = _index(first_column.decode())
        top = by_number.get(int(first))
        if top is None or column >= len(top) or not top[column]:
            continue
        for number in range(int(first) + 1, min(int(last), int(first) + 1_000) + 1):
            row = by_number.get(number)
            if row is not None and column < len(row):
                row[column] = top[column]


def _blocks(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows between empty ones; a block of one short line is a title and goes with what follows."""
    blocks: list[list[Row]] = []
    for row in rows:
        if blocks and row[0] == blocks[-1][-1][0] + 1:
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def _block(rows: Sequence[Row], sheet: str, composer: Composer) -> None:
    """Lines of one cell in front are text, the rest is a table; each at its own place."""
    at = 0
    while at < len(rows) and sum(map(bool, rows[at][1])) == 1:
        number, values = rows[at]
        column = next(index for index, value in enumerate(values) if value)
        composer.place(f"{sheet}!{column_letter(column)}{number}")
        composer.paragraph(values[column])
        at += 1
    table = rows[at:]
    if not table:
        return
    width = max(len(values) for _, values in table)
    used = [i for i in range(width) if any(i < len(values) and values[i] for _, values in table)]
    cells = [[values[i] if i < len(values) else "" for i in used] for _, values in table]
    left, right = column_letter(used[0]), column_letter(used[-1])
    numbers = [number for number, _ in table]
    write_rows(composer, cells, numbers, lambda first, last: f"{sheet}!{left}{first}:{right}{last}")


def _shown(cell: Any) -> str:
    """The value as the sheet shows it, as far as its format tells."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format or "General")
    return one_line(str(value))


def _number(value: float, number_format: str) -> str:
    shape = number_format.split(";")[0]
    decimals = match[1] if (match := _DECIMALS.search(shape)) else ""
    if "%" in shape:
        return f"{100 * value:.{len(decimals)}f}%"
    if "," in shape:
        return f"{value:,.{len(decimals)}f}"
    return str(int(value)) if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15) else f"{value:.12g}"


def _quoted(name: str) -> str:
    """The sheet's name as it stands in a reference: in quotes where it holds more than letters and digits."""
    return name if name.replace("_", "").isalnum() else f"'{name}'"


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - ord("A") + 1
    return index - 1
