"""What becomes of each document: counted, told, and handed to the writer."""

from collections.abc import Sequence

from pipeline.documents import LoadedSource
from pipeline.runs.progress import Failure, Progress, Watch
from pipeline.runs.writer import Writer
from pipeline.store.rows import Entry, Sighting, now
from schemas.document import Document, Source
from schemas.reading import Reading, ReadingStatus

KEPT_FAILURES = 1000
"""How many failures a summary names; all are told as they happen, and stored."""


class Recorder:
    """Keeps the counts of a run, and tells the writer and whoever watches."""

    def __init__(self, writer: Writer, watch: Watch, *, from_store: bool = False) -> None:
        self._from_store = from_store
        self.progress = Progress()
        self.failures: list[Failure] = []
        self._writer = writer
        self._watch = watch
        writer.on_failed = self._record_unstorable

    def step(self) -> None:
        """Tell how far the run is."""
        self._watch.step(self.progress)

    def say(self, line: str) -> None:
        """Tell what else is up."""
        self._watch.say(line)

    def record_unreadable(self, item: LoadedSource) -> None:
        """Record a source that holds no document."""
        error = item.error or "cannot be read"
        self.progress.failed += 1
        self.progress.unreadable += 1
        self._failure(item.source, error)
        self._writer.add_source(Sighting(item.source, None, "failed", error, item.given_up))

    def record_read_before(self, source: Source, document: Document, error: str | None) -> None:
        """Record a document that was read before, in vain if there was an error."""
        if error is None:
            self.progress.unchanged += 1
        else:
            self.progress.failed += 1
            self.progress.failed_before += 1
            self._failure(source, f"{error} (asked before; `jornada retry --failed` asks again)")
        self.record_source(source, document.id)

    def record_source(self, source: Source, document_id: str) -> None:
        """Record a source of a document whose reading is there."""
        self._see(source, document_id, "unchanged")

    def record_reading(
        self, document: Document, reading: Reading, sources: Sequence[Source]
    ) -> None:
        """Record a reading, good or failed, and the sources of its document."""
        first, *others = sources
        self.progress.add(reading)
        if reading.status is ReadingStatus.FAILED:
            self._failure(first, reading.error or "cannot be read")
        self._writer.add_reading(Entry(document, reading, now()))
        self._see(first, document.id, "read")
        for source in others:
            self.record_source(source, document.id)
        self.step()

    def record_pending(self, document: Document, sources: Sequence[Source]) -> None:
        """Record a document whose question goes out in a batch."""
        self.progress.pending += 1
        if not self._from_store:
            self._writer.add_document(document)
            for source in sources:
                self._see(source, document.id, "pending")
        self.step()

    def _see(self, source: Source, document_id: str, status: str) -> None:
        told = "recalled" if self._from_store else status
        self._writer.add_source(Sighting(source, document_id, told))

    def _record_unstorable(self, source: Source, before: Reading, stored: Reading) -> None:
        """Count a reading as failed that was counted as read, and could not be stored."""
        self.progress.replace(before, stored)
        self._failure(source, stored.error or "cannot be stored")
        self.step()

    def _failure(self, source: Source, error: str) -> None:
        failure = Failure(source=str(source), error=error)
        if len(self.failures) < KEPT_FAILURES:
            self.failures.append(failure)
        self._watch.failure(failure)
