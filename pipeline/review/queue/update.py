"""How the index of the queue follows the database, a piece at a time."""

from filelock import FileLock, Timeout

from pipeline.review.queue.database import fetch_entries, fetch_texts, find_changes
from pipeline.review.queue.index import QueueIndex
from pipeline.store import Store

_DOCUMENTS_AT_ONCE = 5000
_TEXTS_AT_ONCE = 1000
"""So many stand in memory together."""


def update(store: Store, index: QueueIndex) -> bool | None:
    """Look for what is new, and take in one piece of it; tell whether more is left.

    None where another process does so already: then nothing is done here. Raises `StoreError`
    where the database or the index cannot be had now; then the same is done the next time.
    """
    lock = FileLock(index.path.with_name(f"{index.path.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    try:
        return _update(store, index)
    finally:
        lock.release()


def _update(store: Store, index: QueueIndex) -> bool:
    with store.keep_open(read_only=True):  # once for all: to open it takes longer than to ask it
        changes = find_changes(store, index.read_marks())
        if changes is None:  # the database is another one, under the same name
            index.clear()
            changes = find_changes(store, {})
        if changes is not None and changes.marks != index.read_marks():
            index.note(changes.marks, changes.documents, changes.unreadable, changes.readable)
        keys = index.list_pending(_DOCUMENTS_AT_ONCE)
        entries = fetch_entries(store, keys) if keys else ()
        unsearched = [] if keys else index.list_without_text(_TEXTS_AT_ONCE)
        texts = fetch_texts(store, unsearched) if unsearched else {}
    # Others can have the database while what was found is written.
    if keys:
        index.put(keys, entries)
    if unsearched:
        index.put_texts(unsearched, texts)
    return not index.tell_progress().is_done
