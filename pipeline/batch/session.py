"""A batch job: rounds of reading, submitting, waiting and collecting, until nothing is left to do.

All that it knows is in the store and the journal, so that it can be killed anywhere and begun again
by any of the commands.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing, closing
from enum import Enum
from itertools import islice

from pipeline import runs
from pipeline.batch import ledger, totals
from pipeline.batch.collection import Withheld, collect, looked_after
from pipeline.batch.job import Job
from pipeline.batch.ledger import Batch
from pipeline.batch.options import Terms, Written
from pipeline.batch.provider import Gone, Provider
from pipeline.batch.server import BatchServer
from pipeline.batch.spool import Spool, folder_of, swept
from pipeline.batch.submission import delete_strays, named, submit
from pipeline.calls.budget import Purse
from pipeline.calls.gateway import OpenDesk
from pipeline.calls.journal import Journal, journal_path
from pipeline.calls.rate_limiter import Limiter
from pipeline.documents import Loaded
from pipeline.errors import ServerRefusal, TransportError
from pipeline.forms import prompts
from pipeline.llm.reader import LlmReader, reader_key
from pipeline.llm.transport import HttpTransport
from pipeline.runs import Means, Pace, Summary, Watch
from pipeline.runs.lock import alone
from pipeline.runs.progress import Tally
from pipeline.runs.set_up import require_price
from pipeline.runs.stopping import on_interrupt
from pipeline.settings import DEFAULT_BASE_URL, Settings
from pipeline.store import Store
from pipeline.store.fetch import documents
from pipeline.urls import without_password
from schemas.finding import Severity

_FIRST_WAIT_SECONDS = 1.0
_SLOWER = 1.5
_FAILURES = 10
"""So many looks in a row at a server that does not answer end the waiting."""
_AT_ONCE = 256


class Until(Enum):
    """How far a job goes before it returns; the next one goes on from there."""

    SUBMITTED = "what can be submitted now is out"
    COLLECTED = "what is done is collected, and what follows from it is out"
    DONE = "nothing is out any more"


async def run_batch(
    settings: Settings,
    loaded: Iterable[Loaded] | None,
    store: Store,
    terms: Terms,
    watch: Watch,
    until: Until = Until.DONE,
    total: Callable[[], int | None] = lambda: None,
) -> Summary:
    """Read documents in batches: those of `loaded`, and those that wait for what is out.

    The budget of the settings counts what is out when it begins, and what comes while it lasts.
    Ctrl-C ends it; what is out stays out. Raises `UsageError` if another run works on the database,
    or if there is a budget and no price, and `StoreError` if the store fails; what the provider
    refuses is the `reason` of the summary.
    """
    key = reader_key(settings.llm, prompts.load(settings.llm.prompt))
    require_price(settings)
    with alone(settings.db), closing(Journal(journal_path(settings.db))) as journal:
        async with aclosing(Provider(settings.llm)) as provider:
            job = Job(settings.llm, terms, key, store, journal, provider, watch.say)
            return await _Session(settings, job, watch, until).run(loaded, total)


class _Session:
    """One process's share of a job."""

    def __init__(self, settings: Settings, job: Job, watch: Watch, until: Until) -> None:
        self._settings = settings
        self._job = job
        self._watch = watch
        self._until = until
        self._started = time.perf_counter()
        self._runs: list[Summary] = []
        self._spent = 0.0
        self._interrupted = False
        self._pending = 0
        self._tidied = False
        self._stuck: str | None = None
        """Why this process cannot go on, or what it leaves to be decided."""

    async def run(
        self, loaded: Iterable[Loaded] | None, total: Callable[[], int | None]
    ) -> Summary:
        job = self._job
        if job.store.path.exists() or loaded is None:
            await asyncio.to_thread(self._begin)
        if loaded is not None:
            await self._read(loaded, total)
        if job.store.path.exists() and self._goes_on() and self._until is not Until.SUBMITTED:
            await self._reread()
        if job.store.path.exists() and self._goes_on():
            await self._follow()
        if job.store.path.exists():
            await asyncio.to_thread(self._end)
        return self._summary()

    def _begin(self) -> None:
        self._job.store.prepare()
        self._sweep()

    def _end(self) -> None:
        self._pending = ledger.unread(self._job.store, self._job.key)
        self._sweep()

    def _sweep(self) -> None:
        everybodys = ledger.batches(self._job.store)
        swept(self._job.folder, {one.batch for one in everybodys if ledger.is_open(one)})

    def _goes_on(self) -> bool:
        """Tell whether the runs so far leave anything to be done for this process."""
        return all(run.outcome in ("finished", "budget") for run in self._runs)

    async def _follow(self) -> None:
        """Submit, wait and collect, as far as this job goes."""
        pause, in_vain = min(_FIRST_WAIT_SECONDS, self._job.terms.poll_seconds), 0
        while True:
            try:
                turn = asyncio.ensure_future(self._turn())
                if not await self._at_work(turn):
                    return
                collected, in_vain = turn.result(), 0
            except TransportError as error:
                in_vain += 1
                if self._until is not Until.DONE or in_vain >= _FAILURES:
                    self._stuck = str(error)
                    return
                self._watch.say(f"{error}; looking again later")
                collected = 0
            except ServerRefusal as error:
                self._stuck = str(error)
                return
            if collected:
                await self._reread()
                if not self._goes_on():
                    return
                pause = min(_FIRST_WAIT_SECONDS, self._job.terms.poll_seconds)
                continue
            if self._until is not Until.DONE or not await self._any_open():
                return
            if not await self._at_work(asyncio.sleep(pause)):
                return
            pause = min(pause * _SLOWER, self._job.terms.poll_seconds)

    async def _turn(self) -> int:
        """Look after what is out, collect what is done, else submit; count what is done with."""
        collected = 0
        fault: Gone | TransportError | None = None
        batches = await self._batches()
        alone = sum(ledger.is_enqueued(one) for one in batches) == 1
        if not self._tidied:
            await delete_strays(self._job, self._mine(batches))
            self._tidied = True
        for one in self._mine(batches):
            try:
                collected += await self._over_with(one, alone=alone)
            except (Gone, TransportError) as error:
                fault = error
                if not isinstance(error, Gone | Withheld):
                    break
                # The others may be had all the same.
        if not collected and (fault is None or isinstance(fault, Withheld)):
            collected = await self._submit()
        if fault is not None and not collected:
            raise fault
        return collected

    async def _over_with(self, batch: Batch, *, alone: bool) -> bool:
        """Look after a batch, and collect it if it is done; tell whether documents can go on."""
        if ledger.at_work(batch):
            batch = await looked_after(self._job, batch, alone=alone)
            if self._came_to_nothing(batch):
                return batch.state == "split"
        if not ledger.is_over(batch) or self._until is Until.SUBMITTED:
            return False
        brought = await collect(self._job, batch)
        self._spent += brought.usd
        if brought.cancelled:
            self._stuck = (
                f"{named(batch)} was cancelled; {brought.cancelled:,} of its requests "
                "have no answer, and are asked again when their bulletins are submitted"
            )
        return True

    async def _submit(self) -> int:
        """Submit what there is room for; count what has to be made smaller."""
        batches = await self._batches()
        enqueued = sum(one.tokens for one in batches if ledger.is_enqueued(one))
        submitted = await submit(self._job, self._mine(batches), enqueued)
        return [one.state for one in submitted if self._came_to_nothing(one)].count("split")

    def _came_to_nothing(self, batch: Batch) -> bool:
        """Tell whether a batch was closed without results; a person has to know of a failed one."""
        if batch.state == "dropped":
            said = "; ".join(batch.facts["errors"]) or "no reason given"
            self._stuck = f"{named(batch)} failed: {said}"
        return batch.state in ("dropped", "split")

    async def _reread(self) -> None:
        """Read the documents anew that answers have come for."""
        ids = await asyncio.to_thread(ledger.waiting, self._job.store, self._job.key)
        if ids:
            await self._read(_stored(self._job.store, ids), lambda: len(ids), anew=True)

    async def _read(
        self, loaded: Iterable[Loaded], total: Callable[[], int | None], *, anew: bool = False
    ) -> None:
        """Run over documents: store what holds, and plan batches of what has to be asked."""
        job, settings = self._job, self._settings
        batches = await self._batches()
        terms = _cut_down(job.terms, self._mine(batches))
        known = await asyncio.to_thread(ledger.known, job.store, job.key) if batches else _NOTHING
        purse = _purse(settings.budget, self._spent, batches)
        desk = OpenDesk(job.journal, Limiter(settings.rpm, settings.tpm), purse)
        before = desk.purse.spent
        model = settings.llm.model or ""
        online = HttpTransport(settings.llm, model, desk) if terms.online else None
        prompt = prompts.load(settings.llm.prompt)
        with closing(Spool(folder_of(job.store.path), terms)) as spool:
            server = BatchServer(settings.llm, terms, known, spool, desk, online, wanted=not anew)
            async with aclosing(LlmReader(settings.llm, prompt, desk, server)) as reader:
                pace = Pace(settings.concurrency)
                watch = self._shown() if anew else self._watch
                means = Means(desk, total=total)
                summary = await runs.run(loaded, reader, job.store, pace, watch, means)
            files = spool.sealed()
        self._spent += desk.purse.spent + desk.purse.doubtful - before
        where = without_password(settings.llm.base_url or DEFAULT_BASE_URL)
        on = Written.of(job.terms, settings.llm)
        await asyncio.to_thread(ledger.plan, job.store, files, job.key, where, on)
        if server.short is not None and summary.outcome == "finished":
            summary = totals.ended(summary, "budget", server.short)
        self._runs.append(summary)

    async def _batches(self) -> tuple[Batch, ...]:
        """Fetch everybody's batches: money and the account's queue are one."""
        if not self._job.store.path.exists():
            return ()
        return await asyncio.to_thread(ledger.batches, self._job.store)

    def _mine(self, batches: Sequence[Batch]) -> list[Batch]:
        reader = self._job.key.model_dump_json()
        return [one for one in batches if one.reader == reader]

    async def _any_open(self) -> bool:
        return any(ledger.is_open(one) for one in self._mine(await self._batches()))

    async def _at_work(self, work: Awaitable[object]) -> bool:
        """Do what can be broken off anywhere; False where Ctrl-C has done so."""
        task = asyncio.ensure_future(work)
        try:
            with on_interrupt(task.cancel):  # type: ignore[arg-type]
                await asyncio.wait({task})
        finally:
            task.cancel()
        if task.cancelled():
            self._interrupted = True
            return False
        task.result()
        return True

    def _shown(self) -> Watch:
        """Watch a run over what an earlier one left."""
        runs = tuple(self._runs)

        def step(tally: Tally) -> None:
            self._watch.step(totals.shown(runs, tally))

        return self._watch._replace(step=step)

    def _summary(self) -> Summary:
        first, *later = self._runs or [_nothing(self._job)]
        summary = totals.total(first, later, self._pending, time.perf_counter() - self._started)
        if self._interrupted:
            return totals.ended(summary, "interrupted", None)
        if self._stuck is not None:
            return totals.ended(summary, "refused", self._stuck)
        return summary


