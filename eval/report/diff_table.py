"""What `jornada eval diff` prints: the figures that two runs judge differently."""

from collections.abc import Mapping

from eval.report.confusion_table import describe_value
from eval.report.number_format import format_ratio
from eval.runs.confusions import value_of
from eval.runs.diff import FigureChange, FigureResult, RunDiff, count_changes
from eval.runs.history import EvalRun
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import one_line, to_json


def show_diff(
    diff: RunDiff, before: EvalRun, after: EvalRun, most: int | None = None, *, as_json: bool
) -> None:
    """Print `most` changes bulletin by bulletin, the greatest loss first, or as one JSON array."""
    if as_json:
        say(to_json([_change_json(change) for change in diff.changes[:most]]))
        return
    names = [run.name_with_id for run in (before, after)]
    say(one_line(" -> ".join(names)))
    left = len(diff.changes) if most is None else most
    for bulletin, (old, new) in sorted(
        diff.scores.items(), key=lambda item: (item[1][1].f1 or 0) - (item[1][0].f1 or 0)
    ):
        if not left:
            break
        say(one_line(f"{bulletin}: strict F1 {format_ratio(old.f1)} -> {format_ratio(new.f1)}"))
        shown = [change for change in diff.changes if change.bulletin == bulletin][:left]
        left -= len(shown)
        console().print(table(("", "words", "before", "after"), map(_change_row, shown)))
    if most is not None and (rest := len(diff.changes) - most) > 0:
        say(
            f"... and {rest:,} more: --limit {len(diff.changes)} shows all; --worse, --better, "
            "--label, --bulletin and --stable show fewer."
        )
    counts = count_changes(diff.changes)
    say(
        f"{counts['better']} figures better, {counts['worse']} worse, "
        f"{counts['other']} changed, in {len(diff.scores)} of {diff.common} bulletins."
    )


def _change_row(change: FigureChange) -> tuple[str, ...]:
    results = _describe_result(change.before), _describe_result(change.after)
    return (change.verdict, one_line(change.quote), *results)


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
    value = describe_value(label, value_of(read, label))
    return value if label == "days" else f"{label} {value}"
