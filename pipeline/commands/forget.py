"""The command `jornada forget`; no logic."""

from typing import Annotated

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console import forget_summary
from pipeline.runs.forgetting import find_known, forget_all
from pipeline.runs.lock import lock_database
from pipeline.store import Store

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada forget bulletins/draft.txt",
        "jornada forget bulletins/2021/ --db backlog.duckdb",
        "jornada forget 'bulletins.jsonl#17' 3f9c1a",
        "A file need not be there any more. Nothing is deleted: figures stay on record and leave "
        "the current views. Extracting a file again brings it back; no model is asked again.",
    ),
)
def forget(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|ID...",
            help="Files, folders, FILE#RECORD, or how documents' IDs begin (6 characters).",
        ),
    ],
    *,
    db: Db = DB,
    as_json: Json = False,
) -> None:
    """Let files, folders, records or documents count no more."""
    store = Store.for_a_backlog(db)
    store.read("SELECT 1")  # no database is made where there is none
    with lock_database(db), store.keep_open():
        store.prepare()  # an older one lacks views
        counts = forget_all(store, find_known(store, names))
    forget_summary.show(counts, as_json=as_json)
