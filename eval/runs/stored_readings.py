"""Readings of gold out of the store, to be scored."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from pipeline.store import SAME_KEY, Store, key_columns
from schemas.reading import ReaderKey, ReadingStatus
from schemas.report import JornadaReport

_READINGS = f"""
SELECT document_id, status, error, report, input_tokens, output_tokens, cost_usd, seconds,
    attempts, first.raw_answer,
    (SELECT count(*) FROM findings WHERE findings.reading_id = readings.reading_id
        AND (check_name = 'grounding' OR check_name = 'validation' AND field LIKE 'figures[%'))
FROM readings LEFT JOIN (
    SELECT reading_id, raw_answer FROM attempts WHERE raw_answer IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY reading_id ORDER BY number) = 1
) AS first USING (reading_id)
WHERE document_id IN (SELECT unnest(?::VARCHAR[]))
AND derived IS DISTINCT FROM 'recheck' AND {SAME_KEY}
ORDER BY status = 'failed' AND first.raw_answer IS NULL, read_at, reading_id
"""  # noqa: S608 - a condition of ours


class StoredReading(NamedTuple):
    """One reading as stored, with the first answer that a model gave, verbatim.

    `dropped` counts figures that the reader gave and the text does not hold.
    """

    status: ReadingStatus
    error: str | None
    report: JornadaReport | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    seconds: float
    attempts: int
    first_answer: str | None
    dropped: int


_NEVER = StoredReading(
    ReadingStatus.FAILED, "was not read", None, None, None, None, 0.0, 0, None, 0
)


def fetch_readings(
    store: Store, document_ids: Collection[str], key: ReaderKey, repeats: int
) -> dict[str, tuple[StoredReading, ...]]:
    """Fetch `repeats` readings of each document by a reader with this key.

    The oldest that a reader gave, failed ones among them, so that asking again changes no score;
    what is missing is made up by calls that brought no answer. In the order of reading.
    """
    answer = store.read(_READINGS, [list(document_ids), *key_columns(key)])
    readings: dict[str, list[StoredReading]] = defaultdict(list)
    for document_id, *values in answer.rows:
        if len(readings[document_id]) < repeats:
            readings[document_id].append(_parse_reading(values))
    return {
        each: (*readings[each], *(_NEVER,) * (repeats - len(readings[each])))
        for each in document_ids
    }


def _parse_reading(values: list[Any]) -> StoredReading:
    status, error, report, *rest = values
    return StoredReading(
        ReadingStatus(status),
        error,
        None if report is None else JornadaReport.model_validate_json(report),
        *rest,
    )