_NOTHING = ledger.Known(frozenset(), {}, no_schema=False)


def _cut_down(terms: Terms, batches: Sequence[Batch]) -> Terms:
    """Give the terms, with smaller files where the account could not take larger ones."""
    sizes = [one.tokens // 2 for one in batches if one.state == "split"]
    if terms.tokens is not None:
        sizes.append(terms.tokens)
    return terms.model_copy(update={"tokens": min(sizes, default=None)})


def _purse(budget: float | None, spent: float, batches: Sequence[Batch]) -> Purse:
    """Fill a purse from which what is spent, and what is out, has been taken."""
    purse = Purse(budget)
    out = sum(one.usd or 0.0 for one in batches if ledger.is_open(one))
    for usd, is_spent in ((spent, True), (out, False)):
        # What is left may be less, and a rounding error must not count as a spent budget.
        fitting = usd if budget is None else min(usd, max(0.0, budget - purse.spent) * (1 - 1e-12))
        purse.reserve(fitting)
        if is_spent:
            purse.settle(fitting, usd)
    return purse


def _stored(store: Store, ids: list[str]) -> Iterator[Loaded]:
    """Give documents out of the store, as if they were read where they were found first."""
    left = iter(ids)
    while some := list(islice(left, _AT_ONCE)):
        found = ledger.sources(store, some)
        for document in documents(store, some):
            yield Loaded(found[document.id], document)


def _nothing(job: Job) -> Summary:
    return Summary(
        **vars(Tally(findings=dict.fromkeys(Severity, 0))),
        reader=job.key,
        outcome="finished",
        reason=None,
        seconds=0.0,
        failures=(),
    )
