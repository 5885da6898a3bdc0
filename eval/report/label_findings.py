"""What `jornada gold check` prints: findings in labels, as a table or as JSON."""

from collections import Counter
from collections.abc import Sequence

from eval.labels.label_check import LabelFinding
from pipeline.console.terminal import console, say, table
from pipeline.plain_text import one_line, to_json
from schemas.finding import Severity


def show_label_findings(findings: Sequence[LabelFinding], *, as_json: bool) -> None:
    """Print findings on stdout, the gravest first, as a table or as one JSON array."""
    ranks = list(Severity)
    ordered = sorted(findings, key=lambda one: ranks.index(one.finding.severity))
    if as_json:
        say(to_json([_as_json(one) for one in ordered]))
        return
    rows = [
        (
            one.finding.severity.value,
            one.finding.check,
            one_line(one.path.name),
            one_line(one.finding.field or ""),
            one_line(one.finding.message),
            one_line(one.words),
        )
        for one in ordered
    ]
    if rows:
        columns = ("severity", "check", "file", "field", "finding", "words")
        console().print(table(columns, rows))
    counts = Counter(one.finding.severity for one in findings)
    say(
        f"{counts[Severity.ERROR]:,} errors, {counts[Severity.WARNING]:,} warnings, "
        f"{counts[Severity.INFO]:,} to look at again."
    )


def _as_json(one: LabelFinding) -> dict[str, object]:
    span = one.finding.span
    return {
        "file": str(one.path),
        **one.finding.model_dump(mode="json", exclude={"span"}),
        "char_start": span.start if span else None,
        "char_end": span.end if span else None,
        "words": one.words or None,
    }
