"""The command `jornada recheck`; no logic."""

from typing import Annotated

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console import progress_bar, recheck_summary
from pipeline.runs import Progress
from pipeline.runs import recheck as judging
from pipeline.runs.maintenance import work_alone
from pipeline.runs.recheck import Recheck
from pipeline.store import Store

EPILOG = examples(
    "jornada recheck",
    "jornada recheck --dry-run",
    "After an upgrade, what a model answered is judged by the checks as they are now. Nobody is "
    "asked. What differs is stored as a reading of its own, and the old one is kept.",
)
app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def recheck(
    *,
    db: Db = DB,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would change, and store nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Judge stored answers anew, without asking anyone, and store what differs."""
    store = Store.for_a_backlog(db)
    store.read("SELECT 1")  # no database is made where there is none
    counts = Recheck()
    with progress_bar.show_progress() as watch, work_alone(db, watch) as report:
        store.prepare()  # an older one lacks columns
        judging.recheck(
            store, counts, lambda run, counts: report(run, _progress(counts)), dry_run=dry_run
        )
    recheck_summary.show(counts, dry_run=dry_run, as_json=as_json)


def _progress(counts: Recheck) -> Progress:
    not_judged = counts.not_judged.total()
    return Progress(total=counts.total, read=counts.judged, unchanged=not_judged)
