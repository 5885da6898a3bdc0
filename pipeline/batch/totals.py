"""The summary of a batch job, and the counts while it goes on, out of those of its runs. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.runs.progress import Ending, Progress, Summary
from schemas.finding import Severity
from schemas.reading import ReaderKey
from schemas.usage import total_usage

_COUNTED = ("read", "partial", "irrelevant", "failed", "reused", "figures")


def sum_up(key: ReaderKey, runs: Sequence[Summary], pending: int, seconds: float) -> Summary:
    """Put together the run over the sources, or the first there was, and those over what it left.

    `pending` documents have no reading yet. Those that an earlier job left count, too.
    """
    first, *later = runs or [_empty(key)]
    runs = (first, *later)
    dealt_with = sum(run.read + run.failed + run.unchanged for run in later)
    early = next((run for run in runs if run.outcome != "finished"), first)
    return first.model_copy(
        update={
            **{name: sum(getattr(run, name) for run in runs) for name in _COUNTED},
            "outcome": early.outcome,
            "reason": early.reason,
            "documents": first.documents + max(0, dealt_with + pending - first.pending),
            "unchanged": sum(run.unchanged for run in runs),
            "pending": pending,
            "left": runs[-1].left,
            "findings": {each: sum(run.findings[each] for run in runs) for each in Severity},
            "schema_modes": dict(sum((Counter(run.schema_modes) for run in runs), Counter[str]())),
            **vars(total_usage(run.usage for run in runs)),
            "seconds": seconds,
            "failures": tuple(failure for run in runs for failure in run.failures),
        }
    )


def set_ending(summary: Summary, outcome: Ending, reason: str | None) -> Summary:
    """Say how a job ended, where its runs do not know it."""
    return summary.model_copy(update={"outcome": outcome, "reason": reason})


def add_progress(runs: Sequence[Summary], progress: Progress) -> Progress:
    """Give the counts to show while a further run goes on: what is out is not done."""
    if not runs:
        return progress
    first = runs[0]
    counts = {name: sum(getattr(run, name) for run in runs) for name in _COUNTED}
    return replace(
        progress,
        total=first.total,
        sources=first.sources,
        documents=first.documents,
        unchanged=first.unchanged,
        duplicates=first.duplicates,
        pending=0,
        cost_usd=total_usage([*(run.usage for run in runs), progress.usage]).cost_usd,
        **{name: count + getattr(progress, name) for name, count in counts.items()},
    )


def _empty(key: ReaderKey) -> Summary:
    return Summary(
        **vars(Progress(findings=dict.fromkeys(Severity, 0))),
        reader=key,
        outcome="finished",
        reason=None,
        seconds=0.0,
        failures=(),
    )
