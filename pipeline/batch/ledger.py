"""Batches as the store has them: what was planned, what became of it, and what is still to do."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pipeline.batch.options import StoredOptions
from pipeline.batch.spool import BatchRequest, SpoolFile
from pipeline.store import OF_A_READER, SAME_KEY, Store, key_columns
from pipeline.store.rows import now
from schemas.reading import ReaderKey

_OVER = ("completed", "expired", "cancelled")
"""States of the provider after which a batch does nothing more."""
_WINDOW = timedelta(days=1, hours=1)
"""So long at most a batch stays in a state before the provider ends it."""
_LOOKS = 10
"""For so many looks a file that is not named yet is waited for."""
OURS = ("planned", "uploaded", "unconfirmed")
"""States in which the provider is not known to have a batch; it may have an unconfirmed one."""
CLOSED = ("collected", "dropped", "split")
"""States in which nothing more happens to a batch."""

_STATES = """
    SELECT batch, state, number, found_at, facts FROM batch_states
    QUALIFY row_number() OVER (PARTITION BY batch ORDER BY number DESC) = 1
"""
_BATCHES = f"""
SELECT b.batch, b.round, b.reader, b.reader_key, b.model, b.base_url, b.terms, b.requests, b.bytes,
    b.tokens, b.usd, b.planned_at, s.state, s.number, s.found_at, s.facts
FROM batches AS b JOIN ({_STATES}) AS s USING (batch) ORDER BY b.planned_at, b.round, b.batch
"""  # noqa: S608 - a query of ours
_ASKED = f"""
    SELECT r.batch, r.custom_id, r.document_id, r.number, r.question, b.planned_at,
        s.state, t.outcome, t.error, t.cause,
        EXISTS (
            SELECT 1 FROM readings WHERE document_id = r.document_id AND (
                reading_id = r.reading_id  -- by whatever clock
                OR read_at >= b.planned_at AND {OF_A_READER} AND {SAME_KEY}
            )
        ) AS has_reading
    FROM batch_requests AS r JOIN batches AS b USING (batch) JOIN ({_STATES}) AS s USING (batch)
    LEFT JOIN batch_results AS t ON t.batch = r.batch AND t.custom_id = r.custom_id
    WHERE b.reader = ?
"""  # noqa: S608 - the same
_UNREAD = f"""
    SELECT * FROM (
        SELECT * FROM ({_ASKED})
        QUALIFY row_number() OVER (
            PARTITION BY document_id ORDER BY planned_at DESC, number DESC, batch DESC
        ) = 1
    )
    WHERE NOT has_reading AND document_id IN (SELECT document_id FROM current_documents)
"""  # noqa: S608 - the same
_WAITING = f"""
SELECT document_id FROM ({_UNREAD}) WHERE (
    state = 'split'
    OR state = 'collected' AND outcome IN ('answered', 'refused', 'no schema', 'unanswered')
)
ORDER BY document_id
"""  # noqa: S608 - the same
_OUT = f"SELECT DISTINCT document_id FROM ({_ASKED}) WHERE state NOT IN {CLOSED}"  # noqa: S608
_FAILED = f"""
SELECT document_id, question, outcome, error, cause FROM ({_ASKED})
WHERE NOT has_reading AND outcome IN ('refused', 'no schema', 'unanswered') ORDER BY planned_at
"""  # noqa: S608 - the same
_NO_SCHEMA = f"""
SELECT count(*) FROM ({_ASKED}) WHERE outcome = 'no schema' GROUP BY document_id, question
ORDER BY 1 DESC LIMIT 1
"""  # noqa: S608 - the same
_REQUESTS = """
SELECT custom_id, document_id, reading_id, number, question FROM batch_requests WHERE batch = ?
"""
_SPENT = """
SELECT batch, sum(cost_usd), count_if(outcome = 'answered'), count(*) FROM batch_results
GROUP BY batch
"""


class Batch(NamedTuple):
    """A batch, and the newest of its states; `facts` are all that is known of it by then."""

    batch: str
    round: int
    reader: str
    reader_key: str
    model: str
    base_url: str
    stored: StoredOptions
    requests: int
    size: int
    tokens: int
    usd: float | None
    planned_at: datetime
    state: str
    number: int
    found_at: datetime
    facts: dict[str, Any]

    @property
    def label(self) -> str:
        """Its name for a person."""
        return f"batch {self.batch[:8]} (round {self.round}, {self.requests:,} requests)"

    @property
    def fault(self) -> str:
        """What the provider, or this program, has said against it."""
        return "; ".join(self.facts.get("errors") or ["no reason given"])


_STORED, _FACTS = (Batch._fields.index(name) for name in ("stored", "facts"))


class FailedRequest(NamedTuple):
    """What came of a question instead of an answer; `outcome` is as in `batch_results`."""

    outcome: str
    error: str
    cause: str | None


class RequestHistory(NamedTuple):
    """What became of a reader's requests so far.

    `out` are the documents with a question in a batch that is not done; `failed` is by document
    and question, the oldest first, of documents that have no reading since; `no_schema` is how many
    ways to hold it to the schema the server has refused, one after the other.
    """

    out: frozenset[bytes]
    failed: dict[tuple[str, str], list[FailedRequest]]
    no_schema: int


class BatchResults(NamedTuple):
    """What a collected batch has brought."""

    usd: float | None
    answered: int
    requests: int


def has_batches(store: Store) -> bool:
    """Tell whether the database is new enough to hold batches."""
    return store.has_table("batch_results")


def fetch_batches(store: Store) -> tuple[Batch, ...]:
    """Fetch all readers' batches, the oldest first."""
    return tuple(
        Batch._make(row)._replace(
            stored=StoredOptions.model_validate_json(row[_STORED]), facts=json.loads(row[_FACTS])
        )
        for row in store.read(_BATCHES).rows
    )


