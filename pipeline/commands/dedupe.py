"""The command `jornada dedupe`; no logic."""

from dataclasses import asdict

from pipeline.commands.options import DB, Db, Json
from pipeline.console import progress_bar
from pipeline.console.terminal import console, say, table
from pipeline.near.dedupe import DedupeCounts, compare_all
from pipeline.plain_text import to_json
from pipeline.runs import Tally
from pipeline.runs.maintenance import work_alone
from pipeline.store import Store


def dedupe(*, db: Db = DB, as_json: Json = False) -> None:
    """Find nearly identical documents among those stored, and list them in near_documents."""
    store = Store.for_a_backlog(db)
    store.read("SELECT 1")  # no database is made where there is none
    counts = DedupeCounts()
    with progress_bar.show_progress() as watch, work_alone(db, watch) as report:
        store.prepare()  # an older one lacks tables
        compare_all(store, counts, lambda run: report(run, _tally(counts)))
    if as_json:
        say(to_json(asdict(counts)))
    else:
        _show(counts)


def _tally(counts: DedupeCounts) -> Tally:
    total, now, before = counts.documents, counts.compared, counts.compared_before
    return Tally(total=total, read=now, unchanged=before)


def _show(counts: DedupeCounts) -> None:
    rows = [
        ("documents", f"{counts.documents:,}"),
        ("compared now", f"{counts.compared:,}"),
        ("nearly identical", f"{counts.near:,} to another (listed in near_documents)"),
    ]
    console().print(table(("", ""), rows))
