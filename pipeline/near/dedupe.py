"""Documents that are stored, compared with each other: those that never were, the oldest first.

A document that was compared is signed, and stays so: what was killed goes on where it was.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from pipeline.near.search import find_near
from pipeline.store import Store, new_run
from pipeline.store.fetch import fetch_documents
from pipeline.store.rows import Run, run_row
from schemas.reading import ReaderKey

_KEY = ReaderKey(reader="dedupe", schema_hash="none")
_PAGE = 20_000
"""Documents that are listed together: each list takes a look at all of them."""
_BATCH_DOCUMENTS, _BATCH_CHARACTERS = 256, 4_000_000
_UNSIGNED = """
SELECT document_id, characters FROM documents ANTI JOIN signatures USING (document_id)
ORDER BY added_at, document_id LIMIT ?
"""
_COUNTS = """
SELECT (SELECT count(*) FROM documents),
    (SELECT count(*) FROM documents SEMI JOIN signatures USING (document_id)),
    (SELECT count(*) FROM documents SEMI JOIN near_documents USING (document_id))
"""


@dataclass
class DedupeCounts:
    """The counts: all documents, those compared earlier and now, and those near another."""

    documents: int = 0
    compared_before: int = 0
    compared: int = 0
    near: int = 0


def compare_all(store: Store, counts: DedupeCounts, step: Callable[[Run], None]) -> None:
    """Compare each document that never was with all that are stored, as a run of its own.

    `counts` are kept up to date, and `step` called, from one batch to the next; `near` is counted
    at the end. Raises `StoreError`.
    """
    run = new_run(_KEY)
    ((counts.documents, counts.compared_before, counts.near),) = store.read(_COUNTS).rows
    if counts.compared_before == counts.documents:
        return
    store.insert({"runs": [run_row(run)]})
    outcome = "interrupted"
    try:
        for compared in compare_stored(store, run):
            counts.compared += compared
            step(run)
        outcome = "finished"
    finally:
        ((*_, counts.near),) = store.read(_COUNTS).rows
        store.end(run, outcome, None, json.dumps(asdict(counts)))


def count_unsigned(store: Store) -> int:
    """Count the documents that were never compared."""
    ((documents, signed, _),) = store.read(_COUNTS).rows
    return int(documents - signed)


def compare_stored(store: Store, run: Run) -> Iterator[int]:
    """Compare the documents that never were, a batch at a time; give how many each batch has."""
    for batch in _batches(store):
        with store.keep_open():
            texts = {each.id: each for each in fetch_documents(store, batch)}
            find_near(store, run, [texts[each] for each in batch])
        yield len(batch)


def _batches(store: Store) -> Iterator[list[str]]:
    while page := store.read(_UNSIGNED, [_PAGE]).rows:
        batch: list[str] = []
        size = 0
        for document_id, characters in page:
            if batch and (len(batch) == _BATCH_DOCUMENTS or size + characters > _BATCH_CHARACTERS):
                yield batch
                batch, size = [], 0
            batch.append(document_id)
            size += characters
        yield batch
        if len(page) < _PAGE:
            return
