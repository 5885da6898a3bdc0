"""The options that several commands of evals share."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.configuration.resolution import real_database

DB = Path("eval.duckdb")
"""A database of its own, so that gold never stands among the figures of a backlog."""

Db = Annotated[
    Path,
    typer.Option(
        "--db",
        metavar="FILE",
        help="The DuckDB database of evals.",
        callback=real_database,
    ),
]
Gold = Annotated[
    Path | None,
    typer.Option("--gold", metavar="DIR", help="Gold labels, else those of the project."),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="GLOB", help="Gold files of these names; repeatable."),
]
Texts = Annotated[
    list[Path] | None,
    typer.Option(
        "--texts", metavar="PATH", help="Where the texts of the gold are, else in its folder."
    ),
]
