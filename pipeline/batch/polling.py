"""Looks at a reader's batches: what is done is collected, and what has room goes out."""

from collections.abc import Sequence

from pipeline.batch import ledger
from pipeline.batch.collection import DownloadError, collect, refresh
from pipeline.batch.job import Job
from pipeline.batch.ledger import Batch
from pipeline.batch.options import Until
from pipeline.batch.provider import NotFound
from pipeline.batch.submission import delete_strays, submit
from pipeline.errors import ServerRefusal, TransportError

_FAILURES = 10
"""So many looks in a row at a server that does not answer end the waiting."""


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

    async def has_open_batches(self) -> bool:
        """Tell whether anything may still happen to one of the batches."""
        return any(map(ledger.is_open, self._job.select_own(await self._job.fetch_batches())))

    async def _look(self) -> int:
        """Look after what is out, collect what is done, else submit."""
        batches = await self._job.fetch_batches()
        own = self._job.select_own(batches)
        if not self._is_tidy:
            await delete_strays(self._job, own)
            self._is_tidy = True
        ready, fault = await self._look_after(own, alone=_count_enqueued(batches) == 1)
        if not ready and (fault is None or isinstance(fault, DownloadError)):
            ready = await self._submit()
        if fault is not None and not ready:
            raise fault
        return ready

    async def _look_after(
        self, batches: Sequence[Batch], *, alone: bool
    ) -> tuple[int, NotFound | TransportError | None]:
        """Look after each, as far as the server answers; give the last fault with the count."""
        ready, fault = 0, None
        for batch in batches:
            try:
                ready += await self._settle(batch, alone=alone)
            except (NotFound, DownloadError) as error:
                fault = error  # the others may be had all the same
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
        """Submit what there is room for; count what has to be made smaller."""
        batches = await self._job.fetch_batches()
        enqueued = sum(batch.tokens for batch in batches if ledger.is_enqueued(batch))
        submitted = await submit(self._job, self._job.select_own(batches), enqueued)
        return [batch.state for batch in submitted if self._check_closed(batch)].count("split")

    def _check_closed(self, batch: Batch) -> bool:
        """Tell whether a batch was closed without results; a person has to know of a failed one."""
        if batch.state == "dropped":
            self.obstacle = f"{batch.label} failed: {batch.fault}"
        return batch.state in ("dropped", "split")


def _count_enqueued(batches: Sequence[Batch]) -> int:
    return sum(map(ledger.is_enqueued, batches))
