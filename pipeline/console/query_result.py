"""Answers of the database as tables, JSON or CSV on stdout: `query` and `findings`."""

import csv
import io
import math
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from pipeline.console.terminal import console, say, table, tell
from pipeline.plain_text import clean, one_line, to_json
from pipeline.store import QueryResult, Store
from schemas.finding import Severity

SHOWN_ROWS = 1000
"""How many rows of a query a table shows; JSON and CSV give all."""

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


def show_query(answer: QueryResult, form: str) -> None:
    """Print the answer as `table`, `json` (one array of objects) or `csv` (with a header)."""
    rows = ([plain_value(value) for value in row] for row in answer.rows)
    if form == "json":
        say(to_json([dict(zip(answer.columns, row, strict=True)) for row in rows]))
    elif form == "csv":
        _print_csv(answer.columns, [[_cell(value) for value in row] for row in rows])
    else:
        _print_table(answer)


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
    numeric = [
        any(isinstance(row[place], int | float | Decimal) for row in answer.rows[:20])
        for place in range(len(answer.columns))
    ]
    columns = [
        f">{name}" if right else name for name, right in zip(answer.columns, numeric, strict=True)
    ]
    rows = [[_cell(plain_value(value)) for value in row] for row in answer.rows[:SHOWN_ROWS]]
    if sys.stdout.isatty():
        rows = [[_shorten(cell) for cell in row] for row in rows]
    console().print(table(columns, rows))
    if not rows:
        tell("No rows.")
    more = len(answer.rows) - len(rows)
    if more:
        tell(f"{more:,} more rows are not shown: use --csv or --json for all.")


def _shorten(cell: str) -> str:
    return cell[:_SHOWN_OF_A_KEY] if _KEY.fullmatch(cell) else cell


def _print_csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    # A file or a pipe gets the values exactly; a terminal must not be acted upon by them.
    text = out.getvalue()
    sys.stdout.write(clean(text) if sys.stdout.isatty() else text)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return to_json(value, None) if isinstance(value, list | dict) else str(value)
