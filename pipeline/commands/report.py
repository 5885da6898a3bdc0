"""The command `jornada report`."""

import importlib.metadata
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.export_options import Force
from pipeline.commands.options import DB, Db, examples
from pipeline.console.destination import find_target, write_file, write_standard_output
from pipeline.console.export import STANDARD_OUTPUT
from pipeline.console.terminal import say, tell
from pipeline.console.waiting_decisions import store_waiting
from pipeline.errors import UsageError
from pipeline.pages.report.content import About
from pipeline.pages.report.page import make_report
from pipeline.pages.report.phrases import Phrases
from pipeline.pages.report.selection import Selection
from pipeline.plain_text import one_line
from pipeline.store import Store
from pipeline.store.rows import now
from pipeline.words import Language

app = typer.Typer(add_completion=False)

_ENDINGS = (".html", ".htm")


@app.command(
    epilog=examples(
        "jornada report --to report.html",
        "jornada report --to jalisco.html --lang es --where \"state = 'Jalisco'\"",
        "The file needs nothing else: send it, open it anywhere, print it. --where takes a "
        "condition over the columns of the view facts, as jornada export does.",
    )
)
def report(
    *,
    to: Annotated[
        Path,
        typer.Option("--to", metavar="FILE", help="Ends in .html; - is standard output."),
    ],
    language: Annotated[
        Language, typer.Option("--lang", help="Write it in Spanish or English.")
    ] = Language.ENGLISH,
    where: Annotated[
        str | None,
        typer.Option("--where", metavar="CONDITION", help="Only figures that this is true of."),
    ] = None,
    db: Db = DB,
    force: Force = False,
) -> None:
    """Write one HTML page about the database: jornadas, services, plans, contradictions, quotes."""
    is_piped = str(to) == STANDARD_OUTPUT
    if not is_piped and to.suffix.lower() not in _ENDINGS:
        raise UsageError(f"--to {to}: the name must end in .html")
    store = Store.for_questions(db)
    target = None if is_piped else find_target(to, store.path, force=force)
    store_waiting(db)
    store.upgrade_older()
    about = About(db.name, now(), importlib.metadata.version("jornada"), Selection(where))
    page = make_report(store, about, Phrases(language)).encode()
    if target is None:
        write_standard_output(lambda file: file.write(page))
        tell("Report written to standard output")
    else:
        write_file(target, lambda file: file.write(page))
        say(one_line(f"Report written to {to}"))
