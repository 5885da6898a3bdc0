"""What `jornada eval` prints: scores, differences and what changed, as tables for people."""

from collections.abc import Sequence

from eval.report.number_format import (
    DASH,
    money,
    probability,
    ratio,
    rounded,
    sentence,
    signed,
    signed_span,
    span,
)
from eval.runs.diff import Change, Diff, Told, tally
from eval.runs.history import Past
from eval.runs.result import Comparison, Result
from eval.runs.summary import Summary
from eval.scoring.score import MEASURES
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import one_line

_SHOWN_HASH = 8


def show_scores(results: Sequence[Result], summaries: Sequence[Summary]) -> None:
    """Print how right each variant is, and what that took."""
    columns = (
        "variant",
        ">strict F1",
        "95 % interval",
        ">precision",
        ">recall",
        ">bulletin mean",
        ">first try",
        ">± repeats",
        ">partial",
        ">failed",
        ">figures",
        ">bulletins",
        "run",
    )
    rows = [
        (
            result.name,
            ratio(summary.strict.f1),
            span(summary.interval),
            ratio(summary.strict.precision),
            ratio(summary.strict.recall),
            ratio(summary.per_bulletin),
            ratio(summary.first_try.f1 if summary.first_try else None),
            ratio(summary.spread.deviation),
            str(summary.partial),
            str(summary.failed),
            f"{summary.strict.gold // result.repeats:,}",
            f"{summary.bulletins:,}",
            result.run_id[:_SHOWN_HASH],
        )
        for result, summary in zip(results, summaries, strict=True)
    ]
    _print(columns, rows)
    _show_prices(results, summaries)


def _print(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table without the columns that say nothing of any row."""
    told = [place for place in range(len(columns)) if any(row[place] != DASH for row in rows)]
    console().print(
        table([columns[place] for place in told], [[row[place] for place in told] for row in rows])
    )


def _show_prices(results: Sequence[Result], summaries: Sequence[Summary]) -> None:
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
            rounded(summary.each(summary.input_tokens)),
            rounded(summary.each(summary.output_tokens)),
            money(summary.each(summary.cost_usd)),
            rounded(summary.each(summary.seconds)),
            money(summary.cost_usd),
            money(summary.cost_per_right),
            rounded(summary.tokens_per_right),
        )
        for result, summary in zip(results, summaries, strict=True)
        if result.key.reader != "baseline"
    ]
    if rows:
        _print(columns, rows)


def show_measures(results: Sequence[Result], summaries: Sequence[Summary]) -> None:
    """Print F1 of every measure, with the number of labels behind it, a column a variant."""
    columns = ["F1 of", ">n", *(f">{result.name}" for result in results)]
    rows = [
        (
            name,
            f"{summaries[0].measures[name].gold // results[0].repeats:,}",
            *(ratio(summary.measures[name].f1) for summary in summaries),
        )
        for name in MEASURES
    ]
    console().print(table(columns, rows))


def show_comparisons(comparisons: Sequence[Comparison]) -> None:
    """Say of each further variant whether it differs from the first, and where."""
    for comparison in comparisons:
        say(one_line(sentence(comparison)))
        rows = [
            (
                name,
                signed(found.estimate),
                signed_span(found.interval),
                probability(found.p),
                f"{found.documents:,}",
            )
            for name, found in comparison.measures.items()
            if found.estimate
        ]
        if rows:
            columns = (f"{comparison.name} - {comparison.reference}", ">F1", "95 % interval")
            console().print(table((*columns, ">p", ">bulletins"), rows))


def show_runs(runs: Sequence[Past]) -> None:
    """Print the eval runs of a database."""
    if not runs:
        say("No eval has been run yet: jornada eval makes one.")
        return
    rows = [
        (
            run.eval_run_id[:_SHOWN_HASH],
            f"{run.created_at:%Y-%m-%d %H:%M}",
            run.name,
            (run.prompt_hash or "")[:_SHOWN_HASH],
            ratio(run.strict_f1),
            span(run.interval),
            f"{run.bulletins:,}",
            str(run.failed),
            run.gold,
        )
        for run in runs
    ]
    columns = ("run", "when (UTC)", "variant", "prompt", ">strict F1", "95 % interval")
    console().print(table((*columns, ">bulletins", ">failed", "gold"), rows))


def show_diff(found: Diff, before: Past, after: Past) -> None:
    """Print the figures that two runs judge differently, bulletin by bulletin."""
    names = [f"{run.name} ({run.eval_run_id[:_SHOWN_HASH]})" for run in (before, after)]
    say(one_line(" -> ".join(names)))
    for bulletin, (old, new) in sorted(
        found.scores.items(), key=lambda item: (item[1][1].f1 or 0) - (item[1][0].f1 or 0)
    ):
        say(one_line(f"{bulletin}: strict F1 {ratio(old.f1)} -> {ratio(new.f1)}"))
        rows = [
            (change.verdict, one_line(change.quote), _told(change.before), _told(change.after))
            for change in found.changes
            if change.bulletin == bulletin
        ]
        console().print(table(("", "words", "before", "after"), rows))
    counted = tally(found.changes)
    say(
        f"{counted['better']} figures better, {counted['worse']} worse, "
        f"{counted['other']} changed, in {len(found.scores)} of {found.common} bulletins."
    )


def change_json(change: Change) -> dict[str, object]:
    """Give one change as an object for machines."""
    return change._asdict() | {
        "before": change.before and change.before._asdict(),
        "after": change.after and change.after._asdict(),
    }


def _told(told: Told | None) -> str:
    if told is None:
        return "not read"
    words = told.outcome.value.replace("_", " ")
    if told.read is not None and told.wrong:
        wrong = ", ".join(f"{label} {told.read[label]}" for label in told.wrong)
        return one_line(f"{words}: {wrong}")
    return words
