"""Numbers of different bulletins, or of spans of time, that cannot both be right."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.pages.report.selection import Selection
from pipeline.store.snapshot import Snapshot

MOST_ROWS = 100


class Contradiction(NamedTuple):
    """Two figures; the days of each are those that it covers."""

    conflict: str
    jornada: str | None
    place: str
    service: str
    detail: str | None
    status: str
    unit: str
    value: float
    starts_on: date | None
    ends_on: date | None
    figure_id: int
    other_value: float
    other_starts_on: date | None
    other_ends_on: date | None
    other_figure_id: int


class Contradictions(NamedTuple):
    """Rows, and how many more there are."""

    rows: Sequence[Contradiction]
    hidden: int

    @property
    def figures(self) -> list[int]:
        """List the figures of all rows, the two of each beside each other."""
        return [each for row in self.rows for each in (row.figure_id, row.other_figure_id)]


def fetch_contradictions(
    snapshot: Snapshot, selection: Selection, drawn: Collection[int]
) -> Contradictions:
    """Fetch them: first those of figures that are drawn, then those of the country, the newest."""
    rows = snapshot.ask(_contradictions(selection, drawn)).rows
    hidden = rows[0][-1] - len(rows) if rows else 0
    return Contradictions([Contradiction(*row[:-1]) for row in rows], hidden)


def _contradictions(selection: Selection, drawn: Collection[int]) -> str:
    marked = f"[{', '.join(map(str, drawn))}]::BIGINT[]"
    return f"""
SELECT conflict, jornada, place, service, detail, status, unit, value, starts_on, ends_on,
    figure_id, other_value, other_starts_on, other_ends_on, other_figure_id, count(*) OVER ()
FROM conflicts WHERE {selection.holds("figure_id", "other_figure_id")}
ORDER BY (list_contains({marked}, figure_id) OR list_contains({marked}, other_figure_id)) DESC,
    (place = 'national') DESC, ends_on DESC NULLS LAST, service, detail, place, figure_id
LIMIT {MOST_ROWS}"""  # noqa: S608 - a query that only reads
