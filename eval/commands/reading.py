"""Reading gold with each variant of an eval, online or in batches, within one budget."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from eval.labels.gold import GoldBulletin
from eval.runs.plan import PlannedVariant
from eval.runs.variant import Variant, read_gold
from pipeline import runs
from pipeline.batch.options import BatchOptions, Until
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.commands.batch_warning import describe_unread_batches
from pipeline.console import progress_bar
from pipeline.console.exit_status import FAILED, INTERRUPTED, UNUSABLE
from pipeline.console.terminal import tell
from pipeline.documents import LoadedSource
from pipeline.errors import UsageError
from pipeline.forms import FORMS
from pipeline.lazy import lazy
from pipeline.runs.readers import at_once
from pipeline.runs.set_up import require_price, set_up
from pipeline.settings import Settings
from pipeline.store import Store

if TYPE_CHECKING:
    from pipeline.batch import session
else:
    session = lazy("pipeline.batch.session")

Limiters = dict[tuple[str, str | None, float | None, float | None], RateLimiter]
"""By server and by what the user allows it: variants that ask the same one share its limiter.

Where the user allows all, by model too: servers have limits for each, which are learnt.
"""


class Work(NamedTuple):
    """What is to be read, and how: `repeats` times, in batches where there are options of any."""

    planned: Sequence[PlannedVariant]
    bulletins: Sequence[GoldBulletin]
    repeats: int
    batch_options: BatchOptions | None
    quiet: bool

    def load(self) -> Iterator[LoadedSource]:
        """Give the bulletins as a run takes them."""
        return (LoadedSource(one.source, one.document, None) for one in self.bulletins)


def require_sense(work: Work) -> None:
    """Raise `UsageError`, before anything is paid for, where a variant could not be read."""
    for variant in work.planned:
        if variant.prompt is not None:
            require_price(variant.settings)
    if work.batch_options is None:
        return
    if all(variant.prompt is None for variant in work.planned):
        raise UsageError("--batch needs a model and its provider: give --model")
    if work.repeats > 1:
        raise UsageError("--batch asks once of each bulletin: leave out --repeat")


def read_all(work: Work) -> tuple[list[Variant], int]:
    """Read what is not read yet; the exit status is not 0 where that was stopped."""
    require_sense(work)
    variants: list[Variant] = []
    spent, limiters = 0.0, Limiters()
    for planned in work.planned:
        if not work.quiet:
            why = planned.choice.why
            tell(f"Reading {len(work.bulletins)} bulletins with {planned.name} ({why}).")
        if work.batch_options is not None and planned.prompt is not None:
            # All are out before one is waited for.
            reading = _read_in_batches(planned, work, spent, Until.SUBMITTED)
        else:
            reading = _read(planned, work, spent, limiters)
        summary, usd = asyncio.run(reading)
        spent += usd
        if status := _tell_why_stopped(planned.name, summary):
            return variants, status
        if summary.unchanged and not work.quiet:
            before = f"{summary.unchanged} of {summary.documents} were read before"
            tell(f"{before} and are not asked for again.")
        form = FORMS[planned.prompt.form] if planned.prompt else None
        variants.append(Variant(summary.reader, planned.name, form))
    return variants, _wait_for_batches(work, spent)


def _wait_for_batches(work: Work, spent: float) -> int:
    """Wait for what is out, and store what comes; the exit status, not 0 where that was stopped."""
    for planned in work.planned:
        if work.batch_options is None or planned.prompt is None:
            continue
        summary, usd = asyncio.run(_read_in_batches(planned, work, spent, Until.DONE))
        spent += usd
        if status := _tell_why_stopped(planned.name, summary):
            return status
        if summary.pending:
            left = f"{summary.pending} of {planned.name}"
            tell(f"Stopped: {left} wait for answers; run the same command again to go on.")
            return FAILED
    return 0


async def _read(
    variant: PlannedVariant, work: Work, spent: float, limiters: Limiters
) -> tuple[runs.Summary, float]:
    """Read by one variant, within what others have left of the budget; tell what it may cost."""
    settings, choice = _within(variant.settings, spent), variant.choice
    is_limited = settings.rpm is not None or settings.tpm is not None
    model = None if is_limited else settings.llm.model
    pace = (settings.llm.server, model, settings.rpm, settings.tpm)
    limiter = limiters.setdefault(pace, RateLimiter(settings.rpm, settings.tpm))
    total = len(work.bulletins)
    async with set_up(settings, choice, lambda: total, limiter) as (reader, setup):
        run_options = runs.RunOptions(at_once(settings, choice), times=work.repeats)
        with progress_bar.show_progress() as watch:
            store = Store(settings.db)
            if warning := describe_unread_batches(store, reader.key):
                watch.say(warning)
            summary = await read_gold(work.bulletins, reader, store, run_options, watch, setup)
            return summary, setup.usd


async def _read_in_batches(
    variant: PlannedVariant, work: Work, spent: float, until: Until
) -> tuple[runs.Summary, float]:
    """Submit what one variant has to ask, or wait for it and store what comes."""
    settings = _within(variant.settings, spent)
    loaded = work.load() if until is Until.SUBMITTED else None
    options = work.batch_options or BatchOptions()
    setup = runs.SetUp(total=lambda: len(work.bulletins))
    with progress_bar.show_progress() as watch:
        store = Store(settings.db)
        summary = await session.run_batch(settings, loaded, store, options, watch, until, setup)
    return summary, (summary.cost_usd or 0.0) + summary.doubtful_usd


def _within(settings: Settings, spent: float) -> Settings:
    if settings.budget is None:
        return settings
    return settings.model_copy(update={"budget": max(0.0, settings.budget - spent)})


def _tell_why_stopped(name: str, summary: runs.Summary) -> int:
    """Say why reading did not come to its end; the exit status, 0 where it did."""
    if summary.outcome == "interrupted":
        tell("Stopped. What was read is kept; run the same command again to go on.")
        return INTERRUPTED
    if summary.outcome == "budget":
        tell(f"Stopped: {summary.reason}. What was read is kept; nothing is scored of a part.")
        return FAILED
    if summary.outcome == "refused":
        tell(f"Stopped: {summary.reason}")
        return UNUSABLE
    asked = summary.failed - summary.failed_before
    if summary.documents and asked == summary.documents and summary.input_tokens is None:
        tell(f"Stopped: {name} answered for not one of {summary.documents} bulletins.")
        return UNUSABLE
    return 0
