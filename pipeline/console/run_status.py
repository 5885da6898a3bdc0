"""How far the run under way is, for another terminal; it looks at files beside the database."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from rich.live import Live

from pipeline.calls.rate_limiter import Rates
from pipeline.console.run_list import (
    KILLED,
    UNDER_WAY,
    RunProgress,
    RunRow,
    describe_reader,
    fetch_runs,
    find_running,
)
from pipeline.console.terminal import console, say, table
from pipeline.errors import StoreError
from pipeline.plain_text import format_dollars, format_duration, one_line, to_json
from pipeline.runs.lock import is_locked
from pipeline.store import Store
from pipeline.store.rows import now

_SILENT = timedelta(seconds=30)
_PATIENCE = 5.0
_WATCH_SECONDS = 1.0


class StatusReport(NamedTuple):
    """The run under way, else the last that was. `busy`: somebody works, who has told nothing."""

    live: RunProgress | None
    busy: bool
    last: RunRow | None


def find_status(db: Path) -> StatusReport:
    """Look how far the run on a database is, without disturbing it.

    The database itself is opened only where no run is under way. Raises `StoreError` if there is
    none.
    """
    live = find_running(db)
    if live is not None:
        return StatusReport(live, busy=True, last=None)
    busy = is_locked(db)
    try:
        runs = fetch_runs(Store(db, patience=_PATIENCE))
    except StoreError:
        if not busy:
            raise
        runs = ()
    ended = (run for run in runs if run.outcome != UNDER_WAY)
    return StatusReport(None, busy, next(ended, None))


def show(report: StatusReport, *, as_json: bool) -> None:
    """Print it as a table, or as JSON."""
    if as_json:
        say(to_json(_facts(report)))
    elif report.live is not None:
        console().print(table(("", ""), _rows(report.live)))
    else:
        for line in _without_a_run(report):
            say(line)


def watch(db: Path) -> None:
    """Print how far the run is, until it ends: over the last time on a terminal, else in lines."""
    screen = console()
    if not screen.is_terminal:
        _follow(db, lambda live: say(_line(live)))
    else:
        with Live(console=screen, auto_refresh=False, transient=True) as view:
            _follow(db, lambda live: view.update(table(("", ""), _rows(live)), refresh=True))
    show(find_status(db), as_json=False)


def _follow(db: Path, tell: Callable[[RunProgress], None]) -> None:
    last = None
    while (live := find_running(db)) is not None or is_locked(db):
        if live is not None and live != last:
            tell(live)
        last = live
        time.sleep(_WATCH_SECONDS)


def _rows(live: RunProgress) -> list[tuple[str, str]]:
    progress = live.progress
    ahead = _seconds_left(live)
    rows = [
        ("run", f"{live.run_id[:8]}: {describe_reader(live)}, process {live.pid}"),
        ("since", f"{live.started_at:%Y-%m-%d %H:%M} UTC, {format_duration(live.seconds)}"),
        ("done", _done(live)),
        ("rate", f"{_rate(live):.1f} documents/s" if _rate(live) else "none read yet"),
        ("time left", "unknown" if ahead is None else format_duration(ahead)),
        ("cost", _cost(live)),
        ("read", f"{progress.read:,}, {progress.partial:,} of them in part"),
        ("failed", f"{progress.failed:,}"),
        ("unchanged", f"{progress.unchanged:,}"),
    ]
    if progress.in_hand is not None:
        seconds = format_duration(progress.in_hand_seconds or 0)
        rows.append(("in hand", f"{one_line(progress.in_hand)}, {seconds}"))
    if progress.pending:
        rows.append(("pending", f"{progress.pending:,} wait for a batch"))
    if progress.near:
        rows.append(("nearly identical", f"{progress.near:,}, {progress.reused:,} taken over"))
    if live.rates is not None:
        rows.append(("held to", _format_limits(live.rates)))
    silent = now() - live.updated_at
    if silent > _SILENT:
        rows.append(("last heard of", f"{format_duration(silent.total_seconds())} ago"))
    return rows


def _line(live: RunProgress) -> str:
    ahead = _seconds_left(live)
    parts = (
        f"{live.updated_at:%Y-%m-%d %H:%M:%S} UTC",
        f"{_done(live)} done",
        f"{_rate(live):.1f}/s",
        _cost(live),
        f"{live.progress.partial:,} partial",
        f"{live.progress.failed:,} failed",
        *([] if ahead is None else [f"{format_duration(ahead)} left"]),
    )
    return one_line("  ".join(parts))


def _without_a_run(report: StatusReport) -> list[str]:
    last = report.last
    if report.busy:
        return ["A run is under way that has not told how far it is yet; ask again in a moment."]
    if last is None:
        return ["No run is under way, and none was before."]
    lines = [f"No run is under way. The last was {last.run_id[:8]} ({describe_reader(last)})."]
    began = f"It began {last.started_at:%Y-%m-%d %H:%M} UTC"
    counts = [
        f"{count:,} {what}"
        for count, what in ((last.read, "read"), (last.partial, "in part"), (last.failed, "failed"))
        if count is not None
    ]
    ended = "was killed" if last.outcome == KILLED else f"ended: {last.outcome}"
    why = f" ({one_line(last.reason)})" if last.reason else ""
    told = f"; {', '.join(counts)}" if counts else ""
    lines.append(f"{began} and {ended}{why}{told}.")
    if last.outcome != "finished":
        lines.append(
            "Run the same command again to go on: what was answered is kept and not asked again."
        )
    return lines


def _done(live: RunProgress) -> str:
    progress = live.progress
    if not progress.total:
        return f"{progress.done:,}"
    return f"{progress.done:,} of {progress.total:,} ({progress.done / progress.total:.0%})"


def _rate(live: RunProgress) -> float:
    return live.progress.read / live.seconds if live.seconds > 0 else 0.0


def _seconds_left(live: RunProgress) -> float | None:
    """Tell how long it goes on at its rate; None where nobody can know."""
    return live.progress.seconds_left(live.seconds)


def _cost(live: RunProgress) -> str:
    cost, expected = live.progress.cost_usd, live.expected_usd
    if live.reader != "llm":
        return "none"
    if cost is None:
        return "unknown"
    return (
        format_dollars(cost)
        if expected is None
        else f"{format_dollars(cost)} of about {format_dollars(expected)}"
    )


def _format_limits(rates: Rates) -> str:
    each = [
        f"{rate:,.0f} {what} a minute"
        for rate, what in ((rates.rpm, "requests"), (rates.tpm, "tokens"))
        if rate is not None
    ]
    by = " (by the server)" if rates.held else ""
    return ", ".join(each) + by if each else "nothing"


def _facts(report: StatusReport) -> dict[str, Any]:
    live = report.live
    facts = None
    if live is not None:
        progress = {
            each: value
            for each, value in vars(live.progress).items()
            if each not in ("sample", "total")
        }
        facts = {
            **live.model_dump(mode="json", exclude={"progress", "rates"}),
            "rates": live.rates and live.rates._asdict(),
            "total": live.progress.total,
            "done": live.progress.done,
            "per_second": _rate(live),
            "seconds_left": _seconds_left(live),
            **progress,
        }
    last = report.last and report.last.model_dump(mode="json")
    return {"under_way": facts, "busy": report.busy, "last": last}
