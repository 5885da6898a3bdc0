"""What the database says of documents, for the index of the queue.

Its tables are only ever added to: what is new stands behind what was seen before.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from pipeline.decisions.apply import effective
from pipeline.review.queue.entry import UNREAD, UNREADABLE, Entry
from pipeline.store import Store
from pipeline.store.decided import fetch_decisions
from schemas.codebook import codebook

_LONGEST_TEXT = 1_000_000
"""So many characters of a text are searched."""

_LAST_ROWS = {
    "documents": "document_id",
    "sources": "concat_ws('#', path, record, seen_at)",
    "readings": "reading_id",
    "decisions": "decision_id",
}
"""The tables that say what is in the queue, and what tells a row of each from others."""
_COUNTS = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in _LAST_ROWS)  # noqa: S608 - our own
_CHANGED = """
WITH seen AS (SELECT path, record FROM sources WHERE rowid >= $sources)
SELECT document_id FROM documents WHERE document_id IN (
    SELECT document_id FROM documents WHERE rowid >= $documents
    UNION ALL SELECT document_id FROM readings WHERE rowid >= $readings
    UNION ALL SELECT document_id FROM decisions WHERE rowid >= $decisions
    -- What a file held before may count no more.
    UNION ALL SELECT document_id FROM sources WHERE rowid >= $sources
    UNION ALL SELECT s.document_id FROM sources AS s SEMI JOIN seen
        ON s.path = seen.path AND s.record IS NOT DISTINCT FROM seen.record
) ORDER BY rowid
"""
_FILES = """
SELECT path, record, arg_max(status, rowid) = 'failed' AS is_unreadable,
    arg_max_null(error, rowid) AS error
FROM sources WHERE rowid >= ? GROUP BY path, record
"""
_ASKED = "WITH asked AS MATERIALIZED (SELECT unnest(?::VARCHAR[]) AS document_id)"
_DOCUMENTS = f"""{_ASKED}, placed AS (
    -- Not all columns: reports are large.
    SELECT document_id, reading_id, status, reader, model, prompt, title, published_on, relevant,
        error, epoch_us(read_at)::HUGEINT * 4294967296 + rowid AS place
    FROM readings SEMI JOIN asked USING (document_id)
), newest AS (
    -- The newest usable one, as in current_readings, else the newest that failed.
    SELECT coalesce(
        arg_max(CASE WHEN status <> 'failed' THEN reading_id END, place),
        arg_max(reading_id, place)
    ) AS reading_id FROM placed GROUP BY document_id
)
SELECT d.document_id, d.title, d.format, d.published_on, c.path, c.record, r.reading_id, r.status,
    concat_ws(' ', r.reader, r.model, r.prompt) AS reader, r.title AS said_title,
    r.published_on AS said_day, r.relevant, r.error
FROM documents AS d SEMI JOIN asked USING (document_id)
JOIN current_documents AS c USING (document_id)
LEFT JOIN (FROM placed SEMI JOIN newest USING (reading_id)) AS r USING (document_id)
ORDER BY d.rowid
"""  # noqa: S608 - our own
_FIGURES = """
SELECT reading_id, count(*) AS figures, count(decided) AS decided,
    list(DISTINCT service) AS services,
    list(DISTINCT concat_ws(':', service, detail)) AS codes,
    concat_ws(' ', string_agg(DISTINCT place, ' '), string_agg(DISTINCT state, ' ')) AS places
FROM figures WHERE reading_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY reading_id
"""
_FINDINGS = """
SELECT reading_id, count(*) FILTER (severity = 'error') AS errors,
    count(*) FILTER (severity = 'warning') AS warnings,
    count(*) FILTER (severity = 'info') AS infos
