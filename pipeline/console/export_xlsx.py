"""Figures as an Excel sheet."""

from typing import BinaryIO

import pyarrow as pa  # type: ignore[import-untyped]
from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]

from pipeline.console.export_rows import escape_formula, iterate_rows
from pipeline.errors import UsageError

_MOST_ROWS = 1_048_576


def write(figures: pa.Table, file: BinaryIO) -> None:
    """Write the figures below a header; raises `UsageError` where they are too many."""
    if figures.num_rows >= _MOST_ROWS:
        raise UsageError(
            f"{figures.num_rows:,} figures are more than an Excel sheet holds; "
            "export to .csv or .parquet"
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet("figures")
    sheet.freeze_panes = "A2"
    sheet.append(figures.column_names)
    for row in iterate_rows(figures):
        sheet.append([_cell(value) for value in row.values()])
    book.save(file)


def _cell(value: object) -> object:
    return escape_formula(ILLEGAL_CHARACTERS_RE.sub("", value)) if isinstance(value, str) else value
