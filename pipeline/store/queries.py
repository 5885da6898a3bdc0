"""Somebody's SQL: it reads the tables and views of the database, and can do nothing else.

DuckDB holds a connection to that, but for one thing: the database's own file and those beside it
stay open to statements that write files. So a statement has to be a query, or the plan of one.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import duckdb

from pipeline.errors import SqlError
from pipeline.plain_text import storable
from pipeline.store.restraint import bound_memory, end_at_interrupt

_CONFINED = """
SET max_temp_directory_size = '8GB'; -- of what is sorted on disk; else it takes most of the disk
SET http_proxy = ''; -- of the environment, with its password
SET enable_progress_bar = false;
SET autoload_known_extensions = false;
SET allow_community_extensions = false;
SET enable_external_access = false;
SET python_enable_replacements = false; -- else a name of no table may be that of a variable here
SET lock_configuration = true;
"""

_WRITES_FILES = "`jornada export` writes what a query gives to a file"
_TOO_LARGE = "takes more memory than there is; ask for fewer rows or columns at once"
_POINTER = re.compile(r"\n\s*(LINE \d+:[^\n]*)\n([ ^]*)")
_EXPLAIN = re.compile(
    # Nothing but lines that are comments may stand before it: what begins within a comment and ends
    # outside would not be what is run.
    r"(?:\s|--[^\r\n]*\n)*EXPLAIN\s+(?:ANALYZE\s+|\((?:\s*(?:ANALYZE|FORMAT\s+\w+)\s*,?)+\)\s*)?(?P<explained>.+)",
    re.IGNORECASE | re.DOTALL,
)


class QueryResult(NamedTuple):
    """The result of a query: column names, each different, and rows of Python values."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@contextmanager
def confine(
    con: duckdb.DuckDBPyConnection, sql: str, origin: str, megabytes: int
) -> Iterator[None]:
    """Have `sql` run within, on a connection that reads only; `origin` says where it is from.

    The connection reaches no file, extension or setting from then on, Ctrl-C ends what runs, and
    it takes no more than so many megabytes. Raises `SqlError` for anything but one query, and for
    whatever goes wrong with it.
    """
    with translate_sql_faults(origin), restrain(con, megabytes):
        require_query(con, sql, origin)
        yield


@contextmanager
def restrain(con: duckdb.DuckDBPyConnection, megabytes: int) -> Iterator[None]:
    """Have nothing run on a connection from then on that reaches a file, extension or setting.

    Within, Ctrl-C ends what runs, and it takes no more than so many megabytes.
    """
    with end_at_interrupt(con), bound_memory(megabytes):
        con.execute(_CONFINED)
        yield


def require_query(con: duckdb.DuckDBPyConnection, sql: str, origin: str) -> None:
    """Raise an `SqlError` for anything but one query, which only reads."""
    if sql != storable(sql):
        raise SqlError(f"{origin}: is no UTF-8 text; write the query in UTF-8")
    statements = con.extract_statements(sql)
    if not statements:
        raise SqlError(f"{origin}: there is no statement in it")
    if len(statements) > 1:
        raise SqlError(f"{origin}: there are {len(statements)} statements in it; give one query")
    if not _reads_only(con, statements[0]):
        raise SqlError(
            f"{origin}: what is run here only reads: SELECT, FROM, WITH, PIVOT, DESCRIBE, "
            "SUMMARIZE, SHOW or EXPLAIN, and nothing that writes, loads or sets; "
            f"{_WRITES_FILES}"
        )


def _reads_only(con: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> bool:
    kind, sql = _kind_of(statement), statement.query
    if kind == "MULTI":
        return _stands_in_a_query(con, sql) or _explains_a_query(con, sql)
    return kind == "SELECT" or (kind == "EXPLAIN" and _explains_a_query(con, sql))


def _kind_of(statement: duckdb.Statement) -> str:
    try:
        return statement.type.name
    except ValueError:  # of a kind that the binding has no name for
        return ""


def _stands_in_a_query(con: duckdb.DuckDBPyConnection, sql: str) -> bool:
    # PIVOT looks up its columns first, and so becomes several statements; so does a COPY of one.
    try:
        con.extract_statements(f"FROM (\n{sql.rstrip().rstrip(';')}\n)")
    except duckdb.Error:
        return False
    return True


def _explains_a_query(con: duckdb.DuckDBPyConnection, sql: str) -> bool:
    # EXPLAIN ANALYZE runs what it explains, and so has to explain what may be run.
    found = _EXPLAIN.match(sql)
    if found is None:
        return False
    try:
        explained = con.extract_statements(found["explained"])
    except duckdb.Error:
        return False
    return len(explained) == 1 and _reads_only(con, explained[0])


@contextmanager
def translate_sql_faults(origin: str) -> Iterator[None]:
    """Raise an `SqlError` for a mistake in somebody's SQL; `origin` says where it is from."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        message = str(error)
        found = _POINTER.search(message)
        pointer = (found[1], found[2].rstrip()) if found else ()
        told = _describe(message[: found.start()] if found else message)
        raise SqlError(f"{origin}: {told}", pointer) from error
    except MemoryError as error:
        raise SqlError(f"{origin}: {_TOO_LARGE}") from error
    except RuntimeError as error:
        if "interrupted" in str(error).lower():  # duckdb's own word for Ctrl-C
            raise KeyboardInterrupt from error
        raise


def _describe(message: str) -> str:
    if "disabled by configuration" in message or "disabled through configuration" in message:
        named = re.search(r'Cannot access \w+ "([^"]*)"', message)
        file = f" ({named[1]})" if named else ""
        return f"a query reads the tables of the database and no file{file}; {_WRITES_FILES}"
    if message.startswith("Out of Memory Error"):
        return _TOO_LARGE
    return " ".join(message.split())


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Give names that come twice a number, so that rows can be written as objects."""
    taken: list[str] = []
    for name in names:
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken.append(free)
    return tuple(taken)
