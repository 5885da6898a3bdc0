"""What `jornada extract` shows: a bar while it runs, and a table at its end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.console.exit_status import FAILED, INTERRUPTED, UNUSABLE
from pipeline.console.terminal import console, table, tell
from pipeline.plain_text import one_line
from pipeline.runs import Failure, Summary, Tally, Watch
from pipeline.runs.reader_choice import Choice
from schemas.finding import Severity

_LINE_SECONDS = 60.0


@contextmanager
def watching() -> Iterator[Watch]:
    """Show a bar on stderr where that is a terminal, else a line a minute.

    Each failure is told in a line of its own.
    """
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield Watch(_line_a_minute(), lambda failure: tell(_failure_line(failure)), tell)
        return
    from rich.progress import (  # noqa: PLC0415 - slow to import
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text  # noqa: PLC0415 - slow to import

    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task("", total=None, told="")

        def step(tally: Tally) -> None:
            elapsed = progress.tasks[0].elapsed or 0
            progress.update(
                task,
                total=tally.total,
                completed=tally.done,
                told="  ".join(parts(tally, elapsed)),
            )

        def line(text: str) -> None:
            progress.console.print(Text(one_line(text)))

        yield Watch(step, lambda failure: line(_failure_line(failure)), line)


def parts(tally: Tally, seconds: float) -> list[str]:
    """Say how a run goes: how fast, what it costs and will cost, what is partial and failed."""
    told = []
    if seconds > 1 and tally.read:
        told.append(f"{tally.read / seconds:.1f}/s")
    if tally.cost_usd is not None:
        expected = tally.expected_usd
        most = "" if expected is None else f" of about ${expected:.2f}"
        told.append(f"${tally.cost_usd:.4f}{most}")
    if tally.partial:
        told.append(f"{tally.partial:,} partial")
    if tally.failed:
        told.append(f"{tally.failed:,} failed")
    return told


def time_left(tally: Tally, seconds: float) -> str | None:
    """Say how long a run goes on at its rate; None where nobody can know."""
    left = tally.seconds_left(seconds)
    return None if left is None else str(timedelta(seconds=round(left)))


def _line_a_minute() -> Callable[[Tally], None]:
    started = last = time.monotonic()

    def step(tally: Tally) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _LINE_SECONDS:
            return
        last = now
        of = "" if tally.total is None else f" of {tally.total:,}"
        left = time_left(tally, now - started)
        tell(
            "  ".join(
                [
                    f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
                    f"{tally.done:,}{of} done",
                    *parts(tally, now - started),
                    *([f"{left} left"] if left else []),
                ]
            )
        )

    return step


def as_json(summary: Summary, choice: Choice, db: str) -> dict[str, Any]:
    """Give the summary as one object for machines."""
    facts = summary.model_dump(mode="json")
    key = facts.pop("reader")
    return {"reader": key.pop("reader"), "why": choice.why, **key, "db": db, **facts}


def show_summary(summary: Summary, choice: Choice, db: str) -> None:
    """Print the closing table and, where nothing was to do, that line."""
    findings = ", ".join(
        f"{summary.findings[s]} {s.value}" for s in Severity if summary.findings[s]
    )
    rows = [
        ("reader", f"{choice.reader} ({choice.why})"),
        ("documents", f"{summary.documents:,} in {summary.sources:,} sources"),
        ("read", f"{summary.read:,}"),
        ("unchanged", f"{summary.unchanged:,}"),
        ("partial", f"{summary.partial:,} of those read"),
        ("failed", f"{summary.failed:,}"),
        *([("nearly identical", _near(summary))] if summary.near else []),
        ("figures", f"{summary.figures:,}"),
        ("findings", findings or "0"),
        ("tokens", _tokens(summary)),
        ("cost", "none" if choice.reader == "baseline" else _cost(summary)),
        ("seconds", f"{summary.seconds:.1f}"),
        ("database", db),
    ]
    console().print(table(("", ""), rows))


def closing_lines(summary: Summary, db: str) -> tuple[str, ...]:
    """Say what the table alone does not: how it ended, and what to do next."""
    if summary.outcome != "finished":
        why = f"Stopped: {summary.reason}" if summary.reason else "Stopped."
        kept = f"The {summary.read:,} documents that were read are kept in {db}"
        more = f", and what was answered about {summary.left:,} more that were begun"
        begun = more if summary.left else ""
        return (why, f"{kept}{begun}; run the same command again to go on.")
    lines = []
    if failed := summary.failed - summary.failed_before - summary.unreadable:
        go_on = "run the same command again for those that got no answer"
        lines.append(f"{failed:,} failed; {go_on}, `jornada retry --failed` for all.")
    if summary.failed_before:
        lines.append(
            f"{summary.failed_before:,} failed before; `jornada retry --failed` asks again."
        )
    if summary.unreadable:
        lines.append(f"{summary.unreadable:,} of the sources hold nothing that could be read.")
    if lines:
        return tuple(lines)
    if not summary.read:
        return ("Nothing to do: every document had been read before by this reader.",)
    return ()


def exit_status(summary: Summary) -> int:
    """Tell a command's exit status by how its run ended."""
    endings = {"interrupted": INTERRUPTED, "refused": UNUSABLE, "budget": FAILED}
    return endings.get(summary.outcome, FAILED if summary.failed else 0)


def _failure_line(failure: Failure) -> str:
    return one_line(f"failed: {failure.source}: {failure.error}")


def _tokens(summary: Summary) -> str:
    if summary.input_tokens is None and summary.output_tokens is None:
        return "none" if summary.reader.reader == "baseline" else "unknown"
    return f"{summary.input_tokens or 0:,} in, {summary.output_tokens or 0:,} out"


def _near(summary: Summary) -> str:
    reused = f", {summary.reused:,} took over its reading" if summary.reused else ""
    return f"{summary.near:,} to another{reused} (listed in near_documents)"


def _cost(summary: Summary) -> str:
    if summary.cost_usd is None:
        return "unknown"
    lost = summary.doubtful_usd
    doubt = f", and at most ${lost:.4f} for calls whose answer was lost" if lost else ""
    return f"${summary.cost_usd:.4f}{doubt}"
