"""The command `jornada findings`."""

from typing import Annotated

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console.query_result import show_findings
from pipeline.console.waiting_decisions import store_waiting
from pipeline.store import Store
from schemas.finding import Severity

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada findings --severity error",
        "jornada findings --severity error --severity warning --json",
    )
)
def findings(
    *,
    severity: Annotated[
        list[Severity] | None, typer.Option("--severity", help="May be given several times.")
    ] = None,
    db: Db = DB,
    as_json: Json = False,
) -> None:
    """List what the checks found in the current readings, the gravest first."""
    store_waiting(db)
    show_findings(Store.for_questions(db), severity or list(Severity), as_json=as_json)
