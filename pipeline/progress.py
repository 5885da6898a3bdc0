"""What `jornada extract` shows: a bar while it runs, and a table at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.backlog import Failure, Summary, Tally, Watch
from pipeline.choice import Choice
from pipeline.terminal import console, one_line, table, tell
from schemas.finding import Severity


@contextmanager
def watching(total: Callable[[], int | None]) -> Iterator[Watch]:
    """Show a bar on stderr where that is a terminal, and tell each failure in a line of its own.

    `total` counts the sources, None where that is unknown; it is asked only where there is a bar.
    """
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield Watch(failure=lambda failure: tell(_failure_line(failure)))
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
        TextColumn("{task.fields[rate]}{task.fields[cost]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task("", total=total(), rate="", cost="")

        def step(tally: Tally) -> None:
            done = tally.read + tally.unchanged + tally.failed + tally.duplicates
            elapsed = progress.tasks[0].elapsed or 0
            progress.update(
                task,
                completed=done,
                rate=f"{done / elapsed:.1f}/s" if elapsed > 1 else "",
                cost="" if tally.cost_usd is None else f"  ${tally.cost_usd:.4f}",
            )

        yield Watch(
            step=step,
            failure=lambda failure: progress.console.print(Text(_failure_line(failure))),
        )


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
        ("figures", f"{summary.figures:,}"),
        ("findings", findings or "0"),
        ("tokens", _tokens(summary)),
        ("cost", "none" if choice.reader == "baseline" else _cost(summary.cost_usd)),
        ("seconds", f"{summary.seconds:.1f}"),
        ("database", db),
    ]
    console().print(table(("", ""), rows))


def closing_lines(summary: Summary, db: str) -> tuple[str, ...]:
    """Say what the table alone does not: how it ended, and what to do next."""
    if summary.outcome == "interrupted":
        kept = f"The {summary.read:,} documents that were read are kept in {db}"
        return (f"Stopped. {kept}; run the same command again to go on.",)
    if summary.outcome == "refused":
        return (
            f"Stopped: {summary.reason}",
            f"The {summary.read:,} documents that were read are kept in {db}.",
        )
    if summary.failed:
        return (f"{summary.failed:,} failed; run the same command again to try them again.",)
    if not summary.read:
        return ("Nothing to do: every document had been read before by this reader.",)
    return ()


def _failure_line(failure: Failure) -> str:
    return one_line(f"failed: {failure.source}: {failure.error}")


def _tokens(summary: Summary) -> str:
    if summary.input_tokens is None and summary.output_tokens is None:
        return "none" if summary.reader.reader == "baseline" else "unknown"
    return f"{summary.input_tokens or 0:,} in, {summary.output_tokens or 0:,} out"


def _cost(cost_usd: float | None) -> str:
    return "unknown" if cost_usd is None else f"${cost_usd:.4f}"