def is_over(batch: Batch) -> bool:
    """Tell whether a batch holds all that it will ever hold.

    Answers whose file the provider does not name yet are waited for: they are paid.
    """
    if batch.facts.get("output_file") is not None:
        return batch.state in (*_OVER, "failed")
    _, done, _ = batch.facts.get("counts", (0, 0, 0))
    waited = (now() - batch.found_at).total_seconds()
    patience = _LOOKS * batch.stored.options.poll_seconds
    return batch.state in _OVER and (not done or waited > patience)


def is_running(batch: Batch) -> bool:
    """Tell whether the provider has a batch and may still be doing it."""
    return batch.state not in (*OURS, *CLOSED) and not is_over(batch)


def is_at_provider(batch: Batch) -> bool:
    """Tell whether the provider is known to have a batch that is not collected."""
    return batch.state not in (*OURS, *CLOSED)


def is_enqueued(batch: Batch) -> bool:
    """Tell whether the provider may have a batch in its queue, even if nobody looks after it."""
    may_be_there = batch.state == "unconfirmed" or is_running(batch)
    return may_be_there and now() - batch.found_at < _WINDOW


def is_open(batch: Batch) -> bool:
    """Tell whether anything may still happen to a batch."""
    return batch.state not in CLOSED


def plan(
    store: Store, files: Iterable[SpoolFile], key: ReaderKey, base_url: str, stored: StoredOptions
) -> None:
    """Record files as planned batches, each with its requests in one transaction."""
    for file in files:
        batch = {
            "batch": file.batch,
            "round": file.round,
            "reader": key.model_dump_json(),
            "reader_key": file.reader_key,
            "model": key.model,
            "base_url": base_url,
            "terms": stored.model_dump_json(),
            "requests": file.requests,
            "bytes": file.size,
            "tokens": file.tokens,
            "usd": file.usd,
            "planned_at": now(),
        }
        requests = [{"batch": file.batch, **request._asdict()} for request in file.read_requests()]
        state = _state(file.batch, 1, "planned", {})
        store.insert({"batches": [batch], "batch_requests": requests, "batch_states": [state]})
        file.delete_index()


def record_state(store: Store, batch: Batch, state: str, **facts: object) -> Batch:
    """Record a new state of a batch, with what is known in addition."""
    row = _state(batch.batch, batch.number + 1, state, {**batch.facts, **facts})
    store.insert({"batch_states": [row]})
    facts = json.loads(row["facts"])  # as whoever fetches it has them
    return batch._replace(state=state, number=row["number"], found_at=row["found_at"], facts=facts)


def record_results(store: Store, batch: Batch, results: Sequence[dict[str, Any]]) -> None:
    """Record what became of all requests of a batch, which is thereby done with."""
    rows = [{"batch": batch.batch, **result} for result in results]
    state = _state(batch.batch, batch.number + 1, "collected", batch.facts)
    store.insert({"batch_results": rows, "batch_states": [state]})


def fetch_requests(store: Store, batch: Batch) -> dict[str, BatchRequest]:
    """Fetch the requests of a batch by the name that each has there."""
    return {row[0]: BatchRequest(*row) for row in store.read(_REQUESTS, [batch.batch]).rows}


def fetch_history(store: Store, key: ReaderKey) -> RequestHistory:
    """Fetch what became of the requests of a reader."""
    asked = [*key_columns(key), key.model_dump_json()]
    with store.keep_open(read_only=True):
        rows = store.read(_FAILED, asked).rows
        out = frozenset(bytes.fromhex(each) for (each,) in store.read(_OUT, asked).rows)
        no_schema = store.read(_NO_SCHEMA, asked).rows
    failed: dict[tuple[str, str], list[FailedRequest]] = defaultdict(list)
    for document_id, question, *fate in rows:
        failed[document_id, question].append(FailedRequest(*fate))
    return RequestHistory(out, dict(failed), no_schema[0][0] if no_schema else 0)


def list_waiting(store: Store, key: ReaderKey) -> list[str]:
    """Name the documents that can go on: what was asked about them has come to something.

    Left out are those whose batch failed or was cancelled, for somebody has to want them again, and
    those that no file holds today: their answers wait until one does.
    """
    asked = [*key_columns(key), key.model_dump_json()]
    with store.keep_open(read_only=True):
        out = {each for (each,) in store.read(_OUT, asked).rows}
        return [each for (each,) in store.read(_WAITING, asked).rows if each not in out]


def count_unread(store: Store, key: ReaderKey) -> int:
    """Count the documents of today that were asked about in batches and have no reading since."""
    asked = [*key_columns(key), key.model_dump_json()]
    return int(store.read(f"SELECT count(*) FROM ({_UNREAD})", asked).rows[0][0])  # noqa: S608


def find_unread(store: Store, key: ReaderKey) -> set[str]:
    """Give the IDs of the documents that `count_unread` counts."""
    asked = [*key_columns(key), key.model_dump_json()]
    rows = store.read(f"SELECT document_id FROM ({_UNREAD})", asked).rows  # noqa: S608
    return {document_id for (document_id,) in rows}


def sum_results(store: Store) -> dict[str, BatchResults]:
    """Sum up what each collected batch has brought, by batch."""
    return {batch: BatchResults(*row) for batch, *row in store.read(_SPENT).rows}


def _state(batch: str, number: int, state: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "batch": batch,
        "number": number,
        "state": state,
        "found_at": now(),
        "facts": json.dumps(facts),
    }
