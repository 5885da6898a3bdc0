"""Jornadas along the year, a row for each year and kind; a missing edition is a cross."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.lazy import lazy
from pipeline.pages.report.drawing import (
    ACCENT,
    INK,
    MUTED,
    RULE,
    SURFACE,
    Chart,
    Drawing,
    Size,
    draw,
    fit,
    rows,
)
from pipeline.pages.report.jornadas import JornadaRow
from pipeline.pages.report.phrases import Phrases

if TYPE_CHECKING:
    import altair as alt
else:
    alt = lazy("altair")

MOST_ROWS = 24
SHAPES = {
    "reported": ("circle", True),
    "announced": ("triangle-up", False),
    "mentioned": ("diamond", False),
    "undated": ("square", False),
    "missing": ("M-.6,-.6L.6,.6M.6,-.6L-.6,.6", False),
}
"""A shape for each kind of coverage, and whether it is filled: none is told by colour."""

_STEP = 34
_KINDS = ("national", "extraordinary", "state", "monothematic")
_MOST_DAYS = 366
_DAYS_A_POINT, _WIDE_AS = 0.7, 3
"""How many days a letter is wide on a wide page, and how many times that on a phone."""


class Timeline(NamedTuple):
    """The drawing, None where no jornada has a year and a day; and what is not in it."""

    drawing: Drawing | None
    undrawn: int
    hidden_rows: int


def draw_timeline(jornadas: Sequence[JornadaRow], phrases: Phrases, told: str) -> Timeline:
    """Draw the jornadas whose year and day are known or can be placed."""
    drawable = [each for each in jornadas if each.day is not None and each.year is not None]
    keys = sorted(
        {(each.year or 0, _rank(each.kind), each.kind or "") for each in drawable}, reverse=True
    )[:MOST_ROWS]
    keys.sort()
    undrawn = len(jornadas) - len(drawable)
    if not keys:
        return Timeline(None, undrawn, 0)
    names = [f"{year} {phrases.word('kind', kind or None)}" for year, _, kind in keys]
    marks = _mark(drawable, [(year, kind) for year, _, kind in keys], names)
    all_keys = {(each.year, each.kind) for each in drawable}
    drawing = draw(
        lambda size: _make(marks, names, phrases, size), phrases.say("timeline"), told, "timeline"
    )
    return Timeline(drawing, undrawn, len(all_keys) - len(keys))


def _rank(kind: str | None) -> int:
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)


def _mark(
    jornadas: Sequence[JornadaRow], keys: Sequence[tuple[int, str]], names: Sequence[str]
) -> list[dict[str, Any]]:
    marks: dict[tuple[object, ...], dict[str, Any]] = {}
    for each in jornadas:
        key = (each.year or 0, each.kind or "")
        if key not in keys or each.day is None:
            continue
        numbered = each.kind in _KINDS[:2] and each.edition is not None
        place = (each.day - date(each.year or 1, 1, 1)).days
        mark = {
            "row": names[keys.index(key)],
            # A jornada that begins in the last days of the year before stands at its edge.
            "day": min(max(place, 0), _MOST_DAYS),
            "coverage": each.coverage,
            "edition": str(each.edition) if numbered else "",
        }
        mark["key"] = f"{mark['row']} {mark['day']} {mark['edition']}"
        # Of those that look the same in one place, one.
        marks[tuple(mark.values())] = mark
    return list(marks.values())


def _readable(marks: Sequence[dict[str, Any]], apart: float) -> list[str]:
    """Choose numbers that have room beside each other, from the left of each row."""
    chosen: list[str] = []
    last: dict[str, int] = {}
    for mark in sorted(marks, key=lambda mark: mark["day"]):
        row, day = mark["row"], mark["day"]
        if mark["edition"] and day - last.get(row, -_MOST_DAYS) >= apart:
            chosen.append(mark["key"])
            last[row] = day
    return chosen


def _make(
    marks: Sequence[dict[str, Any]], names: Sequence[str], phrases: Phrases, size: Size
) -> Chart:
    starts = [(date(2021, month, 1) - date(2021, 1, 1)).days for month in range(1, 13)]
    letters = 1 if size.is_narrow else 3
    months = [month[:letters] for month in phrases.months]
    x = alt.X(
        "day:Q",
        scale=alt.Scale(domain=[-6, _MOST_DAYS + 4], nice=False),
        axis=alt.Axis(
            values=starts,
            # Names of months are the project's own words.
            labelExpr=f"{months}[indexof({starts}, datum.value)]",
            grid=True,
            labelAlign="left",
            labelOffset=2,
            labelPadding=10,
            domain=False,
            ticks=False,
            orient="top",
            labelColor=MUTED,
        ),
    )
    y = alt.Y("row:O", sort=list(names), axis=alt.Axis(ticks=False, domain=False, labelPadding=6))
    rule = alt.Chart(rows(*({"row": name, "day": -6, "end": _MOST_DAYS + 4} for name in names)))
    base = alt.Chart().encode(x=x, y=y)
    points = [
        base.transform_filter(alt.datum.coverage == coverage).mark_point(
            shape=shape,
            size=(70 if size.is_narrow else 95) * (2 if coverage == "missing" else 1),
            fill=ACCENT if is_filled else SURFACE,
            stroke=ACCENT if coverage != "missing" else INK,
            strokeWidth=1.6,
            opacity=1,
        )
        for coverage, (shape, is_filled) in SHAPES.items()
    ]
    apart = size.font * _DAYS_A_POINT * (_WIDE_AS if size.is_narrow else 1)
    numbers = (
        base.transform_filter(alt.FieldOneOfPredicate(field="key", oneOf=_readable(marks, apart)))
        .mark_text(dy=-12, fontSize=size.font - 2, color=INK)
        .encode(text=alt.Text("edition:N"))
    )
    layers = fit(
        alt.layer(
            rule.mark_rule(color=RULE, strokeWidth=1).encode(x=x, x2=alt.X2("end:Q"), y=y),
            *points,
            numbers,
        ).properties(height=alt.Step(_STEP)),
        size,
    )
    return Chart(layers, marks)
