"""Several questions about one state of the database, with what they share computed once."""

from typing import Any

import duckdb

from pipeline.store.queries import QueryResult, require_query, translate_sql_faults, unique

_SELDOM = """title, context, findings, record, programme, service_es, service_en, detail_es,
    detail_en, broader, reading_id, number, char_start, char_end"""
"""Columns of `facts` that no view stands on: a million sentences take more memory than there is."""
CHOSEN = "chosen_figures"
"""The table of figures that somebody's condition is true of."""


class Snapshot:
    """A connection on which views that others stand on are tables, which nobody can change.

    A name finds the table first, also within the views of the database: `facts`, without long
    columns, `jornada_mentions`, `prints` and `totals`. DuckDB keeps them in memory, and what it has
    no memory for in a file beside the database until the connection is closed.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def choose(self, sql: str, origin: str) -> None:
        """Keep what somebody's query of the views gives as the table `chosen_figures`.

        Raises `SqlError`, which begins with `origin`, for anything but one query that can be run.
        """
        with translate_sql_faults(origin):
            require_query(self._con, sql, origin)
            # It is one query by itself, and so it is one here.
            self._con.execute(f"CREATE TEMP TABLE {CHOSEN} AS {sql}")

    def compute(self) -> None:
        """Compute what questions share."""
        for name, columns in (
            ("jornada_mentions", "*"),
            ("facts", f"* EXCLUDE ({_SELDOM})"),
            ("prints", "*"),
            ("totals", "*"),
        ):
            self.ask(f"CREATE TEMP TABLE {name} AS SELECT {columns} FROM {name}")  # noqa: S608 - our own names

    @property
    def whole_facts(self) -> str:
        """Name the view `facts` with all its columns."""
        ((database,),) = self.ask("SELECT current_database()").rows
        quoted = str(database).replace('"', '""')
        return f'"{quoted}".main.facts'

    def ask(self, sql: str) -> QueryResult:
        """Run SQL of our own, and fetch all that it gives."""
        with translate_sql_faults("SQL"):
            answer = self._con.execute(sql)
            columns = unique([column[0] for column in answer.description])
            rows: list[tuple[Any, ...]] = answer.fetchall()
        return QueryResult(columns, rows)
