"""The command `jornada status`."""

from typing import Annotated

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console import run_status
from pipeline.console.waiting_decisions import tell_waiting
from pipeline.errors import UsageError

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada status --db backlog.duckdb",
        "jornada status --watch",
        "For another terminal than that of the run, which is not disturbed.",
    )
)
def show_status(
    *,
    db: Db = DB,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until the run ends.")] = False,
    as_json: Json = False,
) -> None:
    """Show how far the run under way is, or how the last one ended."""
    if watch and as_json:
        raise UsageError("give --watch or --json, not both")
    tell_waiting(db)
    if watch:
        run_status.watch(db)
    else:
        run_status.show(run_status.find_status(db), as_json=as_json)
