"""Readings out of the store again, as they went in."""

from collections.abc import Iterable
from itertools import islice

from pipeline.console.show import ShownReading
from pipeline.documents import LoadedSource
from pipeline.errors import UsageError
from pipeline.store import Store
from pipeline.store.fetch import fetch_documents, fetch_readings
from schemas.document import Document
from schemas.reading import ReaderKey

_DERIVED = {
    "near": "taken over from that of a nearly identical bulletin,",
    "recheck": "judged anew from the answers of",
}
_HEXADECIMAL = set("0123456789abcdef")
_DOCUMENTS = """
SELECT document_id FROM documents
WHERE starts_with(document_id, ?) ORDER BY document_id LIMIT 2
"""
_READINGS = """
SELECT reading_id, read_at FROM readings WHERE document_id = ? AND (? OR status <> 'failed')
ORDER BY status = 'failed', read_at DESC, reading_id DESC LIMIT 1
"""
_SOURCES = """
SELECT DISTINCT path || coalesce('#' || record, '') AS source FROM sources
WHERE document_id = ? ORDER BY source
"""


def recall(store: Store, prefix: str, *, failed: bool = True) -> ShownReading | None:
    """Give the newest reading of the document whose ID begins with `prefix`, a usable one first.

    None where no document or no reading is so; a failed reading counts only with `failed`. Raises
    `UsageError` if several documents' IDs begin so, `StoreError` if the store cannot be read.
    """
    found = store.read(_DOCUMENTS, [prefix.lower()]).rows
    if len(found) > 1:
        raise UsageError(f"the IDs of several documents begin with {prefix}: give more of it")
    if not found:
        return None
    ((document_id,),) = found
    newest = store.read(_READINGS, [document_id, failed]).rows
    if not newest:
        return None
    ((reading_id, read_at),) = newest
    (document,) = fetch_documents(store, [document_id])
    (reading,) = fetch_readings(store, [reading_id])
    sources = tuple(source for (source,) in store.read(_SOURCES, [document_id]).rows)
    origin = f"stored {read_at:%Y-%m-%d %H:%M} UTC by {_name(reading.key)}"
    if reading.derived_from is not None:
        origin += f", {_DERIVED[reading.derived or '']} {reading.derived_from[:12]}"
    return ShownReading(document, reading, sources, origin)


def by_id(store: Store, prefix: str) -> ShownReading:
    """Give the newest reading of the document whose ID begins with `prefix`.

    Raises `UsageError` where there is none.
    """
    known = recall(store, prefix) if prefix and set(prefix.lower()) <= _HEXADECIMAL else None
    if known is None:
        raise UsageError(
            f"{prefix}: there is no such file, and {store.path} has no reading of a document whose "
            "ID begins so"
        )
    return known


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
