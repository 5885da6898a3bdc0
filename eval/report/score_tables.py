"""What `jornada eval` prints: scores, prices and differences as tables, and how gates ended."""

from collections.abc import Iterable, Sequence

from eval.gates.gate import GateResult
from eval.report.comparison_sentence import describe_comparison
from eval.report.confusion_table import show_most_frequent
from eval.report.number_format import (
    DASH,
    format_average,
    format_difference,
    format_difference_interval,
    format_interval,
    format_money,
    format_p_value,
    format_ratio,
)
from eval.report.variant_sentences import (
    describe_few,
    describe_repeats,
    describe_total_failures,
)
from eval.runs.comparison import Comparison
from eval.runs.confusions import count_confusions, judged_figures
from eval.runs.evaluation import Evaluation
from eval.runs.history import SHOWN_ID
from eval.runs.summary import VariantSummary
from eval.runs.tradeoff import weigh_variants
from eval.runs.variant import VariantResult
from eval.scoring.score import MEASURES, QUOTE
from pipeline.console.terminal import console, say, table, tell
from pipeline.plain_text import one_line


def show_evaluation(evaluation: Evaluation, gate_results: Iterable[GateResult]) -> None:
    """Print all that an eval found, for a person."""
    _show_scores(evaluation.results, evaluation.summaries)
    _say_what_means_hide(evaluation.results, evaluation.summaries)
    _show_steadiness(evaluation.results, evaluation.summaries)
    _show_reasks(evaluation.results, evaluation.summaries)
    _show_prices(evaluation.results, evaluation.summaries)
    _show_tradeoffs(evaluation.results, evaluation.summaries)
    show_measures(evaluation.results, evaluation.summaries)
    _show_quotes(evaluation.results, evaluation.summaries)
    show_most_frequent(
        [result.name for result in evaluation.results],
        [count_confusions(judged_figures(result)) for result in evaluation.results],
        evaluation.results[0].repeats,
    )
    show_comparisons(evaluation.comparisons)
    for result in gate_results:
        say(one_line(f"gate {'passed' if result.passed else 'NOT passed'}: {result.why}"))
    tell(f"Scores and verdicts are in {evaluation.store.path}: tables eval_runs, eval_scores, ...")


SCORE_COLUMNS = (
    "variant",
    ">value F1",
    ">strict F1",
    "95 % interval",
    ">precision",
    ">recall",
    ">place F1",
    ">days F1",
)
"""What tables of scores begin with."""


def score_cells(name: str, summary: VariantSummary) -> tuple[str, ...]:
    """Give the cells of these columns for a variant."""
    return (
        name,
        format_ratio(summary.measures["value"].f1),
        format_ratio(summary.strict.f1),
        format_interval(summary.interval),
        format_ratio(summary.strict.precision),
        format_ratio(summary.strict.recall),
        format_ratio(summary.measures["place"].f1),
        format_ratio(summary.measures["days"].f1),
    )


def _show_scores(results: Sequence[VariantResult], summaries: Sequence[VariantSummary]) -> None:
    """Print how right each variant is."""
    columns = (*SCORE_COLUMNS, ">partial", ">failed", ">figures", ">bulletins", "run")
    rows = [
        (
            *score_cells(result.name, summary),
            str(summary.partial),
            str(summary.failed),
            f"{summary.strict.gold // result.repeats:,}",
            f"{summary.bulletins:,}",
            result.run_id[:SHOWN_ID],
        )
        for result, summary in zip(results, summaries, strict=True)
    ]
    _print(columns, rows)


def _say_what_means_hide(
    results: Sequence[VariantResult], summaries: Sequence[VariantSummary]
) -> None:
    """Warn of few bulletins, name those that failed, and say what repeats were worth."""
    lines = [*describe_few(summaries[0].bulletins, summaries[0].reposts)]
    for result, summary in zip(results, summaries, strict=True):
        lines += describe_total_failures(result.name, summary)
        lines += describe_repeats(result.name, summary.variances)
    for line in lines:
        say(one_line(line))


def _show_steadiness(results: Sequence[VariantResult], summaries: Sequence[VariantSummary]) -> None:
    """Print how strict F1 comes about: over bulletins, repeats and answers that were sent back."""
    columns = (
        "strict F1 of",
        ">bulletin mean",
        ">± repeats",
        ">first try",
        ">sent back",
        ">needlessly",
    )
    rows = [
        (
            result.name,
            format_ratio(summary.per_bulletin),
            format_ratio(summary.spread.deviation),
            format_ratio(summary.first_try.f1 if summary.first_try else None),
            f"{reasks.sent_back:,} of {reasks.first:,}" if reasks else DASH,
            f"{reasks.needless:,}" if reasks else DASH,
        )
        for result, summary in zip(results, summaries, strict=True)
        for reasks in (summary.reasks,)
    ]
    _print(columns, rows)


