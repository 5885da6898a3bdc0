"""What all steps of a batch job have at hand."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

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


class Job(NamedTuple):
    """One reader's batches in one database; `say` is told, in a line each, what happens."""

    settings: LlmSettings
    options: BatchOptions
    key: ReaderKey
    store: Store
    journal: Journal
    provider: Provider
    say: Callable[[str], None]

    @property
    def folder(self) -> Path:
        """Where the files of batches lie."""
        return spool_folder(self.store.path)

    async def fetch_batches(self) -> tuple[Batch, ...]:
        """Fetch everybody's batches: money and the account's queue are one."""
        if not self.store.path.exists():
            return ()
        return await asyncio.to_thread(ledger.fetch_batches, self.store)

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
        return await asyncio.to_thread(ledger.record_state, self.store, batch, state, **facts)
