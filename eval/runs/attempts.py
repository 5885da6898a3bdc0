"""What a model was asked for each reading, and what it answered, out of the store."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from pipeline.store import Store
from schemas.reading import AttemptOutcome

_ATTEMPTS = """
SELECT reading_id, outcome, raw_answer, errors, input_tokens, output_tokens, cost_usd, seconds,
    schema_mode
FROM attempts WHERE reading_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY reading_id, number
"""


class StoredAttempt(NamedTuple):
    """One call to a model as it is stored; `errors` are what was wrong with its answer.

    `raw_answer` is None where none came. Unknown tokens, cost and mode of the schema are None.
    """

    outcome: AttemptOutcome
    raw_answer: str | None
    errors: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    seconds: float = 0.0
    schema_mode: str | None = None


def fetch_attempts(
    store: Store, reading_ids: Collection[str]
) -> dict[str, tuple[StoredAttempt, ...]]:
    """Fetch the attempts of readings, in their order; a reading that asked nobody has none."""
    attempts: dict[str, list[StoredAttempt]] = defaultdict(list)
    for reading_id, outcome, raw, errors, *rest in store.read(_ATTEMPTS, [list(reading_ids)]).rows:
        attempts[reading_id].append(
            StoredAttempt(AttemptOutcome(outcome), raw, tuple(errors), *rest)
        )
    return {reading_id: tuple(several) for reading_id, several in attempts.items()}
