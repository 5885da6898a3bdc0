"""What is stored, as rows: one list of rows a table, each row a mapping of column to value."""

import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from pipeline.documents.loading import GivenUp
from pipeline.documents.sources import STDIN
from pipeline.places import places_of_figures
from pipeline.plain_text import storable
from pipeline.quotes import span_of
from pipeline.sentences import cut_sentences, find_context
from pipeline.spanish.folding import fold
from schemas.decision import DecidedMark, Decision
from schemas.document import Document, Source
from schemas.finding import Finding, Severity, Span
from schemas.reading import ReaderKey, Reading

_GRADES = (Severity.INFO, Severity.WARNING, Severity.ERROR)
_NO_LETTER = re.compile(r"[\W_]+")

Row = dict[str, Any]
Rows = dict[str, list[Row]]


class Run(NamedTuple):
    """One run of one reader; `software` is the version of jornada."""

    run_id: str
    started_at: datetime
    key: ReaderKey
    software: str


class Entry(NamedTuple):
    """One document, and what was made of it and when.

    `marks` has one for each figure of a decided reading, and is empty for others.
    """

    document: Document
    reading: Reading
    read_at: datetime
    marks: tuple[DecidedMark | None, ...] = ()


class Sighting(NamedTuple):
    """One source as a run saw it; `status` is `read`, `unchanged`, `pending` or `failed`.

    One that failed for the limits that it passed says at what it was `given_up`.

    `recalled`: the document came out of the store, and nobody looked at its files.
    """

    source: Source
    document_id: str | None
    status: str
    error: str | None = None
    given_up: GivenUp | None = None


def now() -> datetime:
    """Tell the time in UTC without a zone, as the tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


def run_row(run: Run) -> Row:
    """Make the row of `runs`."""
    return {
        "run_id": run.run_id,
        "started_at": run.started_at,
        **run.key.model_dump(),
        "software": run.software,
    }


def is_file(path: str) -> bool:
    """Tell whether a source is a file, and neither standard input nor a URL."""
    return path != STDIN and "://" not in path


def stored_path(path: str) -> str:
    """Give a path as it is stored: absolute where it is a file's, so that each has one name."""
    return storable(os.path.abspath(path) if is_file(path) else path)  # noqa: PTH100 - links stay


def stored_name(source: Source) -> tuple[str, str | None]:
    """Give path and record of a source as they are stored."""
    return stored_path(source.path), source.record and storable(source.record)


def source_rows(run: Run, sightings: Iterable[Sighting]) -> list[Row]:
    """Make rows of `sources`, as they are stored; of one source seen twice, the later counts."""
    rows = [
        source_row(
            run,
            *stored_name(seen.source),
            seen.document_id,
            seen.status,
            seen.error and storable(seen.error),
        )
        for seen in sightings
    ]
    return list({(row["path"], row["record"]): row for row in rows}.values())


def given_up_rows(run: Run, sightings: Iterable[Sighting]) -> list[Row]:
    """Make the rows of `given_up`: of files that may be left alone when they are come by again."""
    return [
        {
            "run_id": run.run_id,
            "path": stored_path(seen.source.path),
            "part": seen.given_up.part,
            "bytes": seen.given_up.size,
            "modified_ns": seen.given_up.modified_ns,
            "fields": json.dumps(asdict(seen.given_up.fields)),
            "limits": seen.given_up.limits,
            "error": storable(seen.error or ""),
            "seen_at": now(),
        }
        for seen in sightings
        if seen.given_up is not None and is_file(seen.source.path)
    ]


def source_row(
    run: Run,
    path: str,
    record: str | None,
    document_id: str | None,
    status: str,
    error: str | None = None,
) -> Row:
    """Make one row of `sources`, of what is stored in the way that it is stored."""
    return {
        "document_id": document_id,
        "run_id": run.run_id,
        "path": path,
        "record": record,
        "status": status,
        "error": error,
        "seen_at": now(),
    }


def entry_rows(run: Run, entries: Sequence[Entry]) -> Rows:
    """Make the rows of every table that a reading fills, its document's among them."""
    rows: Rows = {
        table: []
        for table in (
            "documents",
            "readings",
            "attempts",
            "jornadas",
            "figures",
            "set_aside",
            "specialties",
            "places",
            "findings",
        )
    }
    for entry in entries:
        reading_id = entry.reading.reading_id
        rows["documents"].append(document_row(run, entry.document, entry.read_at))
        rows["readings"].append(_reading_row(run, entry))
        rows["attempts"] += [
            {"reading_id": reading_id, **attempt.model_dump(mode="json")}
            for attempt in entry.reading.attempts
        ]
        about: Row = {"reading_id": reading_id, "document_id": entry.document.id}
        rows["findings"] += _finding_rows(about, entry.reading)
        if entry.reading.report is not None:
            report = entry.reading.report
            dumped = report.model_dump(mode="json")
            for table in ("jornadas", "set_aside", "specialties", "places"):
                rows[table] += _number(about, dumped[table])
            rows["figures"] += _figure_rows(_number(about, dumped["figures"]), entry)
    return rows


