"""The command `jornada conflicts`."""

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console.conflict_list import show_conflicts
from pipeline.console.waiting_decisions import store_waiting
from pipeline.store import Store

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada conflicts",
        "jornada conflicts --db backlog.duckdb --json",
        'The view conflicts has the same, for queries: jornada query "FROM conflicts". What one '
        "bulletin says against itself is among the findings.",
    )
)
def conflicts(*, db: Db = DB, as_json: Json = False) -> None:
    """List exact numbers that contradict each other across bulletins, with both quotes."""
    store = Store.for_questions(db)
    store_waiting(db)
    store.upgrade_older()
    show_conflicts(store, as_json=as_json)
