"""The one writer of a run: what was read gathers here, and goes into the store some at a time."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from pipeline.calls.journal import Journal
from pipeline.runs.options import RunOptions
from pipeline.store import Store
from pipeline.store.rows import Entry, Run, Sighting
from schemas.document import Document, Source
from schemas.reading import Reading

OnFailed = Callable[[Source, Reading, Reading], None]
"""Is told of a reading that could not be stored: its source, the reading, and what is stored in its
place."""


class Writer:
    """Gathers what is to be stored; `work` stores it, every few seconds or so many readings."""

    def __init__(
        self, store: Store, run: Run, journal: Journal | None, run_options: RunOptions
    ) -> None:
        self._store = store
        self._run = run
        self._journal = journal
        self._run_options = run_options
        self._entries: list[Entry] = []
        self._sightings: list[Sighting] = []
        self._documents: list[Document] = []
        self._writing = False
        self._closing = False
        self._due = asyncio.Event()
        self._roomy = asyncio.Event()
        self._roomy.set()
        self.stored = False
        """Whether the run has anything in the store."""
        self.changed = 0
        """How many sources hold another text than before."""
        self.on_failed: OnFailed = lambda *_: None
        self.on_stored: Callable[[], None] = lambda: None
        """Is called whenever something was stored."""

    def add_reading(self, entry: Entry) -> None:
        """Take a reading; its sources follow."""
        self._entries.append(entry)

    def add_source(self, sighting: Sighting) -> None:
        """Take a source."""
        self._sightings.append(sighting)
        pending = len(self._sightings)
        if pending >= self._run_options.flush_readings:
            self._due.set()
        if pending >= 4 * self._run_options.flush_readings:
            self._roomy.clear()

    def add_document(self, document: Document) -> None:
        """Take a document that has no reading yet."""
        self._documents.append(document)

    async def wait_for_room(self) -> None:
        """Wait until what gathers is little enough for more."""
        await self._roomy.wait()

    def flush(self) -> None:
        """Have what has gathered stored now, and nobody wait for room."""
        self._due.set()
        self._roomy.set()

    @property
    def idle(self) -> bool:
        """Tell whether all that came is stored."""
        return not (self._sightings or self._documents or self._writing)

    def close(self) -> None:
        """End the work once all is stored."""
        self._closing = True
        self._due.set()

    async def work(self) -> None:
        """Store what comes until it is closed. Raises `StoreError` if the store fails."""
        while not self._closing or self._sightings or self._documents:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), self._run_options.flush_seconds)
            self._due.clear()
            entries, self._entries = self._entries, []
            sightings, self._sightings = self._sightings, []
            unread, self._documents = self._documents, []
            self._roomy.set()
            if sightings or unread:
                self._writing = True
                failed = await asyncio.to_thread(self._append, entries, sightings, unread)
                self._tell(failed, entries, sightings)
                self._writing = False

    def _append(
        self, entries: list[Entry], sightings: list[Sighting], unread: list[Document]
    ) -> tuple[Reading, ...]:
        appended = self._store.append(self._run, entries, sightings, unread)
        self.stored = self.stored or appended.new
        self.changed += appended.changed
        if self._journal is not None:
            self._journal.forget(
                [entry.reading.reading_id for entry in entries if entry.reading.attempts]
            )
        self.on_stored()
        return appended.failed

    def _tell(
        self, failed: tuple[Reading, ...], entries: list[Entry], sightings: list[Sighting]
    ) -> None:
        readings = {entry.reading.reading_id: entry.reading for entry in entries}
        # The source of a reading is taken right after it.
        sources = {seen.document_id: seen.source for seen in reversed(sightings)}
        for reading in failed:
            self.on_failed(sources[reading.document_id], readings[reading.reading_id], reading)
