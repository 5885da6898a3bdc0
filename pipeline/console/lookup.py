"""Readings out of the store again, as they went in."""

import os
from collections.abc import Iterable, Sequence
from itertools import islice

from pipeline.console.show import ShownReading
from pipeline.documents import LoadedSource
from pipeline.errors import UsageError
from pipeline.store import Store
from pipeline.store.decided import fetch_marks
from pipeline.store.fetch import fetch_documents, fetch_readings
from schemas.document import Document, Source
from schemas.reading import ReaderKey

_DERIVED = {
    "near": "taken over from that of a nearly identical bulletin,",
    "recheck": "judged anew from the answers of",
    "review": "as people decided of",
}
_HEXADECIMAL = set("0123456789abcdef")
_MOST_SHOWN = 10
_AT_A_PATH = """
SELECT document_id, path, record FROM sources WHERE document_id IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY path, record ORDER BY seen_at DESC, sources.rowid DESC
) = 1
"""
"""The document that each file, or record of one, holds, or held when it was last read."""
_CANDIDATES = f"""
WITH stored AS ({_AT_A_PATH}), named AS (
    SELECT document_id, path || coalesce('#' || record, '') AS source, path FROM stored
), found AS (
    SELECT document_id, path IN ($what, $absolute) OR source IN ($what, $absolute) AS whole
    FROM named
    WHERE whole OR contains(strip_accents(lower(source)), strip_accents(lower($what)))
    UNION ALL
    SELECT document_id, FALSE FROM documents WHERE $is_id AND starts_with(document_id, lower($what))
)
SELECT document_id, min(source) AS source
FROM (FROM found QUALIFY whole = max(whole) OVER ()) JOIN documents USING (document_id)
LEFT JOIN named USING (document_id)
GROUP BY document_id ORDER BY source, document_id
"""  # noqa: S608 - our own
"""Where something is a whole path, what only begins or holds it does not count."""
_READINGS = """
SELECT reading_id, read_at FROM readings WHERE document_id = ? AND (? OR status <> 'failed')
ORDER BY status = 'failed', read_at DESC, reading_id DESC LIMIT 1
"""
_COUNTS = "SELECT 1 FROM current_documents WHERE document_id = ?"
_SOURCES = """
SELECT DISTINCT path, record FROM sources
WHERE document_id = ? ORDER BY path || coalesce('#' || record, '')
"""


def recall(store: Store, document_id: str, *, failed: bool = True) -> ShownReading | None:
    """Give the newest reading of a document, a usable one first.

    None where there is none; a failed one counts only with `failed`. Raises `StoreError` if the
    store cannot be read.
    """
    with store.keep_open(read_only=True):
        newest = store.read(_READINGS, [document_id, failed]).rows
        if not newest:
            return None
        ((reading_id, read_at),) = newest
        (document,) = fetch_documents(store, [document_id])
        (reading,) = fetch_readings(store, [reading_id])
        sources = tuple(
            Source(path=path, record=record)
            for path, record in store.read(_SOURCES, [document_id]).rows
        )
        counts = bool(store.read(_COUNTS, [document_id]).rows)
        marks = fetch_marks(store, [reading_id]).get(reading_id, ())
    origin = f"stored {read_at:%Y-%m-%d %H:%M} UTC by {_name(reading.key)}"
    if reading.derived_from is not None:
        origin += f", {_DERIVED[reading.derived or '']} {reading.derived_from[:12]}"
    return ShownReading(document, reading, sources, origin, read_at, counts, marks)


def find(store: Store, what: str) -> ShownReading:
    """Give the newest reading of the one document that `what` says.

    `what` is a path as it is stored, a part of one, or the beginning of a document's ID. Raises
    `UsageError` where it says no document, several, or one without a reading.
    """
    if not store.path.exists():
        raise UsageError(
            f"{what}: there is no such file, and {store.path}: there is no such database; make one "
            "with `jornada extract`, or name another with --db"
        )
    asked = {
        "what": what,
        "absolute": os.path.abspath(what),  # noqa: PTH100 - as paths are stored
        "is_id": set(what.lower()) <= _HEXADECIMAL,
    }
    found = store.read(_CANDIDATES, asked).rows if what else []
    if not found:
        raise UsageError(
            f"{what}: there is no such file, and {store.path} holds no document whose path has "
            "that in it or whose ID begins so"
        )
    if len(found) > 1:
        raise UsageError(f"{what}: {_list_candidates(found)}; give more of its path or ID")
    ((document_id, _),) = found
    known = recall(store, document_id)
    if known is None:
        raise UsageError(f"{what}: {store.path} has that document, and no reading of it yet")
    return known


def _list_candidates(found: Sequence[tuple[str, str | None]]) -> str:
    named = [
        f"{source} ({document_id[:12]})" if source else document_id[:12]
        for document_id, source in found[:_MOST_SHOWN]
    ]
    more = f", and {len(found) - len(named):,} more" if len(found) > len(named) else ""
    return f"this may be any of {len(found):,} documents: {', '.join(named)}{more}"


def only_document(loaded: Iterable[LoadedSource], path: str) -> Document:
    """Give the one document of a file; raises `UsageError` where it holds none or several."""
    found = list(islice(loaded, 2))
    if len(found) > 1:
        raise UsageError(f"{path}: holds several bulletins; extract it, then show one by its ID")
    if not found:
        raise UsageError(f"{path}: holds no bulletin")
    if found[0].document is None:
        raise UsageError(f"{path}: {found[0].error}")
    return found[0].document


def _name(key: ReaderKey) -> str:
    return ", ".join(part for part in (key.reader, key.model, key.prompt) if part)
