"""The command line, and the composition root: what is built is built here, and nothing decided."""

import asyncio
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from eval.commands import eval_app, gold_app, list_prompts
from pipeline.commands.batch import batch_app
from pipeline.commands.extract import EPILOG as EXTRACT_EPILOG
from pipeline.commands.extract import extract
from pipeline.commands.options import (
    DB,
    BaseUrl,
    Db,
    Json,
    Model,
    Prompt,
    ReaderName,
    examples,
    settings_from,
)
from pipeline.commands.recheck import EPILOG as RECHECK_EPILOG
from pipeline.commands.recheck import recheck
from pipeline.commands.retry import EPILOG as RETRY_EPILOG
from pipeline.commands.retry import retry
from pipeline.commands.runs import RUNS_EPILOG, STATUS_EPILOG, list_runs, show_status
from pipeline.console.exit_status import FAILED, INTERRUPTED, PIPE_CLOSED, UNUSABLE
from pipeline.console.terminal import say, tell
from pipeline.errors import JornadaError, UsageError
from pipeline.runs.reader_choice import Choice, choose
from pipeline.runs.set_up import build_reader
from pipeline.settings import Settings
from schemas.finding import Severity

if TYPE_CHECKING:
    from schemas.document import Document
    from schemas.reading import Reading


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own signature
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            tell("Stopped.")
            return INTERRUPTED
        except BrokenPipeError:
            return PIPE_CLOSED


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer's own signature
    if wanted:
        import importlib.metadata  # noqa: PLC0415 - for this option alone

        say(f"jornada {importlib.metadata.version('jornada')}")
        raise typer.Exit


