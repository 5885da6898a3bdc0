"""Decisions out of the store again, and the decided readings that what is stored calls for."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pipeline.decisions.apply import CHECK, effective
from pipeline.decisions.carrying import NOT_CARRIED, Carried, Said, carry_decisions
from pipeline.decisions.reading import DecidedReading, decide_reading
from pipeline.errors import StoreError
from pipeline.store.conditions import UNDECIDED
from pipeline.store.database import Store
from pipeline.store.fetch import describe_misfit, fetch_documents, fetch_readable
from pipeline.store.rows import Entry, Rows, Run, decision_row, entry_rows, now
from schemas.decision import DecidedMark, Decision
from schemas.finding import Finding, Span
from schemas.reading import Reading

_DECISIONS = """
SELECT * FROM decisions WHERE document_id IN (SELECT unnest(?::VARCHAR[]))
ORDER BY decided_at, rowid
"""
# In the order of the view current_readings.
_STATES = f"""
SELECT document_id,
    arg_max(CASE WHEN {UNDECIDED} AND status <> 'failed' THEN reading_id END, place) AS usable,
    arg_max(CASE WHEN {UNDECIDED} THEN reading_id END, place) AS newest,
    arg_max(CASE WHEN NOT ({UNDECIDED}) THEN reading_id END, place) AS decided,
    arg_max(CASE WHEN status <> 'failed' THEN reading_id END, place) AS current,
    max(read_at)
FROM (
    SELECT *, epoch_us(read_at)::HUGEINT * 4294967296 + readings.rowid AS place FROM readings
    WHERE document_id IN (SELECT unnest(?::VARCHAR[]))
)
GROUP BY document_id ORDER BY document_id
"""  # noqa: S608 - conditions of ours
_DERIVED = """
SELECT reading_id, derived_from FROM readings
WHERE document_id IN (SELECT unnest(?::VARCHAR[])) AND derived IN ('recheck', 'review')
"""
_KNOWN = "SELECT decision_id FROM decisions WHERE decision_id IN (SELECT unnest(?::VARCHAR[]))"
_ANY = "SELECT 1 FROM decisions WHERE NOT apart LIMIT 1"
_FORMER = """
SELECT now.document_id, arg_max(before.document_id, (before.seen_at, before.rowid))
FROM sources AS now JOIN sources AS before
    ON before.path = now.path AND before.record IS NOT DISTINCT FROM now.record
    AND before.document_id <> now.document_id AND before.seen_at <= now.seen_at
