"""The command `jornada dedupe`; no logic."""

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console import dedupe_summary, progress_bar
from pipeline.near.dedupe import DedupeCounts, compare_all
from pipeline.runs import Progress
from pipeline.runs.maintenance import work_alone
from pipeline.store import Store

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada dedupe",
        "jornada dedupe --db backlog.duckdb --json",
        'jornada query "SELECT * FROM near_documents"',
        "Each document is compared once, with all that are stored. Run it again after others were "
        "read, or after it was killed: it goes on where it was.",
    ),
)
def dedupe(*, db: Db = DB, as_json: Json = False) -> None:
    """Find nearly identical documents among those stored, and list them in near_documents."""
    store = Store.for_a_backlog(db)
    store.read("SELECT 1")  # no database is made where there is none
    counts = DedupeCounts()
    with progress_bar.show_progress() as watch, work_alone(db, watch) as report:
        store.prepare()  # an older one lacks tables
        compare_all(store, counts, lambda run: report(run, _progress(counts)))
    dedupe_summary.show(counts, as_json=as_json)


def _progress(counts: DedupeCounts) -> Progress:
    total, now, before = counts.documents, counts.compared, counts.compared_before
    return Progress(total=total, read=now, unchanged=before)
