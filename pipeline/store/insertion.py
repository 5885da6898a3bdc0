"""Rows into the tables: many by one statement, all or none, and nothing that is there already."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import duckdb

from pipeline.plain_text import one_line, storable
from pipeline.store.connection import transaction
from pipeline.store.rows import (
    Entry,
    Row,
    Rows,
    Run,
    Sighting,
    document_row,
    entry_rows,
    given_up_rows,
    now,
    run_row,
)
from pipeline.store.sightings import compare_sources
from schemas.document import Document
from schemas.reading import Reading

_KEYED = ("runs", "documents", "prompts", "decisions")
_TYPES: dict[str, dict[str, str]] = {}
_TOO_LARGE = (duckdb.OutOfMemoryException, MemoryError)
_UNSTORABLE = (
    *(duckdb.DataError, duckdb.InvalidInputException, OverflowError, ValueError),
    *_TOO_LARGE,
)
_LONGEST_ERROR = 300


Decide = Callable[[Run, Collection[str]], Iterator[Rows]]
"""Gives the rows that decisions add to documents that something was stored of just now; they are
stored as they come."""


class Appended(NamedTuple):
    """What became of entries and sources: whether anything was new.

    `changed` sources hold another text than before. Each of the readings `failed` is stored as
    such, in the place of a usable one that no column holds.
    """

    new: bool
    changed: int = 0
    failed: tuple[Reading, ...] = ()


def insert(con: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """Insert rows; runs, documents, prompts and decisions that are there already are left out."""
    for table, those in rows.items():
        _insert(con, table, those)


def append(
    con: duckdb.DuckDBPyConnection,
    run: Run,
    entries: Sequence[Entry],
    sightings: Sequence[Sighting],
    documents: Sequence[Document],
    decide: Decide,
) -> Appended:
    """Store readings and sources in one transaction, or, where that cannot be, one by one.

    A reading with a value that no column holds, or one too large for the memory that DuckDB may
    take, is stored as failed, with what was wrong.
    """
    try:
        return _append(con, run, entries, sightings, documents, decide)
    except _UNSTORABLE:
        tried = [_append_or_fail(con, run, entry, decide) for entry in entries]
        appended = _append(con, run, (), sightings, documents, decide)
        failed = tuple(reading for reading in tried if reading is not None)
        return appended._replace(new=True, failed=failed)


def _append(
    con: duckdb.DuckDBPyConnection,
    run: Run,
    entries: Sequence[Entry],
    sightings: Sequence[Sighting],
    documents: Sequence[Document],
    decide: Decide,
) -> Appended:
    with transaction(con):
        sources, changed = compare_sources(con, run, sightings)
        if not entries and not sources and not documents:
            return Appended(new=False)
        unread = [document_row(run, document, now()) for document in documents]
        insert(con, {"runs": [run_row(run)], "documents": unread, "sources": sources})
        insert(con, {"given_up": given_up_rows(run, sightings)})
        insert(con, entry_rows(run, entries))
        touched = {row["document_id"] for row in sources} - {None}
        for rows in decide(run, touched | {entry.document.id for entry in entries}):
            insert(con, rows)
    return Appended(new=True, changed=changed)


def _append_or_fail(
    con: duckdb.DuckDBPyConnection, run: Run, entry: Entry, decide: Decide
) -> Reading | None:
    """Store one entry; where the tables do not take it, a failed reading, which is given then."""
    with suppress(duckdb.TransactionException):  # another reads
        con.execute("CHECKPOINT")  # what was stored before takes no memory then
    try:
        _append(con, run, [entry], (), (), decide)
    except _UNSTORABLE as error:
        failed = entry.reading.fail(f"the reading cannot be stored: {_describe(error, entry)}")
        _append(con, run, [entry._replace(reading=failed)], (), (), decide)
        return failed
    return None


def _describe(error: Exception, entry: Entry) -> str:
    report = entry.reading.report
    if isinstance(error, _TOO_LARGE) and report is not None:
        return (
            f"its {len(report.figures):,} figures and {len(report.set_aside):,} numbers set aside "
            "take more memory than a run may; divide the document"
        )
    return one_line(str(error))[:_LONGEST_ERROR]


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    """Insert rows by one statement.

    Lists unnested are the fastest way that needs no other library: executemany takes 40 times
    as long.
    """
    if not rows:
        return
    types = _types(con, table)
    columns = list(rows[0])
    # Names of tables and columns come from this package alone, never from input.
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(f"unnest(?::{types[column]}[])" for column in columns)
    con.execute(
        f"INSERT {'OR IGNORE' if table in _KEYED else ''} INTO {table} ({names}) SELECT {values}",
        [_column([row[column] for row in rows], types[column]) for column in columns],
    )


def _types(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Give the type of each column; all databases of this version have the same."""
    if table not in _TYPES:
        typed = con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ?", [table]
        )
        types = dict(typed.fetchall())
        if not types:
            return types
        _TYPES[table] = types
    return _TYPES[table]


def _column(values: list[Any], kind: str) -> list[Any]:
    match kind:
        case "VARCHAR" | "JSON":
            return [storable(value) if isinstance(value, str) else value for value in values]
        case "VARCHAR[]":
            return [[storable(item) for item in value] for value in values]
        case "DOUBLE":
            return [None if value is None else float(value) for value in values]
        case _:
            return values
