"""The making of a batch, which costs money: asked for once, and then looked for.

Before the provider is asked, the batch is on record as `unconfirmed`, with the moment. It stays so
while nobody knows whether the provider made it: the answer was lost, could not be read, or the
process was killed. It is looked for by its file, which every provider tells back, and is taken over
where it is found. Only where the provider's list is whole and has not shown it for a long time is
it known to be nothing.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pipeline.batch.dialect import LONG_ENDPOINT
from pipeline.batch.job import Job
from pipeline.batch.ledger import Batch
from pipeline.batch.status import BatchStatus, UnreadableAnswer
from pipeline.batch.wire import Unclear
from pipeline.errors import ReaderError, ServerRefusal
from pipeline.store.rows import now

_CLOCKS = timedelta(days=1)
"""By how much the provider's clock and this one may differ."""


class Creation(NamedTuple):
    """What a batch became of which the provider was asked, and why it refused, if it did."""

    batch: Batch
    refusal: ReaderError | None = None


class Confirmation(NamedTuple):
    """What a look for an unconfirmed batch came to.

    `doubt` says in one line why it is still unconfirmed, None where it no more is. Where it
    `is_lasting`, another look cannot settle it, but a person can.
    """

    batch: Batch
    doubt: str | None = None
    is_lasting: bool = False


async def create(job: Job, batch: Batch) -> Creation:
    """Have the provider make a batch of its uploaded file; what came of that may stay unknown.

    Where it refuses, nothing was made.
    """
    asking = {"asked_at": now().isoformat(), "id": None, "doubt": None}
    batch = await job.record_state(batch, "unconfirmed", **asking)
    endpoint = str(batch.facts.get("endpoint") or LONG_ENDPOINT)
    try:
        status = await job.provider.create(str(batch.facts["file"]), endpoint, batch.batch)
    except Unclear as error:
        lost = {"asked_at": now().isoformat(), "doubt": str(error)}
        return Creation(await job.record_state(batch, "unconfirmed", **lost))
    except ReaderError as error:
        return Creation(await job.record_state(batch, "uploaded"), error)
    batch = await job.record_state(batch, status.state, **status.facts)
    job.say(f"{batch.label}: submitted as {status.id}")
    return Creation(batch)


async def confirm(job: Job, batch: Batch) -> Confirmation:
    """Look whether the provider has an unconfirmed batch; take it over, or know that it has none.

    Raises `TransportError` where the server does not answer this time.
    """
    named, file = batch.facts.get("id"), str(batch.facts["file"])
    try:
        if named is not None:  # by a person
            return await _confirm_as(job, batch, await job.provider.retrieve(str(named)))
        since = batch.planned_at.replace(tzinfo=UTC) - _CLOCKS
        failed = batch.facts.get("failed_ids", [])
        search = await job.provider.find_batch(file, batch.batch, since, failed)
        if search.found is not None:
            return Confirmation(await _take_over(job, batch, search.found))
        if not search.is_sure:
            return _leave_to_person(job, batch, "its list of batches does not show all")
        if (left := _seconds_left(job, batch)) > 0:
            return _look_later(job, batch, left)
        if not await job.provider.knows(file):
            return _leave_to_person(job, batch, "it has no such file: is the key the same?")
    except (ServerRefusal, UnreadableAnswer) as error:
        return _leave_to_person(job, batch, str(error))
    job.say(f"{batch.label}: {job.provider.where} has made no batch of it; asking again")
    return Confirmation(await job.record_state(batch, "uploaded", doubt=None))


def describe_doubt(job: Job, batch: Batch) -> str:
    """Say that nobody knows whether a batch was made, and why."""
    why = batch.facts.get("doubt") or "the process that asked for it ended"
    return f"{batch.label}: not known whether {job.provider.where} has made it ({why})"


async def _confirm_as(job: Job, batch: Batch, status: BatchStatus) -> Confirmation:
    if status.input_file not in (None, batch.facts["file"]):
        return _leave_to_person(job, batch, f"{status.id} is of another file, {status.input_file}")
    return Confirmation(await _take_over(job, batch, status))


async def _take_over(job: Job, batch: Batch, status: BatchStatus) -> Batch:
    batch = await job.record_state(batch, status.state, **status.facts, doubt=None)
    job.say(f"{batch.label}: found as {status.id}")
    return batch


def _seconds_left(job: Job, batch: Batch) -> float:
    waited = now() - datetime.fromisoformat(batch.facts["asked_at"])
    return job.options.unconfirmed_seconds - waited.total_seconds()


def _look_later(job: Job, batch: Batch, seconds: float) -> Confirmation:
    until = now() + timedelta(seconds=seconds)
    then = f"looking for it until {until:%H:%M} UTC, and not asking for any other meanwhile"
    return Confirmation(batch, f"{describe_doubt(job, batch)}; {then}")


def _leave_to_person(job: Job, batch: Batch, found: str) -> Confirmation:
    name = batch.batch[:8]
    what_to_do = (
        f"if the provider's console shows a batch of the file {batch.facts['file']}, say `jornada "
        f"batch confirm {name} ID`, and if surely none, `jornada batch confirm {name} --absent`; "
        "until then no other goes out"
    )
    doubt = f"{describe_doubt(job, batch)}, nor can that be seen ({found}): {what_to_do}"
    return Confirmation(batch, doubt, is_lasting=True)
