"""One run over many documents: feeding, reading, recording, telling, and when to stop."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pipeline.calls.gateway import LocalGateway
from pipeline.calls.journal import Journal
from pipeline.documents import LoadedSource
from pipeline.errors import Halted
from pipeline.extract import extract
from pipeline.isolation.loading import Loader
from pipeline.isolation.slot import InHand
from pipeline.lazy import lazy
from pipeline.reader import Reader
from pipeline.runs.feeding import DocumentQueue, Feeder
from pipeline.runs.gone import Asked, GoneCounts, SeenSources, find_gone
from pipeline.runs.in_flight import InFlight
from pipeline.runs.options import RunOptions
from pipeline.runs.progress import Summary, Watch
from pipeline.runs.progress_file import ProgressFile
from pipeline.runs.reading_loop import Read, ReadingLoop
from pipeline.runs.recording import Recorder
from pipeline.runs.stopping import Stop, on_interrupt
from pipeline.runs.telling import tell_progress
from pipeline.runs.writer import Writer
from pipeline.store import Store, new_run
from pipeline.store.kept_prompts import keep_prompts
from schemas.document import Document
from schemas.reading import Reading

if TYPE_CHECKING:
    from pipeline.forms.prompts import Prompt
    from pipeline.runs import near_duplicates
else:
    near_duplicates = lazy("pipeline.runs.near_duplicates")


class SetUp(NamedTuple):
    """What a run has at hand beside its reader.

    Calls to models pass the gateway, None where nobody is called; `read` is how a document is read,
    if not by `extract` and the reader in this process; `progress` is where the run tells how far it
    is; `total` counts the sources; `loader` is the process that loads them, and `computing` tells
    what others compute; `seen`, if any, gets the IDs of all documents; `asked` says where all
    sources come from, None where that is not all that there is to see; `require_held` raises
    `StoreError` once the run holds the lock of its database no more; `at_once` is called for a
    second Ctrl-C; the `prompt` that the reader asks with, if any, is kept in the store.
    """

    gateway: LocalGateway | None = None
    read: Callable[[Document], Awaitable[Reading]] | None = None
    progress: ProgressFile | None = None
    total: Callable[[], int | None] = lambda: None
    computing: Callable[[], list[InHand]] = list
    loader: Loader | None = None
    seen: set[str] | None = None
    asked: Asked | None = None
    require_held: Callable[[], None] = lambda: None
    at_once: Callable[[], None] = lambda: None
    prompt: "Prompt | None" = None

    @property
    def journal(self) -> Journal | None:
        """Give where answers are kept, if anywhere."""
        return None if self.gateway is None else self.gateway.journal

    @property
    def usd(self) -> float:
        """What calls have cost, those of which nobody knows at their worst."""
        return 0.0 if self.gateway is None else self.gateway.budget.spent_at_most


async def run(
    loaded: Iterable[LoadedSource],
    reader: Reader,
    store: Store,
    run_options: RunOptions,
    watch: Watch,
    setup: SetUp | None = None,
) -> Summary:
    """Read every document that an equal reader has not read yet, and store it.

    `loaded` is consumed lazily, in a thread. Ctrl-C ends the run early once what is in flight is
    done; a second one, or cancelling, at once. So do a spent budget and ten failures in a row of
    one cause; `outcome` and `reason` of the summary tell. What was answered is kept in any case.
    Raises `StoreError` if the store fails. With no source at all, the store is not touched.
    """
    return await _Run(reader, store, run_options, watch, setup or SetUp()).work(loaded)


class _Run:
    """The parts of one run, put together."""

    def __init__(
        self, reader: Reader, store: Store, run_options: RunOptions, watch: Watch, setup: SetUp
    ) -> None:
        self._reader = reader
        self._store = store
        self._run_options = run_options
        self._watch = watch
        self._setup = setup
        self._run = new_run(reader.key)
        self._stop = Stop()
        self._in_flight = InFlight()
        self._queue = DocumentQueue(run_options.concurrency)
        self._writer = Writer(store, self._run, setup.journal, run_options)
        self._writer.on_stored = setup.require_held
        self._recorder = Recorder(self._writer, watch, from_store=run_options.from_store)
        self._seen = SeenSources()
        self._near: near_duplicates.NearDuplicates | None = None
        if run_options.reuse_near:
            self._near = near_duplicates.NearDuplicates(
                store, self._run, reader.key, run_options.batch_documents, self._writer
            )
        self._feeding: asyncio.Task[None] | None = None

    async def work(self, loaded: Iterable[LoadedSource]) -> Summary:
        """Do all of it."""
        started = time.perf_counter()
        self._stop.steps.append(self._halt)
        if self._setup.gateway is not None:
            self._setup.gateway.tell(self._watch.say)
        reading = asyncio.create_task(self._read_all(loaded))
        writing = asyncio.create_task(self._stop.guard(self._writer.work()))
        telling = asyncio.create_task(self._stop.guard(self._tell()))
        with on_interrupt(self._interrupt, lambda: self._give_up(reading)):
            try:
                await asyncio.wait([reading])
            except asyncio.CancelledError:
                self._stop.end("interrupted")
            self._stop.close()
            await _cancel(reading)
            await _cancel(telling)
            self._writer.close()
            await writing
        if self._stop.fault is not None:
            raise self._stop.fault
        return await asyncio.to_thread(self._conclude, started)

    async def _read_all(self, loaded: Iterable[LoadedSource]) -> None:
        loop = ReadingLoop(
            self._choose_read(),
            self._reader.key,
            self._queue,
            self._in_flight,
            self._recorder,
            self._stop,
            self._setup.gateway,
        )
        feeder = Feeder(
            self._store,
            self._reader.key,
            self._run_options,
            self._queue,
            self._in_flight,
            self._recorder,
            self._stop,
        )
        if self._setup.asked is not None:
            loaded = self._seen.watch(loaded)
        feed = feeder.feed(loaded, self._writer, self._prepare, self._near, self._setup.seen)
        async with asyncio.TaskGroup() as group:
            self._feeding = group.create_task(self._stop.guard(feed))
            for _ in range(self._run_options.concurrency):
                group.create_task(self._stop.guard(loop.work()))

    def _choose_read(self) -> Read:
        """Give the way a document is read: as another's reading, or by the reader."""
        read: Read = self._setup.read or partial(extract, reader=self._reader)
        near = self._near
        if near is None:
            return read

        async def read_or_take_over(document: Document) -> Reading:
            return near.take_over(document) or await read(document)

        return read_or_take_over

    async def _tell(self) -> None:
        setup = self._setup
        await tell_progress(
            self._recorder,
            self._run,
            setup.progress,
            setup.gateway,
            setup.total,
            self._find_in_hand,
        )

    def _find_in_hand(self) -> InHand | None:
        """Tell what has been computed the longest: a file that is loaded, a text that is read."""
        loading = self._setup.loader and self._setup.loader.in_hand
        found = [
            *([loading] if loading else []),
            *(one._replace(name=self._in_flight.name(one.name)) for one in self._setup.computing()),
        ]
        return max(found, key=lambda one: one.seconds, default=None)

    def _prepare(self) -> None:
        with self._store.keep_open():
            self._store.prepare()
            if self._setup.prompt is not None:
                keep_prompts(self._store, [self._setup.prompt])
        if self._near is not None:
            self._near.compare_stored(self._stop, self._watch.say)
        if self._setup.progress is not None:
            self._setup.progress.clear()
        if (journal := self._setup.journal) is not None:
            # A kill can come between storing a reading and forgetting its answers.
            journal.forget(self._store.find_stored(journal.list_unfinished()))

    def _halt(self, reason: str | None) -> None:
        """Let no document be begun any more, and no call go out."""
        self._writer.flush()
        if self._setup.gateway is not None:
            self._setup.gateway.halt(Halted(reason or "the run is being stopped"))
        if self._feeding is not None:
            self._feeding.cancel()  # it may wait for a source that never comes
        self._queue.drop()

    def _interrupt(self) -> None:
        self._stop.end("interrupted")
        self._watch.say("Stopping: what is in flight is finished. Ctrl-C again stops at once.")

    def _give_up(self, reading: asyncio.Task[None]) -> None:
        self._stop.end("interrupted")
        reading.cancel()
        self._setup.at_once()

    def _conclude(self, started: float) -> Summary:
        """Compare what was seen with what is on record, and put the end of the run there."""
        # A run without a single source has no database.
        with self._store.keep_open() if self._writer.stored else nullcontext():
            gone = self._find_gone()
            summary = self._summarise(time.perf_counter() - started, gone)
            self._end(summary)
        return summary

    def _find_gone(self) -> GoneCounts | None:
        """Find what is gone; None where the run has not come by all that it was asked for."""
        asked = self._setup.asked
        if asked is None or self._stop.ending != "finished":
            return None
        found = find_gone(self._store, self._run, asked, self._seen)
        self._writer.stored = self._writer.stored or found.forgotten > 0
        return found

    def _summarise(self, seconds: float, gone: GoneCounts | None) -> Summary:
        progress = self._recorder.progress
        progress.changed = self._writer.changed
        progress.left = self._in_flight.begun
        if self._setup.gateway is not None:
            progress.doubtful_usd = self._setup.gateway.budget.doubtful
        return Summary(
            **vars(progress),
            reader=self._reader.key,
            outcome=self._stop.ending,
            reason=self._stop.reason,
            seconds=seconds,
            **(gone._asdict() if gone else {}),
            failures=tuple(self._recorder.failures),
        )

    def _end(self, summary: Summary) -> None:
        if self._writer.stored:
            told = summary.model_dump_json(exclude={"failures"})
            self._store.end(self._run, summary.outcome, summary.reason, told)
        if self._setup.progress is not None:
            self._setup.progress.end(self._run.run_id)


async def _cancel(task: asyncio.Task[None]) -> None:
    """Cancel what may have ended already. Raises what it failed by."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
