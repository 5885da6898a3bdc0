"""Jornadas along the years: those that bulletins name, and editions that are missing."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.pages.report.selection import Selection
from pipeline.store.snapshot import Snapshot

MISSING = "missing"
_NUMBERED = ("national", "extraordinary")
_HALF_YEAR = 182


class JornadaRow(NamedTuple):
    """One jornada, or one edition of a series that nobody reports.

    `coverage` is as in the view of this name; of a jornada in no series, as its bulletins say.
    `day` is where it is drawn: its first day, else between its neighbours (`placed`), else None.
    """

    series: str
    kind: str | None
    year: int | None
    state: str | None
    edition: int | None
    jornada: str | None
    coverage: str
    starts_on: date | None
    ends_on: date | None
    bulletins: int
    mentioned_in: int
    day: date | None = None
    placed: bool = False


_COLUMNS = """kind, year, state, edition, jornada, coverage, starts_on, ends_on,
    bulletins, mentioned_in"""
_KNOWN = """CASE WHEN with_results > 0 THEN 'reported' WHEN bulletins > 0 THEN 'announced'
    ELSE 'mentioned' END"""


def fetch_jornadas(snapshot: Snapshot, selection: Selection) -> list[JornadaRow]:
    """Fetch those that selected figures are of, and all editions of their series, in order."""
    rows = snapshot.ask(_jornadas(selection)).rows
    by_series: dict[tuple[object, ...], list[JornadaRow]] = {}
    for row in rows:
        found = JornadaRow(*row)
        by_series.setdefault((found.series, found.kind, found.state), []).append(found)
    placed = [each for series in by_series.values() for each in place_editions(series)]
    return sorted(placed, key=lambda one: (one.year or 0, one.day or date.max, one.series))


def _jornadas(selection: Selection) -> str:
    named = "TRUE"
    if selection.where is not None:
        named = f"jornada IN (SELECT jornada FROM {selection.figures} WHERE jornada IS NOT NULL)"  # noqa: S608 - a query that only reads
    return f"""
WITH known AS MATERIALIZED (FROM known_jornadas),
meant AS (SELECT DISTINCT kind, year, state FROM known WHERE {named}),
expected AS MATERIALIZED (
    FROM coverage SEMI JOIN meant ON meant.kind = coverage.kind AND meant.year = coverage.year
        AND meant.state IS NOT DISTINCT FROM coverage.state
)
SELECT series, {_COLUMNS} FROM expected
UNION ALL
SELECT coalesce(kind, '') AS series, kind, year, state, edition, jornada, {_KNOWN} AS coverage,
    starts_on, ends_on, bulletins, mentioned_in
FROM known WHERE {named}
    AND jornada NOT IN (SELECT jornada FROM expected WHERE jornada IS NOT NULL)
ORDER BY year, series, edition, starts_on, jornada"""  # noqa: S608 - a query that only reads


def place_editions(series: Sequence[JornadaRow]) -> list[JornadaRow]:
    """Give each edition a day to be drawn at: where none is known, one between its neighbours."""
    placed = [each._replace(day=each.starts_on) for each in series]
    if series[0].kind not in _NUMBERED or series[0].edition is None:
        return placed
    known = [place for place, each in enumerate(placed) if each.day is not None]
    for place, each in enumerate(placed):
        if each.day is None and each.year is not None and each.edition is not None:
            before = max((other for other in known if other < place), default=None)
            after = min((other for other in known if other > place), default=None)
            day = _between(placed, place, before, after, each.year)
            placed[place] = each._replace(day=day, placed=True)
    return placed


def _between(
    placed: Sequence[JornadaRow], place: int, before: int | None, after: int | None, year: int
) -> date:
    first = placed[before].day if before is not None else None
    last = placed[after].day if after is not None else None
    first = first or date(year, 1, 1)
    # What is known for certain is that the year goes on, not that it ends with the last edition.
    last = last or min(date(year, 12, 31), first + timedelta(days=_HALF_YEAR))
    low = before if before is not None else -1
    high = after if after is not None else len(placed)
    return first + (last - first) * (place - low) / (high - low)
