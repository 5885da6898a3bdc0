"""How far a run is, on stderr while it goes on: a bar on a terminal, else a line a minute."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from pipeline.console.terminal import console, tell
from pipeline.plain_text import one_line
from pipeline.runs import Failure, Tally, Watch

_LINE_SECONDS = 60.0


@contextmanager
def show_progress() -> Iterator[Watch]:
    """Show each step that the run is told to tell, and each failure in a line of its own."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield Watch(_line_a_minute(), lambda failure: tell(_failure_line(failure)), tell)
        return
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task("", total=None, counts="")

        def step(tally: Tally) -> None:
            counts = "  ".join(_counts(tally, progress.tasks[0].elapsed or 0))
            progress.update(task, total=tally.total, completed=tally.done, counts=counts)

        def line(text: str) -> None:
            progress.console.print(Text(one_line(text)))

        yield Watch(step, lambda failure: line(_failure_line(failure)), line)


def _line_a_minute() -> Callable[[Tally], None]:
    started = last = time.monotonic()

    def step(tally: Tally) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _LINE_SECONDS:
            return
        last = now
        of = "" if tally.total is None else f" of {tally.total:,}"
        parts = [f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", f"{tally.done:,}{of} done"]
        parts += _counts(tally, now - started)
        if (left := tally.seconds_left(now - started)) is not None:
            parts.append(f"{timedelta(seconds=round(left))} left")
        tell("  ".join(parts))

    return step


def _counts(tally: Tally, seconds: float) -> list[str]:
    """Say how a run goes: how fast, what it costs and will cost, what is partial and failed."""
    counts = []
    if seconds > 1 and tally.read:
        counts.append(f"{tally.read / seconds:.1f}/s")
    if tally.cost_usd is not None:
        expected = tally.expected_usd
        most = "" if expected is None else f" of about ${expected:.2f}"
        counts.append(f"${tally.cost_usd:.4f}{most}")
    if tally.partial:
        counts.append(f"{tally.partial:,} partial")
    if tally.failed:
        counts.append(f"{tally.failed:,} failed")
    return counts


def _failure_line(failure: Failure) -> str:
    return one_line(f"failed: {failure.source}: {failure.error}")
