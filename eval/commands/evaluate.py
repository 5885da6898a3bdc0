"""The command `jornada eval`: read gold with every variant, score, compare, hold to gates."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from eval.commands import eval_diff, eval_runs
from eval.commands.options import DB, Db, Gold, Texts
from eval.labels.gold import GoldBulletin, locate_gold
from eval.report.page import require_writable, write_page
from eval.report.score_json import show_evaluation_json
from eval.report.score_tables import show_evaluation
from eval.runs.evaluation import evaluate_variants
from eval.runs.gates import Gate, judge_gates, parse_gate, require_runs
from eval.runs.plan import (
    GoldSelection,
    PlannedVariant,
    leave_out_few_shots,
    plan_variants,
    select_bulletins,
)
from eval.runs.stored_variants import find_prompt, list_stored_variants
from eval.runs.variant import Variant, read_gold
from pipeline import runs
from pipeline.commands.options import BaseUrl, Concurrency, Json, Local, examples, settings_from
from pipeline.console import progress_bar
from pipeline.console.exit_status import FAILED, INTERRUPTED, UNUSABLE
from pipeline.console.terminal import tell
from pipeline.errors import UsageError
from pipeline.forms import FORMS
from pipeline.forms.prompts import Prompt
from pipeline.runs.readers import at_once
from pipeline.runs.set_up import serve_local_model, set_up
from pipeline.store import Store

EPILOG = examples(
    "jornada eval",
    "jornada eval --prompt quoted-v1 --prompt ./mine.md --model gpt-5-mini --html report.html",
    "jornada eval --local smollm2 --prompt anchored-v1 --only '4*' --reader baseline",
    'jornada eval --gold labels/ --gate "strict_f1>=0.9"',
    'jornada eval --prompt ./mine.md --gate "no worse than quoted-v1 by 0.01"',
    "jornada eval --stored backlog.duckdb --gold labels/",
    "The first variant is the one that the others are compared with. What has been read by an "
    "equal reader is scored again without asking. Exit status: 0 well, 1 a gate is not "
    "passed, 2 unusable arguments, 130 stopped by Ctrl-C.",
)

app = typer.Typer(invoke_without_command=True, add_completion=False)
app.command("runs", epilog=eval_runs.EPILOG)(eval_runs.list_eval_runs)
app.command("diff", epilog=eval_diff.EPILOG)(eval_diff.diff_eval_runs)


@app.callback(epilog=EPILOG)
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
    stored: Annotated[
        Path | None,
        typer.Option("--stored", metavar="FILE", help="Score the readings in FILE; ask nobody."),
    ] = None,
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
    gates = [parse_gate(text) for text in gate or ()]
    require_writable(html)
    folder, text_paths = locate_gold(gold, texts)
    bulletins = select_bulletins(folder, text_paths, only)
    if stored is not None:
        if any((prompt, model, reader, base_url, local, concurrency)):
            raise UsageError("--stored scores what has been read: leave out what says how to read")
        variants, selection = _find_stored(stored, bulletins, gates, db)
    else:
        first_model = model[0] if model else None
        options = settings_from(
            db, model=first_model, base_url=base_url, local=local, concurrency=concurrency
        )
        readers = [*(reader or ()), *(["llm"] if local else [])]
        with serve_local_model(options, local, tell) as settings:
            planned = plan_variants(settings, readers, prompt or (), model or ())
            selection = _select(bulletins, [variant.prompt for variant in planned])
            require_runs(gates, db, [variant.names for variant in planned])
            variants, status = _read_all(planned, selection.bulletins, repeat, quiet=as_json)
        if status:
            return status
    gold_name = str(folder) if gold else "the project's gold"
    evaluation = evaluate_variants(variants, selection, db, repeat, gold_name, stored=stored)
    results = judge_gates(gates, evaluation.results, evaluation.summaries, evaluation.store)
    (show_evaluation_json if as_json else show_evaluation)(evaluation, results)
    if html is not None:
        write_page(evaluation, html)
    return 0 if all(result.passed for result in results) else FAILED


def _find_stored(
    stored: Path, bulletins: Sequence[GoldBulletin], gates: Sequence[Gate], db: Path
) -> tuple[list[Variant], GoldSelection]:
    """Find the variants that a database has readings of, and see that gates can be judged."""
    variants = list_stored_variants(Store(stored), bulletins)
    selection = _select(bulletins, [find_prompt(variant.key) for variant in variants])
    names = [[variant.name, variant.key.prompt or variant.name] for variant in variants]
    require_runs(gates, db, names)
    return variants, selection


def _select(bulletins: Sequence[GoldBulletin], prompts: Sequence[Prompt | None]) -> GoldSelection:
    selection = leave_out_few_shots(bulletins, prompts)
    for line in selection.left_out:
        tell(line)
    return selection


def _read_all(
    planned: Sequence[PlannedVariant],
    bulletins: Sequence[GoldBulletin],
    repeat: int,
    *,
    quiet: bool,
) -> tuple[list[Variant], int]:
    """Read what is not read yet; the exit status is not 0 where that was stopped."""
    variants: list[Variant] = []
    for variant in planned:
        if not quiet:
            why = variant.choice.why
            tell(f"Reading {len(bulletins)} bulletins with {variant.name} ({why}).")
        summary = asyncio.run(_read(variant, bulletins, repeat))
        if status := _tell_why_stopped(variant.name, summary):
            return variants, status
        if summary.unchanged and not quiet:
            before = f"{summary.unchanged} of {summary.documents} were read before"
            tell(f"{before} and are not asked for again.")
        form = FORMS[variant.prompt.form] if variant.prompt else None
        variants.append(Variant(summary.reader, variant.name, form))
    return variants, 0


async def _read(
    variant: PlannedVariant, bulletins: Sequence[GoldBulletin], repeat: int
) -> runs.Summary:
    settings, choice, _ = variant
    async with set_up(settings, choice, lambda: len(bulletins)) as (reader, setup):
        run_options = runs.RunOptions(at_once(settings, choice), times=repeat)
        with progress_bar.show_progress() as watch:
            return await read_gold(bulletins, reader, Store(settings.db), run_options, watch, setup)


def _tell_why_stopped(name: str, summary: runs.Summary) -> int:
    """Say why reading did not come to its end; the exit status, 0 where it did."""
    if summary.outcome == "interrupted":
        tell("Stopped. What was read is kept; run the same command again to go on.")
        return INTERRUPTED
    if summary.outcome == "refused":
        tell(f"Stopped: {summary.reason}")
        return UNUSABLE
    if summary.failed - summary.failed_before == summary.documents and summary.input_tokens is None:
        tell(f"Stopped: {name} answered for not one of {summary.documents} bulletins.")
        return UNUSABLE
    return 0
