"""The command `jornada export`."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import DB, Db, examples
from pipeline.console import export as files
from pipeline.console.terminal import say
from pipeline.store import Store

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada export --to figures.csv",
        "jornada export --to figures.xlsx --force",
        "CSV is UTF-8 with a byte order mark, for Excel. In CSV and Excel, text that a "
        "spreadsheet would take for a formula gets an apostrophe in front.",
    )
)
def export(
    *,
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", help="Ends in .csv, .parquet, .jsonl or .xlsx.")
    ],
    db: Db = DB,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Write the current figures, with title, date and source of each, to a file."""
    count = files.export(Store(db, patience=5), to, force=force)
    say(f"{count:,} figures written to {to}")
