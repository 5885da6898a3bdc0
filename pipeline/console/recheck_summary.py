"""What a recheck came to."""

from collections.abc import Mapping

from pipeline.console.terminal import console, say, table, tell
from pipeline.plain_text import to_json
from pipeline.runs import recheck
from pipeline.runs.recheck import Recheck


def show(counts: Recheck, *, dry_run: bool, as_json: bool) -> None:
    """Print the counts as a table and what became of what differs, or as JSON."""
    if as_json:
        say(to_json(recheck.as_json(counts) | {"stored": 0 if dry_run else counts.changed}))
        return
    console().print(table(("", ""), _rows(counts)))
    if counts.changed:
        tell(
            "Nothing was stored; leave out --dry-run to store what differs."
            if dry_run
            else "What differs is stored beside what there was, and counts from now on."
        )


def _rows(counts: Recheck) -> list[tuple[str, str]]:
    rows = [
        ("judged", f"{counts.judged:,} of {counts.total:,} documents"),
        ("the same", f"{counts.same:,}"),
        ("changed", f"{counts.changed:,}"),
    ]
    if counts.changed:
        rows += [
            ("  figures", f"{counts.figures_more:,} more, {counts.figures_less:,} less"),
            ("  findings", f"{counts.findings_more:,} more, {counts.findings_less:,} less"),
            ("  status", _enumerate(counts.statuses) or "as before"),
        ]
    if counts.not_judged:
        rows.append(("not judged", _enumerate(counts.not_judged)))
    return rows


def _enumerate(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
