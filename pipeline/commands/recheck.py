"""The command `jornada recheck`; no logic."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import DB, Db, Json, examples
from pipeline.console.terminal import console, say, table, tell
from pipeline.plain_text import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.runs import Tally
    from pipeline.runs.recheck import Recheck

EPILOG = examples(
    "jornada recheck",
    "jornada recheck --dry-run",
    "After an upgrade, what a model answered is judged by the checks as they are now. Nobody is "
    "asked. What differs is stored as a reading of its own, and the old one is kept.",
)


def recheck(
    *,
    db: Db = DB,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would change, and store nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Judge stored answers anew, without asking anyone, and store what differs."""
    from pipeline.console import progress_bar  # noqa: PLC0415 - slow to import
    from pipeline.runs import recheck as judging  # noqa: PLC0415 - slow to import
    from pipeline.runs.maintenance import work_alone  # noqa: PLC0415 - slow to import
    from pipeline.store import Store  # noqa: PLC0415 - slow to import

    store = Store.for_a_backlog(db)
    store.read("SELECT 1")  # no database is made where there is none
    counts = judging.Recheck()
    with progress_bar.watching() as watch, work_alone(db, watch) as report:
        store.prepare()  # an older one lacks columns
        judging.recheck(
            store, counts, lambda run, counts: report(run, _tally(counts)), dry_run=dry_run
        )
    if as_json:
        say(to_json(judging.as_json(counts) | {"stored": 0 if dry_run else counts.changed}))
        return
    _show(counts)
    if counts.changed:
        tell(
            "Nothing was stored; leave out --dry-run to store what differs."
            if dry_run
            else "What differs is stored beside what there was, and counts from now on."
        )


def _show(counts: "Recheck") -> None:
    rows = [
        ("judged", f"{counts.judged:,} of {counts.total:,} documents"),
        ("the same", f"{counts.same:,}"),
        ("changed", f"{counts.changed:,}"),
    ]
    if counts.changed:
        rows += [
            ("  figures", f"{counts.figures_more:,} more, {counts.figures_less:,} less"),
            ("  findings", f"{counts.findings_more:,} more, {counts.findings_less:,} less"),
            ("  status", _listed(counts.statuses) or "as before"),
        ]
    if counts.not_judged:
        rows.append(("not judged", _listed(counts.not_judged)))
    console().print(table(("", ""), rows))


def _listed(counts: "Mapping[str, int]") -> str:
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))


def _tally(counts: "Recheck") -> "Tally":
    from pipeline.runs import Tally  # noqa: PLC0415 - slow to import

    not_judged = counts.not_judged.total()
    return Tally(total=counts.total, read=counts.judged, unchanged=not_judged)
