"""Somebody's SQL: it reads the tables and views of the database, and can do nothing else.

DuckDB holds a connection to that, but for one thing: the database's own file and those beside it
stay open to statements that write files. So a statement has to be a query.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipeline.errors import SqlError

_CONFINED = """
SET enable_external_access = false;
SET python_enable_replacements = false; -- else a name of no table may be that of a variable here
SET lock_configuration = true;
"""

_WRITES_FILES = "`jornada export` writes what a query gives to a file"
_POINTER = re.compile(r"\n\s*(LINE \d+:[^\n]*)\n([ ^]*)")


@contextmanager
def confine(con: duckdb.DuckDBPyConnection, sql: str, origin: str) -> Iterator[None]:
    """Have `sql` run within, on a connection that reads only; `origin` says where it is from.

    The connection reaches no file, extension or setting from then on. Raises `SqlError` for
    anything but one query, and for whatever goes wrong with it.
    """
    with translate_sql_faults(origin):
        con.execute(_CONFINED)
        _require_query(con, sql, origin)
        yield


def _require_query(con: duckdb.DuckDBPyConnection, sql: str, origin: str) -> None:
    statements = con.extract_statements(sql)
    if not statements:
        raise SqlError(f"{origin}: there is no statement in it")
    if len(statements) > 1:
        raise SqlError(f"{origin}: there are {len(statements)} statements in it; give one query")
    kind = _kind_of(statements[0])
    if kind == "SELECT" or (kind == "MULTI" and _stands_in_a_query(con, statements[0].query)):
        return
    raise SqlError(
        f"{origin}: what is run here only reads: SELECT, FROM, WITH, PIVOT, DESCRIBE, SUMMARIZE "
        f"or SHOW, and nothing that writes, loads or sets; {_WRITES_FILES}"
    )


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


@contextmanager
def translate_sql_faults(origin: str) -> Iterator[None]:
    """Raise an `SqlError` for a mistake in somebody's SQL; `origin` says where it is from."""
    try:
        yield
    except duckdb.Error as error:
        message = str(error)
        found = _POINTER.search(message)
        pointer = (found[1], found[2].rstrip()) if found else ()
        told = _describe(message[: found.start()] if found else message)
        raise SqlError(f"{origin}: {told}", pointer) from error
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
        return "takes more memory than there is; ask for fewer rows or columns at once"
    return " ".join(message.split())
