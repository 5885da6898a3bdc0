"""Feeding: sources are loaded in a thread, looked up in the store, and what is new goes on."""

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pipeline.documents import LoadedSource
from pipeline.runs.in_flight import InFlight
from pipeline.runs.options import RunOptions
from pipeline.runs.recording import Recorder
from pipeline.runs.stopping import Stop
from pipeline.runs.writer import Writer
from pipeline.store import Store
from schemas.document import Document
from schemas.reading import ReaderKey

if TYPE_CHECKING:
    from pipeline.runs.near_duplicates import NearDuplicates

T = TypeVar("T")


class DocumentQueue:
    """Documents for so many readers; `None` tells each of them that there are no more."""

    def __init__(self, readers: int) -> None:
        self._readers = readers
        self._queue: asyncio.Queue[Document | None] = asyncio.Queue(readers)

    async def put(self, document: Document) -> None:
        """Add a document, once there is room."""
        await self._queue.put(document)

    async def get(self) -> Document | None:
        """Take the next document, once there is one."""
        return await self._queue.get()

    async def end(self) -> None:
        """Let the readers end once all has been taken."""
        for _ in range(self._readers):
            await self._queue.put(None)

    def drop(self) -> None:
        """Drop what nobody has taken, and let the readers end now."""
        while not self._queue.empty():
            self._queue.get_nowait()
        for _ in range(self._readers):
            self._queue.put_nowait(None)


class LookUp(NamedTuple):
    """What the store knows of some documents.

    `read_before` are those that an equal reader has read, with the error of a failed reading;
    `near` those that are nearly identical to another, by the ID of that one.
    """

    read_before: dict[str, str | None]
    near: dict[str, str]


class Feeder:
    """Feeds the queue with the documents that are to be read."""

    def __init__(
        self,
        store: Store,
        key: ReaderKey,
        run_options: RunOptions,
        queue: DocumentQueue,
        in_flight: InFlight,
        recorder: Recorder,
        stop: Stop,
    ) -> None:
        self._store = store
        self._key = key
        self._run_options = run_options
        self._queue = queue
        self._in_flight = in_flight
        self._recorder = recorder
        self._stop = stop
        self._texts: set[bytes] = set()
        """The documents of this run, by the bytes of their IDs."""

    async def feed(
        self,
        loaded: Iterable[LoadedSource],
        writer: Writer,
        prepare: Callable[[], None],
        near: "NearDuplicates | None",
        seen: set[str] | None,
    ) -> None:
        """Feed all that is loaded, then what was put off, and end the queue.

        While one batch is read, the next one is loaded, so that neither waits for the other.
        `prepare` makes the store ready, once there is anything to feed; `seen`, if any, gets the
        IDs of all documents.
        """
        prepared = False
        load = partial(in_thread, partial(self._next_batch, iter(loaded)))
        loading = asyncio.create_task(load())
        try:
            while batch := await loading:
                if self._stop:
                    return
                loading = asyncio.create_task(load())
                if not prepared:
                    await asyncio.to_thread(prepare)
                    prepared = True
                fresh = [item.document for item in batch if item.document is not None]
                if seen is not None:
                    seen.update(document.id for document in fresh)
                found = await asyncio.to_thread(self._look_up, fresh, near)
                for item in batch:
                    await self._admit(item, found, near)
                await writer.wait_for_room()
        finally:
            loading.cancel()
        if near is not None:
            await near.feed(self._queue.put, self._in_flight)
        await self._queue.end()

    def _look_up(self, fresh: list[Document], near: "NearDuplicates | None") -> LookUp:
        with self._store.keep_open():
            alike = near.find(fresh) if near is not None else {}
            if self._run_options.anew:
                return LookUp({}, alike)
            ids = {document.id for document in fresh}
            return LookUp(self._store.find_read(ids, self._key, self._run_options.times), alike)

    async def _admit(
        self, item: LoadedSource, found: LookUp, near: "NearDuplicates | None"
    ) -> None:
        """Send a document to the readers, unless it is unreadable or was read already."""
        progress, source, document = self._recorder.progress, item.source, item.document
        progress.sources += 1
        if document is None:
            self._recorder.record_unreadable(item)
        elif (digest := bytes.fromhex(document.id)) in self._texts:
            progress.duplicates += 1
            if document.id in self._in_flight:
                self._in_flight.add(document.id, source)
            else:
                self._recorder.record_source(source, document.id)
        else:
            self._texts.add(digest)
            progress.documents += 1
            progress.near += document.id in found.near
            if document.id in found.read_before:
                self._recorder.record_read_before(source, document, found.read_before[document.id])
            else:
                self._in_flight.add(document.id, source)
                if near is not None and document.id in found.near:
                    near.put_off(document, found.near[document.id])
                else:
                    await self._queue.put(document)
        self._recorder.step()

    def _next_batch(self, sources: Iterator[LoadedSource]) -> list[LoadedSource]:
        deadline = time.monotonic() + self._run_options.batch_seconds
        batch: list[LoadedSource] = []
        characters = 0
        for item in sources:
            batch.append(item)
            characters += len(item.document.text) if item.document else 0
            if (
                len(batch) >= self._run_options.batch_documents
                or characters >= self._run_options.batch_characters
                or time.monotonic() > deadline
                or self._stop
            ):
                break
        return batch


async def in_thread(work: Callable[[], T]) -> T:
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
