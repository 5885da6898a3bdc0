"""The command `jornada export`."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.export_options import Force, Format, To, tell_written
from pipeline.commands.options import DB, Db, examples
from pipeline.console import export as files
from pipeline.console.waiting_decisions import store_waiting
from pipeline.errors import UsageError
from pipeline.lazy import lazy
from pipeline.store import Store
from pipeline.words import Language

if TYPE_CHECKING:
    from pipeline.console import export_page as pages
else:
    pages = lazy("pipeline.console.export_page")

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada export --to cifras.xlsx --lang es",
        "jornada export --to surgeries.csv --where \"service = 'surgery' AND year = 2023\"",
        'jornada export --to totals.parquet --sql "FROM jornada_totals WHERE widest"',
        "jornada export --to - --format jsonl | head",
        "jornada export --to jalisco.html --where \"state = 'Jalisco'\" --lang es",
        "--where takes a condition over the columns of the view facts, which has a row for each "
        'figure: jornada query "DESCRIBE facts" lists them. --sql takes any query, as jornada '
        "query does.",
        "A CSV file is UTF-8 with a byte order mark, for Excel; on standard output it has none. In "
        "CSV and Excel, text that a spreadsheet would take for a formula gets an apostrophe in "
        "front. A .html file is a page of whole bulletins, with their texts, and --where chooses "
        "those that have such a figure.",
    )
)
def export(
    *,
    to: To,
    form: Format = None,
    where: Annotated[
        str | None,
        typer.Option("--where", metavar="CONDITION", help="Only figures that this is true of."),
    ] = None,
    sql: Annotated[
        str | None,
        typer.Option("--sql", metavar="QUERY", help="What this query gives, in place of figures."),
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option("--lang", help="Headings and codes in Spanish or English words."),
    ] = None,
    db: Db = DB,
    force: Force = False,
) -> None:
    """Write the current figures, or what a query gives, to a file or to standard output.

    As a page (.html) it is the bulletins themselves, with the figures marked in their texts.
    """
    if where is not None and sql is not None:
        raise UsageError("give --where or --sql, not both")
    store_waiting(db)
    if (form or files.form_of(to)) is files.Form.HTML and sql is None:
        language = language or Language.ENGLISH
        count = pages.export_page(Store.for_questions(db), to, where, language, force=force)
        tell_written(count, "bulletins", to)
        return
    count = files.export(
        Store.for_questions(db),
        to,
        files.Selection(where, sql),
        form=form,
        language=language,
        force=force,
    )
    tell_written(count, "figures" if sql is None else "rows", to)
