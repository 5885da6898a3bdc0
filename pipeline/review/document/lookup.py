"""A document as it stands now: its newest reading, with all that was decided."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pipeline.decisions.apply import effective
from pipeline.decisions.reading import DecidedReading, decide_reading
from pipeline.errors import StoreError
from pipeline.review.apart import Apart, decisions_for
from pipeline.review.context import Context
from pipeline.runs.deciding import Decisions
from pipeline.store import Store
from pipeline.store.fetch import fetch_documents, fetch_readings
from schemas.decision import Decision
from schemas.document import Document, Source
from schemas.reading import ReaderKey, Reading, ReadingStatus
from schemas.report import BulletinKind, JornadaReport

_REMEMBERED = 16
"""Documents that can be shown while the database cannot be had."""
_NOTHING_READ = JornadaReport(bulletin_kind=BulletinKind.RESULTS)
_NO_READER = ReaderKey(reader="review", schema_hash="none")

# The newest that can be used, else the newest that failed: what decisions are applied to.
_NEWEST = """
SELECT reading_id, read_at FROM readings
WHERE document_id = ? AND derived IS DISTINCT FROM 'review'
ORDER BY status = 'failed', read_at DESC, rowid DESC LIMIT 1
"""
_BEGUN_WITH = """
SELECT reading_id, read_at FROM readings
WHERE document_id = ? AND reading_id = ? AND derived IS DISTINCT FROM 'review'
"""

# Of the table and not of what counts today: that would look at all sources there are.
_SOURCE = """
SELECT path, record FROM sources
WHERE document_id = ? AND status NOT IN ('failed', 'forgotten') ORDER BY seen_at DESC LIMIT 1
"""

Kept = TypeVar("Kept")


class Looked(NamedTuple):
    """A document, the newest reading of it, and that reading as decided.

    `source` is where it was seen last. `reading` is as a reader made it, None where there is none
    yet, without a report where it failed. `decisions` are all that anybody made, in order;
    `standing` those that count.
    """

    document: Document
    source: Source | None
    reading: Reading | None
    read_at: datetime | None
    decisions: tuple[Decision, ...]
    standing: tuple[Decision, ...]
    decided: DecidedReading

    @property
    def report(self) -> JornadaReport:
        """Give the report as decided."""
        return self.decided.reading.report or _NOTHING_READ

    @property
    def version(self) -> str:
        """Name this state of the document."""
        return name_version(self.reading.reading_id if self.reading else None, self.decisions)


class _Raw(NamedTuple):
    document: Document
    source: Source | None
    reading: Reading | None
    read_at: datetime | None


class _Memory(Generic[Kept]):
    """What was last known of a few documents. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            return self._kept.get(key)

    def put(self, key: Hashable, value: Kept) -> Kept:
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
        return value


_raw: _Memory[_Raw] = _Memory()
_looked: _Memory[Looked] = _Memory()


@lru_cache(maxsize=4)
def decisions_of(db: Path) -> Decisions:
    """Give the decisions of a database: one for all requests, as it remembers texts."""
    return Decisions(db)


def look_up(
    context: Context,
    document_id: str,
    recorded: Sequence[Decision] = (),
    apart: Apart | None = None,
) -> Looked | None:
    """Look a document up, None where there is none of that ID.

    To who labels `apart` it is as they began with it, with their own decisions alone.
    While the database cannot be had, it is as it was last seen, with what was `recorded` since.
    Raises `StoreError` where it was never seen.
    """
    key = context.db, document_id, apart
    known = _looked.get(key)
    try:
        # Opened once for both: to open the file takes longer than to ask it.
        with context.store.keep_open(read_only=True):
            raw = _fetch(context.store, key)
            decisions = decisions_about(context, document_id, apart)
    except StoreError:
        raw = _raw.get(key)
        if raw is None or known is None:
            raise
        seen = {one.decision_id: one for one in (*known.decisions, *recorded)}
        decisions = tuple(sorted(seen.values(), key=lambda one: one.decided_at))
    if raw is None:
        return None
    version = name_version(raw.reading.reading_id if raw.reading else None, decisions)
    if known is not None and known.version == version:
        return known
    return _looked.put(key, _decide(raw, decisions))


def look_up_document(context: Context, document_id: str) -> Document | None:
    """Look its text alone up, which never changes. Raises `StoreError`."""
    if known := _raw.get((context.db, document_id, None)):
        return known.document
    return next(iter(fetch_documents(context.store, [document_id])), None)


def look_up_version(context: Context, document_id: str, apart: Apart | None = None) -> str:
    """Name the state of a document without looking all of it up. Raises `StoreError`."""
    with context.store.keep_open(read_only=True):
        reading_id, _ = _find_reading(context.store, document_id, apart)
        decisions = decisions_about(context, document_id, apart)
    return name_version(reading_id, decisions)


def decisions_about(
    context: Context, document_id: str, apart: Apart | None = None
) -> tuple[Decision, ...]:
    """List what was decided of a document for everybody, or apart. Raises `StoreError`."""
    return decisions_for(decisions_of(context.db).of(document_id, context.store), apart)


def name_version(reading_id: str | None, decisions: Sequence[Decision]) -> str:
    """Name the state of a document: another reading or decision makes another one."""
    parts = (reading_id or "", *(one.decision_id for one in decisions))
    return sha256(" ".join(parts).encode()).hexdigest()[:16]


def _find_reading(
    store: Store, document_id: str, apart: Apart | None
) -> tuple[str | None, datetime | None]:
    """Find the reading that decisions are applied to, and when it was made."""
    if apart is None:
        rows = store.read(_NEWEST, [document_id]).rows
    elif apart.is_blind:
        rows = []
    else:
        rows = store.read(_BEGUN_WITH, [document_id, apart.reading_id]).rows
    return rows[0] if rows else (None, None)


def _fetch(store: Store, key: tuple[Path, str, Apart | None]) -> _Raw | None:
    reading_id, read_at = _find_reading(store, key[1], key[2])
    known = _raw.get(key)
    if known is not None and (known.reading and known.reading.reading_id) == reading_id:
        return known
    documents = [known.document] if known else fetch_documents(store, [key[1]])
    if not documents:
        return None
    readings = fetch_readings(store, [reading_id]) if reading_id else ()
    found = store.read(_SOURCE, [key[1]]).rows
    source = Source(path=found[0][0], record=found[0][1]) if found else None
    reading = readings[0] if readings else None
    return _raw.put(key, _Raw(documents[0], source, reading, read_at))


def _decide(raw: _Raw, decisions: tuple[Decision, ...]) -> Looked:
    reading = raw.reading or Reading(
        document_id=raw.document.id, key=_NO_READER, status=ReadingStatus.FAILED, seconds=0
    )
    made_on = {reading.reading_id, reading.derived_from}
    own = {one.decision_id for one in decisions if one.reading_id in made_on}
    decided = decide_reading(raw.document, reading, decisions, own)
    return Looked(*raw, decisions, effective(decisions), decided)
