"""Sources as a run saw them -> rows of `sources`: one where something changed, else none."""

import os
from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from pipeline.documents.sources import STDIN
from pipeline.store.rows import Row, Run, Sighting, is_file, source_row, source_rows

_Key = tuple[str, str | None]

_HISTORY = """
SELECT s.path, s.record, s.document_id, s.error, s.status
FROM (SELECT unnest(?::VARCHAR[]) AS path, unnest(?::VARCHAR[]) AS record) AS seen
JOIN sources AS s ON s.path = seen.path AND s.record IS NOT DISTINCT FROM seen.record
ORDER BY s.seen_at, s.rowid
"""
_PENDING = """
SELECT document_id, path, record FROM (
    SELECT s.* FROM sources AS s SEMI JOIN (
        SELECT path, record FROM sources
        WHERE status = 'pending' AND document_id IN (SELECT unnest($1::VARCHAR[]))
    ) AS own ON s.path = own.path AND s.record IS NOT DISTINCT FROM own.record
    QUALIFY row_number() OVER (
        PARTITION BY s.path, s.record, CASE WHEN s.path = '-' THEN s.document_id END
        ORDER BY s.seen_at DESC, s.rowid DESC
    ) = 1
)
WHERE status = 'pending' AND document_id IN (SELECT unnest($1::VARCHAR[]))
"""


class SourceChanges(NamedTuple):
    """The rows to be stored, and how many sources hold another text than before."""

    rows: list[Row]
    changed: int


class _History(NamedTuple):
    """Of each source the newest row, and of each file what it held when it could last be read."""

    newest: dict[_Key, tuple[str | None, ...]]
    held: dict[_Key, str | None]

    def is_current(self, key: _Key) -> bool:
        return key in self.newest and self.newest[key][-1] != "forgotten"


def compare_sources(
    con: duckdb.DuckDBPyConnection, run: Run, sightings: Sequence[Sighting]
) -> SourceChanges:
    """Compare sources with what is on record of them.

    A document that came out of the store says nothing of its files but that its question is not
    out any more.
    """
    seen = source_rows(run, [each for each in sightings if each.status != "recalled"])
    names = [[_key(row), *_former_names(row)] for row in seen]
    history = _fetch_history(con, [key for keys in names for key in keys])
    rows, changed = [], 0
    for row, (key, *former) in zip(seen, names, strict=True):
        if history.newest.get(key) != _told(row["document_id"], row["error"], row["status"]):
            rows.append(row)
            held = next(
                (history.held[each] for each in (key, *former) if each in history.held), None
            )
            changed += None not in (held, row["document_id"]) and held != row["document_id"]
        rows += [
            source_row(run, *each, history.held.get(each), "forgotten")
            for each in former
            if history.is_current(each)
        ]
    recalled = [each.document_id for each in sightings if each.status == "recalled"]
    return SourceChanges(rows + (_settle_pending(con, run, recalled) if recalled else []), changed)


def _key(row: Row) -> _Key:
    return row["path"], row["record"]


def _former_names(row: Row) -> list[_Key]:
    """Give the names that older versions of jornada kept the same file by, as it was typed."""
    if not is_file(row["path"]):
        return []
    try:
        relative = os.path.relpath(row["path"])
    except (OSError, ValueError):  # the working folder is gone, or on another drive
        return []
    dotted = os.path.join(os.curdir, relative)  # noqa: PTH118 - pathlib drops the dot
    return [(relative, row["record"]), (dotted, row["record"])]


def _fetch_history(con: duckdb.DuckDBPyConnection, keys: Sequence[_Key]) -> _History:
    history = _History({}, {})
    columns = [[key[0] for key in keys], [key[1] for key in keys]]
    for path, record, document_id, error, status in con.execute(_HISTORY, columns).fetchall():
        history.newest[path, record] = _told(document_id, error, status)
        if status != "failed" and path != STDIN:
            history.held[path, record] = None if status == "forgotten" else document_id
    return history


def _told(document_id: str | None, error: str | None, status: str) -> tuple[str | None, ...]:
    """Give what a row says of a source: whether a reader was given the text makes no difference."""
    return document_id, error, status if status in ("pending", "forgotten") else None


def _settle_pending(
    con: duckdb.DuckDBPyConnection, run: Run, document_ids: Sequence[str | None]
) -> list[Row]:
    """Make rows for the sources of documents that have been read, and whose question was out."""
    found = con.execute(_PENDING, [list(document_ids)]).fetchall()
    return [
        source_row(run, path, record, document_id, "read") for document_id, path, record in found
    ]
