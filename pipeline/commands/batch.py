"""The commands `jornada batch submit|status|collect`; no logic."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.batch.options import BatchOptions, Until
from pipeline.batch.resumption import find_resumable
from pipeline.batch.session import run_batch
from pipeline.commands import batch_confirm
from pipeline.commands.batch_options import (
    BatchMegabytes,
    BatchRequests,
    BatchTokens,
    Poll,
    Rounds,
    Stragglers,
    StragglersAre,
)
from pipeline.commands.options import (
    DB,
    AnswerOptions,
    Budget,
    Db,
    IdField,
    Json,
    ModelOptions,
    Ocr,
    PriceFile,
    Profile,
    ReachOptions,
    TextField,
    examples,
    settings_from,
    with_options,
)
from pipeline.console import batch_list, progress_bar, run_summary
from pipeline.console.exit_status import UNUSABLE
from pipeline.console.terminal import tell
from pipeline.documents import RecordFields, inputs
from pipeline.documents.ocr import require_ocr
from pipeline.errors import UsageError
from pipeline.runs import Asked, SetUp
from pipeline.runs.reader_choice import Choice, choose
from pipeline.runs.set_up import open_loader
from pipeline.store import Store

if TYPE_CHECKING:
    from pipeline.runs import Summary

app = typer.Typer(
    add_completion=False,
    help="Ask through the provider's Batch API: half the price, answers within a day.",
    no_args_is_help=True,
)


def batch_options_from(
    rounds: int, stragglers: Stragglers, requests: int, megabytes: float, tokens: int | None
) -> BatchOptions:
    """Make the options of a batch job from those of the command line."""
    return BatchOptions(
        rounds=rounds,
        online=stragglers is Stragglers.ONLINE,
        requests=requests,
        file_bytes=round(megabytes * 1_000_000),
        tokens=tokens,
    )


@app.command(
    "submit",
    epilog=examples(
        "jornada batch submit bulletins/ --model gpt-5-mini --budget 20",
        "jornada batch submit june.jsonl --text-field body --batch-tokens 2000000",
        "jornada batch submit bulletins/ --profile azure --param reasoning_effort=low",
        "Then `jornada batch status`, and `jornada batch collect` from time to time.",
    ),
)
@with_options
def submit(  # noqa: PLR0913 - a parameter an option
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for stdin.")
    ],
    *,
    db: Db = DB,
    text_field: TextField = "text",
    id_field: IdField = None,
    ocr: Ocr = False,
    model: ModelOptions,
    reach: ReachOptions,
    answers: AnswerOptions,
    budget: Budget = None,
    prices: PriceFile = None,
    rounds: Rounds = 3,
    stragglers: StragglersAre = Stragglers.LEAVE,
    batch_requests: BatchRequests = 50_000,
    batch_megabytes: BatchMegabytes = 190,
    batch_tokens: BatchTokens = None,
    as_json: Json = False,
) -> int:
    """Ask about bulletins in batches, and return; those read before are not asked about."""
    inputs.require_some(paths)
    if ocr:
        require_ocr()
    settings = settings_from(db, model, reach, answers, prices=prices, budget=budget)
    choice = choose(settings)
    require_model(choice)
    options = batch_options_from(rounds, stragglers, batch_requests, batch_megabytes, batch_tokens)
    fields = RecordFields(text=text_field, id=id_field, ocr=ocr)
    store = Store.for_a_backlog(db)
    with open_loader(settings) as loader, progress_bar.show_progress() as watch:
        loaded = loader.read_all(paths, fields)
        total = partial(inputs.count_sources, paths)
        setup = SetUp(total=total, loader=loader, asked=Asked(paths))
        summary = asyncio.run(
            run_batch(settings, loaded, store, options, watch, Until.SUBMITTED, setup)
        )
    return run_summary.conclude_batches(
        [(summary, choice)], str(db), as_json=as_json, as_list=False
    )


@app.command("status", epilog=examples("jornada batch status --db backlog.duckdb"))
def status(*, db: Db = DB, as_json: Json = False) -> None:
    """List batches: how far each is, what it costs, and what happens next."""
    batch_list.show(batch_list.describe_batches(Store(db, patience=5)), as_json=as_json)


@app.command(
    "collect",
    epilog=examples(
        "jornada batch collect",
        "jornada batch collect --wait --stragglers online",
        "Model, server, prompt, parameters and rounds are those of the submission; keys and secret "
        "headers are never stored: give --profile or --header again where it had them. Exit "
        "status: 0 all well, 1 some failed, 2 cannot go on, 130 stopped by Ctrl-C.",
    ),
)
@with_options
def collect(  # noqa: PLR0913 - a parameter an option
    *,
    db: Db = DB,
    wait: Annotated[bool, typer.Option("--wait", help="Go on until nothing is out.")] = False,
    poll: Poll = 60.0,
    rounds: Annotated[
        int | None, typer.Option("--rounds", min=1, help="Another number than at submission.")
    ] = None,
    stragglers: Annotated[
        Stragglers | None, typer.Option("--stragglers", help="Otherwise than at submission.")
    ] = None,
    profile: Profile = None,
    reach: ReachOptions,
    budget: Budget = None,
    prices: PriceFile = None,
    as_json: Json = False,
) -> int:
    """Store what batches have brought, and submit what follows from it."""
    store = Store.for_a_backlog(db)
    asked = settings_from(db, reach, profile=profile, prices=prices, budget=budget)
    done: list[tuple[Summary, Choice]] = []
    until = Until.DONE if wait else Until.COLLECTED
    blocked = False
    spent = 0.0
    for settings, options, obstacle in find_resumable(asked, store):
        choice = choose(settings.model_copy(update={"reader": "llm"}))
        if obstacle is not None:
            tell(f"{choice.why.removeprefix('asked for: ')}: {obstacle}")
            blocked = True
            continue
        changes = {"poll_seconds": poll, "rounds": rounds or options.rounds}
        if stragglers is not None:
            changes["online"] = stragglers is Stragglers.ONLINE
        changed = options.model_copy(update=changes)
        left = None if asked.budget is None else max(0.0, asked.budget - spent)
        within = settings.model_copy(update={"budget": left})
        with progress_bar.show_progress() as watch:
            summary = asyncio.run(run_batch(within, None, store, changed, watch, until))
        done.append((summary, choice))
        spent += summary.cost_usd or 0.0
    if not done and not blocked:
        tell("Nothing is out, and nothing waits to be read.")
    exit_status = run_summary.conclude_batches(done, str(db), as_json=as_json)
    return max(UNUSABLE if blocked else 0, exit_status)


app.command("confirm", epilog=batch_confirm.EPILOG)(batch_confirm.confirm)


def require_model(choice: Choice) -> None:
    """Raise `UsageError` where no model would be asked."""
    if choice.reader == "baseline":
        raise UsageError(
            "batches are for models: name one with --model, and set OPENAI_API_KEY or --base-url "
            f"({choice.why})"
        )
