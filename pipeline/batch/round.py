"""One round: a run over documents whose questions go into batches."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing, closing
from itertools import islice
from typing import NamedTuple

from pipeline import runs
from pipeline.batch import ledger, totals
from pipeline.batch.job import Job
from pipeline.batch.ledger import Batch, RequestHistory
from pipeline.batch.options import BatchOptions, StoredOptions
from pipeline.batch.spool import Spool
from pipeline.batch.transport import BatchTransport
from pipeline.calls.budget import Budget
from pipeline.calls.gateway import LocalGateway
from pipeline.calls.rate_limiter import RateLimiter
from pipeline.documents import LoadedSource
from pipeline.forms.prompts import load_prompt
from pipeline.llm.transport import HttpTransport
from pipeline.runs import RunOptions, SetUp, Summary, Watch
from pipeline.runs.progress_file import ProgressFile, progress_path
from pipeline.runs.reader_choice import Choice
from pipeline.runs.readers import build_reader
from pipeline.runs.stopping import exit_soon
from pipeline.runs.workers import Workers
from pipeline.settings import DEFAULT_BASE_URL, Settings
from pipeline.store import Store
from pipeline.store.fetch import fetch_documents, fetch_sources
from pipeline.urls import stored_url
from schemas.document import Source

_AT_ONCE = 256
_NO_HISTORY = RequestHistory(frozenset(), {}, no_schema=0)


class Round(NamedTuple):
    """What a round came to, and what its own calls may have cost, in US dollars."""

    summary: Summary
    usd: float


async def read_round(
    settings: Settings,
    job: Job,
    watch: Watch,
    loaded: Iterable[LoadedSource],
    setup: SetUp,
    spent: float,
    *,
    anew: bool = False,
) -> Round:
    """Run over documents: store what holds, and plan batches of what has to be asked.

    Of `setup` counts where they come from, and how many there are; `spent` US dollars of the budget
    are gone. `anew`: they come out of the store, and nobody but the job itself wants them now.
    """
    batches = await job.fetch_batches()
    options = _cut_down(job.options, job.select_own(batches))
    history = _NO_HISTORY
    if batches:
        history = await asyncio.to_thread(ledger.fetch_history, job.store, job.key)
    budget = _make_budget(settings.budget, spent, batches)
    gateway = LocalGateway(job.journal, RateLimiter(settings.rpm, settings.tpm), budget)
    before = budget.spent
    llm = settings.llm
    online = HttpTransport(llm, llm.model or "", gateway) if options.online else None
    with closing(Spool(job.folder, options)) as spool:
        transport = BatchTransport(llm, options, history, spool, gateway, online, wanted=not anew)
        choice = Choice("llm", "it reads in batches")
        workers = Workers(settings, choice, gateway, transport)
        async with (
            build_reader(settings, choice, gateway, transport) as reader,
            aclosing(workers),
        ):
            setup = setup._replace(
                gateway=gateway,
                read=workers.read,
                computing=workers.find_in_hand,
                progress=ProgressFile(progress_path(job.store.path)),
                at_once=exit_soon,
                prompt=load_prompt(settings.llm.prompt),
            )
            run_options = RunOptions(settings.concurrency, from_store=anew)
            summary = await runs.run(loaded, reader, job.store, run_options, watch, setup)
        files = spool.seal()
    where = stored_url(llm.base_url or DEFAULT_BASE_URL)
    stored = StoredOptions.of(job.options, llm)
    job.forget_batches()
    await asyncio.to_thread(ledger.plan, job.store, files, job.key, where, stored)
    if transport.shortage is not None and summary.outcome == "finished":
        summary = totals.set_ending(summary, "budget", transport.shortage)
    return Round(summary, budget.spent_at_most - before)


def load_stored(store: Store, ids: Sequence[str]) -> Iterator[LoadedSource]:
    """Give documents out of the store, each with a file that holds it."""
    left = iter(ids)
    while some := list(islice(left, _AT_ONCE)):
        with store.keep_open(read_only=True):
            sources, documents = fetch_sources(store, some), fetch_documents(store, some)
        for document in documents:
            yield LoadedSource(sources.get(document.id, Source(path=document.id)), document)


def _cut_down(options: BatchOptions, batches: Sequence[Batch]) -> BatchOptions:
    """Give the options, with smaller files where the account could not take larger ones."""
    sizes = [batch.tokens // 2 for batch in batches if batch.state == "split"]
    if options.tokens is not None:
        sizes.append(options.tokens)
    return options.model_copy(update={"tokens": min(sizes, default=None)})


def _make_budget(limit: float | None, spent: float, batches: Sequence[Batch]) -> Budget:
    """Make a budget from which what is spent, and what is out, has been taken."""
    budget = Budget(limit)
    out = sum(batch.usd or 0.0 for batch in batches if ledger.is_open(batch))
    for usd, is_spent in ((spent, True), (out, False)):
        # What is left may be less, and a rounding error must not count as a spent budget.
        fitting = usd if limit is None else min(usd, max(0.0, limit - budget.spent) * (1 - 1e-12))
        budget.reserve(fitting)
        if is_spent:
            budget.settle(fitting, usd)
    return budget
