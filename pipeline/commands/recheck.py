"""The command `jornada recheck`; no logic."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import DB, Db, Json, examples

if TYPE_CHECKING:
    from pipeline.runs import Tally
    from pipeline.runs.recheck import Recheck

EPILOG = examples(
    "jornada recheck",
    "jornada recheck --dry-run",
    "After an upgrade, what a model answered is judged by the checks as they are now. Nobody is "
    "asked. What differs is stored as a reading of its own, and the old one is kept.",
)


def recheck(
    *,
    db: Db = DB,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would change, and store nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Judge stored answers anew, without asking anyone, and store what differs."""
    from pipeline.console import progress_bar, recheck_summary  # noqa: PLC0415 - slow to import
    from pipeline.runs import recheck as judging  # noqa: PLC0415 - slow to import
    from pipeline.runs.maintenance import work_alone  # noqa: PLC0415 - slow to import
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    store = Store.for_a_backlog(db)
    store.read("SELECT 1")  # no database is made where there is none
    counts = judging.Recheck()
    with progress_bar.show_progress() as watch, work_alone(db, watch) as report:
        store.prepare()  # an older one lacks columns
        judging.recheck(
            store, counts, lambda run, counts: report(run, _tally(counts)), dry_run=dry_run
        )
    recheck_summary.show(counts, dry_run=dry_run, as_json=as_json)


def _tally(counts: "Recheck") -> "Tally":
    from pipeline.runs import Tally  # noqa: PLC0415 - slow to import

    not_judged = counts.not_judged.total()
    return Tally(total=counts.total, read=counts.judged, unchanged=not_judged)
