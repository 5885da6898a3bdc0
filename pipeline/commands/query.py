"""The command `jornada query`."""

from typing import Annotated

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console.query_result import show_query
from pipeline.errors import UsageError
from pipeline.store import Store

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        'jornada query "SELECT service, sum(value) FROM current_figures GROUP BY ALL"',
        'jornada query "SELECT table_name, comment FROM duckdb_tables()"',
        "The views current_readings, current_figures, current_jornadas and current_findings hold "
        "the newest usable reading of each document. The database is opened for reading only.",
    )
)
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="A DuckDB query.")],
    *,
    db: Db = DB,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Ask the database in SQL."""
    if as_json and as_csv:
        raise UsageError("give --json or --csv, not both")
    form = "json" if as_json else "csv" if as_csv else "table"
    show_query(Store(db, patience=5).read(sql), form)
