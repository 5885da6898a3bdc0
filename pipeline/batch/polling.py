"""Looks at a reader's batches: what is done is collected, and what has room goes out."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.batch import ledger
from pipeline.batch.collection import collect, refresh
from pipeline.batch.creation import Confirmation, confirm, describe_doubt
from pipeline.batch.download import DownloadError
from pipeline.batch.job import Job
from pipeline.batch.ledger import Batch
from pipeline.batch.options import Until
from pipeline.batch.submission import delete_strays, submit, waits_for_file
from pipeline.batch.wire import NotFound
from pipeline.errors import ServerRefusal, TransportError
from pipeline.store.rows import now

_FAILURES = 10
"""So many looks in a row at a server that does not answer end the waiting."""
_NEW_SECONDS = 60.0
"""So long after it was made a batch may not be told of yet."""
_FILE_SECONDS = 120.0
"""So long a command that only submits, or looks once, waits for files to be ready."""


class Poller:
    """One process's looks at what is out.

    `spent` is what the answers that it collected may have cost, in US dollars; `obstacle`, if any,
    why it cannot go on, or what it leaves to be decided.
    """

    def __init__(self, job: Job, until: Until) -> None:
        self.spent = 0.0
        self.obstacle: str | None = None
        self._job = job
        self._until = until
        self._failures = 0
        self._is_tidy = False
        self._doubts: dict[str, Confirmation] = {}
        self._unlisted = 0

    async def look(self) -> int | None:
        """Look once, and count the batches after which documents can go on.

        None where the `obstacle` keeps this process from looking again.
        """
        try:
            ready = await self._look()
        except TransportError as error:
            self._failures += 1
            if self._until is Until.DONE and self._failures < _FAILURES:
                self._job.say(f"{error}; looking again later")
                return 0
            self.obstacle = str(error)
            return None
        except ServerRefusal as error:
            self.obstacle = str(error)
            return None
        self._failures = 0
        return ready

    @property
    def doubt(self) -> str | None:
        """Why a batch that was asked for is not known to be there, as last looked at."""
        return next((one.doubt for one in self._doubts.values()), None)

    async def has_more_to_come(self) -> bool:
        """Tell whether another look may bring anything, for a process that goes so far."""
        own = self._job.select_own(await self._job.fetch_batches())
        if self._until is not Until.DONE:
            return any(map(_is_soon_ready, own))
        if any(one.is_lasting for one in self._doubts.values()):
            # What is only planned does not go out before a person has settled it.
            return any(map(ledger.is_at_provider, own))
        return any(map(ledger.is_open, own))

    async def _look(self) -> int:
        """Look after what is out, collect what is done, else submit."""
        batches = await self._job.fetch_batches()
        own = self._job.select_own(batches)
        if not self._is_tidy:
            await delete_strays(self._job, own)
            self._is_tidy = True
        if doubtful := self._job.select_doubtful(batches):
            for batch in doubtful:
                await self._settle_doubt(batch)
            own = self._job.select_own(await self._job.fetch_batches())
        ready, fault = await self._look_after(own, alone=_count_enqueued(batches) == 1)
        if not ready and (fault is None or isinstance(fault, DownloadError)):
            ready = await self._submit()
        if fault is not None and not ready:
            raise fault
        return ready

    async def _settle_doubt(self, batch: Batch) -> None:
        """Look for a batch that the provider may have."""
        try:
            looked = await confirm(self._job, batch)
            self._unlisted = 0
        except TransportError as error:
            self._unlisted += 1
            doubt = f"{describe_doubt(self._job, batch)}; looking again later: {error}"
            looked = Confirmation(batch, doubt, self._unlisted >= _FAILURES)
        before = self._doubts.pop(batch.batch, None)
        if looked.doubt is not None:
            if before is None:
                self._job.say(looked.doubt)
            self._doubts[batch.batch] = looked

    async def _look_after(
        self, batches: Sequence[Batch], *, alone: bool
    ) -> tuple[int, NotFound | TransportError | None]:
        """Look after each, as far as the server answers; give the last fault with the count."""
        ready = 0
        fault: NotFound | TransportError | None = None
        for batch in batches:
            try:
                ready += await self._settle(batch, alone=alone)
            except DownloadError as error:
                fault = error  # the others may be had all the same
            except NotFound as error:
                fault = TransportError(str(error)) if _is_new(batch) else error
            except TransportError as error:
                return ready, error
        return ready, fault

    async def _settle(self, batch: Batch, *, alone: bool) -> bool:
        """Look after a batch, and collect it if it is done; tell whether documents can go on."""
        if ledger.is_running(batch):
            batch = await refresh(self._job, batch, alone=alone)
            if self._check_closed(batch):
                return batch.state == "split"
        if not ledger.is_over(batch) or self._until is Until.SUBMITTED:
            return False
        collected = await collect(self._job, batch)
        self.spent += collected.usd
        if collected.cancelled:
            self.obstacle = (
                f"{batch.label} was cancelled; {collected.cancelled:,} of its requests "
                "have no answer, and are asked again when their bulletins are submitted"
            )
        return True

    async def _submit(self) -> int:
        """Submit what there is room for, unless it is not known of another whether it is out.

        Count what has to be made smaller.
        """
        if self._doubts:
            return 0
        batches = await self._job.fetch_batches()
        enqueued = sum(batch.tokens for batch in batches if ledger.is_enqueued(batch))
        submitted = await submit(self._job, self._job.select_own(batches), enqueued)
        for batch in self._job.select_doubtful(submitted):
            await self._settle_doubt(batch)
        return [batch.state for batch in submitted if self._check_closed(batch)].count("split")

    def _check_closed(self, batch: Batch) -> bool:
        """Tell whether a batch was closed without results; a person has to know of a failed one."""
        if batch.state == "dropped":
            self.obstacle = f"{batch.label} failed: {batch.fault}"
        return batch.state in ("dropped", "split")


def _is_new(batch: Batch) -> bool:
    """Tell whether a batch may not be told of yet."""
    age = now() - batch.found_at
    return batch.state == "validating" and age.total_seconds() < _NEW_SECONDS


def _is_soon_ready(batch: Batch) -> bool:
    """Tell whether a batch waits for its file, and has not done so for long."""
    if not waits_for_file(batch):
        return False
    waited = now() - datetime.fromisoformat(batch.facts["pending_since"])
    return waited.total_seconds() < _FILE_SECONDS


def _count_enqueued(batches: Sequence[Batch]) -> int:
    return sum(map(ledger.is_enqueued, batches))
