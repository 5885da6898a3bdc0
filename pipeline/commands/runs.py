"""The commands `jornada runs` and `jornada status`; no logic."""

from typing import Annotated

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.errors import UsageError

RUNS_EPILOG = examples("jornada runs", "jornada runs --db backlog.duckdb --json")
STATUS_EPILOG = examples(
    "jornada status --db backlog.duckdb",
    "jornada status --watch",
    "For another terminal than that of the run, which is not disturbed.",
)


def list_runs(*, db: Db = DB, as_json: Json = False) -> None:
    """List the runs over the database, the newest first."""
    from pipeline.console import run_list  # noqa: PLC0415 - slow to import
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    run_list.show(run_list.fetch_runs(Store(db, patience=5)), as_json=as_json)


def show_status(
    *,
    db: Db = DB,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until the run ends.")] = False,
    as_json: Json = False,
) -> None:
    """Show how far the run under way is, or how the last one ended."""
    from pipeline.console import run_status  # noqa: PLC0415 - slow to import

    if watch and as_json:
        raise UsageError("give --watch or --json, not both")
    if watch:
        run_status.watch(db)
    else:
        run_status.show(run_status.find_status(db), as_json=as_json)
