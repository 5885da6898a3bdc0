"""The database: the only file that imports duckdb.

DuckDB lets one process at a time have a file open, so the file is opened for each flush or
question and closed again: others can query while a run goes on.
"""

import importlib.metadata
import os
import re
import threading
import time
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from pipeline.errors import StoreError
from pipeline.plain_text import storable
from pipeline.store.rows import (
    Entry,
    Row,
    Rows,
    Run,
    Sighting,
    document_row,
    entry_rows,
    now,
    run_row,
    source_rows,
)
from schemas.document import Document
from schemas.reading import ReaderKey, ReadingStatus

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

_TABLES = ("tables.sql", "tables_evals.sql", "tables_backlogs.sql")
"""What each version of the database added, in order; an older database gets what it lacks."""

VERSION = len(_TABLES)
"""A database of a higher version is refused."""

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Nothing may be fetched behind the user's back.
    "autoinstall_known_extensions": "false",
}
_TYPES: dict[str, dict[str, str]] = {}
_RUN_MEGABYTES = 128
_KEYED = ("runs", "documents")
# By another process, or by another `Store` of this one that reads while this one writes.
_HELD = re.compile(
    r"Conflicting lock is held(?: in .*? \(PID (\d+)\))?|different configuration than existing",
    re.DOTALL,
)
_UNSTORABLE = (duckdb.DataError, duckdb.InvalidInputException, OverflowError)


class Answer(NamedTuple):
    """The result of a query: column names, each different, and rows of Python values."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Store:
    """One DuckDB file. Safe to use from several threads; opens the file only while it works.

    Where another process holds the file, it is tried again for `patience` seconds. DuckDB takes no
    more memory than it may, else most of the machine's. Whatever goes wrong is a `StoreError`.
    """

    def __init__(
        self, path: Path, *, patience: float = 30.0, memory_megabytes: int | None = None
    ) -> None:
        self.path = path
        self._patience = patience
        self._config = dict(_CONFIG)
        if memory_megabytes is not None:
            self._config["memory_limit"] = f"{memory_megabytes}MB"
        self._mine = threading.RLock()
        self._held: duckdb.DuckDBPyConnection | None = None
        self._known = False

    @classmethod
    def for_a_backlog(cls, path: Path) -> "Store":
        """Give a store whose memory stays flat in the size of the backlog."""
        return cls(path, memory_megabytes=_RUN_MEGABYTES)

    def prepare(self) -> None:
        """Create the file and its tables where they are missing, and see that it can be written."""
        # os.path, as pathlib raises for a folder that may not be entered.
        if not os.path.isdir(self.path.parent):  # noqa: PTH112 - see above
            raise StoreError(
                f"{self.path}: the folder {self.path.parent} does not exist or is closed to you; "
                "create it, or give another database with --db"
            )
        with self._open() as con:
            _upgrade(con, _version(con, self.path) or 0)

    def have(
        self, document_ids: Collection[str], key: ReaderKey, times: int = 1
    ) -> dict[str, str | None]:
        """Tell which of these documents a reader with this key has read so many times.

        A reading counts if it is usable or a model gave any answer for it. With each document
        comes None if it has a usable reading, else the error of the newest one.
        """
        if not document_ids:
            return {}
        with self._open(read_only=True) as con:
            found = con.execute(
                # The condition is one of this file.
                f"""SELECT document_id,
                CASE WHEN bool_or(status <> 'failed') THEN NULL ELSE arg_max(error, read_at) END
                FROM readings
                WHERE document_id IN (SELECT unnest(?::VARCHAR[]))
                AND derived IS DISTINCT FROM 'recheck'
                AND {ANSWERED} AND {SAME_KEY}
                GROUP BY document_id HAVING count(*) >= ?""",  # noqa: S608 - see above
                [list(document_ids), *key_columns(key), times],
            ).fetchall()
        return dict(found)

    def finished(self, reading_ids: Collection[str]) -> set[str]:
        """Tell which of these readings are stored."""
        if not reading_ids or not self.path.exists():
            return set()
        with self._open(read_only=True) as con:
            found = con.execute(
                "SELECT reading_id FROM readings WHERE reading_id IN (SELECT unnest(?::VARCHAR[]))",
                [list(reading_ids)],
            ).fetchall()
        return {reading_id for (reading_id,) in found}

    def append(
        self,
        run: Run,
        entries: Sequence[Entry],
        sightings: Sequence[Sighting],
        documents: Sequence[Document] = (),
    ) -> bool:
        """Store readings and sources in one transaction; tell whether there was anything new.

        `documents` are ones that have no reading yet.

        A reading with a value that no column holds is stored as failed, with what was wrong.
        """
        with self._open() as con:
            try:
                return _append(con, run, entries, sightings, documents)
            except _UNSTORABLE:
                storable = [_storable(con, run, entry) for entry in entries]
                return _append(con, run, storable, sightings, documents)

    def insert(self, rows: Rows) -> None:
        """Append rows to tables that nothing else fills, all in one transaction."""
        with self._open() as con, _transaction(con):
            for table, those in rows.items():
                _insert(con, table, those)

    def end(self, run: Run, outcome: str, reason: str | None, summary: str) -> None:
        """Record how a run ended; `summary` is JSON."""
        row: Row = {
            "run_id": run.run_id,
            "ended_at": now(),
            "outcome": outcome,
            "reason": reason,
            "summary": summary,
        }
        with self._open() as con:
            _insert(con, "run_ends", [row])

    def read(self, sql: str, parameters: Sequence[object] = ()) -> Answer:
        """Run `sql` without being able to change the database, and fetch all that it gives."""
        with self._open(read_only=True) as con, _sql_faults():
            result = con.execute(sql, list(parameters))
            if result is None or result.description is None:
                raise StoreError("SQL: there is no statement in it")
            columns = _unique([column[0] for column in result.description])
            return Answer(columns, result.fetchall())

    def table(self, sql: str) -> "pa.Table":
        """Run `sql` in the same way, and give an Arrow table."""
        with self._open(read_only=True) as con, _sql_faults():
            return con.sql(sql).to_arrow_table()

    @contextmanager
    def _open(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        if read_only and not os.path.exists(self.path):  # noqa: PTH110 - as in prepare
            raise StoreError(
                f"{self.path}: there is no such database; make one with `jornada extract`, "
                "or name another with --db"
            )
        with self._mine:
            try:
                if self._held is not None:
                    yield self._held
                    return
                con = self._connect(read_only=read_only)
                with con:
                    if read_only and not self._known:
                        if _version(con, self.path) is None:
                            raise StoreError(f"{self.path}: nothing has been stored in it yet")
                        self._known = True
                    yield con
            except duckdb.Error as error:
                raise StoreError(_line(self.path, error)) from error

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        deadline, pause = time.monotonic() + self._patience, 0.02
        while True:
            try:
                return duckdb.connect(self.path, read_only=read_only, config=self._config)
            except (duckdb.IOException, duckdb.ConnectionException) as error:
                if not _HELD.search(str(error)) or time.monotonic() + pause > deadline:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, 0.5)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the file open for what is done within: to open it takes longer than to ask it."""
        with self._open() as con:
            self._held = con
            try:
                yield
            finally:
                self._held = None


