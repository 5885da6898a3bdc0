"""Answers of the database as tables, JSON or CSV on stdout: `query` and `findings`."""

import csv
import io
import math
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Any

from pipeline.console.formulas import escape_formula
from pipeline.console.terminal import console, say, table, tell
from pipeline.errors import UsageError
from pipeline.plain_text import clean, one_line, to_json
from pipeline.store import QueryResult, Store
from schemas.finding import Severity

SHOWN_ROWS = 1000
"""How many rows of a query a terminal and a table show; a file gets all."""
_SHOWN_CHARACTERS = 20_000
"""How many of a text a terminal shows: a bulletin is shorter."""
_PLAN = ("explain_key", "explain_value")
"""The columns of what EXPLAIN gives: a drawing of several lines."""

_EXACT = 2**53  # beyond it a float does not hold every whole number, and its digits would deceive

_KEY = re.compile(r"[0-9a-f]{32}(?:[0-9a-f]{32})?")
_SHOWN_OF_A_KEY = 12  # a document is found by as many

_FINDINGS = """
SELECT f.severity, f.check_name, f.field, f.message, f.document_id,
    coalesce(r.title, d.title) AS title, f.char_start, f.char_end,
    substr(d.text, f.char_start + 1, f.char_end - f.char_start) AS words
FROM current_findings f
JOIN current_readings r USING (reading_id)
JOIN documents d ON d.document_id = f.document_id
WHERE list_contains(?::VARCHAR[], f.severity)
ORDER BY list_position(['error', 'warning', 'info'], f.severity), title, f.document_id, f.number
"""


def plain_value(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Turn a value of DuckDB into one that JSON can hold; whole numbers lose their `.0`."""
    match value:
        case float() | Decimal():
            return _plain_number(value)
        case datetime() | date() | time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case dict():
            return {str(key): plain_value(item) for key, item in value.items()}
        case list() | tuple():
            return [plain_value(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _plain_number(value: float | Decimal) -> float | None:
    if not math.isfinite(value):
        return None
    whole = value == int(value) and (isinstance(value, Decimal) or abs(value) < _EXACT)
    return int(value) if whole else float(value)


def print_query(store: Store, sql: str, origin: str, form: str) -> None:
    """Ask a store, and print what it gives as `table`, `json` or `csv`.

    A terminal, and a table, get the first rows, and long texts cut off; a file or a pipe gets all.
    """
    if form != "table" and not sys.stdout.isatty():
        _copy_query(store, sql, origin, form)
        return
    answer = store.ask(sql, origin=origin, most=SHOWN_ROWS + 1)
    rows = answer.rows[:SHOWN_ROWS]
    if sys.stdout.isatty():
        rows = [tuple(map(_cut_off, row)) for row in rows]
    show_query(answer._replace(rows=rows), form)
    if len(answer.rows) > SHOWN_ROWS:
        others = "use --csv or --json for all" if form == "table" else "a file or a pipe gets all"
        tell(f"More rows than these {SHOWN_ROWS:,} are not shown: {others}.")


def _copy_query(store: Store, sql: str, origin: str, form: str) -> None:
    """Print all that a query gives, as soon as nothing of it is wanted of the database any more."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as file:

        def write(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
            file.seek(0)  # it may have been begun when memory was too small
            file.truncate()
            file.writelines(_WRITTEN[form](columns, rows))
            file.flush()

        try:
            store.pour(sql, write, origin=origin)
        except OSError as error:
            raise UsageError(
                f"{origin}: what it gives cannot be kept in {tempfile.gettempdir()} "
                f"({error.strerror or error}); make room, or ask for fewer rows"
            ) from error
        file.seek(0)
        shutil.copyfileobj(file, sys.stdout)


def show_query(answer: QueryResult, form: str) -> None:
    """Print an answer as `table`, `json` (one array of objects) or `csv` (with a header)."""
    if form == "table":
        _print_table(answer)
        return
    # A file or a pipe gets the values exactly; a terminal must not be acted upon by them.
    text = "".join(_WRITTEN[form](answer.columns, answer.rows))
    sys.stdout.write(clean(text) if sys.stdout.isatty() else text)


def show_findings(store: Store, severities: Sequence[Severity], *, as_json: bool) -> None:
    """Print the findings of the current readings, the gravest first."""
    answer = store.read(_FINDINGS, [[severity.value for severity in severities]])
    if as_json:
        show_query(answer, "json")
        return
    rows = []
    for row in answer.rows:
        found = dict(zip(answer.columns, row, strict=True))
        name = one_line(found["title"] or "untitled")
        rows.append(
            (
                found["severity"],
                found["check_name"],
                f"{name} ({found['document_id'][:12]})",
                one_line(found["message"]),
                one_line(found["words"] or ""),
            )
        )
    if rows:
        console().print(table(("severity", "check", "bulletin", "finding", "words"), rows))
    say(f"{len(rows):,} findings" if rows else "No findings.")


def _print_table(answer: QueryResult) -> None:
    if answer.columns == _PLAN:
        for _, plan in answer.rows:
            say(clean(plan))
        return
    numeric = [
        any(isinstance(row[place], int | float | Decimal) for row in answer.rows[:20])
        for place in range(len(answer.columns))
    ]
    columns = [
        f">{name}" if right else name for name, right in zip(answer.columns, numeric, strict=True)
    ]
    rows = [[_cell(plain_value(value)) for value in row] for row in answer.rows]
    if sys.stdout.isatty():
        rows = [[_shorten(cell) for cell in row] for row in rows]
    console().print(table(columns, rows))
    if not rows:
        tell("No rows.")


def _shorten(cell: str) -> str:
    return cell[:_SHOWN_OF_A_KEY] if _KEY.fullmatch(cell) else cell


def _cut_off(value: object) -> object:
    plain = plain_value(value)
    text = to_json(plain, None) if isinstance(plain, list | dict) else plain
    if not isinstance(text, str) or len(text) <= _SHOWN_CHARACTERS:
        return value
    return f"{text[:_SHOWN_CHARACTERS]}… ({len(text):,} characters)"


def _write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line)  # which quotes what ends a line in its own writing, \r and \n
    for row in chain([columns], rows):
        writer.writerow([_csv_cell(value) for value in row])
        yield line.getvalue().removesuffix("\r\n") + "\n"
        line.seek(0)
        line.truncate()


def _write_json(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    before = "["
    for row in rows:
        values = dict(zip(columns, map(plain_value, row), strict=True))
        yield f"{before}\n  " + to_json(values).replace("\n", "\n  ")
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


_WRITTEN: dict[str, Callable[[Sequence[str], Iterable[Sequence[object]]], Iterator[str]]] = {
    "csv": _write_csv,
    "json": _write_json,
}


def _csv_cell(value: object) -> str:
    plain = plain_value(value)
    return _cell(plain) if isinstance(plain, int | float) else escape_formula(_cell(plain))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return to_json(value, None) if isinstance(value, list | dict) else str(value)
