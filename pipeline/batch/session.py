"""A batch job: rounds of reading, submitting, waiting and collecting, until nothing is left to do.

All that it knows is in the store and the journal, so that it can be killed anywhere and begun again
by any of the commands.
"""

import asyncio
import time
from collections.abc import Awaitable, Iterable
from contextlib import aclosing, closing
from typing import TypeVar

from pipeline.batch import ledger, totals
from pipeline.batch.job import Job
from pipeline.batch.options import BatchOptions, Until
from pipeline.batch.polling import Poller
from pipeline.batch.provider import Provider
from pipeline.batch.round import load_stored, read_round
from pipeline.batch.spool import delete_leftovers
from pipeline.calls.journal import Journal, journal_path
from pipeline.documents import LoadedSource
from pipeline.forms import prompts
from pipeline.llm.reader import reader_key
from pipeline.runs import Progress, SetUp, Summary, Watch
from pipeline.runs.lock import lock_database
from pipeline.runs.set_up import require_price
from pipeline.runs.stopping import on_interrupt
from pipeline.settings import Settings
from pipeline.store import Store

T = TypeVar("T")

_FIRST_WAIT_SECONDS = 1.0
_SLOWER = 1.5


async def run_batch(
    settings: Settings,
    loaded: Iterable[LoadedSource] | None,
    store: Store,
    options: BatchOptions,
    watch: Watch,
    until: Until = Until.DONE,
    setup: SetUp | None = None,
) -> Summary:
    """Read documents in batches: those of `loaded`, and those that wait for what is out.

    Of `setup` counts where the documents come from, and how many there are. The budget of the
    settings counts what is out when it begins, and what comes while it lasts. Ctrl-C ends it; what
    is out stays out. Raises `UsageError` if another run works on the database, or if there is a
    budget and no price, and `StoreError` if the store fails; what the provider refuses is the
    `reason` of the summary.
    """
    key = reader_key(settings.llm, prompts.load_prompt(settings.llm.prompt))
    require_price(settings)
    with (
        lock_database(settings.db) as require_held,
        closing(Journal(journal_path(settings.db))) as journal,
    ):
        async with aclosing(Provider(settings.llm)) as provider:
            say = watch.say
            job = Job(settings.llm, options, key, store, journal, provider, say, require_held)
            there = (setup or SetUp())._replace(require_held=require_held)
            return await _Session(settings, job, watch, until).run(loaded, there)


class _Session:
    """One process's share of a job."""

    def __init__(self, settings: Settings, job: Job, watch: Watch, until: Until) -> None:
        self._settings = settings
        self._job = job
        self._watch = watch
        self._until = until
        self._poller = Poller(job, until)
        self._runs: list[Summary] = []
        self._spent = 0.0
        """What calls outside of batches may have cost, in US dollars."""
        self._is_interrupted = False

    async def run(self, loaded: Iterable[LoadedSource] | None, setup: SetUp) -> Summary:
        started, pending = time.perf_counter(), 0
        if self._job.store.path.exists() or loaded is None:
            await asyncio.to_thread(self._job.store.prepare)
            await self._sweep()
        if loaded is not None:
            await self._read(loaded, setup, self._watch)
        if self._job.store.path.exists():
            if self._goes_on() and self._until is not Until.SUBMITTED:
                await self._reread()
            if self._goes_on():
                await self._follow()
            pending = await asyncio.to_thread(ledger.count_unread, self._job.store, self._job.key)
            await self._sweep()
        seconds = time.perf_counter() - started
        summary = totals.sum_up(self._job.key, self._runs, pending, seconds)
        if self._is_interrupted:
            return totals.set_ending(summary, "interrupted", None)
        if (obstacle := self._poller.obstacle or self._poller.doubt) is not None:
            return totals.set_ending(summary, "refused", obstacle)
        return summary

    async def _sweep(self) -> None:
        batches = await self._job.fetch_batches()
        kept = {batch.batch for batch in batches if ledger.is_open(batch)}
        await asyncio.to_thread(delete_leftovers, self._job.folder, kept)

    def _goes_on(self) -> bool:
        """Tell whether the runs so far leave anything to be done for this process."""
        return all(run.outcome in ("finished", "budget") for run in self._runs)

    async def _follow(self) -> None:
        """Submit, wait and collect, as far as this job goes."""
        while await self._until_interrupt(self._wait()):
            await self._reread()
            if not self._goes_on():
                return

    async def _wait(self) -> bool:
        """Look until documents can go on; False where there is nothing more to wait for."""
        pause = min(_FIRST_WAIT_SECONDS, self._job.options.poll_seconds)
        while not (ready := await self._poller.look()):
            if ready is None or not await self._poller.has_more_to_come():
                return False
            await asyncio.sleep(pause)
            pause = min(pause * _SLOWER, self._job.options.poll_seconds)
        return True

    async def _reread(self) -> None:
        """Read the documents anew that answers have come for."""
        ids = await asyncio.to_thread(ledger.list_waiting, self._job.store, self._job.key)
        if not ids:
            return
        runs = tuple(self._runs)

        def step(progress: Progress) -> None:
            self._watch.step(totals.add_progress(runs, progress))

        watch = self._watch._replace(step=step)
        there = SetUp(total=lambda: len(ids), require_held=self._job.require_held)
        await self._read(load_stored(self._job.store, ids), there, watch, anew=True)

    async def _read(
        self,
        loaded: Iterable[LoadedSource],
        setup: SetUp,
        watch: Watch,
        *,
        anew: bool = False,
    ) -> None:
        spent = self._spent + self._poller.spent
        done = await read_round(self._settings, self._job, watch, loaded, setup, spent, anew=anew)
        self._spent += done.usd
        self._runs.append(done.summary)

    async def _until_interrupt(self, work: Awaitable[T]) -> T | None:
        """Do what can be broken off anywhere; None where Ctrl-C has done so."""
        task = asyncio.ensure_future(work)
        try:
            with on_interrupt(task.cancel):  # type: ignore[arg-type]
                await asyncio.wait({task})
        finally:
            task.cancel()
        if task.cancelled():
            self._is_interrupted = True
            return None
        return task.result()
