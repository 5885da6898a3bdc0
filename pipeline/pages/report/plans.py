"""What was planned against what was done."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.pages.report.selection import Selection
from pipeline.store.snapshot import Snapshot

MOST_ROWS = 120
MOST_DRAWN = 30


class PlanRow(NamedTuple):
    """One thing that was planned and done, or of which a share of the goal is printed.

    `reached` is in per cent of the plan: counted from both numbers, else as printed, then
    `percent_figure_id` says where.
    """

    jornada: str | None
    starts_on: date | None
    ends_on: date | None
    place: str
    service: str
    detail: str | None
    planned: float | None
    performed: float | None
    reached: float | None
    is_counted: bool
    approximate: bool
    planned_figure_id: int | None
    performed_figure_id: int | None
    percent_figure_id: int | None


class Plans(NamedTuple):
    """Rows in the order of time, and how many more there are."""

    rows: Sequence[PlanRow]
    hidden: int

    @property
    def drawn(self) -> list[PlanRow]:
        """Give those that are drawn: of the country before others, the newest first."""
        ranked = sorted(
            (each for each in self.rows if each.reached is not None), key=_rank, reverse=True
        )[:MOST_DRAWN]
        return sorted(ranked, key=_in_time)


def fetch_plans(snapshot: Snapshot, selection: Selection) -> Plans:
    """Fetch what is known of plans."""
    rows = snapshot.ask(_plans(selection)).rows
    hidden = rows[0][-1] - len(rows) if rows else 0
    return Plans(sorted((PlanRow(*row[:-1]) for row in rows), key=_in_time), hidden)


def _plans(selection: Selection) -> str:
    held = selection.holds("planned_figure_id", "performed_figure_id", "percent_figure_id")
    # A percentage is in no column of the view: its figure is the first that prints it of the same.
    same = " AND ".join(
        f"plans.{column} IS NOT DISTINCT FROM percents.{column}"
        for column in ("period", "jornada", "place", "state", "service", "detail")
    )
    return f"""
WITH plans AS (FROM plan_and_result), percents AS (
    SELECT period, jornada, CASE WHEN jornada IS NULL THEN starts_on END AS starts_on,
        CASE WHEN jornada IS NULL THEN ends_on END AS ends_on, place, state, service, detail,
        basis, value, min(figure_id) AS percent_figure_id
    FROM facts
    WHERE unit = 'percent' AND status = 'performed' AND basis IN ('goal', 'above_goal')
    GROUP BY ALL
)
SELECT plans.jornada, plans.starts_on, plans.ends_on, plans.place, plans.service, plans.detail,
    planned, performed, coalesce(percent, printed_percent, 100 + printed_above) AS reached,
    percent IS NOT NULL, approximate, planned_figure_id, performed_figure_id, percent_figure_id,
    count(*) OVER ()
FROM plans LEFT JOIN percents ON {same}
    AND (plans.jornada IS NOT NULL OR (plans.starts_on IS NOT DISTINCT FROM percents.starts_on
        AND plans.ends_on IS NOT DISTINCT FROM percents.ends_on))
    AND CASE WHEN printed_percent IS NOT NULL
        THEN basis = 'goal' AND percents.value = printed_percent
        ELSE basis = 'above_goal' AND percents.value = printed_above END
WHERE {held}
ORDER BY (plans.place = 'national') DESC, (plans.detail IS NULL) DESC,
    plans.starts_on DESC NULLS LAST, plans.service, plans.place
LIMIT {MOST_ROWS}"""  # noqa: S608 - a query that only reads


def _rank(row: PlanRow) -> tuple[bool, bool, date]:
    return row.place == "national", row.detail is None, row.starts_on or date.min


def _in_time(row: PlanRow) -> tuple[date, str, str, str, str]:
    return (
        row.starts_on or row.ends_on or date.max,
        row.jornada or "",
        row.place,
        row.service,
        row.detail or "",
    )


def figures_of(rows: Iterable[PlanRow]) -> list[int]:
    """List the figures that rows name."""
    return [
        figure
        for row in rows
        for figure in (row.planned_figure_id, row.performed_figure_id, row.percent_figure_id)
        if figure is not None
    ]
