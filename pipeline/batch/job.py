"""What all steps of a batch job have at hand."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pipeline.batch.options import Terms
from pipeline.batch.provider import Provider
from pipeline.batch.spool import folder_of
from pipeline.calls.journal import Journal
from pipeline.settings import LlmSettings
from pipeline.store import Store
from schemas.reading import ReaderKey


class Job(NamedTuple):
    """One reader's batches in one database; `say` is told, in a line each, what happens."""

    settings: LlmSettings
    terms: Terms
    key: ReaderKey
    store: Store
    journal: Journal
    provider: Provider
    say: Callable[[str], None]

    @property
    def folder(self) -> Path:
        """Tell where the files of batches lie."""
        return folder_of(self.store.path)
