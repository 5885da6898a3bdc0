"""Readers: anything that makes a `Reading` of a `Document`."""

from typing import Protocol

from schemas.document import Document
from schemas.reading import ReaderKey, Reading


class Reader(Protocol):
    """The seam between a document and whatever reads it."""

    @property
    def key(self) -> ReaderKey:
        """Say what its readings depend on beside the text."""
        ...

    async def read(self, document: Document) -> Reading:
        """Read one document.

        Failure is a `Reading` with status failed, not an exception; only what makes every further
        call pointless (a 401) is raised, as `ServerRefusal`.
        """
        ...
