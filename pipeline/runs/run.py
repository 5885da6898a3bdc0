"""One run over many documents: a feeder, readers and a writer."""

import asyncio
import concurrent.futures
import json
import os
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar

from pipeline.calls.budget import BudgetReached
from pipeline.calls.gateway import OpenDesk
from pipeline.calls.journal import Progress
from pipeline.documents import Loaded
from pipeline.errors import Halted, JornadaError, Pending, ReaderError, StoreError
from pipeline.extract import extract
from pipeline.near import dedupe, search
from pipeline.near.reuse import reuse_reading
from pipeline.reader import Reader
from pipeline.runs.options import Pace
from pipeline.runs.progress import Ending, Failure, Summary, Tally, Watch
from pipeline.runs.stopping import on_interrupt
from pipeline.runs.writer import Writer
from pipeline.store import Store, new_run
from pipeline.store.fetch import fetch_documents
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Document, Source
from schemas.reading import Reading, ReadingStatus

T = TypeVar("T")

KEPT_FAILURES = 1000
"""How many failures a summary names; all are told as they happen, and stored."""
IN_A_ROW = 10
"""So many failures of one cause, one after the other, end a run: it is not the documents."""
_TELL_SECONDS = 1.0


class Means(NamedTuple):
    """What a run has at hand beside its reader.

    The desk's journal, if any, is where the run tells how far it is; `read` is how a document is
    read, if not by `extract` and the reader in this process; `anew` reads what has been read, too;
    `reuse_near` reads one of several nearly identical documents, and compares them for that;
    `seen`, if any, gets the IDs of all documents; `total` counts the sources.
    """

    desk: OpenDesk
    read: Callable[[Document], Awaitable[Reading]] | None = None
    anew: bool = False
    reuse_near: bool = False
    seen: set[str] | None = None
    total: Callable[[], int | None] = lambda: None


async def run(
    loaded: Iterable[Loaded],
    reader: Reader,
    store: Store,
    pace: Pace,
    watch: Watch,
    means: Means | None = None,
) -> Summary:
    """Read every document that an equal reader has not read yet, and store it.

    `loaded` is consumed lazily, in a thread. Ctrl-C ends the run early once what is in flight is
    done; a second one, or cancelling, at once. So do a spent budget and ten failures in a row of
    one cause; `outcome` and `reason` of the summary tell. What was answered is kept in any case.
    Raises `StoreError` if the store fails. With no source at all, the store is not touched.
    """
    return await _Backlog(loaded, reader, store, pace, watch, means or Means(OpenDesk())).run()