WHERE now.document_id IN (SELECT unnest(?::VARCHAR[])) AND now.path <> '-'
AND before.document_id IN (SELECT document_id FROM decisions WHERE NOT apart)
GROUP BY now.document_id ORDER BY now.document_id
"""
"""The last text that was decided of, of those that a source of each document held before."""
_MARKS = """
SELECT reading_id, decided, decided_by, decided_at FROM figures
WHERE reading_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY reading_id, number
"""


class _State(NamedTuple):
    """The readings of one document that bear on its decided one, and when the last was made.

    `usable` and `newest` are of those that nobody decided of; `decided` is the last that somebody
    did; `current` is what stands for the document.
    """

    document_id: str
    usable: str | None
    newest: str | None
    decided: str | None
    current: str | None
    last_at: datetime

    @property
    def raw(self) -> str | None:
        """What decisions are applied to."""
        return self.usable or self.newest


def decide_appended(store: Store, run: Run, document_ids: Collection[str]) -> Iterator[Rows]:
    """Yield the rows that decisions add to what was appended just now, each to be stored at once.

    What was decided of a former text of the same source is carried over to what is read today.
    """
    if not document_ids or not store.read(_ANY).rows:
        return
    told: dict[str, tuple[Finding, ...]] = {}
    for document_id, before in store.read(_FORMER, [list(document_ids)]).rows:
        if (carried := _carry(store, before, document_id)) is not None:
            yield {"decisions": [decision_row(one, now()) for one in carried.decisions]}
            if carried.findings:
                told[document_id] = carried.findings
    yield entry_rows(run, make_decided(store, document_ids, told))


def _carry(store: Store, before: str, document_id: str) -> Carried | None:
    """Carry over what was decided of a former text, but what came from this one at first.

    None where nobody has read this one yet: that is done then.
    """
    found = fetch_decisions(store, [before, document_id])
    own = {one.decision_id for one in found if one.document_id == document_id}
    former = [
        one
        for one in found
        if one.document_id == before and not one.apart and one.carried_from not in own
    ]
    states = [_State(*row) for row in store.read(_STATES, [[before, document_id]]).rows]
    raw = {state.document_id: state.raw for state in states}
    if raw.get(document_id) is None:
        return None
    readings = fetch_readable(store, [each for each in raw.values() if each is not None])
    said = {}
    for each in fetch_documents(store, [before, document_id]):
        reading = readings.get(raw.get(each.id) or "")
        said[each.id] = Said(each, reading.report if reading is not None else None)
    return carry_decisions(said[before], said[document_id], former)


def find_fresh(store: Store, decisions: Sequence[Decision]) -> list[Decision]:
    """Give the decisions that are not stored yet, each once."""
    ids = [one.decision_id for one in decisions]
    known = {each for (each,) in store.read(_KNOWN, [ids]).rows}
    fresh = {one.decision_id: one for one in decisions if one.decision_id not in known}
    return list(fresh.values())


def fetch_decisions(store: Store, document_ids: Collection[str]) -> tuple[Decision, ...]:
    """Fetch the decisions about documents, in the order they were made, those `apart` among them.

    A database of an older version has none.
    """
    with store.keep_open(read_only=True):
        if not store.has_table("decisions"):
            return ()
        answer = store.read(_DECISIONS, [list(document_ids)])
    rows = (dict(zip(answer.columns, row, strict=True)) for row in answer.rows)
    return tuple(_make_decision(store, row) for row in rows)


def fetch_marks(
    store: Store, reading_ids: Collection[str]
) -> dict[str, tuple[DecidedMark | None, ...]]:
    """Fetch what people did with the figures of readings.

    Readings without figures are left out, and all those of a database of an older version.
    """
    found: dict[str, list[DecidedMark | None]] = defaultdict(list)
    if not store.has_table("decisions"):
        return {}
    for reading_id, kind, who, when in store.read(_MARKS, [list(reading_ids)]).rows:
        found[reading_id].append(DecidedMark(kind, who, when) if kind is not None else None)
    return {reading_id: tuple(marks) for reading_id, marks in found.items()}


def make_decided(
    store: Store,
    document_ids: Collection[str],
    told: Mapping[str, Sequence[Finding]] | None = None,
) -> list[Entry]:
    """Make the decided readings that these documents lack: where what stands is not as decided.

    Documents without decisions, and without a reading, have none. `told` is what is to be said of
    a document's decisions.
    """
    decisions: dict[str, list[Decision]] = defaultdict(list)
    for one in fetch_decisions(store, document_ids):
        if not one.apart:
            decisions[one.document_id].append(one)
    told = told or {}
    wanted = sorted({*decisions, *told})
    if not wanted:
        return []
    states = [_State(*row) for row in store.read(_STATES, [wanted]).rows]
    origins = dict(store.read(_DERIVED, [wanted]).rows)
    ids = [each for state in states for each in (state.raw, state.decided) if each is not None]
    readings, marks = fetch_readable(store, ids), fetch_marks(store, ids)
    documents = {each.id: each for each in fetch_documents(store, wanted)}
    entries: list[Entry] = []
    for state in states:
        raw = readings.get(state.raw or "")
        if raw is None:
            continue
        own = decisions[state.document_id]
        made_on = _made_on(own, raw.reading_id, origins)
        before = readings.get(state.decided or "")
        document = documents[state.document_id]
        kept = _kept_told(before, told.get(state.document_id, ()))
        if before is None and not effective(own) and (raw.report is None or not kept):
            continue  # all of it was undone
        made = decide_reading(document, raw, own, made_on, kept)
        if state.current == state.decided and before is not None:
            had = DecidedReading(before, marks.get(before.reading_id, ()))
            if _is_same(had, made):
                continue
        # Behind all that it stands before, whatever the clock says.
        at = max(now(), state.last_at + timedelta(microseconds=1))
        entries.append(Entry(document, made.reading, at, made.marks))
    return entries


def _made_on(decisions: Sequence[Decision], raw: str, origins: Mapping[str, str]) -> frozenset[str]:
    """Give the IDs of the decisions that were made on a reading, or on what was derived from it."""
    own = _origin(raw, origins)
    return frozenset(
        one.decision_id
        for one in decisions
        if one.reading_id is not None and _origin(one.reading_id, origins) == own
    )


def _origin(reading_id: str, origins: Mapping[str, str]) -> str:
    for _ in range(len(origins)):
        if reading_id not in origins:
            break
        reading_id = origins[reading_id]
    return reading_id


def _kept_told(before: Reading | None, told: Sequence[Finding]) -> tuple[Finding, ...]:
    """Go on saying what could not be carried over from a former text."""
    said = before.findings if before is not None else ()
    kept = [one for one in said if one.check == CHECK and one.message.startswith(NOT_CARRIED)]
    return tuple(dict.fromkeys((*kept, *told)))


def _is_same(before: DecidedReading, after: DecidedReading) -> bool:
    return (
        (before.reading.report, before.reading.status)
        == (after.reading.report, after.reading.status)
        and before.reading.findings == after.reading.findings
        and tuple(filter(None, before.marks)) == tuple(filter(None, after.marks))
    )


def _make_decision(store: Store, row: Mapping[str, Any]) -> Decision:
    start, end = row["char_start"], row["char_end"]
    try:
        return Decision.model_validate(
            {
                **{name: row[name] for name in Decision.model_fields if name in row},
                "span": None if start is None or end is None else Span(start, end),
                "figure": row["figure"] and json.loads(row["figure"]),
                "value": row["value"] and json.loads(row["value"]),
            }
        )
    except ValueError as error:  # pydantic's are such
        raise StoreError(
            f"{store.path}: the decision {row['decision_id']} about {row['document_id'][:12]} was "
            f"stored by another version and cannot be used: {describe_misfit(error)}"
        ) from error
