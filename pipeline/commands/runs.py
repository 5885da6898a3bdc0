"""The command `jornada runs`."""

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console import run_list
from pipeline.store import Store

app = typer.Typer(add_completion=False)


@app.command(epilog=examples("jornada runs", "jornada runs --db backlog.duckdb --json"))
def list_runs(*, db: Db = DB, as_json: Json = False) -> None:
    """List the runs over the database, the newest first."""
    run_list.show(run_list.fetch_runs(Store(db, patience=5)), as_json=as_json)
