"""All that a report shows: what was asked of the store, drawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pipeline.pages.report import plans, services
from pipeline.pages.report.contradictions import Contradictions, fetch_contradictions
from pipeline.pages.report.curve_charts import draw_curves
from pipeline.pages.report.curves import CurvePanel, Curves, fetch_curves
from pipeline.pages.report.drawing import Drawing
from pipeline.pages.report.jornadas import MISSING, JornadaRow, fetch_jornadas
from pipeline.pages.report.overview import Overview, fetch_overview
from pipeline.pages.report.phrases import Phrases
from pipeline.pages.report.plan_chart import draw_plans
from pipeline.pages.report.plans import Plans, fetch_plans
from pipeline.pages.report.quality_chart import draw_quality
from pipeline.pages.report.quotes import Quotes, fetch_quotes
from pipeline.pages.report.selection import ORIGIN, Selection
from pipeline.pages.report.service_charts import draw_jornadas, draw_years
from pipeline.pages.report.services import FIRST, Panel, fetch_panels
from pipeline.pages.report.tile_chart import TILES, draw_tiles
from pipeline.pages.report.timeline_chart import Timeline, draw_timeline
from pipeline.store import Store
from pipeline.store.snapshot import Snapshot

_MOST_JORNADAS = 400
"""Rows of the table of jornadas."""
_YEARS_OF = 2
"""Of so many kinds of a service years are drawn as well."""


class About(NamedTuple):
    """What the report is about; `made` is UTC."""

    database: str
    made: datetime
    software: str
    selection: Selection


class DrawnPanel(NamedTuple):
    """A service, or a kind of it, drawn by jornada and by year."""

    panel: Panel
    by_jornada: Drawing
    by_year: Drawing | None


class DrawnCurves(NamedTuple):
    """Counts that go on, drawn."""

    panel: CurvePanel
    drawing: Drawing


class States(NamedTuple):
    """The drawing of states, and those of which there is nothing."""

    drawing: Drawing | None
    empty: Sequence[str]


class Content(NamedTuple):
    """The whole report. `contradicted` are figures that another number speaks against."""

    about: About
    overview: Overview
    jornadas: Sequence[JornadaRow]
    hidden_jornadas: int
    timeline: Timeline
    panels: Mapping[str, Sequence[DrawnPanel]]
    plans: Plans
    plan_drawing: Drawing | None
    curves: Curves
    drawn_curves: Sequence[DrawnCurves]
    contradictions: Contradictions
    contradicted: frozenset[int]
    states: States
    quality: Drawing | None
    quotes: Quotes


class _Known(NamedTuple):
    """What was asked."""

    overview: Overview
    jornadas: Sequence[JornadaRow]
    panels: Mapping[str, Sequence[Panel]]
    plans: Plans
    curves: Curves
    contradictions: Contradictions
    quotes: Quotes


def gather(store: Store, about: About, phrases: Phrases) -> Content:
    """Ask the store and draw. Raises `SqlError` for a condition that cannot be run."""
    selection = about.selection
    # What is drawn is drawn when the database is closed again: others may write meanwhile.
    known = store.ask_several(
        lambda snapshot: _ask(snapshot, selection), chosen=selection.chosen, origin=ORIGIN
    )
    contradicted = frozenset(known.contradictions.figures)
    drawn_plans = known.plans.drawn
    jornadas, overview = known.jornadas, known.overview
    return Content(
        about=about,
        overview=overview,
        jornadas=jornadas[-_MOST_JORNADAS:],
        hidden_jornadas=max(0, len(jornadas) - _MOST_JORNADAS),
        timeline=draw_timeline(jornadas, phrases, describe_jornadas(jornadas, phrases)),
        panels={
            service: _draw_panels(service, several, phrases)
            for service, several in known.panels.items()
        },
        plans=known.plans,
        plan_drawing=draw_plans(drawn_plans, phrases) if drawn_plans else None,
        curves=known.curves,
        drawn_curves=[
            DrawnCurves(panel, draw_curves(panel, contradicted, phrases, f"curve-{number}"))
            for number, panel in enumerate(known.curves.panels)
        ],
        contradictions=known.contradictions,
        contradicted=contradicted,
        states=_draw_states(overview, phrases),
        quality=None if overview.is_empty else draw_quality(overview, phrases),
        quotes=known.quotes,
    )


def _ask(snapshot: Snapshot, selection: Selection) -> _Known:
    overview = fetch_overview(snapshot, selection)
    panels = fetch_panels(snapshot, selection)
    planned = fetch_plans(snapshot, selection)
    counts = fetch_curves(snapshot, selection)
    against = fetch_contradictions(snapshot, selection, counts.figures)
    cited = [
        *services.figures_of(panel for several in panels.values() for panel in several),
        *plans.figures_of(planned.rows),
        *counts.figures,
        *against.figures,
    ]
    return _Known(
        overview,
        fetch_jornadas(snapshot, selection),
        panels,
        planned,
        counts,
        against,
        fetch_quotes(snapshot, cited, decided=overview.decided is not None),
    )


def describe_jornadas(jornadas: Sequence[JornadaRow], phrases: Phrases) -> str:
    """Say how many jornadas are reported, and how many editions are missing."""
    return phrases.say(
        "timeline_says",
        reported=phrases.count(sum(each.coverage == "reported" for each in jornadas), "jornada"),
        missing=phrases.count(sum(each.coverage == MISSING for each in jornadas), "edition"),
    )


def _draw_panels(service: str, several: Sequence[Panel], phrases: Phrases) -> list[DrawnPanel]:
    return [
        DrawnPanel(
            panel,
            draw_jornadas(panel, phrases, f"jornadas-{service}-{number}"),
            draw_years(panel, phrases, f"years-{service}-{number}")
            if number < (_YEARS_OF if service in FIRST else 1)
            else None,
        )
        for number, panel in enumerate(several)
    ]


def _draw_states(overview: Overview, phrases: Phrases) -> States:
    known = {each.state: each.bulletins for each in overview.states if each.state in TILES}
    if not known:
        return States(None, ())
    state, most = max(known.items(), key=lambda one: one[1])
    told = phrases.say(
        "states_says", count=len(known), state=state, bulletins=phrases.count(most, "bulletin")
    )
    counts = {name: count for name, count in known.items() if name is not None}
    return States(draw_tiles(counts, phrases, told), [name for name in TILES if name not in known])
