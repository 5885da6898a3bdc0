"""Today's figures, or what a query gives, as CSV, Parquet, JSON lines or Excel."""

import codecs
import csv
import io
import sys
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from pipeline.console.destination import find_target, write_file, write_standard_output
from pipeline.console.export_rows import iterate_rows, sheet_value
from pipeline.console.formulas import escape_formula
from pipeline.console.query_result import plain_value
from pipeline.console.translation import translate
from pipeline.errors import UsageError
from pipeline.lazy import lazy
from pipeline.plain_text import to_json
from pipeline.store import Store
from pipeline.words import Language

if TYPE_CHECKING:
    from pipeline.console import export_xlsx
else:
    export_xlsx = lazy("pipeline.console.export_xlsx")

STANDARD_OUTPUT = "-"

_FIGURES = "facts"
"""The view that has a row for each figure, with all that there is to say of it."""
_INTERNAL = "context_key, figure_id"
"""Columns that views need, and people do not."""
_ORDER = "published_on, title, document_id, number"
_IN_WORDS = "service_es, service_en, detail_es, detail_en"
"""Columns that say what `service` and `detail` say where these are in words themselves."""


class Form(StrEnum):
    """How a file is written; a name that ends so says it too."""

    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"
    XLSX = "xlsx"
    HTML = "html"


class Selection(NamedTuple):
    """What is exported: today's figures, those of them that `where` is true of, or a query's."""

    where: str | None = None
    sql: str | None = None


def export(
    store: Store,
    to: Path,
    selection: Selection = Selection(),  # noqa: B008 - frozen
    *,
    form: Form | None = None,
    language: Language | None = None,
    force: bool = False,
) -> int:
    """Write what is selected to the file `to`, or to standard output; return how many rows.

    A file appears whole or not at all. Raises `UsageError` for a form that is not known or not for
    a terminal, for a file that exists (unless `force`), is of the database or cannot be written,
    and `SqlError` for a condition or a query that cannot be run.
    """
    form = form or form_of(to)
    if form is Form.HTML:
        raise UsageError(
            f"--to {to}: a page shows bulletins and no rows: "
            "`jornada export` without --sql writes one"
        )
    piped = str(to) == STANDARD_OUTPUT
    if piped and form in (Form.PARQUET, Form.XLSX) and sys.stdout.isatty():
        raise UsageError(f"--to -: {form} is not for a terminal: pipe it on, or name a file")
    target = None if piped else find_target(to, store.path, force=force)
    store.upgrade_older()
    records = _select(store, selection, in_words=language is not None)
    if language is not None:
        records = translate(records, language, truth=form in (Form.CSV, Form.XLSX))

    def write(file: BinaryIO) -> None:
        # Excel takes a CSV file for UTF-8 only if it begins with a byte order mark, and would
        # garble every accent; DuckDB, pandas and R skip the mark, but not all that a pipe leads to.
        if form is Form.CSV and not piped:
            file.write(codecs.BOM_UTF8)
        _WRITERS[form](records, file)

    try:
        if target is None:
            write_standard_output(write)
        else:
            write_file(target, write)
    except (ValueError, NotImplementedError) as error:
        raise UsageError(f"--to {to}: {form} does not hold this: {error}") from error
    return int(records.num_rows)


def form_of(to: Path) -> Form:
    """Tell the form by how the name ends. Raises `UsageError` if it does not say."""
    named = ", ".join(f".{form}" for form in Form)
    if str(to) == STANDARD_OUTPUT:
        raise UsageError(f"--to -: give --format with one of {', '.join(Form)}")
    try:
        return Form(to.suffix.lower().removeprefix("."))
    except ValueError:
        raise UsageError(
            f"--to {to}: the name must end in one of {named}, or give --format"
        ) from None


def _select(store: Store, selection: Selection, *, in_words: bool) -> pa.Table:
    if selection.sql is not None:
        return store.ask_table(selection.sql, origin="--sql")
    left_out = f"{_INTERNAL}, {_IN_WORDS}" if in_words else _INTERNAL
    figures, origin = _FIGURES, "SQL"
    if selection.where is not None:
        # It stands in the first line, where a mistake in it is shown, and ends before the second,
        # which a comment in it does not reach.
        figures, origin = f"(FROM {_FIGURES} WHERE ({selection.where}\n))", "--where"
    return store.ask_table(
        f"FROM {figures} SELECT * EXCLUDE ({left_out}) ORDER BY {_ORDER}", origin=origin
    )


def _write_csv(records: pa.Table, file: BinaryIO) -> None:
    lines = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(lines)
    writer.writerow(map(escape_formula, records.column_names))
    for row in iterate_rows(records):
        writer.writerow(map(_csv_cell, row))
    lines.detach()


def _csv_cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # a float would round it
    return sheet_value(value)


def _write_jsonl(records: pa.Table, file: BinaryIO) -> None:
    names = records.column_names
    for row in iterate_rows(records):
        values = map(plain_value, row)
        file.write(f"{to_json(dict(zip(names, values, strict=True)), None)}\n".encode())


def _write_parquet(records: pa.Table, file: BinaryIO) -> None:
    pq.write_table(records, file, compression="zstd")


def _write_xlsx(records: pa.Table, file: BinaryIO) -> None:
    export_xlsx.write(records, file)


_WRITERS: dict[Form, Callable[[pa.Table, BinaryIO], None]] = {
    Form.CSV: _write_csv,
    Form.PARQUET: _write_parquet,
    Form.JSONL: _write_jsonl,
    Form.XLSX: _write_xlsx,
}
