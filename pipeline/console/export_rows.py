"""Figures as rows of a file: plain values, and text that no spreadsheet takes for a formula."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from pipeline.console.query_result import plain_value

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def iterate_rows(figures: pa.Table) -> Iterator[dict[str, Any]]:
    """Give the figures by the names of their columns, as values that JSON, or a sheet, can hold."""
    dates = (
        "published_on",
        "starts_on",
        "ends_on",
    )  # kept as dates: a spreadsheet sorts and filters by them
    for batch in figures.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            yield {name: row[name] if name in dates else plain_value(row[name]) for name in row}


def escape_formula(text: str) -> str:
    """Keep a spreadsheet from taking text for a formula: an apostrophe goes first."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
