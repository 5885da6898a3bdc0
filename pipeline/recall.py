"""Readings out of the store again, as they went in."""

import json
from collections.abc import Iterable
from itertools import islice

from pydantic import ValidationError

from pipeline.documents import Loaded
from pipeline.errors import StoreError, UsageError
from pipeline.show import Shown
from pipeline.store import Store
from schemas.document import Document, Metadata
from schemas.finding import Finding, Span
from schemas.reading import Attempt, ReaderKey, Reading
from schemas.report import JornadaReport

_HEXADECIMAL = set("0123456789abcdef")
_DOCUMENTS = """
SELECT document_id, format, title, published_on, text FROM documents
WHERE starts_with(document_id, ?) ORDER BY document_id LIMIT 2
"""
_READINGS = """
SELECT reading_id, reader, model, prompt, prompt_hash, schema_hash, status, report, error,
    input_tokens, output_tokens, cost_usd, seconds, read_at
FROM readings WHERE document_id = ? AND (? OR status <> 'failed')
ORDER BY status = 'failed', read_at DESC, reading_id DESC LIMIT 1
"""
_FINDINGS = """
SELECT check_name, severity, field, message, char_start, char_end FROM findings
WHERE reading_id = ? ORDER BY number
"""
_ATTEMPTS = """
SELECT number, outcome, raw_answer, errors, input_tokens, output_tokens, cost_usd, seconds
FROM attempts WHERE reading_id = ? ORDER BY number
"""
_SOURCES = """
SELECT DISTINCT path || coalesce('#' || record, '') AS source FROM sources
WHERE document_id = ? ORDER BY source
"""


def recall(store: Store, prefix: str, *, failed: bool = True) -> Shown | None:
    """Give the newest reading of the document whose ID begins with `prefix`, a usable one first.

    None where no document or no reading is so; a failed reading counts only with `failed`. Raises
    `UsageError` if several documents' IDs begin so, `StoreError` if the store cannot be read.
    """
    found = store.read(_DOCUMENTS, [prefix.lower()]).rows
    if len(found) > 1:
        raise UsageError(f"the IDs of several documents begin with {prefix}: give more of it")
    if not found:
        return None
    document_id, form, title, published_on, text = found[0]
    document = Document(
        id=document_id,
        text=text,
        metadata=Metadata(format=form, title=title, published_on=published_on),
    )
    answer = store.read(_READINGS, [document_id, failed])
    if not answer.rows:
        return None
    facts = dict(zip(answer.columns, answer.rows[0], strict=True))
    read_at = facts.pop("read_at")
    reading = _reading(store, document_id, facts)
    sources = tuple(source for (source,) in store.read(_SOURCES, [document_id]).rows)
    origin = f"stored {read_at:%Y-%m-%d %H:%M} UTC by {_name(reading.key)}"
    return Shown(document, reading, sources, origin)


def by_id(store: Store, prefix: str) -> Shown:
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


def only_document(loaded: Iterable[Loaded], path: str) -> Document:
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


def _reading(store: Store, document_id: str, facts: dict[str, object]) -> Reading:
    reading_id = facts.pop("reading_id")
    report = facts.pop("report")
    key = {name: facts.pop(name) for name in ReaderKey.model_fields}
    findings = store.read(_FINDINGS, [reading_id]).rows
    attempts = store.read(_ATTEMPTS, [reading_id])
    try:
        return Reading.model_validate(
            {
                "document_id": document_id,
                "key": key,
                "report": JornadaReport.model_validate(json.loads(str(report))) if report else None,
                "findings": [_finding(row) for row in findings],
                "attempts": [
                    Attempt.model_validate(dict(zip(attempts.columns, row, strict=True)))
                    for row in attempts.rows
                ],
                **facts,
            }
        )
    except ValidationError as error:
        raise StoreError(
            f"{store.path}: the reading of {document_id[:12]} was stored by another version and "
            f"cannot be shown: {error.errors()[0]['msg']}; query its column report instead"
        ) from error


def _finding(row: tuple[object, ...]) -> Finding:
    check, severity, field, message, start, end = row
    span = Span(start, end) if isinstance(start, int) and isinstance(end, int) else None
    return Finding.model_validate(
        {"check": check, "severity": severity, "field": field, "message": message, "span": span}
    )
