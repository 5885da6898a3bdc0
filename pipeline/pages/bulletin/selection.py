"""Bulletins out of the store, as their pages show them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from pipeline.errors import StoreError
from pipeline.pages.bulletin.view import Bulletin
from pipeline.store import Store
from pipeline.store.decided import fetch_marks
from pipeline.store.fetch import fetch_documents, fetch_readable, fetch_sources
from schemas.decision import DecidedMark
from schemas.reading import Reading

_AT_ONCE = 100
"""So many texts and readings are in memory at a time."""
_ORDER = "published_on, title, document_id"
_ALL = f"""
SELECT document_id, reading_id, read_at, NULL, (
    SELECT count(*) FROM figures AS f WHERE f.reading_id = r.reading_id
)
FROM current_readings AS r ORDER BY {_ORDER}
"""  # noqa: S608 - our own
_SOME = f"""FROM (FROM facts WHERE ({{where}}
)) SELECT document_id, list(number ORDER BY number)
GROUP BY document_id, published_on, title ORDER BY {_ORDER}
"""
_FAILED = """
SELECT count(*) FROM current_documents SEMI JOIN readings USING (document_id)
ANTI JOIN current_readings USING (document_id)
"""
_READ = """
SELECT document_id, reading_id, read_at FROM current_readings
WHERE document_id IN (SELECT unnest(?::VARCHAR[]))
"""


class Selected(NamedTuple):
    """A bulletin to show; `figures` tells how many it has, or how many the condition chooses."""

    document_id: str
    reading_id: str
    read_at: datetime
    chosen: frozenset[int] | None
    figures: int


def select_bulletins(store: Store, where: str | None) -> tuple[Selected, ...]:
    """Select today's bulletins, or those with a figure that `where` is true of, in order of days.

    Raises `SqlError` for a condition that cannot be run.
    """
    if where is None:
        return tuple(
            Selected(document_id, reading_id, read_at, None, figures)
            for document_id, reading_id, read_at, _, figures in store.read(_ALL).rows
        )
    # It stands in the first line that is shown of a mistake, and ends before the next, which a
    # comment in it does not reach.
    found = store.ask(_SOME.format(where=where), origin="--where").rows
    documents = [document_id for document_id, _ in found]
    read = {document_id: rest for document_id, *rest in store.read(_READ, [documents]).rows}
    return tuple(
        Selected(document_id, reading_id, read_at, frozenset(numbers), len(numbers))
        for document_id, numbers in found
        for reading_id, read_at in [read[document_id]]
    )


def count_failed(store: Store) -> int:
    """Count today's documents of which every reading failed."""
    ((number,),) = store.read(_FAILED).rows
    return int(number)


def fetch_decided(
    store: Store, readings: Iterable[Reading]
) -> dict[str, tuple[DecidedMark | None, ...]]:
    """Fetch for those readings that people decided of, by ID, what they did with each figure."""
    decided = [reading.reading_id for reading in readings if reading.derived == "review"]
    # A database that nothing was added to since an older version has neither.
    return fetch_marks(store, decided) if decided else {}


def fetch_bulletins(store: Store, selected: Sequence[Selected]) -> Iterator[Bulletin]:
    """Fetch what was selected, in that order, a part at a time.

    Raises `StoreError` for a reading that another version stored in a shape not known any more.
    """
    for start in range(0, len(selected), _AT_ONCE):
        part = selected[start : start + _AT_ONCE]
        ids = [one.document_id for one in part]
        documents = {one.id: one for one in fetch_documents(store, ids)}
        readings = fetch_readable(store, [one.reading_id for one in part])
        sources = fetch_sources(store, ids)
        marks = fetch_decided(store, readings.values())
        for one in part:
            if one.reading_id not in readings:
                raise StoreError(
                    f"{store.path}: the reading of {one.document_id[:12]} was stored by another "
                    "version and cannot be shown; read it again with `jornada extract`"
                )
            source = sources.get(one.document_id)
            yield Bulletin(
                documents[one.document_id],
                readings[one.reading_id],
                (source,) if source else (),
                one.read_at,
                marks.get(one.reading_id, ()),
                one.chosen,
            )
