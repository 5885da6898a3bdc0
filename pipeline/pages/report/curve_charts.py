"""Counts that go on as lines: told apart by their dashes, contradicted points by a cross."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.lazy import lazy
from pipeline.pages.report.curves import CurvePanel, Line, Point
from pipeline.pages.report.drawing import (
    ACCENT,
    INK,
    MUTED,
    SURFACE,
    Chart,
    Drawing,
    Size,
    draw,
    fit,
    moment,
)
from pipeline.pages.report.phrases import Phrases, write_known

if TYPE_CHECKING:
    import altair as alt
else:
    alt = lazy("altair")

DASHES = ([1, 0], [7, 4], [2, 3], [9, 3, 2, 3])
_CROSS = "M-.7,-.7L.7,.7M.7,-.7L-.7,.7"
_HEIGHT = 240
_DAYS_OF_MONTHS = 500
"""Up to so many days months are named; above, years."""


def draw_curves(
    panel: CurvePanel, contradicted: Collection[int], phrases: Phrases, name: str
) -> Drawing:
    """Draw the counts of one panel; points of figures in `contradicted` get a cross."""
    title = ", ".join(
        (phrases.service(panel.service, panel.detail), phrases.word("place", panel.place))
    )
    last = panel.lines[-1].points[-1]
    told = phrases.say(
        "curve_says",
        count=len(panel.lines),
        value=write_known(last.value),
        day=phrases.day(last.day),
    )
    return draw(lambda size: _make(panel, contradicted, phrases, size), title, told, name)


def is_contradicted(point: Point, contradicted: Collection[int]) -> bool:
    """Tell whether another exact value is printed of the same, or another count contradicts it."""
    return point.exact_values > 1 or point.figure_id in contradicted


def name_line(line: Line, phrases: Phrases) -> str:
    """Name a count by its first day."""
    if line.since is None:
        return phrases.say("since_unknown")
    return phrases.say("since", day=phrases.days(line.since, None))


def _row(
    number: int, point: Point, contradicted: Collection[int], text: str, *, is_last: bool
) -> dict[str, Any]:
    return {
        "line": number,
        "day": moment(point.day),
        "value": point.value,
        "exact": not point.approximate,
        "against": is_contradicted(point, contradicted),
        "text": text if is_last else "",
    }


def _make(panel: CurvePanel, contradicted: Collection[int], phrases: Phrases, size: Size) -> Chart:
    given = [
        _row(
            number,
            point,
            contradicted,
            f"{name_line(line, phrases)}: {write_known(point.value)}",
            is_last=point is line.points[-1],
        )
        for number, line in enumerate(panel.lines)
        for point in line.points
    ]
    days = [point.day for line in panel.lines for point in line.points]
    y = alt.Y("value:Q", axis=alt.Axis(format=",d", tickCount=5), scale=alt.Scale(nice=True))
    x = alt.X("day:T", scale=alt.Scale(type="utc"), axis=_axis(min(days), max(days), phrases, size))
    base = alt.Chart().encode(x=x, y=y)
    lines = [
        base.transform_filter(alt.datum.line == number).mark_line(
            color=ACCENT, strokeWidth=2, strokeDash=DASHES[number % len(DASHES)]
        )
        for number in range(len(panel.lines))
    ]
    middle = moment(min(days)) / 2 + moment(max(days)) / 2
    early = base.transform_filter(f"datum.text && datum.day <= {middle}")
    late = base.transform_filter(f"datum.text && datum.day > {middle}")
    limit = size.width - 90
    names = [
        early.mark_text(align="left", dx=4, dy=-11, fontSize=size.font, color=INK, limit=limit),
        late.mark_text(align="right", dx=2, dy=-11, fontSize=size.font, color=INK, limit=limit),
    ]
    layers = fit(
        alt.layer(
            *lines,
            base.transform_filter("datum.exact").mark_point(
                size=52, fill=ACCENT, stroke=SURFACE, opacity=1
            ),
            base.transform_filter("!datum.exact").mark_point(
                size=48, fill=SURFACE, stroke=ACCENT, strokeWidth=1.6, opacity=1
            ),
            base.transform_filter("datum.against").mark_point(
                shape=_CROSS, size=150, stroke=INK, strokeWidth=2, fill=SURFACE, opacity=1
            ),
            *(one.encode(text=alt.Text("text:N")) for one in names),
        ).properties(height=_HEIGHT),
        size,
    )
    return Chart(layers, given)


def _axis(first: date, last: date, phrases: Phrases, size: Size) -> "alt.Axis":
    span = (last - first).days
    if span > _DAYS_OF_MONTHS:
        values = [date(year, 1, 1) for year in range(first.year, last.year + 2)]
        words = [str(day.year) for day in values]
    else:
        values = _months(first, last)
        words = [f"{phrases.months[day.month - 1][:3]} {day.year}" for day in values]
    every = max(1, -(-len(values) // (4 if size.is_narrow else 9)))
    shown = [moment(day) for day in values[::every]]
    return alt.Axis(
        values=shown,
        # Months and years are the project's own words.
        labelExpr=f"{words[::every]}[indexof({shown}, time(datum.value))]",
        grid=True,
        labelColor=MUTED,
    )


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    months = (first.month - 1 + past for past in range(count + 1))
    return [date(first.year + month // 12, month % 12 + 1, 1) for month in months]