@app.callback(
    epilog=examples(
        "jornada extract examples/bulletins",
        "jornada export --to figures.csv",
        "Exit status: 0 all well, 1 some failed, 2 unusable arguments, 130 stopped by Ctrl-C.",
    )
)
def _jornada(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Turn IMSS press bulletins into a table of figures, each with the words that say it."""


@app.command(
    epilog=examples(
        "jornada show bulletins/2022-07.pdf",
        "jornada show 3fa9c1 --json",
    )
)
def show(
    what: Annotated[
        str, typer.Argument(metavar="FILE|ID", help="A file, or the beginning of a document's ID.")
    ],
    *,
    db: Db = DB,
    reader: Annotated[
        str | None, typer.Option("--reader", help="Read a file now, by auto, baseline or llm.")
    ] = None,
    prompt: Prompt = None,
    model: Model = None,
    base_url: BaseUrl = None,
    as_json: Json = False,
) -> int:
    """Show one report: figures with their quotes, what was set aside, and findings.

    A file is read now, and not stored, if the database has no reading of it or --reader is given.
    """
    from pipeline.console import lookup  # noqa: PLC0415 - slow to import
    from pipeline.console import show as page  # noqa: PLC0415 - slow to import
    from pipeline.documents import RecordFields, read_all  # noqa: PLC0415 - slow to import
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    settings = settings_from(
        db, reader=reader or "auto", prompt=prompt, model=model, base_url=base_url
    )
    store = Store(db, patience=5)
    shown = None
    if Path(what).exists():
        document = lookup.only_document(read_all([what], RecordFields()), what)
        if reader is None and db.exists():
            shown = lookup.recall(store, document.id, failed=False)
        if shown is None:
            choice = choose(settings)
            reading = asyncio.run(_read_now(settings, choice, document))
            shown = page.ShownReading(document, reading, (what,), f"read now by {choice.reader}")
    else:
        shown = lookup.by_id(store, what)
    (page.show_json if as_json else page.show)(shown)
    return FAILED if shown.reading.report is None else 0


@app.command(
    epilog=examples(
        'jornada query "SELECT service, sum(value) FROM current_figures GROUP BY ALL"',
        'jornada query "SELECT table_name, comment FROM duckdb_tables()"',
        "The views current_readings, current_figures, current_jornadas and current_findings hold "
        "the newest usable reading of each document. The database is opened for reading only.",
    )
)
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="A DuckDB query.")],
    *,
    db: Db = DB,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Ask the database in SQL."""
    from pipeline.console.query_result import show_query  # noqa: PLC0415 - slow to import
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    if as_json and as_csv:
        raise UsageError("give --json or --csv, not both")
    form = "json" if as_json else "csv" if as_csv else "table"
    show_query(Store(db, patience=5).read(sql), form)


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
    from pipeline.console.export import export as write  # noqa: PLC0415 - slow to import
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    count = write(Store(db, patience=5), to, force=force)
    say(f"{count:,} figures written to {to}")


@app.command(
    epilog=examples(
        "jornada findings --severity error",
        "jornada findings --severity error --severity warning --json",
    )
)
def findings(
    *,
    severity: Annotated[
        list[Severity] | None, typer.Option("--severity", help="May be given several times.")
    ] = None,
    db: Db = DB,
    as_json: Json = False,
) -> None:
    """List what the checks found in the current readings, the gravest first."""
    from pipeline.console.query_result import show_findings  # noqa: PLC0415 - slow to import
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    show_findings(Store(db, patience=5), severity or list(Severity), as_json=as_json)


@app.command(
    epilog=examples(
        "jornada doctor",
        "jornada doctor --base-url http://127.0.0.1:8080/v1 --model qwen3-8b",
    )
)
def doctor(
    *,
    db: Db = DB,
    reader: ReaderName = "auto",
    prompt: Prompt = None,
    model: Model = None,
    base_url: BaseUrl = None,
    as_json: Json = False,
) -> int:
    """Tell what is configured, what can be reached, and which reader would run."""
    from pipeline.console import doctor as examination  # noqa: PLC0415 - slow to import

    settings = settings_from(db, reader=reader, prompt=prompt, model=model, base_url=base_url)
    facts = examination.examine(settings)
    examination.show(facts, as_json=as_json)
    return FAILED if any(fact.well is False for fact in facts) else 0


@app.command(
    "dedupe",
    epilog=examples(
        "jornada dedupe",
        "jornada dedupe --db backlog.duckdb --json",
        'jornada query "SELECT * FROM near_documents"',
        "Each document is compared once, with all that are stored. Run it again after others were "
        "read, or after it was killed: it goes on where it was.",
    ),
)
def _dedupe(*, db: Db = DB, as_json: Json = False) -> None:
    """Find nearly identical documents among those stored, and list them in near_documents."""
    from pipeline.commands.dedupe import dedupe  # noqa: PLC0415 - slow to import

    dedupe(db=db, as_json=as_json)


app.command("extract", epilog=EXTRACT_EPILOG)(extract)
app.command("retry", epilog=RETRY_EPILOG)(retry)
app.command("recheck", epilog=RECHECK_EPILOG)(recheck)
app.command("runs", epilog=RUNS_EPILOG)(list_runs)
app.command("status", epilog=STATUS_EPILOG)(show_status)
app.add_typer(eval_app, name="eval")
app.add_typer(gold_app, name="gold")
app.add_typer(batch_app, name="batch")
app.command("prompts", epilog=examples("jornada prompts", "jornada prompts ./mine.md --json"))(
    list_prompts
)


def main() -> None:
    """Run the command line and end with its exit status; no error ends in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character must not stop the work.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    status = exit_status(sys.argv[1:])
    if status == PIPE_CLOSED:
        # The interpreter flushes at its end, and would complain that nobody listens.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    for thread in threading.enumerate():
        if thread.daemon:
            # One that is cut off at work makes DuckDB's binding print a page about leaks; one that
            # waits for a pipe would wait for ever.
            thread.join(1.0)
    if any(thread.daemon for thread in threading.enumerate()):
        # It holds the lock of standard input, of which the interpreter would die at its end.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def exit_status(arguments: Sequence[str]) -> int:
    """Run one command; whatever goes wrong is a line on stderr and a status."""
    try:
        status = app(arguments, prog_name="jornada", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        tell(f"{error.format_message()} (jornada --help says more)")
        return UNUSABLE
    except (BrokenPipeError, SystemExit):  # SystemExit: how rich ends when nobody listens
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the last line of defence
        if "--debug" in arguments:
            traceback.print_exc()
        if isinstance(error, JornadaError):
            tell(str(error))
        else:
            told = f"unexpected {type(error).__name__}: {error}"
            tell(f"{told} (jornada --debug ... shows where it comes from)")
        return UNUSABLE
    return int(status or 0)


async def _read_now(settings: Settings, choice: Choice, document: "Document") -> "Reading":
    from pipeline.extract import extract as read  # noqa: PLC0415 - slow to import

    async with build_reader(settings, choice) as reader:
        return await read(document, reader)
