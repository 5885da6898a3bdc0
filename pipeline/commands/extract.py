"""The command `jornada extract`; no logic."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pipeline import runs
from pipeline.batch.options import BatchOptions
from pipeline.commands.batch_options import (
    Poll,
    Rounds,
    Stragglers,
    StragglersAre,
)
from pipeline.commands.batch_warning import describe_unread_batches
from pipeline.commands.options import (
    DB,
    AnswerOptions,
    Db,
    EscalateTo,
    IdField,
    Json,
    LimitOptions,
    Local,
    ModelOptions,
    NumberOfWorkers,
    Ocr,
    ReachOptions,
    ReaderName,
    TextField,
    examples,
    settings_from,
    with_options,
)
from pipeline.console import progress_bar, run_summary
from pipeline.console.overview import fetch_overview
from pipeline.console.terminal import tell
from pipeline.documents import LoadedSource, RecordFields, inputs
from pipeline.documents.ocr import require_ocr
from pipeline.errors import UsageError
from pipeline.isolation.loading import Loader
from pipeline.lazy import lazy
from pipeline.runs import SAMPLE, Summary, Watch, cascade, expected_cost
from pipeline.runs.cascade import Step
from pipeline.runs.reader_choice import choose
from pipeline.runs.readers import at_once
from pipeline.runs.set_up import open_loader, serve_local_model, set_up
from pipeline.store import Store

if TYPE_CHECKING:
    from pipeline import on_ray
    from pipeline.batch import session
else:
    on_ray = lazy("pipeline.on_ray")
    session = lazy("pipeline.batch.session")

app = typer.Typer(add_completion=False)


class Engine(StrEnum):
    """Where readers run."""

    LOCAL = "local"
    RAY = "ray"


class _Work(NamedTuple):
    """What is to be read, and how; `seen` gets the IDs of the documents, where it is set."""

    paths: tuple[str, ...]
    fields: RecordFields
    step: Step
    most: int | None
    reuse_near: bool
    seen: set[str] | None
    batch_options: BatchOptions | None
    engine: Engine
    ray_address: str | None
    asked: runs.Asked | None
    passed_over: Counter[str]

    def read_sources(self, loader: Loader) -> Iterator[LoadedSource]:
        return islice(loader.read_all(self.paths, self.fields, self.passed_over), self.most)

    def total(self) -> int | None:
        return None if any(map(_is_url, self.paths)) else inputs.count_sources(self.paths)


@app.command(
    epilog=examples(
        "jornada extract bulletins/ --db backlog.duckdb",
        "jornada extract 'june/*.pdf' july.jsonl --text-field body --id-field url",
        "jornada extract bulletins/ --model gpt-5-mini --concurrency 50 --rpm 500 --budget 5.00",
        "jornada extract bulletins/ --reader baseline --escalate-to gpt-5-mini",
        "jornada extract bulletins/ --model qwen3-8b --base-url http://127.0.0.1:8080/v1 --param "
        "temperature=0 --param 'chat_template_kwargs={\"enable_thinking\": false}'",
        "jornada extract bulletins/ --profile azure --max-output-tokens 4000 --timeout 300",
        "jornada extract bulletins/ --prune",
        "Run it again to go on where it stopped. What was read is not read again, and what was "
        "answered is not asked again. Ctrl-C finishes what is in flight; twice, it stops at once.",
    )
)
@with_options
def extract(  # noqa: PLR0913 - a parameter an option
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Files, folders, globs, or - for stdin: text, Markdown, HTML, PDF, DOCX, ODT, RTF,"
            " EPUB, mail (EML, MBOX, MHT), feeds (RSS, Atom), JSONL, JSON, CSV, Parquet.",
        ),
    ],
    *,
    db: Db = DB,
    reader: ReaderName = None,
    text_field: TextField = "text",
    id_field: IdField = None,
    ocr: Ocr = False,
    model: ModelOptions,
    reach: ReachOptions,
    answers: AnswerOptions,
    local: Local = None,
    limits: LimitOptions,
    workers: NumberOfWorkers = 1,
    estimate: Annotated[
        bool,
        typer.Option("--estimate", help="Read the first 20, keep them, tell what all will cost."),
    ] = False,
    reuse_near: Annotated[
        bool,
        typer.Option("--reuse-near", help="Read one of several nearly identical bulletins."),
    ] = False,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Let files and records that are gone count no more."),
    ] = False,
    escalate_to: EscalateTo = None,
    batch: Annotated[
        bool,
        typer.Option("--batch", help="Ask by the provider's Batch API: half the price, in a day."),
    ] = False,
    rounds: Rounds = 3,
    stragglers: StragglersAre = Stragglers.LEAVE,
    poll: Poll = 60.0,
    engine: Annotated[
        Engine, typer.Option("--engine", help="Where readers run: here, or on a Ray cluster.")
    ] = Engine.LOCAL,
    ray_address: Annotated[
        str | None,
        typer.Option("--ray-address", metavar="ADDRESS", help="Of a cluster; else one is started."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Read bulletins and store what they say. Without a model, the baseline reader runs."""
    # A cluster can read URLs; what is wrong with one is told when it is read.
    here = [path for path in paths if engine is Engine.LOCAL or not _is_url(path)]
    if here:
        inputs.require_some(here)
    if ocr:
        require_ocr()
    if prune and estimate:
        raise UsageError("--prune needs all to be read: leave out --estimate")
    given = settings_from(
        db, model, reach, answers, limits, reader=reader, local=local, workers=workers
    )
    with serve_local_model(given, local, tell) as settings:
        step = Step(settings, choose(settings))
        dear = cascade.better_step(given, escalate_to) if escalate_to else None
        work = _Work(
            paths=tuple(paths),
            fields=RecordFields(text=text_field, id=id_field, ocr=ocr),
            step=step,
            most=SAMPLE if estimate else None,
            reuse_near=reuse_near,
            seen=set() if dear else None,
            batch_options=_batch_options(rounds, stragglers, poll) if batch else None,
            engine=engine,
            ray_address=ray_address,
            asked=None if estimate else runs.Asked(paths, prune),
            passed_over=Counter(),
        )
        _require_sense(work)
        if not as_json:
            tell(f"Reader: {step.choice.reader} ({step.choice.why}).")
        with progress_bar.show_progress() as watch:
            first, spent = asyncio.run(_read(work, watch))
            first = first.model_copy(update={"passed_over": dict(work.passed_over)})
            done = [(first, step.choice)]
        if dear is not None and first.outcome == "finished":
            dear = cascade.reduce_budget(dear, spent)
            with progress_bar.show_progress() as watch:
                asked = cascade.escalate(dear, Store.for_a_backlog(db), watch, among=work.seen)
                if (then := asyncio.run(asked)) is not None:
                    done.append((then.summary, then.step.choice))
    overview = fetch_overview(Store.for_questions(db))
    return run_summary.conclude_extract(done, str(db), overview, as_json=as_json)


