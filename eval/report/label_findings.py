"""What is printed of findings in labels: all as a table or as JSON; errors that stop an eval."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from eval.labels.gold_file import UNFINISHED
from eval.labels.label_check import LabelFinding
from pipeline.console.terminal import console, say, table, tell
from pipeline.plain_text import one_line, to_json
from schemas.finding import Severity

_MOST_TOLD = 20
_SHOWN_MARK = 8


def show_label_findings(
    findings: Sequence[LabelFinding], *, as_json: bool, with_seen: bool = False
) -> None:
    """Print findings on stdout, the gravest first, as a table or as one JSON array.

    What a person has looked at before is counted alone, unless it is asked for by `with_seen`.
    """
    ranks = list(Severity)
    shown = [one for one in findings if with_seen or not one.is_seen]
    ordered = sorted(shown, key=lambda one: ranks.index(one.finding.severity))
    if as_json:
        say(to_json([_as_json(one) for one in ordered]))
        return
    begun = [one for one in ordered if one.finding.field == UNFINISHED]
    rows = [
        (
            "seen" if one.is_seen else one.finding.severity.value,
            one.finding.check,
            one_line(one.path.name),
            one_line(one.finding.field or ""),
            one_line(one.finding.message),
            one_line(one.words),
            (one.mark or "")[:_SHOWN_MARK],
        )
        for one in ordered
        if one not in begun
    ]
    if rows:
        columns = ("severity", "check", "file", "field", "finding", "words", "mark")
        console().print(table(columns, rows))
    for one in begun:  # a folder may be full of these
        say(one_line(f"{one.path.name}: {UNFINISHED}: {one.finding.message}"))
    counts = Counter(one.finding.severity for one in findings if not one.is_seen)
    seen = sum(one.is_seen for one in findings)
    before = f"; {seen:,} seen before{'' if with_seen else ' (--all shows them)'}" if seen else ""
    say(
        f"{counts[Severity.ERROR]:,} errors, {counts[Severity.WARNING]:,} warnings, "
        f"{counts[Severity.INFO]:,} to look at again{before}."
    )


def show_label_errors(errors: Sequence[LabelFinding], folder: Path, *, as_json: bool) -> None:
    """Tell why gold is not scored against: lines on stderr, and as JSON one object on stdout."""
    if as_json:
        say(to_json({"gold_errors": [_as_json(one) for one in errors]}))
    lines = [_error_line(one) for one in errors[:_MOST_TOLD]]
    if len(errors) == 1:
        tell(f"{lines[0]} (gold with errors is not scored: mend it first)")
        return
    for line in lines:
        tell(line)
    if len(errors) > _MOST_TOLD:
        tell(f"... and {len(errors) - _MOST_TOLD:,} more")
    files = len({one.path for one in errors})
    tell(
        f"Nothing is read or scored: errors in {files:,} of the gold files in {folder}. Mend them "
        "first; `jornada gold check` with the same --gold and --texts shows all."
    )


def _error_line(one: LabelFinding) -> str:
    field = f"{one.finding.field}: " if one.finding.field else ""
    return f"{one.path}: {field}{one.finding.message}"


def _as_json(one: LabelFinding) -> dict[str, object]:
    span = one.finding.span
    return {
        "file": str(one.path),
        **one.finding.model_dump(mode="json", exclude={"span"}),
        "char_start": span.start if span else None,
        "char_end": span.end if span else None,
        "words": one.words or None,
        "mark": one.mark,
        "seen": one.is_seen,
    }
