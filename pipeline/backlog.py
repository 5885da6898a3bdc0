"""Many documents: bounded concurrency, resume, one writer, and nothing lost that was done."""

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from pipeline.documents import Loaded
from pipeline.errors import JornadaError, ServerRefusal, StoreError
from pipeline.extract import extract
from pipeline.readers import Reader
from pipeline.rows import Entry, Sighting, now
from pipeline.store import Store, new_run
from schemas.document import Document, Source
from schemas.finding import Severity
from schemas.reading import ReaderKey, Reading, ReadingStatus

T = TypeVar("T")
N = TypeVar("N", int, float)

KEPT_FAILURES = 1000
"""How many failures a summary names; all are told as they happen, and stored."""


class Pace(NamedTuple):
    """How much at once. A batch of documents is loaded and looked up in the store together."""

    concurrency: int = 16
    flush_readings: int = 500
    flush_seconds: float = 2.0
    batch_documents: int = 256
    batch_characters: int = 4_000_000
    batch_seconds: float = 0.5
    times: int = 1
    """How many usable readings by equal readers a document is to have."""
    answered: bool = False
    """Whether a failed reading counts among these if a model gave any answer."""


class Failure(BaseModel):
    """A source that could not be read, or whose document could not; `error` is one line."""

    model_config = ConfigDict(frozen=True)

    source: str
    error: str


class Summary(BaseModel):
    """What a run did.

    `documents` are different texts: each was `read` (`partial` of these in part), was `unchanged`
    because an equal reader had read it before, or failed. `failed` counts these and the sources
    that are `unreadable`. `duplicates` are further sources of a text of the same run. Tokens and
    cost are None where no reading knows them.
    """

    model_config = ConfigDict(frozen=True)

    reader: ReaderKey
    outcome: Literal["finished", "interrupted", "refused"]
    reason: str | None
    sources: int
    documents: int
    read: int
    partial: int
    unchanged: int
    failed: int
    unreadable: int
    duplicates: int
    figures: int
    findings: dict[Severity, int]
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    seconds: float
    failures: tuple[Failure, ...]


@dataclass
class Tally:
    """The counts of a run so far; see `Summary`."""

    sources: int = 0
    documents: int = 0
    read: int = 0
    partial: int = 0
    unchanged: int = 0
    failed: int = 0
    unreadable: int = 0
    duplicates: int = 0
    figures: int = 0
    findings: dict[Severity, int] = field(default_factory=lambda: dict.fromkeys(Severity, 0))
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None

    def add(self, reading: Reading) -> None:
        """Count one reading."""
        if reading.status is ReadingStatus.FAILED:
            self.failed += 1
        else:
            self.read += 1
            self.partial += reading.status is ReadingStatus.PARTIAL
        self.figures += len(reading.report.figures) if reading.report else 0
        for finding in reading.findings:
            self.findings[finding.severity] += 1
        self.input_tokens = _sum(self.input_tokens, reading.input_tokens)
        self.output_tokens = _sum(self.output_tokens, reading.output_tokens)
        self.cost_usd = _sum(self.cost_usd, reading.cost_usd)


class Watch(NamedTuple):
    """Who is told of each step of a run, and of each failure as it happens."""

    step: Callable[[Tally], None] = lambda _: None
    failure: Callable[[Failure], None] = lambda _: None


async def run(
    loaded: Iterable[Loaded], reader: Reader, store: Store, pace: Pace, watch: Watch
) -> Summary:
    """Read every document that has no usable reading by an equal reader yet, and store it.

    `loaded` is consumed lazily, in a thread. Cancelling (Ctrl-C) ends the run early with what is
    done stored and `outcome` "interrupted"; a server that refuses for good, with "refused".
    Raises `StoreError` if the store fails. With no source at all, the store is not touched.
    """
    return await _Backlog(loaded, reader, store, pace, watch).run()


