"""Readings of gold out of the store, to be scored."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pipeline.runs.recheck import UNJUDGED
from pipeline.store import OF_A_READER, SAME_KEY, Store, key_columns
from pipeline.store.former_reports import read_report
from schemas.reading import UNPAID, AttemptOutcome, ReaderKey, ReadingStatus
from schemas.report import JornadaReport

_UNPAID = ", ".join(f"'{outcome}'" for outcome in UNPAID)
_READINGS = f"""
SELECT document_id, reading_id, status, error, report, input_tokens, output_tokens, cost_usd,
    CASE WHEN quickest = 0 THEN NULL ELSE seconds END, attempts, answers,
    (SELECT count(*) FROM findings WHERE findings.reading_id = readings.reading_id
        AND (check_name = 'grounding' OR check_name = 'validation' AND field LIKE 'figures[%'))
FROM readings LEFT JOIN (
    SELECT reading_id,
        list([outcome, raw_answer, output_tokens::VARCHAR] ORDER BY number) AS answers,
        min(seconds) AS quickest  -- an answer of a batch took nobody's time
    FROM attempts WHERE outcome NOT IN ({_UNPAID}) GROUP BY reading_id
) USING (reading_id)
WHERE document_id IN (SELECT unnest(?::VARCHAR[]))
AND {OF_A_READER} AND {SAME_KEY}
AND coalesce(read_at <= ?::TIMESTAMP, true)
ORDER BY status = 'failed' AND answers IS NULL, read_at, reading_id
"""  # noqa: S608 - conditions of ours


class RawAnswer(NamedTuple):
    """An answer as a model gave it; `cut_after` says after how many tokens it was cut off."""

    raw: str
    cut_after: int | None = None


class StoredReading(NamedTuple):
    """One reading as stored, with the answers that a model gave one after another.

    `seconds` is None where nobody waited: it was never read, or its answers came in a batch.
    `dropped` counts figures that the reader gave and the text does not hold. `reading_id` is None
    where nobody has read.
    """

    status: ReadingStatus
    error: str | None
    report: JornadaReport | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    seconds: float | None
    attempts: int
    answers: tuple[RawAnswer, ...]
    dropped: int
    reading_id: str | None = None

    @property
    def is_unanswered(self) -> bool:
        """Whether it says nothing of the reader: it was never made, or no call was answered."""
        failed = self.status is ReadingStatus.FAILED and not self.answers
        return failed and (self.attempts > 0 or self.error == WAS_NOT_READ)


WAS_NOT_READ = "was not read"
"""The error of a reading that was never made."""
_NEVER = StoredReading(ReadingStatus.FAILED, WAS_NOT_READ, None, None, None, None, None, 0, (), 0)


def fetch_readings(
    store: Store,
    document_ids: Collection[str],
    key: ReaderKey,
    repeats: int,
    until: datetime | None = None,
) -> dict[str, tuple[StoredReading, ...]]:
    """Fetch `repeats` readings of each document by a reader with this key.

    The oldest that a reader gave, failed ones among them, so that asking again changes no score;
    what is missing is made up by calls that brought no answer. In the order of reading; `until`
    leaves out what was read later (UTC).
    """
    answer = store.read(_READINGS, [list(document_ids), *key_columns(key), until])
    readings: dict[str, list[StoredReading]] = defaultdict(list)
    for document_id, *values in answer.rows:
        if len(readings[document_id]) < repeats:
            readings[document_id].append(_parse_reading(values))
    return {
        each: (*readings[each], *(_NEVER,) * (repeats - len(readings[each])))
        for each in document_ids
    }


def _parse_reading(values: list[Any]) -> StoredReading:
    reading_id, status, error, report, *amounts, answers, dropped = values
    parsed = None if report is None else read_report(json.loads(report)).report
    judged = tuple(_list_judged(answers or ()))
    return StoredReading._make(
        (ReadingStatus(status), error, parsed, *amounts, judged, dropped, reading_id)
    )


def _list_judged(attempts: Iterable[tuple[str, str | None, str | None]]) -> Iterator[RawAnswer]:
    for outcome, raw, tokens in attempts:
        if outcome not in UNJUDGED:
            cut_after = int(tokens or 0) if outcome == AttemptOutcome.CUT_OFF else None
            yield RawAnswer(raw or "", cut_after)
