"""What is printed of what went wrong: kinds of error, and labels that were read for others."""

from collections.abc import Sequence

from eval.report.number_format import format_count, format_days
from eval.runs.confusions import (
    MOST_QUOTES,
    Confusion,
    Confusions,
    ErrorKind,
    Example,
    Value,
    ValueOutcomes,
)
from eval.runs.history import EvalRun
from eval.scoring.align import FigureOutcome
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import one_line, to_json

_MOST_AFTER_EVAL = 8
_MOST_VARIANTS = 4
"""Side by side: more columns than that are hard to read."""
_MOST = 40
_LONGEST_QUOTE = 60


def show_most_frequent(names: Sequence[str], found: Sequence[Confusions], repeats: int) -> None:
    """Print the kinds of error of variants, a column each, and what was read for what most often.

    Nothing where nothing is wrong; of many variants the first ones.
    """
    shown, first = names[:_MOST_VARIANTS], found[:_MOST_VARIANTS]
    counts = [{kind.order: kind for kind in each.kinds} for each in first]
    kinds = {order: kind for each in counts for order, kind in each.items()}
    if kinds:
        rows = [
            (describe_kind(kinds[order]), *(_count(each.get(order)) for each in counts))
            for order in sorted(kinds)
        ]
        head = "figures" if repeats == 1 else f"figures in {repeats} repeats"
        console().print(table((head, *(f">{name}" for name in shown)), rows))
        _show_confusions_of_all(shown, first)
    if others := len(names) - len(shown):
        what = "1 other variant" if others == 1 else f"{others:,} other variants"
        say(f"What went wrong in {what}: jornada eval confusions RUN.")


def _show_confusions_of_all(names: Sequence[str], found: Sequence[Confusions]) -> None:
    by_labels = [{one[:3]: one for one in each.confusions} for each in found]
    totals: dict[tuple[str, Value, Value], int] = {}
    for each in by_labels:
        for labels, one in each.items():
            totals[labels] = totals.get(labels, 0) + one.figures
    frequent = sorted(totals, key=lambda labels: -totals[labels])
    rows = [
        (
            describe_labels(*labels),
            *(_count(each.get(labels)) for each in by_labels),
            _quote(next(each[labels] for each in by_labels if labels in each)),
        )
        for labels in frequent[:_MOST_AFTER_EVAL]
    ]
    if not rows:
        return
    columns = ("gold -> read", *(f">{name}" for name in names), "e.g.")
    console().print(table(columns, rows))
    if left := len(frequent) - len(rows):
        say(f"... and {left:,} rarer ones: jornada eval confusions RUN lists them.")


def show_confusions(
    run: EvalRun, found: Confusions, label: str | None, by_value: Sequence[ValueOutcomes]
) -> None:
    """Print what went wrong in a run, or in one label of it."""
    say(one_line(f"{run.name_with_id}, {_describe_extent(run, found)}"))
    if label is None:
        rows = [
            (describe_kind(kind), f"{kind.figures:,}", "yes" if kind.strict else "no")
            for kind in found.kinds
        ]
        if rows:
            console().print(table(("what", ">figures", "in strict F1"), rows))
    elif by_value:
        _show_by_value(label, by_value)
    confusions = found.confusions if label is None else found.of(label)
    if label is None:
        _show_list(confusions, _MOST, examples=1)
    else:
        _show_list(confusions, None, MOST_QUOTES)


def _show_by_value(label: str, by_value: Sequence[ValueOutcomes]) -> None:
    columns = (
        label,
        ">figures",
        ">right",
        f">wrong {label}",
        ">wrong else",
        ">omitted",
        ">invented",
    )
    rows = []
    for row in (row for row in by_value if row.errors):
        get = row.outcomes.__getitem__
        wrong = get(FigureOutcome.WRONG_LABEL) + get(FigureOutcome.WRONG_VALUE)
        invented = get(FigureOutcome.INVENTED) + get(FigureOutcome.UNGROUNDED)
        counts = (
            row.figures,
            get(FigureOutcome.RIGHT),
            row.mistaken,
            wrong - row.mistaken,
            get(FigureOutcome.OMITTED),
            invented,
        )
        rows.append((describe_value(label, row.value), *(f"{count:,}" for count in counts)))
    if rows:
        console().print(table(columns, rows))
    if sound := len(by_value) - len(rows):
        say(f"All figures of {sound:,} other values are right.")


def _show_list(confusions: Sequence[Confusion], most: int | None, examples: int) -> None:
    if not confusions:
        say("No label was read for another.")
        return
    rows = [
        (f"{one.figures:,}", describe_labels(*one[:3]), _quote(one, examples))
        for one in confusions[:most]
    ]
    console().print(table((">n", "gold -> read", "e.g."), rows))
    if left := len(confusions) - len(rows):
        say(f"... and {left:,} rarer ones: --label LABEL shows all of one label.")


def show_confusions_json(
    run: EvalRun, found: Confusions, label: str | None, by_value: Sequence[ValueOutcomes]
) -> None:
    """Print the same whole, as one JSON object; `by_value` is null without a label."""
    confusions = found.confusions if label is None else found.of(label)
    kinds = [kind._asdict() for kind in found.kinds]
    told = {
        "run": run.eval_run_id,
        "name": run.name,
        "repeats": run.repeats,
        "figures": found.figures,
        "kinds": kinds if label is None else [kind for kind in kinds if kind["label"] == label],
        "confusions": [
            one._asdict() | {"examples": [each._asdict() for each in one.examples]}
            for one in confusions
        ],
        "by_value": None if label is None else [row._asdict() for row in by_value],
    }
    say(to_json(told))


def describe_kind(kind: ErrorKind) -> str:
    """Name a kind of error as tables do."""
    return f"wrong {kind.label}" if kind.label else kind.outcome.value.replace("_", " ")


def _count(counted: ErrorKind | Confusion | None) -> str:
    return f"{counted.figures:,}" if counted else "0"


def _describe_extent(run: EvalRun, found: Confusions) -> str:
    repeats = f", each read {run.repeats} times" if run.repeats > 1 else ""
    bulletins = "bulletin" if run.bulletins == 1 else "bulletins"
    return f"{found.figures:,} figures in {run.bulletins:,} {bulletins}{repeats}"


def describe_labels(label: str, gold: Value, read: Value) -> str:
    """Say which label was read for which, on one line."""
    return f"{label}: {describe_value(label, gold)} -> {describe_value(label, read)}"


def describe_value(label: str, value: Value) -> str:
    """Show the value of a label on one line."""
    if label == "days" and isinstance(value, tuple):
        return one_line(format_days(*value))
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return format_count(value) if isinstance(value, int | float) else one_line(str(value))


def _quote(one: Confusion, examples: int = 1) -> str:
    return "; ".join(map(_describe_example, one.examples[:examples]))


def _describe_example(example: Example) -> str:
    quote = one_line(example.quote)
    shown = quote if len(quote) <= _LONGEST_QUOTE else quote[:_LONGEST_QUOTE] + "…"
    return f'"{shown}" ({one_line(example.bulletin)})'