FROM findings WHERE reading_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY reading_id
"""
# Of the two newest readers of each document, what one has and the other has not, as often as it
# has it; a label that differs is one on either side, and counts once.
_DIFFERING = f"""{_ASKED}, own AS (
    SELECT document_id, reading_id, (reader, model, prompt, prompt_hash) AS key,
        epoch_us(read_at)::HUGEINT * 4294967296 + rowid AS place
    FROM readings SEMI JOIN asked USING (document_id)
    WHERE status <> 'failed' AND derived IS DISTINCT FROM 'review'
), newest AS (
    SELECT document_id, arg_max(reading_id, place) AS reading_id, max(place) AS place
    FROM own GROUP BY document_id, key
), compared AS (
    SELECT document_id, reading_id,
        row_number() OVER (PARTITION BY document_id ORDER BY place DESC) AS turn
    FROM newest
    QUALIFY turn <= 2 AND count(*) OVER (PARTITION BY document_id) > 1
), counted AS (
    SELECT f.document_id, count(*) FILTER (turn = 1) - count(*) FILTER (turn = 2) AS more
    FROM figures AS f JOIN compared USING (reading_id)
    GROUP BY f.document_id, f.value, f.service, f.detail, f.status, f.period
)
SELECT document_id, greatest(sum(greatest(more, 0)), sum(greatest(-more, 0))) AS differing
FROM counted GROUP BY document_id
"""  # noqa: S608 - our own
# Between these rows alone, as the whole column would be read else.
_TEXTS = f"""{_ASKED}
SELECT document_id, left(text, {_LONGEST_TEXT}) FROM documents SEMI JOIN asked USING (document_id)
WHERE rowid BETWEEN ? AND ?
"""  # noqa: S608 - our own
_PLACES = f"""{_ASKED}
SELECT min(rowid), max(rowid) FROM documents SEMI JOIN asked USING (document_id)
"""  # noqa: S608 - our own

Marks = Mapping[str, Any]
"""For each table, how many rows were seen, and what the last of them was."""


class Changes(NamedTuple):
    """What has come since: documents to look at anew, and files that can or cannot be read."""

    marks: Marks
    documents: tuple[str, ...]
    unreadable: tuple[Entry, ...]
    readable: tuple[str, ...]


def find_changes(store: Store, marks: Marks) -> Changes | None:
    """Find what has come since these marks; None where they are of another database.

    Raises `StoreError` where the database cannot be had now.
    """
    with store.keep_open(read_only=True):
        if any(_last_row(store, table, each[0]) != each[1] for table, each in marks.items()):
            return None
        (counts,) = store.read(_COUNTS).rows
        counted = dict(zip(_LAST_ROWS, counts, strict=True))
        since = {table: marks.get(table, (0, None))[0] for table in _LAST_ROWS}
        if marks and counted == since:  # at the beginning, that there is nothing is noted too
            return Changes(marks, (), (), ())
        now = {table: (count, _last_row(store, table, count)) for table, count in counted.items()}
        changed = tuple(each for (each,) in store.read(_CHANGED, since).rows)
        files = store.read(_FILES, [since["sources"]]).rows
    unreadable = tuple(
        _unreadable(path, record, error) for path, record, bad, error in files if bad
    )
    readable = tuple(_file_key(path, record) for path, record, bad, _ in files if not bad)
    return Changes(now, changed, unreadable, readable)


def _last_row(store: Store, table: str, count: int) -> str | None:
    sql = f"SELECT {_LAST_ROWS[table]} FROM {table} WHERE rowid = ?"  # noqa: S608 - names of ours
    rows = store.read(sql, [count - 1]).rows
    return rows[0][0] if rows else None


def fetch_entries(store: Store, document_ids: Sequence[str]) -> tuple[Entry, ...]:
    """Fetch what the queue says of documents; those that do not count (any more) are left out.

    Raises `StoreError` where the database cannot be had now.
    """
    asked = list(document_ids)
    with store.keep_open(read_only=True):
        rows = _read_rows(store, _DOCUMENTS, asked)
        read = [row["reading_id"] for row in rows if row["reading_id"] is not None]
        figures = {row["reading_id"]: row for row in _read_rows(store, _FIGURES, read)}
        findings = {row["reading_id"]: row for row in _read_rows(store, _FINDINGS, read)}
        differing = dict(store.read(_DIFFERING, [asked]).rows)
        relevance = _find_decided_relevance(store, asked)
    return tuple(
        Entry(
            key=row["document_id"],
            document_id=row["document_id"],
            state=row["status"] or UNREAD,
            title=row["said_title"] or row["title"],
            path=row["path"],
            record=row["record"],
            format=row["format"],
            day=row["said_day"] or row["published_on"],
            reader=row["reader"] or None,
            figures=counts.get("figures", 0),
            decided=counts.get("decided", 0),
            errors=found.get("errors", 0),
            warnings=found.get("warnings", 0),
            infos=found.get("infos", 0),
            differing=int(differing.get(row["document_id"], 0)),
            relevant=row["relevant"],
            is_relevance_decided=row["document_id"] in relevance,
            services=tuple(counts.get("services", ())),
            error=row["error"],
            words=_join_words(row, counts),
        )
        for row in rows
        for counts in [figures.get(row["reading_id"], {})]
        for found in [findings.get(row["reading_id"], {})]
    )


def fetch_texts(store: Store, document_ids: Sequence[str]) -> dict[str, str]:
    """Fetch the texts of documents, of very long ones the beginning."""
    asked = list(document_ids)
    with store.keep_open(read_only=True):
        ((first, last),) = store.read(_PLACES, [asked]).rows
        return dict(store.read(_TEXTS, [asked, first, last]).rows)


@cache
def _words_of_codes() -> Mapping[tuple[str, str | None], str]:
    return {(row.service, row.detail): f"{row.spanish} {row.english}" for row in codebook().rows()}


def _words_of(code: str) -> str:
    """Give the words of a service with its details, `service:one+two`, in both languages."""
    service, _, details = code.partition(":")
    kinds = (None, *details.split("+")) if details else (None,)
    return " ".join((code, *(_words_of_codes().get((service, kind), "") for kind in kinds)))


def _join_words(row: Mapping[str, Any], counts: Mapping[str, Any]) -> str:
    own = (row["title"], row["said_title"], row["path"], row["record"], row["document_id"])
    codes = " ".join(_words_of(code) for code in counts.get("codes", ()))
    said = " ".join(each for each in (*own, counts.get("places"), codes) if each)
    return " ".join(dict.fromkeys(said.split()))  # each once: many figures are of one kind


def _find_decided_relevance(store: Store, document_ids: list[str]) -> set[str]:
    """Find the documents of which somebody decided whether they are relevant."""
    together = [one for one in fetch_decisions(store, document_ids) if not one.apart]
    found = set()
    for document_id in {one.document_id for one in together}:
        own = [one for one in together if one.document_id == document_id]
        if any(one.field == "relevant" for one in effective(own)):
            found.add(document_id)
    return found


def _unreadable(path: str, record: str | None, error: str | None) -> Entry:
    return Entry(
        key=_file_key(path, record),
        document_id=None,
        state=UNREADABLE,
        path=path,
        record=record,
        error=error,
        words=" ".join(filter(None, (path, record))),
    )


def _file_key(path: str, record: str | None) -> str:
    return f"file {path}" if record is None else f"file {path} # {record}"


def _read_rows(store: Store, sql: str, ids: list[str]) -> list[dict[str, Any]]:
    answer = store.read(sql, [ids])
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
