"""The command `jornada gold next`."""

from pathlib import Path
from typing import Annotated

import typer

from eval.labels.new_files import list_labelled
from eval.report.next_list import show_next
from eval.runs.next_bulletins import rank_bulletins
from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console.terminal import say, tell
from pipeline.errors import UsageError
from pipeline.store import Store

_MOST = 10

EPILOG = examples(
    "jornada gold next --db backlog.duckdb",
    "jornada gold next --db backlog.duckdb --gold labels/ --limit 30 --json",
    "Read the backlog by two readers first, e.g. a model and the baseline, each by `jornada "
    "extract`. Where one alone has read, findings decide.",
)


def list_next(
    *,
    db: Db = DB,
    gold: Annotated[
        Path | None,
        typer.Option("--gold", metavar="DIR", help="Leave out what is labelled here (and tied)."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to list.")] = _MOST,
    as_json: Json = False,
) -> None:
    """List the bulletins of a backlog that readers disagree on most: label these next."""
    if gold is not None and not gold.is_dir():
        raise UsageError(f"--gold {gold}: no such folder")
    labelled = {document_id for document_id, _ in list_labelled(gold)} if gold else set()
    store = Store.for_questions(db)
    store.upgrade_older()
    ranked = rank_bulletins(store, labelled)
    if ranked or as_json:
        show_next(ranked, most=limit, as_json=as_json)
        return
    say("Nothing is read differently, and no check minds anything.")
    tell("Read the backlog by a second reader: jornada extract PATHS --reader baseline")
