"""The command `jornada eval compare`."""

from typing import Annotated

import typer

from eval.commands.eval_show import Stored
from eval.commands.options import DB, Db, Gold, Texts
from eval.labels.gold import load_gold, locate_gold
from eval.report.run_comparison import show_run_comparison, show_run_comparison_json
from eval.runs.history import find_run, open_eval_store
from eval.runs.stored_comparison import compare_again, compare_stored
from pipeline.commands.options import Json, examples
from pipeline.errors import UsageError
from pipeline.store import Store

EPILOG = examples(
    "jornada eval compare quoted-v1 mine",
    "jornada eval compare 3fa9c1d2 77b0e4aa 841ed59c --json",
    "jornada eval compare quoted-v1 mine --gold labels/",
    "The first RUN is the one that the others are compared with. Nobody is asked. Without --gold "
    "the stored scores are compared; with it the stored readings are scored again. A RUN is named "
    "as for jornada eval diff.",
)


def compare_eval_runs(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN RUN...", help="Beginnings of their IDs, or names.")
    ],
    *,
    gold: Gold = None,
    texts: Texts = None,
    stored: Stored = None,
    db: Db = DB,
    as_json: Json = False,
) -> None:
    """Compare earlier runs on the bulletins that all of them scored."""
    if len(runs) < 2:  # noqa: PLR2004 - one is not compared with anything
        raise UsageError("give two runs or more: `jornada eval runs` lists them")
    store = open_eval_store(db)
    with store.keep_open(read_only=True):
        chosen = [find_run(store, run) for run in runs]
        if gold is None and texts is None and stored is None:
            found, how = compare_stored(store, chosen), "stored scores"
        else:
            bulletins = load_gold(*locate_gold(gold, texts))
            readings = store if stored is None else Store(stored, patience=5)
            found, how = compare_again(store, readings, chosen, bulletins), "readings scored again"
    if as_json:
        show_run_comparison_json(found)
    else:
        show_run_comparison(found, how)
