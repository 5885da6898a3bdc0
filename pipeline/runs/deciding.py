"""Decisions of people: taken down at once, and stored as soon as the database can be had."""

import os
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pipeline.decisions.journal import DecisionJournal, decisions_path
from pipeline.decisions.validation import hold
from pipeline.errors import StoreError, UsageError
from pipeline.store import Store, new_run
from pipeline.store.connection import stat_files
from pipeline.store.decided import fetch_decisions
from pipeline.store.fetch import fetch_documents
from pipeline.store.rows import now
from schemas.decision import Decision
from schemas.document import Document
from schemas.reading import ReaderKey

_KEY = ReaderKey(reader="review", schema_hash="none")
_PATIENCE = 5.0
"""Seconds that one waits for a process that has the database."""
_DOCUMENTS = 64
"""So many texts are kept, so that what is decided of them is taken down while others write."""
_settling = threading.Lock()
"""DuckDB lets two of one process store the same decisions at once, and fails at the end."""
_TICK = timedelta(microseconds=1)
_THERE = "SELECT document_id FROM documents WHERE document_id IN (SELECT unnest(?::VARCHAR[]))"


class _Made(NamedTuple):
    """About which document a decision was made, and when."""

    document_id: str
    decided_at: datetime


class Decisions:
    """The decisions about the documents of one database; safe to use from several threads.

    Several processes may decide at a time, and a backlog may run meanwhile.
    """

    def __init__(self, db: Path, *, patience: float = _PATIENCE) -> None:
        self._store = Store(db, patience=patience)
        self._journal = DecisionJournal(decisions_path(db))
        self._run = new_run(_KEY)
        self._known: dict[str, _Made] = {}
        self._last: dict[str, datetime] = {}
        self._left: object = None
        self._fetch = lru_cache(maxsize=_DOCUMENTS)(self._fetch_document)

    def record(
        self, decisions: Sequence[Decision], documents: Sequence[Document] = ()
    ) -> list[Decision]:
        """Take decisions down, all or none, and give them as kept: on disk when this returns.

        One whose ID is known is kept once. Places get their one name. Raises `UsageError` with one
        line for one that cannot hold, and `StoreError` where the document cannot be had: those of
        `documents` need not be.
        """
        texts = {one.id: one for one in documents}
        held = [
            hold(texts.get(one.document_id) or self._fetch(one.document_id), one)
            for one in decisions
        ]
        self._require_undoable(held)
        timed = self._in_order(held)
        self._journal.keep(timed)
        self._remember(timed)
        return timed

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
        self._remember(each.values())
        return tuple(sorted(each.values(), key=lambda one: one.decided_at))

    def settle(self) -> int:
        """Store what waits, with the decided readings that come of it; gives how many were new.

        What is about a document that is not in the database waits on: another database may have
        come in the place of its own. Raises `StoreError` where the database cannot be had now: then
        all waits on.
        """
        waiting = self._journal.list_kept()
        if not waiting or self._note(waiting) == self._left:
            return 0
        with _settling, self._store.keep_open():
            self._store.upgrade_older()
            about = list({one.document_id for one in waiting})
            there = {each for (each,) in self._store.read(_THERE, [about]).rows}
            ready = [one for one in waiting if one.document_id in there]
            stored = self._store.record(self._run, ready)
        self._journal.forget([one.decision_id for one in ready])
        left = [one for one in waiting if one.document_id not in there]
        self._left = self._note(left)
        return stored

    def _note(self, waiting: Sequence[Decision]) -> object:
        """Note what waits, and the file as it is: it need not be opened for the same again."""
        if not os.path.exists(self._store.path):  # noqa: PTH110 - pathlib may raise
            # It is not made anew: when it comes back, it would find what was decided gone.
            raise StoreError(f"{self._store.path}: there is no such database any more")
        return tuple(one.decision_id for one in waiting), stat_files(self._store.path)

    def _in_order(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Give each a time behind what it follows, where a clock was set back meanwhile."""
        present = now()
        last, made = dict(self._last), dict(self._known)
        timed = []
        for one in decisions:
            at = one.decided_at
            before = last.get(one.document_id)
            if before is not None and before > present:
                at = max(at, before + _TICK)
            if one.undoes in made:
                at = max(at, made[one.undoes].decided_at + _TICK)
            timed.append(one.model_copy(update={"decided_at": at}))
            made[one.decision_id] = _Made(one.document_id, at)
            last[one.document_id] = max(at, before or at)
        return timed

    def _remember(self, decisions: Iterable[Decision]) -> None:
        for one in decisions:
            self._known[one.decision_id] = _Made(one.document_id, one.decided_at)
            last = self._last.get(one.document_id, one.decided_at)
            self._last[one.document_id] = max(last, one.decided_at)

    def _require_undoable(self, decisions: Sequence[Decision]) -> None:
        """Raise `UsageError` where one undoes what was not made; most are known without a look."""
        made: set[tuple[str, str]] = set()
        for one in decisions:
            if one.undoes is not None and (one.undoes, one.document_id) not in made:
                if not self._is_known(one.undoes, one.document_id):
                    self.of(one.document_id)
                if not self._is_known(one.undoes, one.document_id):
                    raise UsageError("there is no such decision to undo")
            made.add((one.decision_id, one.document_id))

    def _is_known(self, decision_id: str, document_id: str) -> bool:
        known = self._known.get(decision_id)
        return known is not None and known.document_id == document_id

    def _fetch_document(self, document_id: str) -> Document:
        for document in fetch_documents(self._store, [document_id]):
            return document
        raise UsageError(f"there is no document {document_id[:12]!r}")
