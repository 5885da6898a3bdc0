"""How far a run is, on stderr while it goes on: a bar on a terminal, else a line a minute."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from pipeline.console.terminal import console, tell
from pipeline.plain_text import one_line
from pipeline.runs import Failure, Progress, Watch

_LINE_SECONDS = 60.0
_LONG_SECONDS = 2.0
"""What is in hand for longer is named."""
_LONGEST_NAME = 24


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
    with Bar(*columns, console=screen, transient=True) as progress:
        task = progress.add_task("", total=None, counts="")

        def step(so_far: Progress) -> None:
            counts = "  ".join(_counts(so_far, progress.tasks[0].elapsed or 0))
            progress.update(task, total=so_far.total, completed=so_far.done, counts=counts)

        def line(text: str) -> None:
            progress.console.print(Text(one_line(text)))

        yield Watch(step, lambda failure: line(_failure_line(failure)), line)


def _line_a_minute() -> Callable[[Progress], None]:
    started = last = time.monotonic()

    def step(so_far: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _LINE_SECONDS:
            return
        last = now
        of = "" if so_far.total is None else f" of {so_far.total:,}"
        parts = [f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", f"{so_far.done:,}{of} done"]
        parts += _counts(so_far, now - started)
        if (left := so_far.seconds_left(now - started)) is not None:
            parts.append(f"{timedelta(seconds=round(left))} left")
        tell("  ".join(parts))

    return step


def _counts(so_far: Progress, seconds: float) -> list[str]:
    """Say how a run goes: how fast, what it costs and will cost, what is partial and failed."""
    counts = []
    if seconds > 1 and so_far.read:
        counts.append(f"{so_far.read / seconds:.1f}/s")
    if so_far.cost_usd is not None:
        expected = so_far.expected_usd
        most = "" if expected is None else f" of about ${expected:.2f}"
        counts.append(f"${so_far.cost_usd:.4f}{most}")
    if so_far.partial:
        counts.append(f"{so_far.partial:,} partial")
    if so_far.failed:
        counts.append(f"{so_far.failed:,} failed")
    if so_far.in_hand is not None and (so_far.in_hand_seconds or 0) > _LONG_SECONDS:
        name = one_line(so_far.in_hand).rpartition("/")[2]
        counts.append(f"{name[-_LONGEST_NAME:]} for {so_far.in_hand_seconds:.0f} s")
    return counts


def _failure_line(failure: Failure) -> str:
    return one_line(f"failed: {failure.source}: {failure.error}")
