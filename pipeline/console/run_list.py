"""The runs over a database: those that ended, those that were killed, and the one under way."""

import json
import os
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.calls.rate_limiter import Rates
from pipeline.console.terminal import console, say, table
from pipeline.errors import StoreError
from pipeline.plain_text import format_dollars, format_duration, one_line, to_json
from pipeline.runs import Progress
from pipeline.runs.lock import is_locked
from pipeline.runs.progress_file import ProgressRecord, progress_path, read_progress
from pipeline.store import Store

UNDER_WAY, KILLED = "under way", "killed"
_COUNTS = ("documents", "read", "partial", "failed", "cost_usd")

_RUNS = """
SELECT run_id, started_at, reader, model, prompt, ended_at, outcome, reason, summary,
    readings, read, partial, failed, cost_usd, last_at
FROM runs LEFT JOIN run_ends USING (run_id) LEFT JOIN (
    SELECT run_id, count(*) AS readings, count(*) FILTER (status <> 'failed') AS read,
        count(*) FILTER (status = 'partial') AS partial,
        count(*) FILTER (status = 'failed') AS failed, sum(cost_usd) AS cost_usd,
        max(read_at) AS last_at
    FROM readings WHERE run_id NOT IN (SELECT run_id FROM run_ends) GROUP BY run_id
) USING (run_id)
WHERE reader <> 'review'  -- people decide, and run nothing
ORDER BY started_at DESC, run_id
"""


class RunRow(BaseModel):
    """One run. Its counts are None where nobody knows, as is the cost; times are UTC.

    `outcome` is that of `run_ends`, `under way` or `killed`; a killed run counts what it stored.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    started_at: datetime
    reader: str
    model: str | None = None
    prompt: str | None = None
    outcome: str
    reason: str | None = None
    documents: int | None = None
    read: int | None = None
    partial: int | None = None
    failed: int | None = None
    cost_usd: float | None = None
    seconds: float | None = None


class RunProgress(BaseModel):
    """How far a run was when it last told."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    pid: int
    updated_at: datetime
    started_at: datetime
    seconds: float
    reader: str
    model: str | None = None
    prompt: str | None = None
    expected_usd: float | None = None
    rates: Rates | None = None
    progress: Progress


def parse_progress(progress: ProgressRecord) -> RunProgress | None:
    """Read how far a run is; None where another version told it in a shape of its own."""
    try:
        facts = json.loads(progress.facts)
        counts = {each.name: facts[each.name] for each in fields(Progress) if each.name in facts}
        rates = facts.pop("rates", None)
        return RunProgress.model_validate(
            {
                **facts,
                **progress._asdict(),
                "rates": rates and Rates(**rates),
                "progress": Progress(**counts),
            }
        )
    except (ValidationError, ValueError, TypeError):
        return None


def find_running(db: Path) -> RunProgress | None:
    """Give the run that is working on a database now; None if there is none, or it has not told."""
    return _find_progress(db)[0]


def _find_progress(db: Path) -> tuple[RunProgress | None, tuple[RunProgress, ...]]:
    records = read_progress(progress_path(db))
    known = [found for each in records if (found := parse_progress(each)) is not None]
    if known and is_locked(db) and _is_alive(known[0].pid):
        return known[0], tuple(known[1:])
    return None, tuple(known)


def _is_alive(pid: int) -> bool:
    """Tell whether there is such a process, where one can ask without doing it harm."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def fetch_runs(store: Store) -> tuple[RunRow, ...]:
    """List the runs over a database, the newest first. Raises `StoreError`."""
    live, dead = _find_progress(store.path)
    now = {each.run_id: each for each in (live, *dead) if each is not None}
    try:
        answer = store.read(_RUNS)
    except StoreError:
        if not now:
            raise
        return tuple(_from_progress(each, live) for each in now.values())
    rows = {row[0]: dict(zip(answer.columns, row, strict=True)) for row in answer.rows}
    if live is not None:
        rows.pop(live.run_id, None)
    runs = [_from_progress(each, live) for each in now.values() if each.run_id not in rows]
    runs += map(_from_store, rows.values())
    return tuple(sorted(runs, key=lambda run: run.started_at, reverse=True))


def _from_progress(run: RunProgress, live: RunProgress | None) -> RunRow:
    outcome = UNDER_WAY if run is live else KILLED
    return RunRow.model_validate({**vars(run), **vars(run.progress), "outcome": outcome})


def _from_store(row: dict[str, Any]) -> RunRow:
    until, told = row["last_at"], {"outcome": KILLED, "documents": row["readings"]}
    if row["outcome"] is not None:
        summary = json.loads(row["summary"])
        until, told = row["ended_at"], {name: summary.get(name) for name in _COUNTS}
    seconds = until and (until - row["started_at"]).total_seconds()
    return RunRow.model_validate({**row, **told, "seconds": seconds})


def show(runs: Sequence[RunRow], *, as_json: bool) -> None:
    """Print runs as a table, or as JSON."""
    if as_json:
        say(to_json([run.model_dump(mode="json") for run in runs]))
        return
    columns = ("run", "began (UTC)", "reader", "how it ended", ">documents", ">read", ">partial",
               ">failed", ">cost", ">took")  # fmt: skip
    if not runs:
        say("No runs.")
        return
    console().print(table(columns, [_row(run) for run in runs]))


def _row(run: RunRow) -> tuple[str, ...]:
    counts = (run.documents, run.read, run.partial, run.failed)
    return (
        run.run_id[:8],
        f"{run.started_at:%Y-%m-%d %H:%M}",
        describe_reader(run),
        run.outcome if run.reason is None else f"{run.outcome}: {one_line(run.reason)}",
        *("" if count is None else f"{count:,}" for count in counts),
        "" if run.cost_usd is None else format_dollars(run.cost_usd),
        "" if run.seconds is None else format_duration(run.seconds),
    )


def describe_reader(run: RunRow | RunProgress) -> str:
    """Name who read: "llm, gpt-5-mini, quoted-v1"."""
    return one_line(", ".join(part for part in (run.reader, run.model, run.prompt) if part))
