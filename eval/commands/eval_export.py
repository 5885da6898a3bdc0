"""The command `jornada eval export`."""

from typing import Annotated

import typer

from eval.commands.options import DB, Db
from eval.runs.history import find_run, open_eval_store
from eval.runs.run_rows import write_query
from pipeline.commands.export_options import Force, Format, To, tell_written
from pipeline.commands.options import examples
from pipeline.console import export as files
from pipeline.store import Store

EPILOG = examples(
    "jornada eval export mine --to results.parquet",
    "jornada eval export 3fa9c1d2 77b0e4aa --to results.csv",
    "jornada eval export mine --to - --format jsonl | head -n 1",
    "A row is a bulletin of a run: its text, what ought to come out, what did, and the scores; "
    "docs/evals.md shows how MLflow and others take them. A RUN is named as for jornada eval diff.",
)

Runs = Annotated[
    list[str], typer.Argument(metavar="RUN...", help="Beginnings of their IDs, or names.")
]


def export_eval_runs(
    runs: Runs,
    *,
    to: To,
    form: Format = None,
    force: Force = False,
    db: Db = DB,
) -> None:
    """Write eval runs to a file for other tools, a row a bulletin."""
    store = open_eval_store(db)
    found = {run.eval_run_id: run for run in (find_run(store, name) for name in runs)}
    query = write_query(found.values())
    count = files.export(
        Store.for_questions(db), to, files.Selection(sql=query), form=form, force=force
    )
    tell_written(count, "rows", to)