def _is_url(path: str) -> bool:
    return "://" in path


def _batch_options(rounds: int, stragglers: Stragglers, poll: float) -> BatchOptions:
    online = stragglers is Stragglers.ONLINE
    return BatchOptions(rounds=rounds, online=online, poll_seconds=poll)


def _require_sense(work: _Work) -> None:
    """Raise `UsageError` for options that say two things at once."""
    if work.batch_options is not None and work.step.choice.reader != "llm":
        raise UsageError("--batch needs a model and its provider: give --model")
    if work.batch_options is not None and work.seen is not None:
        raise UsageError(
            "--batch does not go with --escalate-to: run `jornada retry --findings --escalate-to "
            "MODEL` after it"
        )
    if work.batch_options is not None and (work.engine is Engine.RAY or work.reuse_near):
        raise UsageError("--batch goes neither with --engine ray nor with --reuse-near")
    if work.batch_options is not None and work.step.settings.workers > 1:
        raise UsageError("--batch reads in one process: leave out --workers")
    if work.engine is Engine.RAY and work.reuse_near:
        raise UsageError("--reuse-near needs the local engine: leave out --engine ray")
    if work.engine is Engine.RAY and work.most is not None:
        raise UsageError("--estimate needs the local engine: leave out --engine ray")
    if work.engine is Engine.RAY:
        on_ray.require_ray()
    elif work.ray_address is not None:
        raise UsageError("--ray-address is for --engine ray")


async def _read(work: _Work, watch: Watch) -> tuple[Summary, float]:
    """Read what there is to read: in batches, on a cluster, or here; tell what it may have cost."""
    with open_loader(work.step.settings) as loader:
        if work.batch_options is not None:
            return await _read_in_batches(work, work.batch_options, watch, loader)
        return await _read_now(work, watch, loader)


async def _read_in_batches(
    work: _Work, options: BatchOptions, watch: Watch, loader: Loader
) -> tuple[Summary, float]:
    settings = work.step.settings
    store = Store.for_a_backlog(settings.db)
    setup = runs.SetUp(total=work.total, loader=loader, asked=work.asked)
    loaded = work.read_sources(loader)
    batched = await session.run_batch(settings, loaded, store, options, watch, setup=setup)
    return batched, batched.cost_usd or 0.0


async def _read_now(work: _Work, watch: Watch, loader: Loader) -> tuple[Summary, float]:
    settings, choice = work.step
    store = Store.for_a_backlog(settings.db)
    async with set_up(settings, choice, work.total) as (reader, plain):
        past = expected_cost.history(store, reader.key)
        if warning := describe_unread_batches(store, reader.key):
            watch.say(warning)
        telling, tell_now = expected_cost.watch_cost(watch, past, settings.budget)
        setup = plain._replace(loader=loader, seen=work.seen, asked=work.asked)
        run = partial(runs.run, reader=reader, store=store, watch=telling)
        run_options = runs.RunOptions(at_once(settings, choice), reuse_near=work.reuse_near)
        if work.engine is Engine.LOCAL:
            sources = work.read_sources(loader)
            summary = await run(sources, run_options=run_options, setup=setup)
        else:
            files = on_ray.Inputs(
                work.paths, work.fields, work.ray_address, work.passed_over, loader.known
            )
            async with on_ray.read_on_cluster(
                files, settings, choice, reader, store, setup, watch.say
            ) as (loaded, there):
                summary = await run(loaded, run_options=run_options, setup=there)
        if work.most is not None:
            tell_now()
        return summary, setup.usd