class _Backlog:
    """The moving parts of one run: a feeder, readers and a writer, which share its state."""

    def __init__(
        self, loaded: Iterable[Loaded], reader: Reader, store: Store, pace: Pace, watch: Watch
    ) -> None:
        self._loaded = loaded
        self._reader = reader
        self._store = store
        self._pace = pace
        self._watch = watch
        self._run = new_run(reader.key)
        self._tally = Tally()
        self._failures: list[Failure] = []
        self._seen: set[bytes] = set()
        self._waiting: dict[str, list[Source]] = {}
        """Documents on their way to a reader, each with the sources it was found in."""
        self._todo: asyncio.Queue[Document | None] = asyncio.Queue(pace.concurrency)
        self._entries: list[Entry] = []
        self._sightings: list[Sighting] = []
        self._stored = False
        self._closing = False
        self._due = asyncio.Event()
        self._roomy = asyncio.Event()
        self._roomy.set()
        self._halt = threading.Event()

    async def run(self) -> Summary:
        started = time.perf_counter()
        writer = asyncio.create_task(self._write())
        crew = asyncio.create_task(self._read_all())
        interrupted = False
        try:
            await asyncio.wait((writer, crew), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            interrupted = True
        self._halt.set()
        crew.cancel()
        with suppress(asyncio.CancelledError, ExceptionGroup):
            await crew
        self._closing = True
        self._due.set()
        await writer
        refusal = _refusal(crew)
        outcome: Literal["finished", "interrupted", "refused"] = (
            "refused" if refusal else "interrupted" if interrupted else "finished"
        )
        summary = Summary(
            **vars(self._tally),
            reader=self._reader.key,
            outcome=outcome,
            reason=refusal,
            seconds=time.perf_counter() - started,
            failures=tuple(self._failures),
        )
        if self._stored:
            told = summary.model_dump_json(exclude={"failures"})
            await asyncio.to_thread(self._store.end, self._run, outcome, refusal, told)
        return summary

    async def _read_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._feed())
            for _ in range(self._pace.concurrency):
                group.create_task(self._read())

    async def _feed(self) -> None:
        prepared = False
        async for batch in self._batches():
            if not prepared:
                await asyncio.to_thread(self._store.prepare)
                prepared = True
            ids = {item.document.id for item in batch if item.document is not None}
            pace, key = self._pace, self._reader.key
            had = await asyncio.to_thread(
                self._store.have, ids, key, pace.times, answered=pace.answered
            )
            for item in batch:
                await self._admit(item, had)
            await self._roomy.wait()
        for _ in range(self._pace.concurrency):
            await self._todo.put(None)

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

    async def _admit(self, item: Loaded, had: set[str]) -> None:
        """Send a document to the readers, unless it is unreadable or was read already."""
        tally, source, document = self._tally, item.source, item.document
        tally.sources += 1
        if document is None:
            error = item.error or "cannot be read"
            tally.failed += 1
            tally.unreadable += 1
            self._failed(source, error)
            self._saw(Sighting(source, None, "failed", error))
        elif (digest := bytes.fromhex(document.id)) in self._seen:
            tally.duplicates += 1
            if document.id in self._waiting:
                self._waiting[document.id].append(source)
            else:
                self._saw(Sighting(source, document.id, "unchanged"))
        else:
            self._seen.add(digest)
            tally.documents += 1
            if document.id in had:
                tally.unchanged += 1
                self._saw(Sighting(source, document.id, "unchanged"))
            else:
                self._waiting[document.id] = [source]
                await self._todo.put(document)
        self._watch.step(tally)

    async def _read(self) -> None:
        while (document := await self._todo.get()) is not None:
            reading = await _reading(document, self._reader)
            first, *others = self._waiting.pop(document.id)
            self._tally.add(reading)
            if reading.status is ReadingStatus.FAILED:
                self._failed(first, reading.error or "cannot be read")
            self._entries.append(Entry(document, reading, now()))
            self._saw(Sighting(first, document.id, "read"))
            for source in others:
                self._saw(Sighting(source, document.id, "unchanged"))
            self._watch.step(self._tally)
            # A reader that never waits would keep the writer and Ctrl-C from their turn.
            await asyncio.sleep(0)

    def _failed(self, source: Source, error: str) -> None:
        failure = Failure(source=str(source), error=error)
        if len(self._failures) < KEPT_FAILURES:
            self._failures.append(failure)
        self._watch.failure(failure)

    def _saw(self, sighting: Sighting) -> None:
        self._sightings.append(sighting)
        pending = len(self._sightings)
        if pending >= self._pace.flush_readings:
            self._due.set()
        if pending >= 4 * self._pace.flush_readings:
            self._roomy.clear()

    async def _write(self) -> None:
        while not self._closing or self._sightings:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), self._pace.flush_seconds)
            self._due.clear()
            entries, self._entries = self._entries, []
            sightings, self._sightings = self._sightings, []
            self._roomy.set()
            if sightings:
                wrote = await asyncio.to_thread(self._store.append, self._run, entries, sightings)
                self._stored = self._stored or wrote


async def _reading(document: Document, reader: Reader) -> Reading:
    """Read one document; whatever goes wrong is a failed reading, unless it ends the run."""
    started = time.perf_counter()
    try:
        return await extract(document, reader)
    except ServerRefusal as refusal:
        if refusal.stops_run:
            raise
        error = str(refusal)
    except JornadaError as fault:
        error = str(fault)
    except Exception as fault:  # noqa: BLE001 - a defect met by one document must not stop the rest
        error = f"unexpected {type(fault).__name__}: {_one_line(str(fault))}"
    return Reading(
        document_id=document.id,
        key=reader.key,
        status=ReadingStatus.FAILED,
        error=error,
        seconds=time.perf_counter() - started,
    )


def _refusal(crew: asyncio.Task[None]) -> str | None:
    """Tell what the server refused; raise what else ended the crew."""
    if crew.cancelled() or (group := crew.exception()) is None:
        return None
    faults = group.exceptions if isinstance(group, ExceptionGroup) else (group,)
    for fault in faults:
        if isinstance(fault, StoreError):
            raise fault
    for fault in faults:
        if isinstance(fault, ServerRefusal):
            return str(fault)
    raise faults[0]


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


def _sum(total: N | None, more: N | None) -> N | None:
    if total is None or more is None:
        return more if total is None else total
    return total + more


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