def new_run(key: ReaderKey) -> Run:
    """Begin a run; it is stored with the first thing that it stores."""
    return Run(uuid.uuid4().hex, now(), key, importlib.metadata.version("jornada"))


ANSWERED = """(status <> 'failed'
    OR reading_id IN
        (SELECT reading_id FROM attempts WHERE outcome NOT IN ('unanswered', 'rejected')))"""
"""An SQL condition on `readings`: usable, or failed with an answer that was paid for."""

SAME_KEY = """(reader, model, prompt, prompt_hash, schema_hash)
    IS NOT DISTINCT FROM (?::VARCHAR, ?::VARCHAR, ?::VARCHAR, ?::VARCHAR, ?::VARCHAR)
    AND (parameters IS NULL OR parameters IS NOT DISTINCT FROM ?::VARCHAR)"""
"""An SQL condition on `readings`, with the parameters of `key_columns`.

Readings of before version 3 do not say their parameters, and count as made with the same.
"""


def key_columns(key: ReaderKey) -> tuple[str | None, ...]:
    """Give a key as parameters of `SAME_KEY`."""
    return (
        key.reader,
        key.model,
        key.prompt,
        key.prompt_hash,
        key.schema_hash,
        key.parameters,
    )


def engine_version() -> str:
    """Tell the version of DuckDB."""
    return duckdb.__version__


def _line(path: Path, error: duckdb.Error) -> str:
    """Say in one line what DuckDB said in several."""
    message = str(error)
    if held := _HELD.search(message):
        by = f"another process (PID {held[1]})" if held[1] else "another process"
        return f"{path}: {by} has the database open; close it there, then try again"
    if "not a valid DuckDB database" in message:
        return f"{path}: is not a DuckDB database; name another with --db"
    if "No space left" in message:
        return f"{path}: the disk is full; make room and run again"
    if "Corrupt database" in message or "Could not read enough bytes" in message:
        return f"{path}: is damaged; restore a copy, or name another with --db"
    if "Is a directory" in message:
        return f"{path}: is a folder, not a database; name a file with --db"
    return f"{path}: {' '.join(message.split())}"


