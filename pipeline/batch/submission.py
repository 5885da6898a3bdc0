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
from pipeline.batch.ledger import OURS, Batch
from pipeline.batch.provider import METADATA, TooLarge
from pipeline.batch.spool import lines_path
from pipeline.batch.status import Told
from pipeline.errors import ServerRefusal
from pipeline.llm.retry import retrying
from pipeline.store.rows import now

_CLOCKS = timedelta(days=1)
"""By how much the provider's clock and this one may differ."""


async def submit(job: Job, batches: Sequence[Batch], enqueued: int) -> list[Batch]:
    """Submit the planned ones of a reader's batches while there is room; give what they became.

    `enqueued` tokens are out. Once the account had no room for a batch, they go one at a time: of
    several that are refused together, none is known to be too large.
    """
    planned = [batch for batch in batches if batch.state in OURS]
    one_by_one = any("not_before" in batch.facts for batch in batches)
    if any(batch.facts.get("not_before", "") > now().isoformat() for batch in planned) or (
        one_by_one and any(batch.state == "validating" for batch in batches)
    ):
        return []
    limit, submitted = job.terms.tokens, list[Batch]()
    for batch in planned[: 1 if one_by_one else None]:
        if limit is not None and enqueued and enqueued + batch.tokens > limit:
            break
        submitted.append(await _submit(job, batch))
        enqueued += batch.tokens
    return submitted


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


def too_large(job: Job, batch: Batch, said: str, **facts: object) -> Batch:
    """Have a batch made into smaller ones; one that has a single request is dropped."""
    state = "split" if batch.requests > 1 else "dropped"
    then = ", made into smaller ones" if batch.requests > 1 else ""
    job.say(f"{named(batch)}: too large for the account{then}: {said}")
    return ledger.noted(job.store, batch, state, errors=[said], **facts)


async def _submit(job: Job, batch: Batch) -> Batch:
    made_here = batch.state == "planned"
    # Where it was uploaded before, a batch may have been made of that.
    looking = "file" in batch.facts
    if made_here:
        path = lines_path(job.folder, batch.batch)
        if not path.exists():
            lost = [f"{path} is gone; submit its bulletins again"]
            return await asyncio.to_thread(ledger.noted, job.store, batch, "dropped", errors=lost)
        try:
            file = await job.provider.upload(path, _name(batch))
        except TooLarge as error:
            return await asyncio.to_thread(too_large, job, batch, str(error))
        batch = await asyncio.to_thread(ledger.noted, job.store, batch, "uploaded", file=file)
    try:
        told = await _made(job, batch, looking=looking)
    except ServerRefusal:
        if made_here or not await job.provider.lacks(str(batch.facts["file"])):
            raise
        # Its file has expired: once more from the start.
        batch = await asyncio.to_thread(ledger.noted, job.store, batch, "planned", file=None)
        return await _submit(job, batch)
    facts = told_facts(told)
    batch = await asyncio.to_thread(ledger.noted, job.store, batch, told.status, **facts)
    job.say(f"{named(batch)}: submitted as {told.id}")
    return batch


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

    stop = tenacity.stop_after_attempt(max(1, job.settings.transport_attempts))
    return await retrying(stop)(attempt)


def _name(batch: Batch) -> str:
    return f"jornada-{batch.batch}.jsonl"


def later(seconds: float) -> str:
    """Give the time in so many seconds, as facts have it."""
    return (now() + timedelta(seconds=seconds)).isoformat()
