"""What `jornada eval compare` prints: stored runs side by side, and whether they differ."""

from eval.report.score_json import comparison_json, score_json
from eval.report.score_tables import (
    SCORE_COLUMNS,
    score_cells,
    show_comparisons,
    show_measures,
)
from eval.runs.stored_comparison import RunComparison
from eval.runs.summary import summarise
from pipeline.console.terminal import console, say, table, tell
from pipeline.plain_text import to_json


def show_run_comparison(found: RunComparison, how: str) -> None:
    """Print scores, and what is sure of their differences; `how` says what was scored."""
    summaries = [summarise(result) for result in found.results]
    rows = [
        (
            *score_cells(result.name, summary),
            f"{summary.strict.gold // run.repeats:,}",
            run.short_id,
        )
        for run, result, summary in zip(found.runs, found.results, summaries, strict=True)
    ]
    console().print(table((*SCORE_COLUMNS, ">figures", "run"), rows))
    # Stored scores are those of all repeats together.
    repeated = [
        result._replace(repeats=run.repeats)
        for run, result in zip(found.runs, found.results, strict=True)
    ]
    show_measures(repeated, summaries)
    show_comparisons(found.comparisons)
    tell(_describe_extent(found, how))


def _describe_extent(found: RunComparison, how: str) -> str:
    left = ""
    if found.left_out:
        were = "bulletin was" if found.left_out == 1 else "bulletins were"
        left = f"; {found.left_out:,} {were} not scored by all, and left out"
    bulletins = "bulletin" if found.bulletins == 1 else "bulletins"
    return f"Compared by {how} on {found.bulletins:,} {bulletins}{left}."


def show_run_comparison_json(found: RunComparison) -> None:
    """Print the same whole, as one JSON object."""
    told = {
        "bulletins": found.bulletins,
        "left_out": found.left_out,
        "runs": [
            {
                "run": run.eval_run_id,
                "name": result.name,
                **result.key.model_dump(),
                "repeats": run.repeats,
                "scores": {name: score_json(score) for name, score in summary.measures.items()},
                "strict_interval": summary.interval,
            }
            for run, result in zip(found.runs, found.results, strict=True)
            for summary in (summarise(result),)
        ],
        "comparisons": [comparison_json(comparison) for comparison in found.comparisons],
    }
    say(to_json(told))