def decision_row(decision: Decision, recorded_at: datetime) -> Row:
    """Make the row of `decisions`."""
    figure, span = decision.figure, decision.span
    return {
        "decision_id": decision.decision_id,
        "document_id": decision.document_id,
        "kind": decision.kind.value,
        "char_start": span and span.start,
        "char_end": span and span.end,
        "figure": figure and figure.model_dump_json(),
        "field": decision.field,
        "value": json.dumps(decision.value) if decision.field is not None else None,
        "undoes": decision.undoes,
        "reading_id": decision.reading_id,
        "who": decision.who,
        "decided_at": decision.decided_at,
        "apart": decision.apart,
        "carried_from": decision.carried_from,
        "recorded_at": recorded_at,
    }


def _number(about: Row, shapes: Iterable[Row]) -> list[Row]:
    return [{**about, "number": number, **shape} for number, shape in enumerate(shapes, 1)]


def _figure_rows(rows: list[Row], entry: Entry) -> list[Row]:
    """Give the rows of figures their sentences and the findings that touch their words."""
    text, report = entry.document.text, entry.reading.report
    if report is None or not report.figures:
        return []
    sentences = tuple(cut_sentences(text))
    places = places_of_figures(report)
    marks = entry.marks or (None,) * len(report.figures)
    for row, figure, place, mark in zip(rows, report.figures, places, marks, strict=True):
        span = span_of(figure)
        context = find_context(text, sentences, span) if span and sentences else None
        touching = _find_touching(entry.reading.findings, span) if span else []
        row |= {
            "place_kind": place.kind,
            "state": place.state,
            "context_start": context and context.start,
            "context_end": context and context.end,
            "context_key": context and _sentence_key(text[context.start : context.end]),
            "checked": touching[0].severity.value if touching else None,
            "findings": "; ".join(f"{it.check}: {it.message}" for it in touching) or None,
            "decided": mark and mark.kind,
            "decided_by": mark and mark.who,
            "decided_at": mark and mark.when,
        }
    return rows


def _find_touching(findings: Iterable[Finding], span: Span) -> list[Finding]:
    """Return the findings whose words overlap with these, the worst first."""
    touching = [
        one
        for one in findings
        if one.span is not None and one.span.start < span.end and span.start < one.span.end
    ]
    return sorted(touching, key=lambda one: _GRADES.index(one.severity), reverse=True)


def _sentence_key(sentence: str) -> int:
    """Give the same number for sentences that differ in blanks, marks, accents and case alone."""
    letters = _NO_LETTER.sub("", fold(sentence))
    return int.from_bytes(blake2b(letters.encode("utf-8", "replace"), digest_size=8).digest())


def document_row(run: Run, document: Document, added_at: datetime) -> Row:
    """Make the row of `documents`."""
    return {
        "document_id": document.id,
        "title": document.metadata.title,
        "format": document.metadata.format,
        "published_on": document.metadata.published_on,
        "text": document.text,
        "characters": len(document.text),
        "ocr_pages": document.metadata.ocr_pages,
        "pages_without_words": _as_list(document.metadata.pages_without_words),
        "hidden_words": document.metadata.hidden_words,
        "hidden_text": document.metadata.hidden_text,
        "run_id": run.run_id,
        "added_at": added_at,
    }


def _as_list(numbers: tuple[int, ...] | None) -> list[int] | None:
    return None if numbers is None else list(numbers)


def _reading_row(run: Run, entry: Entry) -> Row:
    reading, report = entry.reading, entry.reading.report
    return {
        "reading_id": reading.reading_id,
        "run_id": run.run_id,
        "document_id": entry.document.id,
        **reading.key.model_dump(),
        "status": reading.status.value,
        "title": report and report.title,
        "published_on": report and report.published_on,
        "bulletin_kind": report and report.bulletin_kind.value,
        "programme": report and report.programme,
        "relevant": report and report.relevant,
        "report": report and report.model_dump_json(),
        "error": reading.error,
        "input_tokens": reading.input_tokens,
        "output_tokens": reading.output_tokens,
        "cost_usd": reading.cost_usd,
        "attempts": len(reading.attempts),
        "seconds": reading.seconds,
        "read_at": entry.read_at,
        "derived": reading.derived,
        "derived_from": reading.derived_from,
        "given_up": reading.given_up,
    }


def _finding_rows(about: Row, reading: Reading) -> list[Row]:
    return [
        {
            **about,
            "number": number,
            "check_name": finding.check,
            "severity": finding.severity.value,
            "field": finding.field,
            "message": finding.message,
            "char_start": finding.span and finding.span.start,
            "char_end": finding.span and finding.span.end,
        }
        for number, finding in enumerate(reading.findings, 1)
    ]
