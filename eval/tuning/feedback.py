"""What was wrong with a reading, figure by figure, in words that a model can learn from. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence

from eval.runs.variant import ScoredReading
from eval.scoring.align import FigureOutcome, FigureVerdict
from eval.scoring.score import is_strictly_right
from pipeline.forms.form import Fault, on_one_line
from schemas.report import Figure

_MOST_LINES = 40


def describe_reading(read: ScoredReading, faults: Sequence[Fault]) -> str:
    """Say what became of a reading: its errors by gravity, and `faults` of its first answer."""
    verdicts = read.scores.verdicts
    right = sum(is_strictly_right(verdict) for verdict in verdicts)
    labelled = sum(verdict.gold is not None for verdict in verdicts)
    lines = [f"{right} of {labelled} figures are right."]
    if read.report is None:
        lines.append(f"The answer was of no use: {on_one_line(read.error or 'there was none')}")
    wrong = [verdict for verdict in verdicts if not is_strictly_right(verdict)]
    lines += _cut([f"- {_describe_verdict(verdict)}" for verdict in wrong])
    if faults:
        lines.append("The checks sent the first answer back for:")
        lines += _cut([f"- {fault.field}: {on_one_line(fault.message)}" for fault in faults])
    return "\n".join(lines)


def _cut(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_LINES
    return lines if more <= 0 else [*lines[:_MOST_LINES], f"- and {more} more"]


def _describe_verdict(verdict: FigureVerdict) -> str:
    gold, read = verdict.gold, verdict.read
    match verdict.outcome:
        case FigureOutcome.WRONG_LABEL if gold and read:
            labels = "; ".join(_describe_labels(gold, read, verdict.wrong))
            return f"wrong label: {_quote(gold)}: {labels}"
        case FigureOutcome.WRONG_VALUE if gold and read:
            return (
                f"wrong value: {_quote(gold)} is {gold.value:,}, and {read.value:,} was read "
                f"from {_quote(read)}"
            )
        case FigureOutcome.OMITTED if gold:
            return f"left out: {_quote(gold)}, which is {_describe_figure(gold)}"
        case FigureOutcome.UNGROUNDED if read:
            return f"not in the bulletin: {_quote(read)}, read as {_describe_figure(read)}"
        case _:
            figure = read or gold
            return f"no figure: {_quote(figure)}, read as {_describe_figure(figure)}"


def _describe_labels(gold: Figure, read: Figure, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield f"`{name}` should be {_word(gold, name)}, not {_word(read, name)}"


def _describe_figure(figure: Figure | None) -> str:
    if figure is None:
        return "nothing"
    shown = ("unit", "service", "detail", "status", "period", "place")
    return ", ".join(f"{name} {_word(figure, name)}" for name in shown)


def _word(figure: Figure, name: str) -> str:
    """Write a label as an answer has it, in JSON; days as two."""
    names = ("starts_on", "ends_on") if name == "days" else (name,)
    labels = figure.model_dump(mode="json", include=set(names))
    return " to ".join(f"`{on_one_line(_plain(labels[each]))}`" for each in names)


def _plain(label: object) -> str:
    return label if isinstance(label, str) else json.dumps(label)


def _quote(figure: Figure | None) -> str:
    return f'"{on_one_line(figure.quote)}"' if figure else "nothing"
