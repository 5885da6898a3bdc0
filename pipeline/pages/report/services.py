"""How many services were given in each jornada and year, without counting anything twice."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.pages.report.selection import Selection
from pipeline.store.snapshot import Snapshot

FIRST = ("consultation", "surgery", "screening", "transplant")
"""Services that are always shown, and first; others where there is something to show."""
MOST_JORNADAS = 40
_MOST_PLACES = 4
_MOST_KINDS = 3
_FEWEST_JORNADAS = 3
"""A kind in fewer is told by no drawing."""
_NUMBERED = ("national", "extraordinary")


class PlaceNumber(NamedTuple):
    """What is printed of one place; `lowest` and `highest` are the least and most printed of it."""

    place: str
    value: float
    approximate: bool
    bulletins: int
    lowest: float
    highest: float
    exact_values: int
    figure_id: int


class JornadaNumber(NamedTuple):
    """What is known of one jornada: the country's number, or those of the places that are known.

    `bulletins` is the least number of bulletins that print one of its parts.
    """

    jornada: str
    kind: str | None
    year: int | None
    starts_on: date | None
    value: float
    places: int
    is_whole: bool
    approximate: bool
    bulletins: int
    largest: Sequence[PlaceNumber]

    @property
    def left_out(self) -> int:
        """Count the places that are in the sum and not among `largest`."""
        return self.places - len(self.largest)


class YearNumber(NamedTuple):
    """The jornadas of a year added up; `value` is None where none is known, which is not 0.

    It is the least that was done: of other jornadas of the year nothing is known.
    """

    year: int
    value: float | None
    jornadas: int
    approximate: bool


class Panel(NamedTuple):
    """One service, or one kind of it; `hidden` jornadas are in the years alone."""

    service: str
    detail: str | None
    jornadas: Sequence[JornadaNumber]
    hidden: int
    years: Sequence[YearNumber]


def fetch_panels(snapshot: Snapshot, selection: Selection) -> dict[str, list[Panel]]:
    """Fetch what was done, by service; each of `FIRST` is there, empty where nothing is known."""
    by_kind: dict[tuple[str, str | None], list[JornadaNumber]] = {}
    for service, detail, *rest, parts in snapshot.ask(_numbers(selection)).rows:
        largest = [PlaceNumber(**part) for part in parts]
        by_kind.setdefault((service, detail), []).append(JornadaNumber._make((*rest, largest)))
    counts = Counter(
        {
            service: max(len(found) for (of, _), found in by_kind.items() if of == service)
            for service, _ in by_kind
        }
    )
    others = [service for service, _ in counts.most_common() if service not in FIRST]
    panels = {service: list(_panels(service, by_kind)) for service in (*FIRST, *others)}
    return {service: found for service, found in panels.items() if found or service in FIRST}


def _panels(
    service: str, by_kind: Mapping[tuple[str, str | None], list[JornadaNumber]]
) -> Iterable[Panel]:
    kinds = {detail: found for (of, detail), found in by_kind.items() if of == service}
    told = sorted(
        (
            detail
            for detail, found in kinds.items()
            if detail is not None and len(found) >= _FEWEST_JORNADAS
        ),
        key=lambda detail: (-len(kinds[detail]), detail),
    )
    whole = [None] if None in kinds else []
    # Where many bulletins count kinds and few the whole, the kinds say more.
    chosen = sorted([*whole, *told[:_MOST_KINDS]], key=lambda detail: -len(kinds[detail]))
    for detail in chosen if service in FIRST else chosen[:1]:
        yield _make_panel(service, detail, kinds[detail])


def _make_panel(service: str, detail: str | None, found: Sequence[JornadaNumber]) -> Panel:
    # Those of the country come before those of a state where there are too many, the newest first.
    ranked = sorted(
        found,
        key=lambda one: (one.kind in _NUMBERED, one.starts_on or date.min, one.jornada),
        reverse=True,
    )
    shown = sorted(ranked[:MOST_JORNADAS], key=lambda one: (one.starts_on or date.max, one.jornada))
    return Panel(service, detail, shown, len(found) - len(shown), add_up_years(found))


def add_up_years(found: Sequence[JornadaNumber]) -> list[YearNumber]:
    """Add up by year; a year between two others of which nothing is known stands there empty."""
    by_year: dict[int, list[JornadaNumber]] = {}
    for each in found:
        if each.year is not None:
            by_year.setdefault(each.year, []).append(each)
    if not by_year:
        return []
    return [_add_up(year, by_year.get(year, [])) for year in range(min(by_year), max(by_year) + 1)]


def _add_up(year: int, found: Sequence[JornadaNumber]) -> YearNumber:
    return YearNumber(
        year,
        sum(each.value for each in found) if found else None,
        len(found),
        any(each.approximate for each in found),
    )


_RANK = "list_position(['national', 'side', 'state', 'ooad', 'municipality', 'unit'], place_kind)"
_WIDE = 2
"""Kinds of places that hold all others: the country, and its sides."""


def _stands_beside(selection: Selection) -> str:
    """Give the rows of which none holds another.

    Of lists of places, which may overlap, the largest number alone. Where only some figures are
    selected, the view's `widest` would leave out what an unselected one holds: there the widest
    kind of place in each state is taken, which may be less than all, and never more.
    """
    largest = """row_number() OVER (
        PARTITION BY service, detail, jornada, place_kind ORDER BY value DESC, figure_id) = 1"""
    if selection.where is None:
        return f"widest QUALIFY place_kind IS DISTINCT FROM 'several' OR {largest}"
    return f"""TRUE WINDOW whole AS (PARTITION BY service, detail, jornada)
    QUALIFY CASE
        WHEN min({_RANK}) OVER whole IS NULL THEN {largest}
        WHEN min({_RANK}) OVER whole <= {_WIDE} THEN {_RANK} = min({_RANK}) OVER whole
        ELSE {_RANK} = min({_RANK}) OVER (PARTITION BY service, detail, jornada, state) END"""


def _numbers(selection: Selection) -> str:
    return f"""
WITH chosen AS (
    FROM jornada_totals
    WHERE status = 'performed' AND unit = 'count' AND {selection.holds("figure_id")}
        AND {_stands_beside(selection)}
)
SELECT service, detail, jornada, min(kind), min(year), min(starts_on) AS first_day, sum(value),
    count(*), bool_and(place_kind IS NOT DISTINCT FROM 'national'), bool_or(approximate),
    min(bulletins),
    list({{
        'place': place, 'value': value, 'approximate': approximate, 'bulletins': bulletins,
        'lowest': lowest, 'highest': highest, 'exact_values': exact_values, 'figure_id': figure_id
    }} ORDER BY value DESC, figure_id)[1:{_MOST_PLACES}]
FROM chosen GROUP BY service, detail, jornada ORDER BY service, detail, first_day, jornada"""  # noqa: S608 - a query that only reads


def figures_of(panels: Iterable[Panel]) -> list[int]:
    """List the figures that the tables of these panels name."""
    return [part.figure_id for panel in panels for each in panel.jornadas for part in each.largest]
