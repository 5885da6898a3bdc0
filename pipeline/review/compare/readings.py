"""The readings of one document: which there are, and which two of them to set side by side."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.decisions.reading import decide_reading
from pipeline.plain_text import format_dollars
from pipeline.runs.deciding import Decisions
from pipeline.store import Store
from pipeline.store.fetch import fetch_readable
from schemas.document import Document
from schemas.finding import Severity
from schemas.reading import Reading
from schemas.report import JornadaReport

DECIDED = "decided"
"""What stands for the newest reading with all that people decided, where an ID is asked for."""
_MOST = 200

# Decided states are stored as readings too: the newest is what `DECIDED` stands for.
_READINGS = """
SELECT reading_id, reader, model, prompt, prompt_hash, parameters, status, derived, read_at,
    cost_usd, coalesce(of_reading.figures, 0)
FROM readings LEFT JOIN (
    SELECT reading_id, count(*) AS figures FROM figures WHERE document_id = $1 GROUP BY reading_id
) AS of_reading USING (reading_id)
WHERE document_id = $1 AND derived IS DISTINCT FROM 'review'
ORDER BY read_at DESC, readings.rowid DESC
LIMIT $2
"""


class StoredReading(NamedTuple):
    """A reading as it is listed; `read_at` is in UTC, `cost_usd` None where it is not known."""

    reading_id: str
    reader: str
    model: str | None
    prompt: str | None
    prompt_hash: str | None
    parameters: str | None
    status: str
    derived: str | None
    read_at: datetime
    cost_usd: float | None
    figures: int

    @property
    def key(self) -> tuple[str | None, ...]:
        """Give what tells its reader from others."""
        return (self.reader, self.model, self.prompt, self.prompt_hash, self.parameters)

    @property
    def reader_name(self) -> str:
        """Name its reader: "llm, gpt-5-mini, prompt anchored"."""
        prompt = f"prompt {self.prompt}" if self.prompt else None
        return ", ".join(filter(None, (self.reader, self.model, prompt, self.derived)))

    @property
    def name(self) -> str:
        """Say all of it that helps to choose."""
        cost = "" if self.cost_usd is None else f", {format_dollars(self.cost_usd)}"
        return (
            f"{self.reader_name}; {self.read_at:%Y-%m-%d %H:%M}; {self.status}, "
            f"{self.figures:,} figures{cost}"
        )


class Side(NamedTuple):
    """One of the two that are compared; without a report where it failed or cannot be read."""

    choice: str
    name: str
    stored: StoredReading
    reading: Reading | None

    @property
    def report(self) -> JornadaReport | None:
        """Give what it says."""
        return self.reading.report if self.reading else None

    @property
    def is_decided(self) -> bool:
        """Tell whether it is what people decided."""
        return self.choice == DECIDED

    @property
    def findings(self) -> tuple[tuple[str, int], ...]:
        """Count its findings by severity, the worst first."""
        counted = Counter(each.severity for each in (self.reading.findings if self.reading else ()))
        return tuple((each.value, counted[each]) for each in Severity if counted[each])


def fetch_stored_readings(store: Store, document_id: str) -> tuple[StoredReading, ...]:
    """Fetch the readings of a document, the newest first, without what people decided of them."""
    return tuple(StoredReading(*row) for row in store.read(_READINGS, [document_id, _MOST]).rows)


def choose_two(
    readings: Sequence[StoredReading], one: str | None, other: str | None
) -> tuple[str, str] | None:
    """Choose what is compared: as is asked for, else the newest of the two newest readers.

    Where there is one reader alone, its newest reading stands beside what was decided of it. None
    where there is no reading.
    """
    if not readings:
        return None
    known = {DECIDED, *(each.reading_id for each in readings)}
    first = one if one in known else None
    second = other if other in known else None
    newest: dict[tuple[str | None, ...], str] = {}
    for each in readings:
        newest.setdefault(each.key, each.reading_id)
    # The older of the two comes first, as one reads from the old to the new.
    usual = [*newest.values()][:2][::-1]
    usual += [DECIDED] * (2 - len(usual))
    first = first or next(each for each in usual if each != second)
    return first, second or next(each for each in (*reversed(usual), DECIDED) if each != first)


def newest_usable(readings: Sequence[StoredReading]) -> StoredReading:
    """Give the reading that decisions are applied to: the newest that is no failure, if any."""
    return next((each for each in readings if each.status != "failed"), readings[0])


def fetch_chosen(
    store: Store, readings: Sequence[StoredReading], choices: Sequence[str]
) -> dict[str, Reading]:
    """Fetch what is needed of the choices; a reading in no shape that is known any more is not."""
    base = newest_usable(readings).reading_id
    wanted = {base if choice == DECIDED else choice for choice in choices}
    return fetch_readable(store, sorted(wanted))


def make_sides(
    db: Path,
    document: Document,
    readings: Sequence[StoredReading],
    found: Mapping[str, Reading],
    choices: Sequence[str],
) -> tuple[Side, ...]:
    """Give what is compared, for each choice, out of what was `found` of the readings."""
    stored = {each.reading_id: each for each in readings}
    base = newest_usable(readings)
    return tuple(
        _decide(db, document, base, found.get(base.reading_id))
        if choice == DECIDED
        else Side(choice, stored[choice].name, stored[choice], found.get(choice))
        for choice in choices
    )


def _decide(db: Path, document: Document, base: StoredReading, raw: Reading | None) -> Side:
    name = f"as decided, on {base.reader_name}"
    if raw is None:
        return Side(DECIDED, name, base, None)
    decisions = [one for one in Decisions(db).of(document.id) if not one.apart]
    return Side(DECIDED, name, base, decide_reading(document, raw, decisions).reading)
