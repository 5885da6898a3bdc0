"""The command `jornada coverage`."""

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console.coverage_list import show_coverage
from pipeline.console.waiting_decisions import store_waiting
from pipeline.store import Store

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada coverage",
        "jornada coverage --db backlog.duckdb --json",
        'The view coverage has a row for each edition: jornada query "FROM coverage".',
    )
)
def coverage(*, db: Db = DB, as_json: Json = False) -> None:
    """List the editions of each series that are reported, only mentioned, or missing."""
    store = Store.for_questions(db)
    store_waiting(db)
    store.upgrade_older()
    show_coverage(store, as_json=as_json)
