"""Planned batches on their way to the provider, each made once, whenever the process is killed.

An upload that is not on record costs nothing but a file, which is deleted. A batch that is not on
record costs money: before one is made for the second time, it is looked for by its metadata.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

import tenacity

from pipeline.batch import ledger
from pipeline.batch.job import Job
from pipeline.batch.ledger import Batch
from pipeline.batch.provider import METADATA, Told, pause
from pipeline.batch.spool import lines_path
from pipeline.errors import ServerRefusal, TransportError
from pipeline.rows import now

_CLOCKS = timedelta(days=1)
"""By how much the provider's clock and this one may differ."""


async def submit(job: Job, batches: Sequence[Batch]) -> int:
    """Submit the planned ones of a reader's batches while there is room; tell how many."""
    planned = [batch for batch in batches if batch.state in ("planned", "uploaded")]
    if any(batch.facts.get("not_before", "") > now().isoformat() for batch in planned):
        return 0
    enqueued = sum(batch.tokens for batch in batches if ledger.at_work(batch))
    limit = job.terms.tokens
    for count, batch in enumerate(planned):
        if limit is not None and enqueued and enqueued + batch.tokens > limit:
            return count
        await _submit(job, batch)
        enqueued += batch.tokens
    return len(planned)


async def delete_strays(job: Job, batches: Sequence[Batch]) -> None:
    """Delete files that an earlier process uploaded and could not record."""
    names = {_name(batch) for batch in batches if batch.state == "planned"}
    if names:
        for file in await job.provider.uploads(names):
            await job.provider.delete(file)


def named(batch: Batch) -> str:
    """Name a batch to a person."""
    return f"batch {batch.batch[:8]} (round {batch.round}, {batch.requests:,} requests)"


def told_facts(told: Told) -> dict[str, Any]:
    """Give what is to be recorded of what the provider tells of a batch."""
    return {
        "id": told.id,
        "counts": [told.total, told.done, told.failed],
        "output_file": told.output_file,
        "error_file": told.error_file,
        "expires_at": told.expires_at,
    }


async def _submit(job: Job, batch: Batch) -> None:
    made_here = batch.state == "planned"
    if made_here:
        path = lines_path(job.folder, batch.batch)
        if not path.exists():
            await asyncio.to_thread(ledger.noted, job.store, batch, "dropped", errors=["file lost"])
            job.say(f"{named(batch)}: {path} is gone; submit its bulletins again")
            return
        file = await job.provider.upload(path, _name(batch))
        batch = await asyncio.to_thread(ledger.noted, job.store, batch, "uploaded", file=file)
    try:
        told = await _made(job, batch, looking=not made_here)
    except ServerRefusal:
        if made_here:
            raise
        # Its file may have expired: once more from the start.
        batch = await asyncio.to_thread(ledger.noted, job.store, batch, "planned", file=None)
        await _submit(job, batch)
        return
    await asyncio.to_thread(ledger.noted, job.store, batch, told.status, **told_facts(told))
    job.say(f"{named(batch)}: submitted as {told.id}")


async def _made(job: Job, batch: Batch, *, looking: bool) -> Told:
    """Make the batch, or find it where that may have been done: `looking`, or after a lost call."""
    metadata = {METADATA: batch.batch}
    looks = looking

    async def attempt() -> Told:
        nonlocal looks
        if looks:
            since = batch.planned_at.replace(tzinfo=UTC) - _CLOCKS
            gone = batch.facts.get("failed_ids", [])
            for one in await job.provider.find(batch.batch, since):
                if one.id not in gone:
                    return one
        looks = True
        return await job.provider.create(str(batch.facts["file"]), metadata)

    retrying = tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception_type(TransportError),
        stop=tenacity.stop_after_attempt(max(1, job.settings.transport_attempts)),
        wait=pause,
        reraise=True,
    )
    return await retrying(attempt)


def _name(batch: Batch) -> str:
    return f"jornada-{batch.batch}.jsonl"


def later(seconds: float) -> str:
    """Give the time in so many seconds, as facts have it."""
    return (now() + timedelta(seconds=seconds)).isoformat()
