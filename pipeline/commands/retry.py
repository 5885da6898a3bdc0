"""The command `jornada retry`; no logic."""

import asyncio
from typing import Annotated

import typer

from pipeline.commands.options import (
    DB,
    BaseUrl,
    Budget,
    Concurrency,
    Db,
    EscalateTo,
    Json,
    Model,
    NumberOfWorkers,
    PriceFile,
    Prompt,
    ReaderName,
    Rpm,
    Tpm,
    examples,
    settings_from,
)
from pipeline.console import progress_bar, retry_summary
from pipeline.console.terminal import tell
from pipeline.runs import cascade, selection
from pipeline.runs.reader_choice import choose

EPILOG = examples(
    "jornada retry",
    "jornada retry --partial --model gpt-5",
    "jornada retry --findings --model gpt-5-mini --escalate-to gpt-5 --budget 5.00",
    "The texts come out of the database. A retry that was killed or stopped goes on when it is run "
    "again. Exit status: 0 all read, 1 some failed, 2 unusable arguments, 130 stopped by Ctrl-C.",
)
app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def retry(  # noqa: PLR0913 - a parameter an option
    *,
    failed: Annotated[
        bool, typer.Option("--failed", help="Documents that could not be read (the default).")
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
    reader: ReaderName = "auto",
    prompt: Prompt = None,
    model: Model = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    workers: NumberOfWorkers = 1,
    rpm: Rpm = None,
    tpm: Tpm = None,
    budget: Budget = None,
    prices: PriceFile = None,
    as_json: Json = False,
) -> int:
    """Ask again about documents that failed, or whose reading is not as it should be."""
    settings = settings_from(
        db,
        reader=reader,
        prompt=prompt,
        model=model,
        base_url=base_url,
        concurrency=concurrency,
        prices=prices,
        rpm=rpm,
        tpm=tpm,
        budget=budget,
        workers=workers,
    )
    said = {"failed": failed, "partial": partial, "findings": findings}
    flaws = [flaw for flaw in selection.Flaw if said[flaw.value]] or [selection.Flaw.FAILED]
    first = cascade.Step(settings, choose(settings))
    dear = cascade.better_step(settings, escalate_to) if escalate_to else None
    store = cascade.opened(settings)
    if not as_json:
        tell(f"Reader: {first.choice.reader} ({first.choice.why}).")
    asked: list[cascade.Asked] = []
    with progress_bar.show_progress() as watch:
        if one := asyncio.run(cascade.retry(first, store, watch, flaws, dear=dear)):
            asked.append(one)
    if dear is not None and all(one.summary.outcome == "finished" for one in asked):
        dear = cascade.reduce_budget(dear, sum(one.usd for one in asked))
        with progress_bar.show_progress() as watch:
            if one := asyncio.run(cascade.escalate(dear, store, watch, flaws)):
                asked.append(one)
    return retry_summary.conclude(store, asked, flaws, as_json=as_json)
