"""What the index of the queue has for a query: the rows of a page, and what stands beside one."""

import json
from datetime import date
from typing import Any, NamedTuple

from pipeline.review.queue.index import QueueIndex
from pipeline.review.queue.query import PAGE, QueueQuery
from pipeline.review.source.label import label_source

_ROW = (
    "document_id, state, title, path, record, format, day, reader, figures, decided, errors, "
    "warnings, infos, differing, relevant, reviewed, error"
)


class Row(NamedTuple):
    """A row of the queue, as a page shows it; see `Entry`."""

    document_id: str | None
    state: str
    title: str | None
    path: str | None
    record: str | None
    format: str | None
    day: date | None
    reader: str | None
    figures: int
    decided: int
    errors: int
    warnings: int
    infos: int
    differing: int
    relevant: bool | None
    reviewed: bool
    error: str | None

    @property
    def source(self) -> str:
        """Give where it comes from: a file, and the record in it."""
        return "#".join(filter(None, (self.path, self.record)))

    @property
    def name(self) -> str:
        """Give that as a page calls it."""
        return label_source(self.path, self.record, self.document_id)


class Found(NamedTuple):
    """The rows of one page, which page that is, and how many rows there are in all."""

    rows: tuple[Row, ...]
    page: int
    total: int

    @property
    def first(self) -> int:
        """Give the number of its first row, from 1."""
        return (self.page - 1) * PAGE + 1

    @property
    def pages(self) -> int:
        """Give the number of pages."""
        return max(1, -(-self.total // PAGE))


class Neighbours(NamedTuple):
    """The documents before and behind one in the queue; None where there is none."""

    previous: str | None
    next: str | None


def find_rows(index: QueueIndex, query: QueueQuery) -> Found:
    """Find the rows of a page; of a page behind the last one, the last."""
    found = _list_numbers(index, query)
    page = min(query.page, max(1, -(-len(found) // PAGE)))
    shown = found[(page - 1) * PAGE : page * PAGE]
    rows = index.read(
        f"SELECT {_ROW} FROM entries WHERE id IN (SELECT value FROM json_each(?)) "  # noqa: S608 - columns of ours
        "ORDER BY rank, id",
        [json.dumps(shown)],
    )
    return Found(tuple(_make_row(row) for row in rows), page, len(found))


def find_neighbours(index: QueueIndex, document_id: str, query: QueueQuery) -> Neighbours:
    """Find what stands before and behind a document among what a query finds."""
    own = index.read("SELECT rank, id FROM entries WHERE key = ?", [document_id])
    if not own:
        return Neighbours(None, None)
    where, parameters = query.condition(by_text=index.searches_texts)
    found: list[str | None] = []
    for beside, order in (("<", "DESC"), (">", "ASC")):
        rows = index.read(
            f"""SELECT document_id FROM entries WHERE id = (
                SELECT id FROM entries
                WHERE {where} AND state <> 'unreadable' AND (rank, id) {beside} (?, ?)
                ORDER BY rank {order}, id {order} LIMIT 1
            )""",  # noqa: S608 - conditions of ours
            [*parameters, *own[0]],
        )
        found.append(rows[0][0] if rows else None)
    return Neighbours(*found)


def _list_numbers(index: QueueIndex, query: QueueQuery) -> list[int]:
    """List all that a query finds: so words are looked for once, for the page and for how many."""
    where, parameters = query.condition(by_text=index.searches_texts)
    sql = f"SELECT id FROM entries WHERE {where} ORDER BY rank, id"  # noqa: S608 - as above
    return [number for (number,) in index.read(sql, parameters)]


def _make_row(row: tuple[Any, ...]) -> Row:
    made = Row(*row)  # days and truths as SQLite has them: as text and numbers
    return made._replace(
        day=row[Row._fields.index("day")] and date.fromisoformat(row[Row._fields.index("day")]),
        relevant=None if made.relevant is None else bool(made.relevant),
        reviewed=bool(made.reviewed),
    )
