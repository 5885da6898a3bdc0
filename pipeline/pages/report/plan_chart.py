"""How much of the plan was reached, drawn from the line of what was planned."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.lazy import lazy
from pipeline.pages.report.drawing import (
    ACCENT,
    INK,
    MUTED,
    SURFACE,
    Chart,
    Drawing,
    Size,
    draw,
    label,
    rows,
)
from pipeline.pages.report.phrases import Phrases, write_known
from pipeline.pages.report.plans import PlanRow

if TYPE_CHECKING:
    import altair as alt
else:
    alt = lazy("altair")

_PLANNED = 100
_MOST = 250
"""What reached more is drawn so far, with an arrow: one such would make all others one."""
_STEP = 22
_LETTER = 0.6
_NATIONAL = "national"


def draw_plans(drawn: Sequence[PlanRow], phrases: Phrases) -> Drawing:
    """Draw rows of which it is known how much of the plan was reached."""
    named = [(_name(row, phrases), row) for row in drawn]
    most_name, most = max(named, key=lambda one: one[1].reached or 0)
    title = phrases.say("plans")
    told = phrases.say(
        "drawn_bars", of=title, count=len(drawn), label=most_name, value=_percent(most)
    )
    return draw(lambda size: _make(named, size), title, told, "plan-chart")


def _name(row: PlanRow, phrases: Phrases) -> str:
    when = row.jornada or phrases.days(row.starts_on, row.ends_on)
    where = () if row.place == _NATIONAL else (row.place,)
    return " · ".join((phrases.service(row.service, row.detail), when, *where))


def _percent(row: PlanRow) -> str:
    about = "≈ " if row.approximate else ""
    return f"{about}{write_known(row.reached)}\N{NO-BREAK SPACE}%"


def _row(place: int, name: str, row: PlanRow) -> dict[str, Any]:
    reached = row.reached or 0
    is_beyond = reached > _MOST
    return {
        "place": f"{place:04}",
        "name": label(name),
        "reached": min(reached, _MOST),
        "planned": _PLANNED,
        "text": _percent(row) + (" →" if is_beyond else ""),
        "sign": "beyond" if is_beyond else "counted" if row.is_counted else "printed",
        "above": reached >= _PLANNED,
    }


def _make(named: Sequence[tuple[str, PlanRow]], size: Size) -> Chart:
    # On a phone a name stands above its line, as beside it there is no room for both.
    left = 4 if size.is_narrow else size.label + 60
    given = [_row(place, name, row) for place, (name, row) in enumerate(named)]
    width = size.width - left
    scale = alt.Scale(domain=_span([row["reached"] for row in given], width, size), nice=False)
    planned = alt.X("planned:Q", scale=scale, axis=None)
    base = alt.Chart().encode(y=alt.Y("place:O", axis=None))
    line = alt.Chart(rows({"planned": _PLANNED, "text": "100\N{NO-BREAK SPACE}%"})).encode(
        x=planned
    )
    down = 4 if size.is_narrow else 0
    names = _names(base, size, left)
    layers = alt.layer(
        line.mark_rule(color=MUTED, strokeWidth=1.5),
        line.mark_text(dy=-8, fontSize=size.font, color=MUTED).encode(
            y=alt.value(0), text=alt.Text("text:N")
        ),
        *names,
        base.mark_rule(color=ACCENT, strokeWidth=3, yOffset=down).encode(
            x=planned, x2=alt.X2("reached:Q")
        ),
        *_ends(base.encode(x=alt.X("reached:Q", scale=scale, axis=None)), size, down),
    ).properties(
        width=width,
        height=alt.Step(_STEP * 2 if size.is_narrow else _STEP),
        padding={"left": left, "right": 0, "top": 18, "bottom": 4},
        autosize="none",
    )
    return Chart(layers, given)


def _names(base: "alt.Chart", size: Size, left: int) -> list["alt.Chart"]:
    """Write names; the line that they cross on a phone is interrupted for them."""
    named = base.encode(x=alt.value(0 if size.is_narrow else -8), text=alt.Text("name:N"))
    if not size.is_narrow:
        return [named.mark_text(align="right", fontSize=size.font, color=INK, limit=left - 12)]
    limit = size.width - 8
    return [
        named.mark_text(align="left", fontSize=size.font, limit=limit, dy=-14, **painted)
        for painted in ({"fill": SURFACE, "stroke": SURFACE, "strokeWidth": 5}, {"fill": INK})
    ]


def _ends(points: "alt.Chart", size: Size, down: int) -> list["alt.Chart"]:
    """Draw a sign and a number at the end of each line, on its outer side."""
    above, below = (points.transform_filter(f"{sign}datum.above") for sign in ("", "!"))
    text = alt.Text("text:N")
    return [
        points.transform_filter("datum.sign === 'counted'").mark_point(
            shape="circle", size=62, fill=ACCENT, stroke=SURFACE, opacity=1, yOffset=down
        ),
        points.transform_filter("datum.sign === 'printed'").mark_point(
            shape="square", size=52, fill=SURFACE, stroke=ACCENT, opacity=1, yOffset=down
        ),
        above.mark_text(align="left", dx=9, dy=down, fontSize=size.font, color=INK).encode(
            text=text
        ),
        below.mark_text(align="right", dx=-9, dy=down, fontSize=size.font, color=INK).encode(
            text=text
        ),
    ]


def _span(ends: Sequence[float], width: int, size: Size) -> list[float]:
    """Give a scale that has room for the numbers on both sides."""
    low, high = min(60.0, *ends), max(120.0, *ends)
    room = 10 * size.font * _LETTER + 12
    spare = (high - low) * room / (width - 2 * room)
    return [low - spare, high + spare]
