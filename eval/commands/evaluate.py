"""The command `jornada eval`: read gold with every variant, score, compare, hold to gates."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from eval.commands import (
    eval_compare,
    eval_confusions,
    eval_diff,
    eval_prompt,
    eval_runs,
    eval_show,
)
from eval.commands.checked_gold import load_checked_gold
from eval.commands.options import DB, Db, Gold, Texts
from eval.gates.gate import Gate
from eval.gates.judging import judge_gates
from eval.gates.parsing import parse_gate
from eval.gates.parts import require_parts
from eval.gates.reference import Reference, find_references
from eval.labels.gold import GoldBulletin, locate_gold
from eval.report.page import write_page
from eval.report.score_json import show_evaluation_json
from eval.report.score_tables import show_evaluation
from eval.runs.evaluation import evaluate_variants
from eval.runs.names import tell_apart
from eval.runs.plan import (
    GoldSelection,
    PlannedVariant,
    leave_out_few_shots,
    plan_variants,
)
from eval.runs.run_prompts import find_prompt
from eval.runs.stored_variants import list_stored_variants
from eval.runs.variant import Variant, read_gold
from pipeline import runs
from pipeline.commands.options import (
    MODEL,
    AnswerOptions,
    Json,
    LimitOptions,
    Local,
    ReachOptions,
    examples,
    is_given,
    settings_from,
    with_options,
)
from pipeline.configuration.resolution import real_database
from pipeline.console import progress_bar
from pipeline.console.destination import find_target
from pipeline.console.exit_status import FAILED, INTERRUPTED, UNUSABLE
from pipeline.console.terminal import tell
from pipeline.console.unheard import outlive_listeners
from pipeline.errors import UsageError
from pipeline.forms import FORMS
from pipeline.forms.prompts import Prompt
from pipeline.runs.readers import at_once
from pipeline.runs.set_up import serve_local_model, set_up
from pipeline.store import Store

EPILOG = examples(
    "jornada eval",
    "jornada eval --prompt quoted-v1 --prompt ./mine.md --model gpt-5-mini --html report.html",
    "jornada eval --profile azure --profile local --budget 2.00",
    "jornada eval --model gpt-5-mini --param reasoning_effort=low --max-output-tokens 4000",
    "jornada eval --local smollm2 --prompt anchored-v1 --only '4*' --reader baseline",
    'jornada eval --gold labels/ --gate "strict_f1>=0.9"',
    'jornada eval --prompt ./mine.md --gate "no worse than quoted-v1 by 0.01"',
    'jornada eval --prompt ./mine.md --gate "better than mine~1"',
    "jornada eval --stored backlog.duckdb --gold labels/",
    "The first variant is the one that the others are compared with. What has been read by an "
    "equal reader is scored again without asking. Exit status: 0 well, 1 a gate is not "
    "passed, 2 unusable arguments or gold, 130 stopped by Ctrl-C.",
)

app = typer.Typer(invoke_without_command=True, add_completion=False)
app.command("runs", epilog=eval_runs.EPILOG)(eval_runs.list_eval_runs)
app.command("show", epilog=eval_show.EPILOG)(eval_show.show_reading)
app.command("confusions", epilog=eval_confusions.EPILOG)(eval_confusions.list_confusions)
app.command("compare", epilog=eval_compare.EPILOG)(eval_compare.compare_eval_runs)
app.command("prompt", epilog=eval_prompt.EPILOG)(eval_prompt.show_run_prompt)
app.command("diff", epilog=eval_diff.EPILOG)(eval_diff.diff_eval_runs)


@app.callback(epilog=EPILOG)
@with_options
@outlive_listeners()
def evaluate(  # noqa: PLR0913 - a parameter an option
    context: typer.Context,
    *,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            "--profile",
            metavar="NAME",
            help="A profile of jornada.toml; repeatable, each is a variant.",
            rich_help_panel=MODEL,
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="A model to ask; repeatable.", rich_help_panel=MODEL),
    ] = None,
    prompt: Annotated[
        list[str] | None,
        typer.Option(
            "--prompt", help="A prompt's name or file; repeatable.", rich_help_panel=MODEL
        ),
    ] = None,
    reader: Annotated[
        list[str] | None, typer.Option("--reader", help="auto, baseline or llm; repeatable.")
    ] = None,
    reach: ReachOptions,
    answers: AnswerOptions,
    local: Local = None,
    limits: LimitOptions,
    stored: Annotated[
        Path | None,
        typer.Option(
            "--stored",
            metavar="FILE",
            help="Score the readings in FILE; ask nobody.",
            callback=lambda given: given and real_database(given),
        ),
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
    gate: Annotated[
        list[str] | None,
        typer.Option(
            "--gate",
            metavar="GATE",
            help='E.g. "strict_f1>=0.9", "strict_f1_low\\[kind=results]>=0.8", "failed<=0", '
            '"seconds_p95<=20", "no worse than RUN by 0.01", "better than RUN"; repeatable.',
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a report of one page.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the report.")] = False,
    db: Db = DB,
    as_json: Json = False,
) -> int:
    """Score prompts, models or the baseline against hand-labelled gold, and compare them."""
    if context.invoked_subcommand is not None:
        return 0
    gates = [parse_gate(text) for text in gate or ()]
    databases = (db, stored) if stored else (db,)
    page = html if html is None else find_target(html, *databases, force=force, option="--html")
    folder, text_paths = locate_gold(gold, texts)
    bulletins = load_checked_gold(folder, text_paths, only, as_json=as_json)
    if bulletins is None:
        return UNUSABLE
    if stored is not None:
        if any((prompt, model, reader, local, profile)) or is_given(reach, answers, limits):
            raise UsageError("--stored scores what has been read: leave out what says how to read")
        variants, selection, names = _find_stored(stored, bulletins)
        references = _prepare_gates(gates, names, selection.bulletins, db, stored)
    else:
        options = (reach, answers, limits)
        first_model = model[0] if model else None
        several = [
            settings_from(db, *options, profile=each, model=first_model, local=local)
            for each in profile or (None,)
        ]
        if local and len(several) > 1:
            raise UsageError("--local is one server: give one --profile, or none")
        readers = [*(reader or ()), *(["llm"] if local else [])]
        with serve_local_model(several[0], local, tell) as served:
            planned = plan_variants([served, *several[1:]], readers, prompt or (), model or ())
            selection = _select(bulletins, [variant.prompt for variant in planned])
            names = [variant.names for variant in planned]
            references = _prepare_gates(gates, names, selection.bulletins, db)
            variants, status = _read_all(planned, selection.bulletins, repeat, quiet=as_json)
        if status:
            return status
    gold_name = str(folder) if gold else "the project's gold"
    evaluation = evaluate_variants(variants, selection, db, repeat, gold_name, stored=stored)
    results = judge_gates(gates, evaluation.results, references)
    (show_evaluation_json if as_json else show_evaluation)(evaluation, results)
    if page is not None:
        write_page(evaluation, page)
    return 0 if all(result.passed for result in results) else FAILED


def _find_stored(
    stored: Path, bulletins: Sequence[GoldBulletin]
) -> tuple[list[Variant], GoldSelection, list[tuple[str, ...]]]:
    """Find the variants that a database has readings of, and the names that gates may use."""
    readings = Store(stored)
    variants = list_stored_variants(readings, bulletins)
    selection = _select(bulletins, [find_prompt(readings, variant.key) for variant in variants])
    keys = [variant.key for variant in variants]
    told = tell_apart([variant.name for variant in variants], keys)
    names = zip(told, (key.prompt or key.reader for key in keys), strict=True)
    return variants, selection, [*names]


def _prepare_gates(
    gates: Sequence[Gate],
    variants: Sequence[tuple[str, ...]],
    bulletins: Sequence[GoldBulletin],
    db: Path,
    stored: Path | None = None,
) -> Mapping[str, Reference]:
    """See that the gates can be judged, before anything is paid for; tell what they stand on."""
    require_parts(gates, bulletins)
    references = find_references(gates, variants, bulletins, db, stored)
    for reference in references.values():
        for line in reference.lines:
            tell(line)
    return references


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
    spent = 0.0
    for variant in planned:
        if not quiet:
            why = variant.choice.why
            tell(f"Reading {len(bulletins)} bulletins with {variant.name} ({why}).")
        summary, usd = asyncio.run(_read(variant, bulletins, repeat, spent))
        spent += usd
        if status := _tell_why_stopped(variant.name, summary):
            return variants, status
        if summary.unchanged and not quiet:
            before = f"{summary.unchanged} of {summary.documents} were read before"
            tell(f"{before} and are not asked for again.")
        form = FORMS[variant.prompt.form] if variant.prompt else None
        variants.append(Variant(summary.reader, variant.name, form))
    return variants, 0


async def _read(
    variant: PlannedVariant, bulletins: Sequence[GoldBulletin], repeat: int, spent: float
) -> tuple[runs.Summary, float]:
    """Read by one variant, within what others have left of the budget; tell what it may cost."""
    settings, choice = variant.settings, variant.choice
    if settings.budget is not None:
        settings = settings.model_copy(update={"budget": max(0.0, settings.budget - spent)})
    async with set_up(settings, choice, lambda: len(bulletins)) as (reader, setup):
        run_options = runs.RunOptions(at_once(settings, choice), times=repeat)
        with progress_bar.show_progress() as watch:
            store = Store(settings.db)
            summary = await read_gold(bulletins, reader, store, run_options, watch, setup)
            return summary, setup.usd


def _tell_why_stopped(name: str, summary: runs.Summary) -> int:
    """Say why reading did not come to its end; the exit status, 0 where it did."""
    if summary.outcome == "interrupted":
        tell("Stopped. What was read is kept; run the same command again to go on.")
        return INTERRUPTED
    if summary.outcome == "budget":
        tell(f"Stopped: {summary.reason}. What was read is kept; nothing is scored of a part.")
        return FAILED
    if summary.outcome == "refused":
        tell(f"Stopped: {summary.reason}")
        return UNUSABLE
    if summary.failed - summary.failed_before == summary.documents and summary.input_tokens is None:
        tell(f"Stopped: {name} answered for not one of {summary.documents} bulletins.")
        return UNUSABLE
    return 0
