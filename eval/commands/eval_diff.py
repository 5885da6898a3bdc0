"""The command `jornada eval diff`."""

from typing import Annotated

import typer

from eval.commands.options import DB, Db
from eval.report.diff_table import show_diff
from eval.runs.diff import diff
from eval.runs.history import find_run, open_eval_store
from pipeline.commands.options import Json, examples
from pipeline.console.terminal import tell
from pipeline.errors import UsageError

EPILOG = examples(
    "jornada eval diff 3fa9c1d2 77b0e4aa",
    "jornada eval diff quoted-v1 mine",
    "jornada eval diff mine~1 mine",
    "A RUN is the beginning of an ID of `jornada eval runs`, or the name of a variant or of "
    "its prompt, which stands for its newest run; RUN~1 is the one before it.",
)

Run = Annotated[str, typer.Argument(metavar="RUN", help="Beginning of its ID, or a name.")]


def diff_eval_runs(before: Run, after: Run, *, db: Db = DB, as_json: Json = False) -> None:
    """Show the bulletins and figures that got better or worse from one run to another."""
    store = open_eval_store(db)
    with store.keep_open(read_only=True):
        first, second = find_run(store, before), find_run(store, after)
        changes = diff(store, first, second)
    if not changes.common:
        raise UsageError("the two runs have no bulletin in common")
    if not changes.same_gold:
        tell("The gold was not the same for both runs: some changes may be its own.")
    show_diff(changes, first, second, as_json=as_json)
