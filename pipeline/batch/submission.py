"""Planned batches on their way to the provider, each made once, whenever the process is killed.

An upload that is not on record costs nothing but a file, which is deleted. A batch costs money:
`creation.py` has it made.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from pipeline.batch.creation import create
from pipeline.batch.dialect import LONG_ENDPOINT, first_endpoint, other_endpoint
from pipeline.batch.job import Job
from pipeline.batch.ledger import Batch
from pipeline.batch.spool import lines_path, set_endpoint
from pipeline.batch.wire import NotReady, TooLarge, WrongEndpoint
from pipeline.errors import ReaderError, ServerRefusal
from pipeline.store.rows import now

_READY_SECONDS = 3600.0
"""So long an uploaded file is waited for."""
_OUT_OF_HAND = ("planned", "uploaded")


async def submit(job: Job, batches: Sequence[Batch], enqueued: int) -> list[Batch]:
    """Submit the planned ones of a reader's batches while there is room; give what they became.

    `enqueued` tokens are out. Once the account had no room for a batch, they go one at a time: of
    several that are refused together, none is known to be too large. Behind one of which it is not
    known whether it went out, none does.
    """
    planned = [batch for batch in batches if batch.state in _OUT_OF_HAND]
    one_by_one = any("not_before" in batch.facts for batch in batches)
    if any(batch.facts.get("not_before", "") > now().isoformat() for batch in planned) or (
        one_by_one and any(batch.state == "validating" for batch in batches)
    ):
        return []
    limit, submitted = job.options.tokens, list[Batch]()
    endpoint = _find_endpoint(job, batches)
    for batch in planned[: 1 if one_by_one else None]:
        if limit is not None and enqueued and enqueued + batch.tokens > limit:
            break
        batch = await _submit(job, batch, endpoint)  # noqa: PLW2901 - what it became
        submitted.append(batch)
        if batch.state == "unconfirmed":
            break
        endpoint = _find_endpoint(job, (*batches, batch))
        enqueued += batch.tokens
    return submitted


async def delete_strays(job: Job, batches: Sequence[Batch]) -> None:
    """Delete files that an earlier process uploaded and could not record; they cost nothing."""
    names = {_file_name(batch) for batch in batches if batch.state == "planned"}
    if names:
        with suppress(ReaderError):
            for file in await job.provider.find_uploads(names):
                await job.provider.delete(file)


async def split_or_drop(job: Job, batch: Batch, fault: str, **facts: object) -> Batch:
    """Have a batch that is too large made into smaller ones; drop one that has a single request."""
    state = "split" if batch.requests > 1 else "dropped"
    then = ", made into smaller ones" if batch.requests > 1 else ""
    job.say(f"{batch.label}: too large for the account{then}: {fault}")
    return await job.record_state(batch, state, errors=[fault], **facts)


async def switch_endpoint(job: Job, batch: Batch, fault: str, **facts: object) -> Batch:
    """Have a batch written anew whose server takes no requests to this URL, and told so."""
    endpoint = other_endpoint(_endpoint_of(batch))
    job.say(f"{batch.label}: sent again with requests to {endpoint}: {fault}")
    return await _begin_anew(job, batch, endpoint=endpoint, is_switched=True, **facts)


def can_switch(batch: Batch) -> bool:
    """Tell whether a batch has not been written anew before."""
    return not batch.facts.get("is_switched")


def waits_for_file(batch: Batch) -> bool:
    """Tell whether a batch waits until the provider is done with its file."""
    return batch.state == "uploaded" and batch.facts.get("pending_since") is not None


async def _submit(job: Job, batch: Batch, endpoint: str) -> Batch:
    """Upload a batch's file, unless that was done, and have the batch made."""
    if batch.state == "uploaded" and _endpoint_of(batch) != endpoint and can_switch(batch):
        batch = await _begin_anew(job, batch)
    is_new = batch.state == "planned"
    if is_new:
        batch = await _upload(job, batch, endpoint if can_switch(batch) else _endpoint_of(batch))
        if batch.state != "uploaded":
            return batch
    file = str(batch.facts["file"])
    if waits_for_file(batch):
        told = await job.provider.fetch_file(file)
        if told is not None and told.is_pending:
            return await _wait_for_file(job, batch, "it is pending")
    batch, refusal = await create(job, batch)
    match refusal:
        case None:
            return batch
        case NotReady():
            return await _wait_for_file(job, batch, str(refusal))
        case WrongEndpoint() if can_switch(batch):
            batch = await switch_endpoint(job, batch, str(refusal))
            return await _submit(job, batch, endpoint)
        case ServerRefusal() if not is_new and await job.provider.lacks(file):
            # Its file has expired: once more from the start.
            return await _submit(job, await _begin_anew(job, batch), endpoint)
    raise refusal


async def _begin_anew(job: Job, batch: Batch, **facts: object) -> Batch:
    """Have a batch's file uploaded once more, of which no batch is out."""
    file = batch.facts.get("file")
    batch = await job.record_state(batch, "planned", file=None, pending_since=None, **facts)
    if file is not None:
        await job.provider.delete(str(file))
    return batch


async def _upload(job: Job, batch: Batch, endpoint: str) -> Batch:
    path = lines_path(job.folder, batch.batch)
    if not path.exists():
        fault = f"{path} is gone; submit its bulletins again"
        return await job.record_state(batch, "dropped", errors=[fault])
    await asyncio.to_thread(set_endpoint, path, endpoint)
    try:
        told = await job.provider.upload(path, _file_name(batch))
    except TooLarge as error:
        return await split_or_drop(job, batch, str(error))
    batch = await job.record_state(batch, "uploaded", file=told.id, endpoint=endpoint)
    return await _wait_for_file(job, batch, "it is pending") if told.is_pending else batch


async def _wait_for_file(job: Job, batch: Batch, why: str) -> Batch:
    """Leave a batch until the provider is done with its file, and say so once."""
    since = batch.facts.get("pending_since")
    if since is None:
        if "pending_since" not in batch.facts:
            job.say(f"{batch.label}: its file is not ready at the provider; asking again: {why}")
        return await job.record_state(batch, "uploaded", pending_since=now().isoformat())
    if (now() - datetime.fromisoformat(since)).total_seconds() > _READY_SECONDS:
        raise ServerRefusal(f"{batch.label}: its file has not become ready: {why}")
    return batch


def _find_endpoint(job: Job, batches: Sequence[Batch]) -> str:
    """Give the URL for requests that the server takes, as far as that has shown."""
    learnt = [batch for batch in batches if not can_switch(batch)]
    if not learnt:
        return first_endpoint(job.settings.url)
    return _endpoint_of(max(learnt, key=lambda batch: batch.found_at))


def _endpoint_of(batch: Batch) -> str:
    return str(batch.facts.get("endpoint") or LONG_ENDPOINT)


def _file_name(batch: Batch) -> str:
    return f"jornada-{batch.batch}.jsonl"
