"""The command `jornada eval show`."""

from pathlib import Path
from typing import Annotated

import typer

from eval.commands.eval_diff import Run
from eval.commands.options import DB, Db
from eval.report.transcript_text import show_transcript, show_transcript_json
from eval.runs.history import find_run, open_eval_store
from eval.runs.transcript import fetch_transcript
from pipeline.commands.options import Json, examples
from pipeline.configuration.resolution import real_database
from pipeline.store import Store

EPILOG = examples(
    "jornada eval show quoted-v1 36-mastografias",
    "jornada eval show 3fa9c1d2 36 --repeat 2",
    "jornada eval show 3fa9c1d2 36 --json",
    "jornada eval show baseline 36 --stored backlog.duckdb",
    "BULLETIN is the beginning of the name of its gold file. A RUN is named as for "
    "jornada eval diff.",
)

Stored = Annotated[
    Path | None,
    typer.Option(
        "--stored",
        metavar="FILE",
        help="Where the readings are that jornada eval --stored has scored.",
        callback=lambda given: given and real_database(given),
    ),
]


def show_reading(
    run: Run,
    bulletin: Annotated[
        str, typer.Argument(metavar="BULLETIN", help="Beginning of its gold file's name.")
    ],
    *,
    repeat: Annotated[int, typer.Option("--repeat", min=1, help="Which of several readings.")] = 1,
    stored: Stored = None,
    db: Db = DB,
    as_json: Json = False,
) -> None:
    """Show what was said about one bulletin: messages, answers, faults, and figure by figure."""
    store = open_eval_store(db)
    readings = store if stored is None else Store(stored, patience=5)
    with store.keep_open(read_only=True), readings.keep_open(read_only=True):
        found = fetch_transcript(store, readings, find_run(store, run), bulletin, repeat)
    (show_transcript_json if as_json else show_transcript)(found)