def _show_reasks(results: Sequence[VariantResult], summaries: Sequence[VariantSummary]) -> None:
    """Print whether the next answer was better, by what the one before was sent back for."""
    rows = [
        (
            result.name,
            kind,
            f"{reasks.total:,}",
            f"{reasks.better:,}",
            f"{reasks.worse:,}",
            f"{reasks.same:,}",
            format_ratio(reasks.precision),
        )
        for result, summary in zip(results, summaries, strict=True)
        if summary.reasks and summary.reasks.reasks.total
        for kind, reasks in summary.reasks.rows.items()
    ]
    if rows:
        columns = ("variant", "sent back for", ">answers", ">then better", ">worse", ">as good")
        _print((*columns, ">precision"), rows)


def _print(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table without the columns that say nothing of any row."""
    kept = [at for at in range(len(columns)) if any(row[at] != DASH for row in rows)]
    console().print(table([columns[at] for at in kept], [[row[at] for at in kept] for row in rows]))


def _show_prices(results: Sequence[VariantResult], summaries: Sequence[VariantSummary]) -> None:
    columns = (
        "variant",
        ">readings",
        ">dropped figures",
        ">tokens in each",
        ">tokens out each",
        ">cost each",
        ">seconds each",
        ">cost in all",
        ">cost/right figure",
        ">tokens/right figure",
    )
    rows = [
        (
            result.name,
            f"{summary.readings:,}",
            f"{summary.dropped:,}",
            format_average(summary.each(summary.input_tokens)),
            format_average(summary.each(summary.output_tokens)),
            format_money(summary.each(summary.cost_usd)),
            format_average(summary.seconds_each),
            format_money(summary.cost_usd),
            format_money(summary.cost_per_right),
            format_average(summary.tokens_per_right),
        )
        for result, summary in zip(results, summaries, strict=True)
        if result.key.reader != "baseline"
    ]
    if rows:
        _print(columns, rows)


def _show_tradeoffs(results: Sequence[VariantResult], summaries: Sequence[VariantSummary]) -> None:
    """Print, of two variants or more, what quality costs in money and time, and what none beats."""
    if len(results) < 2:  # noqa: PLR2004 - one has nobody to be weighed against
        return
    columns = ("to choose from", ">strict F1", ">cost each", ">p95 seconds", "unbeaten")
    rows = [
        (
            point.name,
            format_ratio(point.strict_f1),
            format_money(point.usd),
            format_average(point.p95_seconds),
            "*" if point.on_front else "",
        )
        for point in weigh_variants(results, summaries)
    ]
    _print(columns, rows)


def _show_quotes(results: Sequence[VariantResult], summaries: Sequence[VariantSummary]) -> None:
    """Print how well the quotes of figures with right values are chosen."""
    columns = ("quotes of", ">F1", ">overlap", ">characters", ">in gold", ">n")
    rows = [
        (
            result.name,
            format_ratio(summary.measures[QUOTE].f1),
            format_ratio(quotes.overlap),
            format_average(quotes.characters),
            format_average(quotes.gold_characters),
            f"{quotes.n:,}",
        )
        for result, summary in zip(results, summaries, strict=True)
        for quotes in (summary.quotes,)
        if quotes.n
    ]
    if rows:
        _print(columns, rows)


def show_measures(results: Sequence[VariantResult], summaries: Sequence[VariantSummary]) -> None:
    """Print F1 of every measure, with the number of labels behind it, a column a variant."""
    columns = ["F1 of", ">n", *(f">{result.name}" for result in results)]
    rows = [
        (
            name,
            f"{summaries[0].measures[name].gold // results[0].repeats:,}",
            *(format_ratio(summary.measures[name].f1) for summary in summaries),
        )
        for name in MEASURES
    ]
    console().print(table(columns, rows))


def show_comparisons(comparisons: Sequence[Comparison]) -> None:
    """Say of each further variant whether it differs from the first, and where."""
    for comparison in comparisons:
        say(one_line(describe_comparison(comparison)))
        for line in describe_repeats("This difference", comparison.variances):
            say(one_line(line))
        rows = [
            (
                name,
                format_difference(difference.estimate),
                format_difference_interval(difference.interval),
                format_p_value(difference.p),
                f"{difference.documents:,}",
            )
            for name, difference in comparison.measures.items()
            if difference.estimate
        ]
        if rows:
            columns = (f"{comparison.name} - {comparison.reference}", ">F1", "95 % interval")
            console().print(table((*columns, ">p", ">bulletins"), rows))
