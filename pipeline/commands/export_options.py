"""Options of the commands that export, and what these say at the end."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.console import export as files
from pipeline.console.terminal import say, tell
from pipeline.plain_text import one_line

To = Annotated[
    Path,
    typer.Option(
        "--to",
        metavar="FILE",
        help="Ends in .csv, .parquet, .jsonl, .xlsx or .html; - is standard output.",
    ),
]
Format = Annotated[
    files.Form | None,
    typer.Option("--format", help="Else what the name of the file ends in."),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the file.")]


def tell_written(count: int, noun: str, to: Path) -> None:
    """Say how much was written; on stderr where the data is on standard output."""
    written = f"{count:,} {noun} written to"
    if str(to) == files.STANDARD_OUTPUT:
        tell(f"{written} standard output")
    else:
        say(one_line(f"{written} {to}"))
