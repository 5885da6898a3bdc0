"""What `jornada gold next` prints: bulletins that are worth labelling, and why."""

from collections.abc import Sequence

from eval.report.number_format import DASH, format_average
from eval.runs.next_bulletins import NextBulletin
from pipeline.console.terminal import console, say, table
from pipeline.paths import shorten
from pipeline.plain_text import one_line, to_json


def show_next(bulletins: Sequence[NextBulletin], *, most: int, as_json: bool) -> None:
    """Print the first of them, what pays most above, as blocks or as one JSON array."""
    shown = bulletins[:most]
    if as_json:
        say(to_json([_as_json(one) for one in shown]))
        return
    for number, one in enumerate(shown, 1):
        say(one_line(f"{number}. {_path(one)}"))
        rows = [
            ("title", one_line(one.title or DASH)),
            ("why", one_line(describe_reason(one))),
        ]
        console().print(table(("", ""), rows))
    left = len(bulletins) - len(shown)
    more = f"; {left:,} more by --limit" if left else ""
    say(f"{len(bulletins):,} bulletins are read differently or have findings{more}.")


def describe_reason(one: NextBulletin) -> str:
    """Say in a line why a bulletin is worth labelling."""
    reasons = []
    if (pair := one.worst_pair) and pair.differing:
        what = [f"{label} {count}" for label, count in pair.labels.items()]
        what += [
            f"{count} by {name} alone"
            for name, count in ((pair.first, pair.first_alone), (pair.second, pair.second_alone))
            if count
        ]
        total = pair.alike + pair.differing
        reasons.append(
            f"{pair.differing} of {total} figures differ between {pair.first} and {pair.second}: "
            f"{', '.join(what)}"
        )
        if len(one.pairs) > 1:
            reasons.append(f"{format_average(one.differing)} a pair of {len(one.readers)} readers")
    elif len(one.readers) > 1:
        reasons.append(f"{len(one.readers)} readers agree")
    if one.errors or one.warnings:
        who = f" of {one.readers[0]}" if len(one.readers) == 1 else ""
        reasons.append(f"{one.errors} errors and {one.warnings} warnings{who}")
    return "; ".join(reasons)


def _path(one: NextBulletin) -> str:
    if one.source is None:
        return one.document_id
    record = "" if one.source.record is None else f"#{one.source.record}"
    return f"{shorten(one.source.path)}{record}"


def _as_json(one: NextBulletin) -> dict[str, object]:
    return {
        "document_id": one.document_id,
        "path": one.source and one.source.path,
        "record": one.source and one.source.record,
        "title": one.title,
        "why": describe_reason(one),
        "readers": one.readers,
        "differing": one.differing,
        "pairs": [pair._asdict() for pair in one.pairs],
        "errors": one.errors,
        "warnings": one.warnings,
    }
