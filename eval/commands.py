"""The commands `jornada eval`, `jornada gold` and `jornada prompts`; no logic."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import BaseUrl, Concurrency, Json, Local, examples, settings_from
from pipeline.console.exit_status import FAILED, INTERRUPTED, UNUSABLE
from pipeline.console.terminal import say, tell
from pipeline.errors import UsageError
from pipeline.plain_text import one_line, to_json
from pipeline.runs.set_up import at_once, serve_local_model

if TYPE_CHECKING:
    from eval.labels.gold import Bulletin
    from eval.runs.plan import Asked
    from eval.runs.variant import Variant
    from pipeline import runs

DB = Path("eval.duckdb")
"""A database of its own, so that gold never stands among the figures of a backlog."""

Db = Annotated[Path, typer.Option("--db", metavar="FILE", help="The DuckDB database of evals.")]
Gold = Annotated[
    Path | None,
    typer.Option("--gold", metavar="DIR", help="Gold labels, else those of the project."),
]
Texts = Annotated[
    list[Path] | None,
    typer.Option(
        "--texts", metavar="PATH", help="Where the texts of the gold are, else in its folder."
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="Beginning of its ID, or a name.")]

eval_app = typer.Typer(invoke_without_command=True)
gold_app = typer.Typer(no_args_is_help=True, help="Check hand-made labels against their texts.")


@eval_app.callback(
    epilog=examples(
        "jornada eval",
        "jornada eval --prompt quoted-v1 --prompt ./mine.md --model gpt-5-mini --html report.html",
        "jornada eval --local smollm2 --prompt anchored-v1 --only '4*' --reader baseline",
        'jornada eval --gold labels/ --gate "strict_f1>=0.9"',
        'jornada eval --prompt ./mine.md --gate "no worse than quoted-v1 by 0.01"',
        "The first variant is the one that the others are compared with. What has been read by an "
        "equal reader is scored again without asking. Exit status: 0 well, 1 a gate is not "
        "passed, 2 unusable arguments, 130 stopped by Ctrl-C.",
    )
)
def evaluate(  # noqa: PLR0913 - a parameter an option
    context: typer.Context,
    *,
    prompt: Annotated[
        list[str] | None, typer.Option("--prompt", help="A prompt's name or file; repeatable.")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option("--model", help="A model to ask; repeatable.")
    ] = None,
    reader: Annotated[
        list[str] | None, typer.Option("--reader", help="auto, baseline or llm; repeatable.")
    ] = None,
    base_url: BaseUrl = None,
    local: Local = None,
    gold: Gold = None,
    texts: Texts = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="GLOB", help="Gold files of these names; repeatable."),
    ] = None,
    repeat: Annotated[
        int, typer.Option("--repeat", min=1, help="Readings of each bulletin by each variant.")
    ] = 1,
    concurrency: Concurrency = None,
    gate: Annotated[
        list[str] | None,
        typer.Option("--gate", help='E.g. "strict_f1>=0.9", "no worse than RUN by 0.01".'),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a report of one page.")
    ] = None,
    db: Db = DB,
    as_json: Json = False,
) -> int:
    """Score prompts, models or the baseline against hand-labelled gold, and compare them."""
    if context.invoked_subcommand is not None:
        return 0
    from eval.report import results  # noqa: PLC0415 - slow to import
    from eval.runs import gates, plan  # noqa: PLC0415 - slow to import
    from eval.scoring.gate import parse  # noqa: PLC0415 - slow to import

    wanted = [parse(text) for text in gate or ()]
    results.require_folder(html)
    folder, at = plan.places(gold, texts)
    bulletins = plan.chosen(folder, at, only)
    given = settings_from(
        db,
        model=model[0] if model else None,
        base_url=base_url,
        local=local,
        concurrency=concurrency,
    )
    readers = [*(reader or ()), *(["llm"] if local else [])]
    with serve_local_model(given, local, tell) as settings:
        asked = plan.variants(settings, readers, prompt or (), model or ())
        bulletins, left_out = plan.guarded(bulletins, asked)
        for line in left_out:
            tell(line)
        gates.require_runs(wanted, db, asked)
        read: list[Variant] = []
        for variant in asked:
            ended = _read(variant, bulletins, repeat, as_json=as_json)
            if isinstance(ended, int):
                return ended
            read.append(ended)
    place = str(folder) if gold else "the project's gold"
    found = results.concluded(read, plan.Guarded(bulletins, left_out), db, repeat, place)
    ruled = gates.judged(wanted, found.results, found.summaries, found.store)
    (results.tell_json if as_json else results.tell_all)(found, ruled)
    if html is not None:
        results.write_page(found, html)
    return 0 if all(ruling.passed for ruling in ruled) else FAILED


def _read(
    variant: "Asked", bulletins: "tuple[Bulletin, ...]", repeat: int, *, as_json: bool
) -> "Variant | int":
    """Read what is not read yet; an exit status where that was stopped."""
    from eval.runs.variant import Variant, read_gold  # noqa: PLC0415 - slow to import
    from pipeline import forms, runs  # noqa: PLC0415 - slow to import
    from pipeline.console import progress_bar  # noqa: PLC0415 - slow to import
    from pipeline.runs.set_up import set_up  # noqa: PLC0415 - slow to import
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    settings, choice, prompt = variant
    name = variant.name
    if not as_json:
        tell(f"Reading {len(bulletins)} bulletins with {name} ({choice.why}).")

    async def work() -> "runs.Summary":
        total = len(bulletins)
        async with set_up(settings, choice, lambda: total) as (reader, means):
            pace = runs.Pace(at_once(settings, choice), times=repeat)
            with progress_bar.show_progress() as watch:
                store = Store(settings.db)
                return await read_gold(bulletins, reader, store, pace, watch, means)

    summary = asyncio.run(work())
    if summary.outcome == "interrupted":
        tell("Stopped. What was read is kept; run the same command again to go on.")
        return INTERRUPTED
    if summary.outcome == "refused":
        tell(f"Stopped: {summary.reason}")
        return UNUSABLE
    if summary.failed - summary.failed_before == summary.documents and summary.input_tokens is None:
        tell(f"Stopped: {name} answered for not one of {summary.documents} bulletins.")
        return UNUSABLE
    if summary.unchanged and not as_json:
        told = f"{summary.unchanged} of {summary.documents} were read before"
        tell(f"{told} and are not asked for again.")
    return Variant(summary.reader, name, forms.FORMS[prompt.form] if prompt else None)


@eval_app.command("runs", epilog=examples("jornada eval runs --db eval.duckdb"))
def list_runs(*, db: Db = DB, as_json: Json = False) -> None:
    """List the evals that were run, the newest first."""
    from eval.report import tables  # noqa: PLC0415 - slow to import
    from eval.runs import history  # noqa: PLC0415 - slow to import

    runs = history.runs(history.opened(db))
    if as_json:
        say(to_json([run._asdict() | {"created_at": run.created_at.isoformat()} for run in runs]))
    else:
        tables.show_runs(runs)


@eval_app.command(
    "diff",
    epilog=examples(
        "jornada eval diff 3fa9c1d2 77b0e4aa",
        "jornada eval diff quoted-v1 mine",
        "A RUN is the beginning of an ID of `jornada eval runs`, or the name of a variant or of "
        "its prompt, which stands for its newest run.",
    ),
)
def show_diff(before: Run, after: Run, *, db: Db = DB, as_json: Json = False) -> None:
    """Show the bulletins and figures that got better or worse from one run to another."""
    from eval.report import tables  # noqa: PLC0415 - slow to import
    from eval.runs import history  # noqa: PLC0415 - slow to import
    from eval.runs.diff import diff  # noqa: PLC0415 - slow to import

    store = history.opened(db)
    first, second = history.find(store, before), history.find(store, after)
    found = diff(store, first, second)
    if not found.common:
        raise UsageError("the two runs have no bulletin in common")
    if not found.same_gold:
        tell("The gold was not the same for both runs: some changes may be its own.")
    if as_json:
        say(to_json([tables.change_json(change) for change in found.changes]))
    else:
        tables.show_diff(found, first, second)


@gold_app.command(
    "check",
    epilog=examples(
        "jornada gold check",
        "jornada gold check --gold labels/",
        "jornada gold check --gold labels/ --texts bulletins/ --json",
        "Exit status: 0 no errors, 1 errors, 2 unusable arguments.",
    ),
)
def check_gold(*, gold: Gold = None, texts: Texts = None, as_json: Json = False) -> int:
    """See whether labels hold: schema, quotes, values, duplicates; list numbers left unlabelled."""
    from eval.labels import gold_check  # noqa: PLC0415 - slow to import
    from eval.runs import plan  # noqa: PLC0415 - slow to import

    faults = gold_check.check_folder(*plan.places(gold, texts))
    gold_check.show(faults, as_json=as_json)
    return FAILED if any(fault.is_error for fault in faults) else 0


@gold_app.command(
    "tie",
    epilog=examples(
        "jornada gold tie --gold labels/",
        "jornada gold tie --gold labels/ --texts bulletins/ --refresh",
    ),
)
def tie_gold(
    *,
    gold: Gold = None,
    texts: Texts = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Also where a text has changed since.")
    ] = False,
) -> None:
    """Write the hash of its text into each gold file, so that a changed text is noticed."""
    from eval.labels import gold_check  # noqa: PLC0415 - slow to import
    from eval.runs import plan  # noqa: PLC0415 - slow to import

    for path in gold_check.tie(*plan.places(gold, texts), refresh=refresh):
        say(one_line(str(path)))


def list_prompts(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Prompt files of your own.")
    ] = None,
    *,
    db: Db = DB,
    as_json: Json = False,
) -> None:
    """List the prompts with form, hash and best score so far."""
    from eval.report import prompt_list  # noqa: PLC0415 - slow to import

    found = prompt_list.listed(files or (), db)
    (prompt_list.show_json if as_json else prompt_list.show)(found)
