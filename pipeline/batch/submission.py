"""Planned batches on their way to the provider, each made once, whenever the process is killed.

An upload that is not on record costs nothing but a file, which is deleted. A batch that is not on
record costs money: before one is made for the second time, it is looked for by its metadata.
"""

from collections.abc import Sequence
from datetime import UTC, timedelta

import tenacity

from pipeline.batch.job import Job
from pipeline.batch.ledger import OURS, Batch
from pipeline.batch.provider import METADATA_KEY, TooLarge
from pipeline.batch.spool import lines_path
from pipeline.batch.status import BatchStatus
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
    limit, submitted = job.options.tokens, list[Batch]()
    for batch in planned[: 1 if one_by_one else None]:
        if limit is not None and enqueued and enqueued + batch.tokens > limit:
            break
        submitted.append(await _submit(job, batch))
        enqueued += batch.tokens
    return submitted


async def delete_strays(job: Job, batches: Sequence[Batch]) -> None:
    """Delete files that an earlier process uploaded and could not record."""
    names = {_file_name(batch) for batch in batches if batch.state == "planned"}
    if names:
        for file in await job.provider.find_uploads(names):
            await job.provider.delete(file)


async def split_or_drop(job: Job, batch: Batch, fault: str, **facts: object) -> Batch:
    """Have a batch that is too large made into smaller ones; drop one that has a single request."""
    state = "split" if batch.requests > 1 else "dropped"
    then = ", made into smaller ones" if batch.requests > 1 else ""
    job.say(f"{batch.label}: too large for the account{then}: {fault}")
    return await job.record_state(batch, state, errors=[fault], **facts)


async def _submit(job: Job, batch: Batch) -> Batch:
    is_new = batch.state == "planned"
    # Where it was uploaded before, a batch may have been made of that.
    may_exist = "file" in batch.facts
    if is_new:
        path = lines_path(job.folder, batch.batch)
        if not path.exists():
            fault = f"{path} is gone; submit its bulletins again"
            return await job.record_state(batch, "dropped", errors=[fault])
        try:
            file = await job.provider.upload(path, _file_name(batch))
        except TooLarge as error:
            return await split_or_drop(job, batch, str(error))
        batch = await job.record_state(batch, "uploaded", file=file)
    try:
        status = await _create_or_find(job, batch, may_exist=may_exist)
    except ServerRefusal:
        if is_new or not await job.provider.lacks(str(batch.facts["file"])):
            raise
        # Its file has expired: once more from the start.
        return await _submit(job, await job.record_state(batch, "planned", file=None))
    batch = await job.record_state(batch, status.state, **status.facts)
    job.say(f"{batch.label}: submitted as {status.id}")
    return batch


async def _create_or_find(job: Job, batch: Batch, *, may_exist: bool) -> BatchStatus:
    """Create the batch, or find it where it `may_exist`, as it may after a call that was lost."""
    metadata = {METADATA_KEY: batch.batch}

    async def attempt() -> BatchStatus:
        nonlocal may_exist
        if may_exist:
            since = batch.planned_at.replace(tzinfo=UTC) - _CLOCKS
            failed = batch.facts.get("failed_ids", [])
            for status in await job.provider.find_batches(batch.batch, since):
                if status.id not in failed:
                    return status
        may_exist = True
        return await job.provider.create(str(batch.facts["file"]), metadata)

    stop = tenacity.stop_after_attempt(max(1, job.settings.transport_attempts))
    return await retrying(stop)(attempt)


def _file_name(batch: Batch) -> str:
    return f"jornada-{batch.batch}.jsonl"