class _Backlog:
    """The moving parts of one run, which share its state."""

    def __init__(
        self,
        loaded: Iterable[Loaded],
        reader: Reader,
        store: Store,
        pace: Pace,
        watch: Watch,
        means: Means,
    ) -> None:
        self._loaded = loaded
        self._reader = reader
        self._store = store
        self._pace = pace
        self._watch = watch
        self._means = means
        self._extract = means.read or partial(extract, reader=reader)
        self._run = new_run(reader.key)
        self._started = time.perf_counter()
        self._tally = Tally()
        self._failures: list[Failure] = []
        self._seen: set[bytes] = set()
        self._waiting: dict[str, list[Source]] = {}
        """Documents on their way to a reader, each with the sources it was found in."""
        self._aside: dict[str, str] = {}
        """Documents put off until the nearly identical one that they name has been read."""
        self._lent: dict[str, Reading] = {}
        """Readings of nearly identical documents, by the document that may take one over."""
        self._todo: asyncio.Queue[Document | None] = asyncio.Queue(pace.concurrency)
        self._fault: Exception | None = None
        self._feeder: asyncio.Task[None] | None = None
        self._writer = Writer(store, self._run, means.desk.journal, pace)
        self._begun = 0
        self._halt = threading.Event()
        self._ending: Ending = "finished"
        self._reason: str | None = None
        self._in_a_row: tuple[str | None, int] = (None, 0)

    async def run(self) -> Summary:
        crew = asyncio.create_task(self._read_all())
        writer = asyncio.create_task(self._or_stop(self._writer.work()))
        teller = asyncio.create_task(self._or_stop(self._tell()))
        with on_interrupt(self._interrupted, lambda: self._give_up(crew)):
            try:
                await asyncio.wait([crew])
            except asyncio.CancelledError:
                self._stop("interrupted", None)
            self._halt.set()
            crew.cancel()
            with suppress(asyncio.CancelledError):
                await crew
            teller.cancel()
            with suppress(asyncio.CancelledError):
                await teller
            self._writer.close()
            await writer
        if self._fault is not None:
            raise self._fault
        self._tally.left = self._begun
        self._tally.doubtful_usd = self._means.desk.purse.doubtful
        summary = Summary(
            **vars(self._tally),
            reader=self._reader.key,
            outcome=self._ending,
            reason=self._reason,
            seconds=time.perf_counter() - self._started,
            failures=tuple(self._failures),
        )
        await asyncio.to_thread(self._end, summary)
        return summary

    def _end(self, summary: Summary) -> None:
        if self._writer.stored:
            told = summary.model_dump_json(exclude={"failures"})
            self._store.end(self._run, summary.outcome, summary.reason, told)
        if self._means.desk.journal is not None:
            self._means.desk.journal.ended(self._run.run_id)

    def _interrupted(self) -> None:
        self._stop("interrupted", None)
        self._watch.say("Stopping: what is in flight is finished. Ctrl-C again stops at once.")

    def _give_up(self, crew: asyncio.Task[None]) -> None:
        self._stop("interrupted", None)
        crew.cancel()

    def _stop(self, ending: Ending, reason: str | None) -> None:
        """End the run early: no document is begun any more, and no call goes out."""
        if self._ending == "finished":
            self._ending, self._reason = ending, reason
        self._halt.set()
        self._writer.hurry()
        self._means.desk.halt(Halted(reason or "the run is being stopped"))
        if self._feeder is not None:
            self._feeder.cancel()  # it may wait for a source that never comes
        while not self._todo.empty():
            self._todo.get_nowait()
        for _ in range(self._pace.concurrency):
            self._todo.put_nowait(None)

    async def _tell(self) -> None:
        """Tell how far the run is, each second, also while nothing happens."""
        counting = asyncio.create_task(_in_thread(self._means.total))
        while True:
            # To count the lines of large files takes long, and others ask how far the run is.
            await asyncio.wait({counting}, timeout=_TELL_SECONDS)
            if counting.done():
                self._tally.total = counting.result()
            self._watch.step(self._tally)
            if (journal := self._means.desk.journal) is not None:
                facts = {
                    **self._reader.key.model_dump(),
                    **asdict(replace(self._tally, sample=[])),
                    "expected_usd": self._tally.expected_usd,
                    "started_at": self._run.started_at.isoformat(timespec="seconds"),
                    "seconds": time.perf_counter() - self._started,
                    "rates": self._means.desk.limiter.rates()._asdict(),
                }
                at = now().isoformat(timespec="seconds")
                journal.tell(Progress(self._run.run_id, os.getpid(), at, json.dumps(facts)))
            await asyncio.sleep(_TELL_SECONDS)

    async def _read_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            self._feeder = group.create_task(self._or_stop(self._feed()))
            for _ in range(self._pace.concurrency):
                group.create_task(self._or_stop(self._read()))

    async def _or_stop(self, work: Coroutine[None, None, None]) -> None:
        """Do a part of the work; what fails in it ends the run, but not what is in flight."""
        try:
            await work
        except Exception as fault:  # noqa: BLE001 - raised when all that is in flight is kept
            self._fault = self._fault or fault
            self._stop("interrupted", None)

    async def _feed(self) -> None:
        prepared = False
        async for batch in self._batches():
            if self._halt.is_set():
                return
            if not prepared:
                await asyncio.to_thread(self._prepare)
                if self._means.reuse_near:
                    await asyncio.to_thread(self._compare_stored)
                prepared = True
            fresh = [item.document for item in batch if item.document is not None]
            had, near = await asyncio.to_thread(self._look_up, fresh)
            for item in batch:
                await self._admit(item, had, near)
            await self._writer.room()
        await self._feed_aside()
        for _ in range(self._pace.concurrency):
            await self._todo.put(None)

    def _prepare(self) -> None:
        self._store.prepare()
        if (journal := self._means.desk.journal) is not None:
            # A kill can come between storing a reading and forgetting its answers.
            journal.forget(self._store.find_stored(journal.unfinished()))
            for killed in journal.told():
                journal.ended(killed.run_id)

    def _compare_stored(self) -> None:
        """See that matches are found among all documents of before."""
        if unsigned := dedupe.count_unsigned(self._store):
            self._watch.say(f"Comparing {unsigned:,} stored documents that never were.")
        for _ in dedupe.compare_stored(self._store, self._run):
            if self._halt.is_set():
                return

    def _look_up(self, fresh: list[Document]) -> tuple[dict[str, str | None], dict[str, str]]:
        """Tell which documents have been read, and, if asked for, which are nearly identical."""
        ids, near = {document.id for document in fresh}, {}
        with self._store.keep_open():
            if self._means.reuse_near:
                near = search.find_near(self._store, self._run, fresh)
            if self._means.anew:
                return {}, near
            return self._store.find_read(ids, self._reader.key, self._pace.times), near

    async def _feed_aside(self) -> None:
        """Feed what was put off, once all that it is nearly identical to has been stored.

        Of a group without a reading that could be taken over, one is read, then the others wait
        for that.
        """
        while self._aside:
            while len(self._waiting) > len(self._aside) or not self._writer.idle:
                self._writer.hurry()
                await asyncio.sleep(_TELL_SECONDS / 20)
            asked: set[str] = set()
            put_off = iter(list(self._aside.items()))
            while some := list(islice(put_off, self._pace.batch_documents)):
                await self._feed_some(some, asked)

    async def _feed_some(self, put_off: list[tuple[str, str]], asked: set[str]) -> None:
        """Feed those that have a reading to take over, and of each other group one."""
        groups = {like for _, like in put_off}
        lent = await asyncio.to_thread(search.fetch_reusable, self._store, groups, self._reader.key)
        turn = []
        for document_id, like in put_off:
            if like in lent:
                self._lent[document_id] = lent[like]
            elif like in asked:
                continue
            asked.add(like)
            turn.append(document_id)
            del self._aside[document_id]
        for document in await asyncio.to_thread(fetch_documents, self._store, turn):
            await self._todo.put(document)

    async def _batches(self) -> AsyncIterator[list[Loaded]]:
        items = iter(self._loaded)
        while batch := await _in_thread(lambda: self._next_batch(items)):
            yield batch

    def _next_batch(self, items: Iterator[Loaded]) -> list[Loaded]:
        deadline = time.monotonic() + self._pace.batch_seconds
        batch: list[Loaded] = []
        characters = 0
        for item in items:
            batch.append(item)
            characters += len(item.document.text) if item.document else 0
            if (
                len(batch) >= self._pace.batch_documents
                or characters >= self._pace.batch_characters
                or time.monotonic() > deadline
                or self._halt.is_set()
            ):
                break
        return batch

    async def _admit(self, item: Loaded, had: dict[str, str | None], near: dict[str, str]) -> None:
        """Send a document to the readers, unless it is unreadable or was read already."""
        tally, source, document = self._tally, item.source, item.document
        tally.sources += 1
        if document is None:
            error = item.error or "cannot be read"
            tally.failed += 1
            tally.unreadable += 1
            self._failed(source, error)
            self._writer.saw(Sighting(source, None, "failed", error))
        elif (digest := bytes.fromhex(document.id)) in self._seen:
            tally.duplicates += 1
            if document.id in self._waiting:
                self._waiting[document.id].append(source)
            else:
                self._writer.saw(Sighting(source, document.id, "unchanged"))
        else:
            self._seen.add(digest)
            if self._means.seen is not None:
                self._means.seen.add(document.id)
            tally.documents += 1
            tally.near += document.id in near
            if document.id in had:
                self._had(source, document, had[document.id])
            elif document.id in near:
                self._waiting[document.id] = [source]
                self._aside[document.id] = near[document.id]
                self._writer.unread(document)
            else:
                self._waiting[document.id] = [source]
                await self._todo.put(document)
        self._watch.step(tally)

    def _had(self, source: Source, document: Document, error: str | None) -> None:
        """Count a document that was read before, in vain if there was an error."""
        if error is None:
            self._tally.unchanged += 1
        else:
            self._tally.failed += 1
            self._tally.failed_before += 1
            self._failed(source, f"{error} (asked before; `jornada retry --failed` asks again)")
        self._writer.saw(Sighting(source, document.id, "unchanged"))

    async def _read(self) -> None:
        while (document := await self._todo.get()) is not None:
            if self._halt.is_set():
                self._waiting.pop(document.id)
                continue
            self._begun += 1
            try:
                reading = await self._reading(document)
            except Halted:
                if isinstance(reached := self._means.desk.halted, BudgetReached):
                    self._stop("budget", str(reached))
                continue  # it stays among those that wait: it was begun
            except Pending:
                self._put_off(document)
                continue
            self._begun -= 1
            first, *others = self._waiting.pop(document.id)
            self._tally.add(reading)
            if reading.status is ReadingStatus.FAILED:
                self._failed(first, reading.error or "cannot be read")
            self._count_in_a_row(reading)
            self._writer.read(Entry(document, reading, now()))
            self._writer.saw(Sighting(first, document.id, "read"))
            for source in others:
                self._writer.saw(Sighting(source, document.id, "unchanged"))
            self._watch.step(self._tally)
            # A reader that never waits would keep the writer and Ctrl-C from their turn.
            await asyncio.sleep(0)

    def _put_off(self, document: Document) -> None:
        """Keep a document whose question goes out in a batch."""
        self._begun -= 1
        self._tally.pending += 1
        self._writer.unread(document)
        for source in self._waiting.pop(document.id):
            self._writer.saw(Sighting(source, document.id, "pending"))
        self._watch.step(self._tally)

    async def _reading(self, document: Document) -> Reading:
        """Read one document; whatever goes wrong is a failed reading, unless the run is halted."""
        started = time.perf_counter()
        cause = None
        try:
            lent = self._lent.pop(document.id, None)
            return (lent and reuse_reading(document, lent)) or await self._extract(document)
        except (Halted, Pending, StoreError):
            raise
        except ReaderError as fault:
            error, cause = str(fault), fault.cause
        except JornadaError as fault:
            error = str(fault)
        except Exception as fault:  # noqa: BLE001 - a defect met by one document must not stop the rest
            error = f"unexpected {type(fault).__name__}: {_one_line(str(fault))}"
        return Reading(
            document_id=document.id,
            key=self._reader.key,
            status=ReadingStatus.FAILED,
            error=error,
            cause=cause,
            seconds=time.perf_counter() - started,
        )

    def _count_in_a_row(self, reading: Reading) -> None:
        cause, count = self._in_a_row
        count = count + 1 if reading.cause is not None and reading.cause == cause else 1
        self._in_a_row = (reading.cause, count)
        if reading.cause is not None and count >= IN_A_ROW:
            self._stop("refused", f"{IN_A_ROW} failures in a row: {reading.error}")

    def _failed(self, source: Source, error: str) -> None:
        failure = Failure(source=str(source), error=error)
        if len(self._failures) < KEPT_FAILURES:
            self._failures.append(failure)
        self._watch.failure(failure)


async def _in_thread(work: Callable[[], T]) -> T:
    """Await `work` in a thread that does not keep the program from ending.

    The threads of `asyncio.to_thread` are waited for at the end, for ever where one reads from a
    terminal or a pipe that nobody closes.
    """
    future: concurrent.futures.Future[T] = concurrent.futures.Future()
    future.set_running_or_notify_cancel()  # from here on, cancelling leaves the thread alone

    def target() -> None:
        try:
            future.set_result(work())
        except BaseException as fault:  # noqa: BLE001 - handed on to whoever awaits
            future.set_exception(fault)

    threading.Thread(target=target, daemon=True).start()
    return await asyncio.wrap_future(future)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
