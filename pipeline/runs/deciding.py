"""Decisions of people: taken down at once, and stored as soon as the database can be had."""

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pipeline.decisions.journal import DecisionJournal, decisions_path
from pipeline.decisions.validation import hold
from pipeline.errors import UsageError
from pipeline.store import Store, new_run
from pipeline.store.decided import fetch_decisions
from pipeline.store.fetch import fetch_documents
from schemas.decision import Decision
from schemas.document import Document
from schemas.reading import ReaderKey

_KEY = ReaderKey(reader="review", schema_hash="none")
_PATIENCE = 5.0
"""Seconds that one waits for a process that has the database."""
_settling = threading.Lock()
"""Two of one process would store the same at once; of two processes, one alone has the file."""
_DOCUMENTS = 64
"""So many texts are kept, so that what is decided of them is taken down while others write."""


class Decisions:
    """The decisions about the documents of one database; safe to use from several threads.

    Several processes may decide at a time, and a backlog may run meanwhile.
    """

    def __init__(self, db: Path, *, patience: float = _PATIENCE) -> None:
        self._store = Store(db, patience=patience)
        self._journal = DecisionJournal(decisions_path(db))
        self._run = new_run(_KEY)
        self._is_prepared = False
        self._known: dict[str, str] = {}
        self._fetch = lru_cache(maxsize=_DOCUMENTS)(self._fetch_document)

    def record(self, decisions: Sequence[Decision], documents: Sequence[Document] = ()) -> None:
        """Take decisions down, all or none; they are on disk when this returns.

        One whose ID is known is kept once. Places get their one name. Raises `UsageError` with one
        line for one that cannot hold, and `StoreError` where the document cannot be had: those of
        `documents` need not be.
        """
        texts = {one.id: one for one in documents}
        held = [
            hold(texts.get(one.document_id) or self._fetch(one.document_id), one)
            for one in decisions
        ]
        new = {one.decision_id: one.document_id for one in held}
        for one in held:
            if one.undoes is not None and new.get(one.undoes) != one.document_id:
                self._require_known(one.document_id, one.undoes)
        self._journal.keep(held)
        self._known |= new

    def of(self, document_id: str, store: Store | None = None) -> tuple[Decision, ...]:
        """Give all decisions about a document, in the order they were made, those `apart` too.

        `store` is one that has the file open already: to open it again takes longer than to ask.
        """
        # First what waits: what moves into the store meanwhile is seen twice, and not never.
        waiting = self._journal.list_kept(document_id)
        stored = fetch_decisions(store or self._store, [document_id])
        each = {one.decision_id: one for one in stored}
        for one in waiting:
            each.setdefault(one.decision_id, one)
        self._known |= dict.fromkeys(each, document_id)
        return tuple(sorted(each.values(), key=lambda one: one.decided_at))

    def settle(self) -> int:
        """Store what waits, with the decided readings that come of it; gives how many were new.

        Raises `StoreError` where the database cannot be had now: then all waits on.
        """
        with _settling:
            return self._settle()

    def _settle(self) -> int:
        waiting = self._journal.list_kept()
        if not waiting:
            return 0
        with self._store.keep_open():
            if not self._is_prepared:
                self._store.prepare()
                self._is_prepared = True
            stored = self._store.record(self._run, waiting)
        self._journal.forget([one.decision_id for one in waiting])
        return stored

    def _require_known(self, document_id: str, decision_id: str) -> None:
        """Raise `UsageError` for a decision that was not made; most are known without a look."""
        if self._known.get(decision_id) != document_id:
            self.of(document_id)
        if self._known.get(decision_id) != document_id:
            raise UsageError("there is no such decision to undo")

    def _fetch_document(self, document_id: str) -> Document:
        for document in fetch_documents(self._store, [document_id]):
            return document
        raise UsageError(f"there is no document {document_id[:12]!r}")
