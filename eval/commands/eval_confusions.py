"""The command `jornada eval confusions`."""

from typing import Annotated

import typer

from eval.commands.eval_diff import Run
from eval.commands.options import DB, Db
from eval.report.confusion_table import show_confusions, show_confusions_json
from eval.runs.confusions import count_by_value, count_confusions, fetch_judged
from eval.runs.history import find_run, open_eval_store
from eval.scoring.align import COMPARED
from pipeline.commands.options import Json, examples
from pipeline.errors import UsageError

EPILOG = examples(
    "jornada eval confusions quoted-v1",
    "jornada eval confusions 3fa9c1d2 --label detail",
    "jornada eval confusions 3fa9c1d2 --label service --json",
    "A RUN is named as for jornada eval diff.",
)


def list_confusions(
    run: Run,
    *,
    label: Annotated[
        str | None,
        typer.Option("--label", help="One label alone, and what became of each of its values."),
    ] = None,
    db: Db = DB,
    as_json: Json = False,
) -> None:
    """Count what a run got wrong: kinds of error, and which label it read for which."""
    if label not in (None, *COMPARED):
        raise UsageError(f"--label {label}: is no label; one of {', '.join(COMPARED)}")
    store = open_eval_store(db)
    with store.keep_open(read_only=True):
        found = find_run(store, run)
        figures = fetch_judged(store, found)
    # Of the values of figures each has its own: to count by them says nothing.
    by_value = () if label in (None, "value") else count_by_value(figures, label or "")
    show = show_confusions_json if as_json else show_confusions
    show(found, count_confusions(figures), label, by_value)
