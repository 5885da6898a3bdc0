"""The command `jornada query`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console.query_result import print_query
from pipeline.console.waiting_decisions import store_waiting
from pipeline.errors import UsageError
from pipeline.store import Store

app = typer.Typer(add_completion=False)


class _QueryCommand(TyperCommand):
    """Takes an argument that begins with an SQL comment for what it is, and for no option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own signature
        given = [f" {one}" if one.startswith("--") and one[2:3].isspace() else one for one in args]
        return super().parse_args(ctx, given)


@app.command(
    cls=_QueryCommand,
    epilog=examples(
        "jornada query \"SELECT jornada, place, value FROM facts WHERE service = 'surgery'\"",
        'jornada query "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"',
        "jornada query -f totals.sql --csv",
        "echo 'DESCRIBE facts' | jornada query -",
        "The view facts has a row for each figure that counts today; jornada_totals, "
        "plan_and_result, series, conflicts and coverage look across bulletins. A query reads the "
        "database and nothing else: "
        "it writes no file, reads none, and changes no table and no setting. To write what one "
        "gives to a file, use jornada export --sql. Ctrl-C ends one that takes too long. In "
        "CSV, text that a spreadsheet would take for a formula gets an apostrophe in front.",
    ),
)
def query(
    sql: Annotated[
        str | None,
        typer.Argument(metavar="SQL", help="A DuckDB query, or - for one on standard input."),
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option("-f", "--file", metavar="FILE", help="Take the query from it.")
    ] = None,
    db: Db = DB,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Ask the database in SQL."""
    if as_json and as_csv:
        raise UsageError("give --json or --csv, not both")
    text, origin = _find_query(sql, file)
    form = "json" if as_json else "csv" if as_csv else "table"
    store_waiting(db)
    store = Store.for_questions(db)
    store.try_to_upgrade()
    print_query(store, text, origin, form)


def _find_query(sql: str | None, file: Path | None) -> tuple[str, str]:
    if (sql is None) == (file is None):
        raise UsageError("give one query: as an argument, with -f FILE, or - for standard input")
    if sql == "-":
        return _decode(sys.stdin.buffer.read(), "standard input"), "standard input"
    if file is None:
        return sql or "", "SQL"
    try:
        return _decode(file.read_bytes(), f"-f {file}"), str(file)
    except OSError as error:
        raise UsageError(f"-f {file}: cannot be read: {error.strerror or error}") from error


def _decode(given: bytes, origin: str) -> str:
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{origin}: is no UTF-8 text; save the query as UTF-8") from error