@contextmanager
def _sql_faults() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        said = re.split(r"\n\s*LINE \d+:", str(error), maxsplit=1)[0]
        raise StoreError(f"SQL: {' '.join(said.split())}") from error
    except RuntimeError as error:
        if "interrupted" in str(error).lower():  # duckdb's own word for Ctrl-C
            raise KeyboardInterrupt from error
        raise


def _version(con: duckdb.DuckDBPyConnection, path: Path) -> int | None:
    """Tell the version of the tables, None where there are none yet."""
    tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "store_version" not in tables:
        if tables:
            raise StoreError(
                f"{path}: is a DuckDB database of something else than jornada; "
                "name another with --db"
            )
        return None
    (version,) = con.execute("SELECT max(version) FROM store_version").fetchall()[0]
    if version > VERSION:
        raise StoreError(
            f"{path}: was written by a newer jornada (tables of version {version}, this one knows "
            f"{VERSION}); upgrade jornada, or name another database with --db"
        )
    return int(version)


def _upgrade(con: duckdb.DuckDBPyConnection, version: int) -> None:
    """Add the tables that a database of this version lacks; 0 is an empty one."""
    if version == VERSION:
        return
    with _transaction(con):
        for name in _TABLES[version:]:
            con.execute(Path(__file__).with_name(name).read_text("utf-8"))
        _insert(con, "store_version", [{"version": VERSION, "created_at": now()}])


@contextmanager
def _transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.begin()
    try:
        yield
        con.commit()
    except BaseException:
        # Closing would roll back as well, but a second try on this connection needs it now. A
        # fatal error (a full disk) has ended the transaction already and refuses the roll-back.
        with suppress(duckdb.Error):
            con.rollback()
        raise


def _append(
    con: duckdb.DuckDBPyConnection,
    run: Run,
    entries: Sequence[Entry],
    sightings: Sequence[Sighting],
    documents: Sequence[Document],
) -> bool:
    with _transaction(con):
        sources = _changed(con, source_rows(run, sightings))
        if not entries and not sources and not documents:
            return False
        _insert(con, "runs", [run_row(run)])
        _insert(con, "documents", [document_row(run, document, now()) for document in documents])
        _insert(con, "sources", sources)
        for table, rows in entry_rows(run, entries).items():
            _insert(con, table, rows)
    return True


def _changed(con: duckdb.DuckDBPyConnection, rows: list[Row]) -> list[Row]:
    """Leave out each source whose newest row says the same already."""
    known = con.execute(
        """SELECT s.path, s.record, s.document_id, s.error, s.status = 'pending'
        FROM (SELECT unnest(?::VARCHAR[]) AS path, unnest(?::VARCHAR[]) AS record) AS seen
        JOIN sources AS s ON s.path = seen.path AND s.record IS NOT DISTINCT FROM seen.record
        QUALIFY row_number() OVER (PARTITION BY s.path, s.record ORDER BY s.seen_at DESC) = 1""",
        [[row[name] and storable(row[name]) for row in rows] for name in ("path", "record")],
    ).fetchall()
    said = set(known)
    columns = ("path", "record", "document_id", "error")
    return [
        row
        for row in rows
        if (
            *(row[column] and storable(row[column]) for column in columns),
            row["status"] == "pending",
        )
        not in said
    ]


def _storable(con: duckdb.DuckDBPyConnection, run: Run, entry: Entry) -> Entry:
    """Try whether the tables take this entry; make a failed reading of it where they do not."""
    con.begin()
    try:
        for table, rows in entry_rows(run, [entry]).items():
            _insert(con, table, rows)
    except _UNSTORABLE as error:
        failed = entry.reading.model_copy(
            update={
                "status": ReadingStatus.FAILED,
                "report": None,
                "findings": (),
                "error": f"the reading cannot be stored: {' '.join(str(error).split())[:300]}",
            }
        )
        return entry._replace(reading=failed)
    finally:
        con.rollback()
    return entry


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    """Insert all rows by one statement; runs and documents that are there already are left out.

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


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Give names that come twice a number, so that rows can be written as objects."""
    taken: list[str] = []
    for name in names:
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken.append(free)
    return tuple(taken)
