"""The command line: which commands there are; each is loaded when it is run."""

import atexit
import importlib.metadata
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, suppress
from typing import Annotated, Any, NamedTuple, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from pipeline.commands.options import examples
from pipeline.console.exit_status import INTERRUPTED, PIPE_CLOSED, UNUSABLE
from pipeline.console.terminal import point, say, tell
from pipeline.errors import JornadaError, SqlError
from pipeline.lazy import lazy


class _Entry(NamedTuple):
    """A command: the module that has it as `app`, and a line about it."""

    module: str
    help: str


COMMANDS = {
    "extract": _Entry("pipeline.commands.extract", "Read bulletins and store what they say."),
    "show": _Entry("pipeline.commands.show", "Show one report: figures, quotes and findings."),
    "query": _Entry("pipeline.commands.query", "Ask the database in SQL."),
    "export": _Entry("pipeline.commands.export", "Write the current figures to a file."),
    "report": _Entry("pipeline.commands.report", "Write a page about the database, with charts."),
    "findings": _Entry("pipeline.commands.findings", "List what the checks found."),
    "conflicts": _Entry(
        "pipeline.commands.conflicts", "List numbers that contradict each other across bulletins."
    ),
    "coverage": _Entry("pipeline.commands.coverage", "List which editions are there or missing."),
    "status": _Entry("pipeline.commands.status", "Show how far the run under way is."),
    "runs": _Entry("pipeline.commands.runs", "List the runs over the database."),
    "retry": _Entry("pipeline.commands.retry", "Ask again where a reading fell short."),
    "recheck": _Entry("pipeline.commands.recheck", "Judge stored answers anew; nobody is asked."),
    "review": _Entry("eval.commands.review", "Look at readings in the browser, and correct them."),
    "dedupe": _Entry("pipeline.commands.dedupe", "Find nearly identical documents."),
    "forget": _Entry("pipeline.commands.forget", "Let files or documents count no more."),
    "eval": _Entry("eval.commands.evaluate", "Score prompts, models or the baseline against gold."),
    "tune": _Entry("eval.commands.tune", "Improve a prompt by its mistakes on gold."),
    "gold": _Entry("eval.commands.gold", "Make gold: begin labels, check them, weigh doubts."),
    "prompts": _Entry("eval.commands.prompts", "List the prompts with their best scores."),
    "vocabulary": _Entry(
        "pipeline.commands.vocabulary", "See how the baseline reads a sentence, word by word."
    ),
    "batch": _Entry("pipeline.commands.batch", "Ask through the provider's Batch API."),
    "doctor": _Entry("pipeline.commands.doctor", "Tell what is configured."),
}
"""In the order of the work."""


class _Commands(TyperGroup):
    """Loads the module of the command that is run, and no other."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - typer's own signature
        super().__init__(**attributes)
        self.commands = {
            name: TyperCommand(name, help=entry.help) for name, entry in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer's own signature
        if args and args[0] in COMMANDS:
            app = lazy(COMMANDS[args[0]].module).app
            self.commands[args[0]] = typer.main.get_command(app)
        return super().resolve_command(ctx, args)

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


def main() -> None:
    """Run the command line and end with its exit status; no error ends in a traceback."""
    try:
        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show a character must not stop the work.
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        status = run_command(sys.argv[1:])
        if status == PIPE_CLOSED:
            # The interpreter flushes at its end, and would complain that nobody listens.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if status != INTERRUPTED:
            atexit._run_exitfuncs()  # noqa: SLF001 - all that the interpreter's own end is for
    except KeyboardInterrupt:
        status = INTERRUPTED
    _end_now(status)


def _end_now(status: int) -> NoReturn:
    """End without the interpreter's own end.

    There a thread that waits for a pipe would be waited for for ever, and DuckDB's binding prints a
    page about leaks for what is alive.
    """
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def run_command(arguments: Sequence[str]) -> int:
    """Run one command; whatever goes wrong is a line on stderr and a status."""
    with redirect_stderr(sys.stderr):  # what a command leaves out of it ends with the command
        return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
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
            if isinstance(error, SqlError):
                point(error.pointer)
        else:
            told = f"unexpected {type(error).__name__}: {error}"
            tell(f"{told} (jornada --debug ... shows where it comes from)")
        return UNUSABLE
    return int(status or 0)
