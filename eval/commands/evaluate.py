"""The command `jornada eval`: read gold with every variant, score, compare, hold to gates."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.commands import (
    eval_compare,
    eval_confusions,
    eval_diff,
    eval_export,
    eval_prompt,
    eval_runs,
    eval_show,
)
from eval.commands.checked_gold import load_checked_gold
from eval.commands.options import DB, Db, Gold, Only, Texts
from eval.commands.reading import Work, read_all, require_sense
from eval.gates.gate import Gate
from eval.gates.judging import judge_gates
from eval.gates.parsing import parse_gate
from eval.gates.parts import require_parts
from eval.gates.reference import Reference, find_references
from eval.labels.gold import GoldBulletin, locate_gold
from eval.report.estimate_table import show_estimate, show_estimate_json
from eval.report.page import write_page
from eval.report.score_json import show_evaluation_json
from eval.report.score_tables import show_evaluation
from eval.runs.evaluation import evaluate_variants
from eval.runs.names import tell_apart
from eval.runs.plan import (
    GoldSelection,
    leave_out_few_shots,
    plan_variants,
    tell_prelabelled,
)
from eval.runs.run_prompts import find_prompt
from eval.runs.stored_variants import list_stored_variants
from eval.runs.variant import Variant
from eval.runs.variation import multiply, parse_variations
from pipeline.batch.options import BatchOptions
from pipeline.commands.batch_options import Poll
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
from pipeline.console.destination import find_target
from pipeline.console.exit_status import FAILED, UNUSABLE
from pipeline.console.terminal import tell
from pipeline.console.unheard import outlive_listeners
from pipeline.errors import UsageError
from pipeline.forms.prompts import Prompt
from pipeline.lazy import lazy
from pipeline.runs.set_up import serve_local_model
from pipeline.store import Store

if TYPE_CHECKING:
    from eval.runs import estimate as estimates
else:
    estimates = lazy("eval.runs.estimate")

EPILOG = examples(
    "jornada eval",
    "jornada eval --prompt quoted-v1 --prompt ./mine.md --model gpt-5-mini --html report.html",
    "jornada eval --profile azure --profile local --budget 2.00",
    "jornada eval --model gpt-5-mini --param reasoning_effort=low --max-output-tokens 4000",
    "jornada eval --model gpt-5-mini --vary reasoning_effort=low,medium --estimate",
    "jornada eval --prompt ./mine.md --model gpt-5-mini --batch --budget 1.00",
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
app.command("export", epilog=eval_export.EPILOG)(eval_export.export_eval_runs)


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
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME=VALUE,VALUE",
            help="A parameter or setting to try with each value, each a variant; several multiply.",
        ),
    ] = None,
    local: Local = None,
    limits: LimitOptions,
    estimate: Annotated[
        bool,
        typer.Option("--estimate", help="Tell what it would cost, and ask nobody."),
    ] = False,
    batch: Annotated[
        bool,
        typer.Option("--batch", help="Ask by the provider's Batch API: half the price, in a day."),
    ] = False,
    poll: Poll = 60.0,
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
    only: Only = None,
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
        _require_no_options(context, context.invoked_subcommand)
        return 0
    if estimate and (gate or html):
        raise UsageError("--estimate scores nothing: leave out --gate and --html")
    gates = [parse_gate(text) for text in gate or ()]
    databases = (db, stored) if stored else (db,)
    page = html if html is None else find_target(html, *databases, force=force, option="--html")
    folder, text_paths = locate_gold(gold, texts)
    bulletins = load_checked_gold(folder, text_paths, only, as_json=as_json)
    if bulletins is None:
        return UNUSABLE
    for line in tell_prelabelled(bulletins):
        tell(line)
    if stored is not None:
        how = (prompt, model, reader, local, profile, vary, estimate, batch)
        if any(how) or is_given(reach, answers, limits):
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
        _require_local_sense(local, len(several), estimate=estimate, batch=batch)
        named = {name for settings in several for name in settings.llm.params}
        variations = parse_variations(vary or (), named)
        readers = [*(reader or ()), *(["llm"] if local else [])]
        with serve_local_model(several[0], local, tell) as served:
            varied = [each for one in (served, *several[1:]) for each in multiply(one, variations)]
            planned = plan_variants(varied, readers, prompt or (), model or ())
            if variations and all(variant.prompt is None for variant in planned):
                raise UsageError("--vary is for models: give --model")
            selection = _select(bulletins, [variant.prompt for variant in planned])
            batch_options = BatchOptions(poll_seconds=poll) if batch else None
            work = Work(planned, selection.bulletins, repeat, batch_options, quiet=as_json)
            if estimate:
                return _estimate(work, db, as_json=as_json)
            names = [variant.names for variant in planned]
            references = _prepare_gates(gates, names, selection.bulletins, db)
            variants, status = read_all(work)
        if status:
            return status
    gold_name = str(folder) if gold else "the project's gold"
    evaluation = evaluate_variants(variants, selection, db, repeat, gold_name, stored=stored)
    results = judge_gates(gates, evaluation.results, references)
    (show_evaluation_json if as_json else show_evaluation)(evaluation, results)
    if page is not None:
        write_page(evaluation, page)
    return 0 if all(result.passed for result in results) else FAILED


def _require_no_options(context: typer.Context, command: str) -> None:
    """Raise `UsageError` for options in front of a command: nobody would look at them."""
    sources = [
        (param.opts[0], context.get_parameter_source(param.name or ""))
        for param in context.command.params
        if param.opts
    ]
    given = [option for option, source in sources if source and source.name == "COMMANDLINE"]
    if given:
        raise UsageError(
            f"jornada eval {command} has options of its own, which stand behind its name: move or "
            f"leave out {', '.join(given)}"
        )


def _require_local_sense(local: str | None, profiles: int, *, estimate: bool, batch: bool) -> None:
    """Raise `UsageError` for what a local model is not for."""
    if local is None:
        return
    if profiles > 1:
        raise UsageError("--local is one server: give one --profile, or none")
    if estimate or batch:
        raise UsageError("--local costs nothing: leave out --estimate and --batch")


def _estimate(work: Work, db: Path, *, as_json: bool) -> int:
    """Tell what all variants would cost, and whether the least of their budgets is enough."""
    require_sense(work)
    store, batch = Store(db), work.batch_options is not None
    expected = [
        estimates.expect_cost(variant, work.bulletins, store, work.repeats, batch=batch)
        for variant in work.planned
    ]
    budgets = [one.settings.budget for one in work.planned if one.settings.budget is not None]
    (show_estimate_json if as_json else show_estimate)(expected, min(budgets, default=None))
    return 0


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
