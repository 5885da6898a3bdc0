"""Records as rows of a file: plain values, and text that no spreadsheet takes for a formula."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from pipeline.console.formulas import escape_formula
from pipeline.console.query_result import plain_value
from pipeline.plain_text import to_json


def iterate_rows(records: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Give the records as values of Python, in the order of the columns."""
    for batch in records.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def sheet_value(value: object) -> object:
    """Turn a value into one that a cell of a spreadsheet can hold, lists and objects into JSON."""
    plain = plain_value(value)
    if isinstance(plain, list | dict):
        plain = to_json(plain, None)
    return escape_formula(plain) if isinstance(plain, str) else plain
