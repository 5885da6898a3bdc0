"""Records as an Excel sheet that can be read as it opens."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa  # type: ignore[import-untyped]
from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]
from openpyxl.styles import Font  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from rich.cells import cell_len

from pipeline.console.export_rows import iterate_rows, sheet_value

_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_MOST_CHARACTERS = 32_767
"""In a cell; more would be cut off without a word."""
_EXACT = 10**15
"""From here on Excel shows zeros for the last digits of a whole number."""
_MEASURED_ROWS = 1_000
_NARROWEST, _WIDEST = 6, 60
"""Of a column, in characters."""
_ROOM = 3
"""Beside the longest value: the button of the filter stands in the heading."""


def write(records: pa.Table, file: BinaryIO) -> None:
    """Write the records below their headings; raises `ValueError` for what no sheet holds."""
    if records.num_rows >= _MOST_ROWS or records.num_columns > _MOST_COLUMNS:
        raise ValueError(
            f"{records.num_rows:,} rows of {records.num_columns:,} columns are more than an Excel "
            "sheet holds; export to .csv or .parquet"
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet("jornada")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = (
        f"A1:{get_column_letter(records.num_columns)}{max(2, records.num_rows + 1)}"
    )
    head = [_cell(name, name) for name in records.column_names]
    # A sheet that is written row by row wants to know its widths before the first.
    for at, width in enumerate(_measure(head, _iterate_cells(records)), 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.append([_bold(sheet, name) for name in head])
    for row in _iterate_cells(records):
        sheet.append(row)
    book.save(file)


def _iterate_cells(records: pa.Table) -> Iterator[list[Any]]:
    names = records.column_names
    for row in iterate_rows(records):
        yield [_cell(value, name) for value, name in zip(row, names, strict=True)]


def _cell(value: object, column: str) -> object:
    if isinstance(value, date) and getattr(value, "tzinfo", None) is None:
        return value  # a spreadsheet sorts and filters by them
    held = sheet_value(value)
    if isinstance(held, int) and not isinstance(held, bool) and abs(held) >= _EXACT:
        held = str(held)
    if not isinstance(held, str):
        return held
    text = ILLEGAL_CHARACTERS_RE.sub("", held)
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(
            f"column {column}: a text of {len(text):,} characters is more than a cell of Excel "
            "holds; export to .csv or .parquet"
        )
    return text


def _bold(sheet: Any, name: object) -> Any:  # noqa: ANN401 - of openpyxl, which has no types
    cell = WriteOnlyCell(sheet, value=name)
    cell.font = Font(bold=True)
    return cell


def _measure(head: Iterable[object], rows: Iterator[list[Any]]) -> list[int]:
    widths = [_width(name) for name in head]
    for row in islice(rows, _MEASURED_ROWS):
        widths = [max(pair) for pair in zip(widths, map(_width, row), strict=True)]
    return [min(_WIDEST, max(_NARROWEST, width + _ROOM)) for width in widths]


def _width(value: object) -> int:
    if isinstance(value, datetime):
        return len("2022-07-02 10:00:00")
    return max(map(cell_len, str("" if value is None else value).split("\n")))
