"""The commands `jornada batch submit|status|collect`; no logic."""

import asyncio
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import (
    DB,
    BaseUrl,
    Budget,
    Db,
    IdField,
    Json,
    Model,
    PriceFile,
    Prompt,
    TextField,
    examples,
    settings_from,
)
from pipeline.console.exit_status import UNUSABLE
from pipeline.console.terminal import tell
from pipeline.errors import UsageError
from pipeline.runs.reader_choice import Choice, choose

if TYPE_CHECKING:
    from pipeline.batch.options import BatchOptions
    from pipeline.runs import Summary

batch_app = typer.Typer(
    help="Ask through the provider's Batch API: half the price, answers within a day.",
    no_args_is_help=True,
)


class Stragglers(StrEnum):
    """What becomes of documents that the last round left."""

    LEAVE = "leave"
    ONLINE = "online"


Rounds = Annotated[
    int, typer.Option("--rounds", min=1, help="Answers that a document may get in batches.")
]
StragglersAre = Annotated[
    Stragglers,
    typer.Option("--stragglers", help="After the last round: ask online, or leave as it is."),
]
BatchRequests = Annotated[
    int, typer.Option("--batch-requests", min=1, max=50_000, help="Requests in a batch, at most.")
]
BatchMegabytes = Annotated[
    float,
    typer.Option("--batch-megabytes", min=0.1, max=200, help="Size of a batch's file, at most."),
]
BatchTokens = Annotated[
    int | None,
    typer.Option(
        "--batch-tokens", min=1, help="Tokens that the account may have enqueued, in all batches."
    ),
]
Poll = Annotated[
    float,
    typer.Option("--poll", min=0.05, metavar="SECONDS", help="Longest time between two looks."),
]


def batch_options_from(
    rounds: int, stragglers: Stragglers, requests: int, megabytes: float, tokens: int | None
) -> "BatchOptions":
    """Make the options of a batch job from those of the command line."""
    from pipeline.batch.options import BatchOptions  # noqa: PLC0415 - slow to import

    return BatchOptions(
        rounds=rounds,
        online=stragglers is Stragglers.ONLINE,
        requests=requests,
        file_bytes=round(megabytes * 1_000_000),
        tokens=tokens,
    )


@batch_app.command(
    "submit",
    epilog=examples(
        "jornada batch submit bulletins/ --model gpt-5-mini --budget 20",
        "jornada batch submit june.jsonl --text-field body --batch-tokens 2000000",
        "Then `jornada batch status`, and `jornada batch collect` from time to time.",
    ),
)
def submit(  # noqa: PLR0913 - a parameter an option
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for stdin.")
    ],
    *,
    db: Db = DB,
    prompt: Prompt = None,
    model: Model = None,
    base_url: BaseUrl = None,
    text_field: TextField = "text",
    id_field: IdField = None,
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
    from pipeline.batch.options import Until  # noqa: PLC0415 - slow to import
    from pipeline.batch.session import run_batch  # noqa: PLC0415 - slow to import
    from pipeline.console import progress_bar, run_summary  # noqa: PLC0415 - slow to import
    from pipeline.documents import (  # noqa: PLC0415 - slow to import
        RecordFields,
        inputs,
        read_all,
    )
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    inputs.require_some(paths)
    settings = settings_from(
        db, prompt=prompt, model=model, base_url=base_url, prices=prices, budget=budget
    )
    choice = choose(settings)
    require_model(choice)
    options = batch_options_from(rounds, stragglers, batch_requests, batch_megabytes, batch_tokens)
    loaded = read_all(paths, RecordFields(text=text_field, id=id_field))
    store = Store.for_a_backlog(db)
    with progress_bar.show_progress() as watch:
        total = partial(inputs.count_sources, paths)
        summary = asyncio.run(
            run_batch(settings, loaded, store, options, watch, Until.SUBMITTED, total)
        )
    return run_summary.conclude_batches(
        [(summary, choice)], str(db), as_json=as_json, as_list=False
    )


@batch_app.command("status", epilog=examples("jornada batch status --db backlog.duckdb"))
def status(*, db: Db = DB, as_json: Json = False) -> None:
    """List batches: how far each is, what it costs, and what happens next."""
    from pipeline.console import batch_list  # noqa: PLC0415 - slow to import
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    batch_list.show(batch_list.describe_batches(Store(db, patience=5)), as_json=as_json)


@batch_app.command(
    "collect",
    epilog=examples(
        "jornada batch collect",
        "jornada batch collect --wait --stragglers online",
        "Model, server, prompt and rounds are those of the submission. Exit status: 0 all well, "
        "1 some failed, 2 cannot go on, 130 stopped by Ctrl-C.",
    ),
)
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
    base_url: BaseUrl = None,
    budget: Budget = None,
    prices: PriceFile = None,
    as_json: Json = False,
) -> int:
    """Store what batches have brought, and submit what follows from it."""
    from pipeline.batch.options import Until  # noqa: PLC0415 - slow to import
    from pipeline.batch.resumption import find_resumable  # noqa: PLC0415 - slow to import
    from pipeline.batch.session import run_batch  # noqa: PLC0415 - slow to import
    from pipeline.console import progress_bar, run_summary  # noqa: PLC0415 - slow to import
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    store = Store.for_a_backlog(db)
    asked = settings_from(db, base_url=base_url, prices=prices, budget=budget)
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
        left = None if budget is None else max(0.0, budget - spent)
        within = settings.model_copy(update={"budget": left})
        with progress_bar.show_progress() as watch:
            summary = asyncio.run(run_batch(within, None, store, changed, watch, until))
        done.append((summary, choice))
        spent += summary.cost_usd or 0.0
    if not done and not blocked:
        tell("Nothing is out, and nothing waits to be read.")
    exit_status = run_summary.conclude_batches(done, str(db), as_json=as_json)
    return max(UNUSABLE if blocked else 0, exit_status)


def require_model(choice: Choice) -> None:
    """Raise `UsageError` where no model would be asked."""
    if choice.reader == "baseline":
        raise UsageError(
            "batches are for models: name one with --model, and set OPENAI_API_KEY or --base-url "
            f"({choice.why})"
        )
