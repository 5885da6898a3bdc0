"""The command `jornada eval runs`."""

from eval.commands.options import DB, Db
from eval.report.eval_run_list import show_runs
from eval.runs.history import fetch_eval_runs, open_eval_store
from pipeline.commands.options import Json, examples

EPILOG = examples("jornada eval runs --db eval.duckdb")


def list_eval_runs(*, db: Db = DB, as_json: Json = False) -> None:
    """List the evals that were run, the newest first."""
    show_runs(fetch_eval_runs(open_eval_store(db)), as_json=as_json)
