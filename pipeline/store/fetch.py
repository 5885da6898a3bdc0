"""Documents and readings out of the store again, as they went in."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from pipeline.documents import RecordFields
from pipeline.documents.loading import GivenUp
from pipeline.errors import StoreError
from pipeline.store import Store
from pipeline.store.database import version
from pipeline.store.former_reports import read_report
from schemas.document import Document, Metadata, Source
from schemas.finding import Finding, Span
from schemas.reading import Attempt, ReaderKey, Reading

_DOCUMENTS = """
SELECT * FROM documents
WHERE document_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY document_id
"""
_SOURCES = """
SELECT document_id, path, record FROM current_documents
WHERE path IS NOT NULL AND document_id IN (SELECT unnest(?::VARCHAR[]))
"""
_READINGS = """
SELECT * FROM readings WHERE reading_id IN (SELECT unnest(?::VARCHAR[]))
ORDER BY read_at, reading_id
"""
_REPORTS = """
SELECT reading_id, report FROM readings WHERE reading_id IN (SELECT unnest(?::VARCHAR[]))
"""
_FINDINGS = """
SELECT reading_id, check_name, severity, field, message, char_start, char_end FROM findings
WHERE reading_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY reading_id, number
"""
_ATTEMPTS = """
SELECT * FROM attempts
WHERE reading_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY reading_id, number
"""

# A file that was read since is not given up any more; in one run, its other parts may have been.
_GIVEN_UP = """
SELECT path, part, fields, limits, bytes, modified_ns, error
FROM given_up AS g JOIN runs USING (run_id)
WHERE software = ? AND limits = ? AND NOT EXISTS (
    FROM sources AS s
    WHERE s.path = g.path AND s.error IS NULL AND s.seen_at > g.seen_at AND s.run_id <> g.run_id
)
ORDER BY g.seen_at
"""


def fetch_given_up(store: Store, limits: str) -> dict[str, list[tuple[GivenUp, str]]]:
    """Fetch what this version gave up within these limits, with what happened, by its file.

    Empty where there is no database yet, or an older one.
    """
    with suppress(StoreError):
        rows = store.read(_GIVEN_UP, [version(), limits]).rows
        found: dict[str, list[tuple[GivenUp, str]]] = defaultdict(list)
        for path, part, fields, within, size, modified_ns, error in rows:
            read_as = RecordFields(**json.loads(fields))
            found[path].append((GivenUp(part, read_as, within, size, modified_ns), error))
        return found
    return {}


def fetch_documents(store: Store, document_ids: Collection[str]) -> tuple[Document, ...]:
    """Fetch documents, in the order of their IDs; those that are not there are left out."""
    # A database that nothing was added to since an older version has fewer columns.
    return tuple(
        Document(
            id=row["document_id"],
            text=row["text"],
            metadata=Metadata.model_validate(
                {name: row[name] for name in Metadata.model_fields if name in row}
            ),
        )
        for row in _read_rows(store, _DOCUMENTS, list(document_ids))
    )


def fetch_sources(store: Store, document_ids: Collection[str]) -> dict[str, Source]:
    """Fetch for documents the first file or record that holds each; those of none are left out."""
    rows = store.read(_SOURCES, [list(document_ids)]).rows
    return {each: Source(path=path, record=record) for each, path, record in rows}


def fetch_readings(store: Store, reading_ids: Collection[str]) -> tuple[Reading, ...]:
    """Fetch readings, the oldest first; those that are not there are left out.

    Raises `StoreError` for one that another version stored in a shape that is not known any more.
    """
    ids = list(reading_ids)
    with store.keep_open(read_only=True):
        found = store.read(_FINDINGS, [ids]).rows
        asked, rows = _read_rows(store, _ATTEMPTS, ids), _read_rows(store, _READINGS, ids)
    findings: dict[str, list[Finding]] = defaultdict(list)
    for reading_id, *row in found:
        findings[reading_id].append(_make_finding(*row))
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for each in asked:
        attempts[each["reading_id"]].append(Attempt.model_validate(each))
    return tuple(
        _make_reading(store, each, findings[each["reading_id"]], attempts[each["reading_id"]])
        for each in rows
    )


def fetch_readable(store: Store, reading_ids: Sequence[str]) -> dict[str, Reading]:
    """Fetch readings by ID; one in a shape that is not known any more is left out."""
    try:
        return {each.reading_id: each for each in fetch_readings(store, reading_ids)}
    except StoreError as error:
        if not isinstance(error.__cause__, (ValueError, KeyError)):
            raise
        if len(reading_ids) == 1:
            return {}
    middle = len(reading_ids) // 2
    return fetch_readable(store, reading_ids[:middle]) | fetch_readable(store, reading_ids[middle:])


def fetch_stored_reports(store: Store, reading_ids: Collection[str]) -> dict[str, Any]:
    """Fetch the reports of readings by ID as the JSON that is stored, whichever version stored it.

    None stands for a reading without one.
    """
    rows = store.read(_REPORTS, [list(reading_ids)]).rows
    return {reading_id: report and json.loads(report) for reading_id, report in rows}


def _read_rows(store: Store, sql: str, ids: list[str]) -> Iterator[dict[str, Any]]:
    answer = store.read(sql, [ids])
    return (dict(zip(answer.columns, row, strict=True)) for row in answer.rows)


def _make_reading(
    store: Store, row: dict[str, Any], findings: list[Finding], attempts: list[Attempt]
) -> Reading:
    # A database that nothing was added to since an older version has fewer columns.
    key = {name: row[name] for name in ReaderKey.model_fields if name in row}
    own = {name: row[name] for name in Reading.model_fields if name in row}
    try:
        stored = read_report(json.loads(row["report"])) if row["report"] else None
        return Reading.model_validate(
            {
                **own,
                "key": key,
                "report": stored and stored.report,
                "findings": [*findings, *(stored.findings if stored else ())],
                "attempts": attempts,
            }
        )
    except (ValueError, KeyError) as error:  # pydantic's errors are ValueErrors
        raise StoreError(
            f"{store.path}: the reading of {row['document_id'][:12]} was stored by another version "
            f"and cannot be used: {describe_misfit(error)}; query its column report instead"
        ) from error


def describe_misfit(error: Exception) -> str:
    """Say why what is stored has not the shape of today."""
    if isinstance(error, ValidationError):
        return error.errors()[0]["msg"]
    return " ".join(str(error).split())


def _make_finding(
    check: str,
    severity: str,
    field: str | None,
    message: str,
    start: int | None,
    end: int | None,
) -> Finding:
    span = None if start is None or end is None else Span(start, end)
    return Finding.model_validate(
        {"check": check, "severity": severity, "field": field, "message": message, "span": span}
    )
