"""The command `jornada retry`; no logic."""

import asyncio
from typing import Annotated

import typer

from pipeline.commands.options import (
    DB,
    AnswerOptions,
    Db,
    EscalateTo,
    Json,
    LimitOptions,
    ModelOptions,
    NumberOfWorkers,
    ReachOptions,
    ReaderName,
    examples,
    settings_from,
    with_options,
)
from pipeline.console import progress_bar, retry_summary
from pipeline.console.terminal import tell
from pipeline.runs import cascade, selection
from pipeline.runs.reader_choice import choose

EPILOG = examples(
    "jornada retry",
    "jornada retry --partial --model gpt-5",
    "jornada retry --findings --model gpt-5-mini --escalate-to gpt-5 --budget 5.00",
    "jornada retry --partial --profile azure --param reasoning_effort=high",
    "The texts come out of the database. A retry that was killed or stopped goes on when it is run "
    "again. Exit status: 0 all read, 1 some failed, 2 unusable arguments, 130 stopped by Ctrl-C.",
)
app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
@with_options
def retry(  # noqa: PLR0913 - a parameter an option
    *,
    failed: Annotated[
        bool,
        typer.Option(
            "--failed",
            help="Documents that could not be read, and files that were given up (the default).",
        ),
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Documents that were read in part.")
    ] = False,
    findings: Annotated[
        bool,
        typer.Option(
            "--findings", help="Documents with warnings or errors, partial and failed ones too."
        ),
    ] = False,
    escalate_to: EscalateTo = None,
    db: Db = DB,
    reader: ReaderName = None,
    model: ModelOptions,
    reach: ReachOptions,
    answers: AnswerOptions,
    limits: LimitOptions,
    workers: NumberOfWorkers = 1,
    as_json: Json = False,
) -> int:
    """Ask again about documents that failed, or whose reading is not as it should be."""
    settings = settings_from(db, model, reach, answers, limits, reader=reader, workers=workers)
    said = {"failed": failed, "partial": partial, "findings": findings}
    flaws = [flaw for flaw in selection.Flaw if said[flaw.value]] or [selection.Flaw.FAILED]
    first = cascade.Step(settings, choose(settings))
    dear = cascade.better_step(settings, escalate_to) if escalate_to else None
    store = cascade.open_store(settings)
    if not as_json:
        tell(f"Reader: {first.choice.reader} ({first.choice.why}).")
    asked: list[cascade.RetryResult] = []
    opened = None
    if selection.Flaw.FAILED in flaws:
        with progress_bar.show_progress() as watch:
            opened = asyncio.run(cascade.open_again(first, store, watch))
        if opened is not None:
            first = cascade.reduce_budget(first, opened.usd)
    with progress_bar.show_progress() as watch:
        if one := asyncio.run(cascade.ask_again(first, store, watch, flaws, dear=dear)):
            asked.append(one)
    if dear is not None and all(one.summary.outcome == "finished" for one in asked):
        dear = cascade.reduce_budget(dear, sum(one.usd for one in asked))
        with progress_bar.show_progress() as watch:
            if one := asyncio.run(cascade.escalate(dear, store, watch, flaws)):
                asked.append(one)
    return retry_summary.conclude(store, asked, flaws, opened, as_json=as_json)
