"""What `jornada eval runs` prints: the evals that were run."""

from collections.abc import Sequence

from eval.report.number_format import format_interval, format_ratio
from eval.runs.history import EvalRun, name_runs
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import to_json

_SHOWN_HASH = 8


def show_runs(runs: Sequence[EvalRun], *, as_json: bool) -> None:
    """Print the eval runs of a database, as a table or as one JSON array."""
    if as_json:
        say(to_json([_as_json(run) for run in runs]))
        return
    if not runs:
        say("No eval has been run yet: jornada eval makes one.")
        return
    rows = [
        (
            run.short_id,
            f"{run.created_at:%Y-%m-%d %H:%M}",
            name,
            (run.prompt_hash or "")[:_SHOWN_HASH],
            format_ratio(run.strict_f1),
            format_interval(run.interval),
            format_ratio(run.place_f1),
            format_ratio(run.days_f1),
            f"{run.bulletins:,}",
            str(run.failed),
            run.gold,
        )
        for run, name in zip(runs, name_runs(runs), strict=True)
    ]
    columns = ("run", "when (UTC)", "variant", "prompt", ">strict F1", "95 % interval", ">place F1")
    console().print(table((*columns, ">days F1", ">bulletins", ">failed", "gold"), rows))


def _as_json(run: EvalRun) -> dict[str, object]:
    return run._asdict() | {"created_at": run.created_at.isoformat(), "server": run.server}
