"""Nearly identical documents of a run: one of each group is read, the others take its reading over.

They are put off until all that they are nearly identical to has been stored.
"""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import islice

from pipeline.near import dedupe, search
from pipeline.near.reuse import reuse_reading
from pipeline.runs.in_flight import InFlight
from pipeline.runs.stopping import Stop
from pipeline.runs.writer import Writer
from pipeline.store import Store
from pipeline.store.fetch import fetch_documents
from pipeline.store.rows import Run
from schemas.document import Document
from schemas.reading import ReaderKey, Reading

_LOOK_SECONDS = 0.05
"""Between two looks whether all that is in flight has been stored."""


class NearDuplicates:
    """Finds them, puts them off, and feeds them when their time has come."""

    def __init__(self, store: Store, run: Run, key: ReaderKey, batch: int, writer: Writer) -> None:
        self._store = store
        self._run = run
        self._key = key
        self._batch = batch
        self._writer = writer
        self._put_off: dict[str, str] = {}
        """Documents by ID, each with the one that it is nearly identical to."""
        self._lent: dict[str, Reading] = {}
        """Readings that may be taken over, by the document that may."""

    def compare_stored(self, stop: Stop, say: Callable[[str], None]) -> None:
        """See that matches are found among all documents of before."""
        if unsigned := dedupe.count_unsigned(self._store):
            say(f"Comparing {unsigned:,} stored documents that never were.")
        for _ in dedupe.compare_stored(self._store, self._run):
            if stop:
                return

    def find(self, fresh: list[Document]) -> dict[str, str]:
        """Give those that are nearly identical to an earlier one, with its ID."""
        return search.find_near(self._store, self._run, fresh)

    def put_off(self, document: Document, like: str) -> None:
        """Keep a document in the store until the one that it is like has been read."""
        self._put_off[document.id] = like
        self._writer.add_document(document)

    def take_over(self, document: Document) -> Reading | None:
        """Make over the reading that was lent to a document; None if it is to be read."""
        lent = self._lent.pop(document.id, None)
        return None if lent is None else reuse_reading(document, lent)

    async def feed(self, put: Callable[[Document], Awaitable[None]], in_flight: InFlight) -> None:
        """Feed what was put off, once all that it is nearly identical to has been stored.

        Of a group without a reading that could be taken over, one is read, then the others wait
        for that.
        """
        while self._put_off:
            while len(in_flight) > len(self._put_off) or not self._writer.idle:
                self._writer.flush()
                await asyncio.sleep(_LOOK_SECONDS)
            asked: set[str] = set()
            put_off = iter(list(self._put_off.items()))
            while some := list(islice(put_off, self._batch)):
                turn = await self._choose(some, asked)
                for document in await asyncio.to_thread(fetch_documents, self._store, turn):
                    await put(document)

    async def _choose(self, put_off: list[tuple[str, str]], asked: set[str]) -> list[str]:
        """Choose those that have a reading to take over, and of each other group one."""
        groups = {like for _, like in put_off}
        lent = await asyncio.to_thread(search.fetch_reusable, self._store, groups, self._key)
        turn = []
        for document_id, like in put_off:
            if like in lent:
                self._lent[document_id] = lent[like]
            elif like in asked:
                continue
            asked.add(like)
            turn.append(document_id)
            del self._put_off[document_id]
        return turn
