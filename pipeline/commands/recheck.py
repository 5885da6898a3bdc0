"""The command `jornada recheck`; no logic."""

import json
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import DB, Db, Json, examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.runs import Watch
    from pipeline.runs.recheck import Recheck
    from pipeline.store.rows import Run

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
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    store = Store.for_a_backlog(db)
    store.read("SELECT 1")  # no database is made where there is none
    counts = judging.Recheck()
    with _telling(db) as told, progress_bar.show_progress() as watch:
        store.prepare()  # an older one lacks columns
        judging.recheck(store, counts, _stepping(watch, told), dry_run=dry_run)
    recheck_summary.show(counts, dry_run=dry_run, as_json=as_json)


@contextmanager
def _telling(db: "Path") -> "Iterator[Callable[[Run, str], None]]":
    """Work on the database alone, and tell those who ask how far it is."""
    from pipeline.runs.lock import alone  # noqa: PLC0415 - slow to import
    from pipeline.runs.progress_file import (  # noqa: PLC0415 - slow to import
        ProgressFile,
        ProgressRecord,
        progress_path,
    )
    from pipeline.store.rows import now  # noqa: PLC0415 - slow to import

    runs: set[str] = set()
    progress = ProgressFile(progress_path(db))
    with alone(db):

        def told(run: "Run", facts: str) -> None:
            runs.add(run.run_id)
            at = now().isoformat(timespec="seconds")
            progress.tell(ProgressRecord(run.run_id, os.getpid(), at, facts))

        try:
            yield told
        finally:
            for run_id in runs:
                progress.end(run_id)


def _stepping(
    watch: "Watch", told: "Callable[[Run, str], None]"
) -> "Callable[[Run, Recheck], None]":
    from pipeline.runs import Tally  # noqa: PLC0415 - slow to import

    started = time.perf_counter()

    def step(run: "Run", counts: "Recheck") -> None:
        tally = Tally(total=counts.total, read=counts.judged)
        tally.unchanged = counts.not_judged.total()
        watch.step(tally)
        facts = {
            **run.key.model_dump(),
            **vars(tally),
            "started_at": run.started_at.isoformat(timespec="seconds"),
            "seconds": time.perf_counter() - started,
        }
        told(run, json.dumps(facts))

    return step
