"""Counts that go on, along their last days."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from pipeline.pages.report.selection import Selection
from pipeline.store.snapshot import Snapshot

MOST_PANELS = 6
MOST_LINES = 4
"""In one panel; more are not told apart without colour."""
_MOST_POINTS = 60


class Point(NamedTuple):
    """What had been counted by a day."""

    day: date
    value: float
    approximate: bool
    bulletins: int
    lowest: float
    highest: float
    exact_values: int
    figure_id: int


class Line(NamedTuple):
    """One count, since its first day, which is None where no bulletin says it."""

    since: date | None
    points: Sequence[Point]


class CurvePanel(NamedTuple):
    """Counts of one kind of service at one place."""

    place: str
    service: str
    detail: str | None
    lines: Sequence[Line]


class Curves(NamedTuple):
    """The panels that are shown, and how many more there are with more than one day."""

    panels: Sequence[CurvePanel]
    hidden: int

    @property
    def figures(self) -> list[int]:
        """List the figures of all points."""
        return [
            point.figure_id
            for panel in self.panels
            for line in panel.lines
            for point in line.points
        ]


def fetch_curves(snapshot: Snapshot, selection: Selection) -> Curves:
    """Fetch the counts of which most days are known, those of the country first."""
    rows = snapshot.ask(_curves(selection)).rows
    hidden = max(0, rows[0][-1] - MOST_PANELS) if rows else 0
    panels = []
    for (place, service, detail, _), of_panel in groupby(rows, key=lambda row: row[:4]):
        lines = [
            Line(since, [Point(*row[6:14]) for row in of_line][-_MOST_POINTS:])
            for (since, _), of_line in groupby(of_panel, key=lambda row: row[4:6])
        ]
        panels.append(CurvePanel(place, service, detail, lines))
    return Curves(panels, hidden)


def _curves(selection: Selection) -> str:
    return f"""
WITH points AS (
    SELECT *, coalesce(year(starts_on), year) AS line_year FROM series
    WHERE unit = 'count' AND status = 'performed' AND {selection.holds("figure_id")}
), lines AS (
    SELECT place, service, detail, state, starts_on,
        CASE WHEN starts_on IS NULL THEN year END AS of_year, count(*) AS days,
        max(ends_on) AS last_day
    FROM points GROUP BY ALL HAVING days > 1
), panels AS (
    SELECT place, service, detail, state, count(*) OVER () AS all_panels,
        row_number() OVER (
            ORDER BY (place = 'national') DESC, max(days) DESC, (detail IS NULL) DESC,
                max(last_day) DESC, service, detail, place
        ) AS panel
    FROM lines GROUP BY place, service, detail, state
), drawn AS (
    SELECT lines.*, panel, all_panels,
        row_number() OVER (PARTITION BY panel ORDER BY last_day DESC, days DESC) AS line
    FROM lines JOIN panels ON panels.place = lines.place AND panels.service = lines.service
        AND panels.detail IS NOT DISTINCT FROM lines.detail
        AND panels.state IS NOT DISTINCT FROM lines.state
    WHERE panel <= {MOST_PANELS}
)
SELECT points.place, points.service, points.detail, panel, points.starts_on, line,
    ends_on, value, approximate, bulletins, lowest, highest, exact_values, figure_id, all_panels
FROM points JOIN drawn ON drawn.place = points.place AND drawn.service = points.service
    AND drawn.detail IS NOT DISTINCT FROM points.detail
    AND drawn.state IS NOT DISTINCT FROM points.state
    AND drawn.starts_on IS NOT DISTINCT FROM points.starts_on
    AND (drawn.of_year IS NULL OR drawn.of_year = points.year)
WHERE line <= {MOST_LINES}
ORDER BY panel, line DESC, ends_on"""  # noqa: S608 - a query that only reads


def lines_of(panels: Iterable[CurvePanel]) -> list[tuple[CurvePanel, Line]]:
    """List all lines with their panels."""
    return [(panel, line) for panel in panels for line in panel.lines]
