"""What `jornada eval diff` prints: the figures that two runs judge differently."""

from collections.abc import Mapping

from eval.report.number_format import format_days, format_ratio
from eval.runs.diff import FigureChange, FigureResult, RunDiff, count_changes
from eval.runs.history import EvalRun
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import one_line, to_json

_SHOWN_HASH = 8


def show_diff(diff: RunDiff, before: EvalRun, after: EvalRun, *, as_json: bool) -> None:
    """Print the changes bulletin by bulletin, the greatest loss first, or as one JSON array."""
    if as_json:
        say(to_json([_change_json(change) for change in diff.changes]))
        return
    names = [f"{run.name} ({run.eval_run_id[:_SHOWN_HASH]})" for run in (before, after)]
    say(one_line(" -> ".join(names)))
    for bulletin, (old, new) in sorted(
        diff.scores.items(), key=lambda item: (item[1][1].f1 or 0) - (item[1][0].f1 or 0)
    ):
        say(one_line(f"{bulletin}: strict F1 {format_ratio(old.f1)} -> {format_ratio(new.f1)}"))
        rows = [
            (
                change.verdict,
                one_line(change.quote),
                _describe_result(change.before),
                _describe_result(change.after),
            )
            for change in diff.changes
            if change.bulletin == bulletin
        ]
        console().print(table(("", "words", "before", "after"), rows))
    counts = count_changes(diff.changes)
    say(
        f"{counts['better']} figures better, {counts['worse']} worse, "
        f"{counts['other']} changed, in {len(diff.scores)} of {diff.common} bulletins."
    )


def _change_json(change: FigureChange) -> dict[str, object]:
    return change._asdict() | {
        "before": change.before and change.before._asdict(),
        "after": change.after and change.after._asdict(),
    }


def _describe_result(result: FigureResult | None) -> str:
    if result is None:
        return "not read"
    words = result.outcome.value.replace("_", " ")
    if result.read is not None and result.wrong:
        wrong = ", ".join(_describe_label(result.read, label) for label in result.wrong)
        return one_line(f"{words}: {wrong}")
    return words


def _describe_label(read: Mapping[str, object], label: str) -> str:
    if label == "days":
        return format_days(read.get("starts_on"), read.get("ends_on"))
    return f"{label} {read[label]}"
