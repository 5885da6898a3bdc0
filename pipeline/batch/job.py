"""What all steps of a batch job have at hand."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.batch import ledger
from pipeline.batch.ledger import Batch
from pipeline.batch.options import BatchOptions
from pipeline.batch.provider import Provider
from pipeline.batch.spool import spool_folder
from pipeline.calls.journal import Journal
from pipeline.settings import DEFAULT_BASE_URL, LlmSettings
from pipeline.store import Store
from pipeline.urls import stored_url
from schemas.reading import ReaderKey


@dataclass
class Job:
    """One reader's batches in one database; `say` is told, in a line each, what happens.

    It is used by the one process that has the database locked: no other changes batches.
    `require_held` raises `StoreError` where it has not any more.
    """

    settings: LlmSettings
    options: BatchOptions
    key: ReaderKey
    store: Store
    journal: Journal
    provider: Provider
    say: Callable[[str], None]
    require_held: Callable[[], None]
    _known: dict[str, Batch] | None = field(default=None, init=False)
    """Everybody's batches; None where the store has to be asked."""

    @property
    def folder(self) -> Path:
        """Where the files of batches lie."""
        return spool_folder(self.store.path)

    async def fetch_batches(self) -> tuple[Batch, ...]:
        """Fetch everybody's batches: money and the account's queue are one.

        A look at what is out leaves the file alone, for whoever wants it, unless something is new.
        """
        self.require_held()
        if self._known is None:
            if not self.store.path.exists():
                return ()
            batches = await asyncio.to_thread(ledger.fetch_batches, self.store)
            self._known = {batch.batch: batch for batch in batches}
        return tuple(self._known.values())

    def forget_batches(self) -> None:
        """Have the store asked for them again, which is about to have others."""
        self._known = None

    def select_own(self, batches: Sequence[Batch]) -> list[Batch]:
        """Choose those of this reader."""
        reader = self.key.model_dump_json()
        return [batch for batch in batches if batch.reader == reader]

    def select_doubtful(self, batches: Sequence[Batch]) -> list[Batch]:
        """Choose those, of any reader, of which nobody knows whether the server has them."""
        where = stored_url(self.settings.base_url or DEFAULT_BASE_URL)
        return [
            batch for batch in batches if batch.state == "unconfirmed" and batch.base_url == where
        ]

    async def record_state(self, batch: Batch, state: str, **facts: object) -> Batch:
        """Record a new state of a batch, with what is known in addition."""
        known, self._known = self._known, None  # what is broken off may be in the store or not
        batch = await asyncio.to_thread(ledger.record_state, self.store, batch, state, **facts)
        if known is not None:
            self._known = known | {batch.batch: batch}
        return batch
