"""The command `jornada doctor`."""

from typing import Annotated

import typer

from pipeline.commands.options import (
    DB,
    AnswerOptions,
    Db,
    Json,
    ModelOptions,
    PriceFile,
    ReachOptions,
    ReaderName,
    examples,
    settings_from,
    with_options,
)
from pipeline.console import doctor as examination
from pipeline.console.exit_status import FAILED
from pipeline.console.terminal import tell

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "jornada doctor",
        "jornada doctor --base-url http://127.0.0.1:8080/v1 --model qwen3-8b --schema-mode json",
        "jornada doctor --profile azure --json",
        "jornada doctor --no-call",
        "Where a model would run it is asked one short question, which costs a call. Exit status: "
        "0 well, 1 a problem, 2 unusable arguments.",
    )
)
@with_options
def doctor(  # noqa: PLR0913 - a parameter an option
    *,
    db: Db = DB,
    reader: ReaderName = None,
    call: Annotated[
        bool,
        typer.Option("--call/--no-call", help="Ask the model one short question, as a run would."),
    ] = True,
    model: ModelOptions,
    reach: ReachOptions,
    answers: AnswerOptions,
    prices: PriceFile = None,
    as_json: Json = False,
) -> int:
    """Tell what is configured, what can be reached, which reader would run, and what it takes."""
    settings = settings_from(db, model, reach, answers, reader=reader, prices=prices)
    facts = examination.examine(settings, tell, with_call=call)
    examination.show(facts, as_json=as_json)
    return FAILED if any(fact.well is False for fact in facts) else 0
