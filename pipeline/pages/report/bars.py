"""Horizontal bars, each with its name and its number: readable at any width, and without colour."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.lazy import lazy
from pipeline.pages.report.drawing import (
    ACCENT,
    HATCH,
    INK,
    MUTED,
    SURFACE,
    Chart,
    Drawing,
    Size,
    draw,
    label,
)
from pipeline.pages.report.phrases import Phrases

if TYPE_CHECKING:
    import altair as alt
else:
    alt = lazy("altair")

_STEP = 20
"""Pixels from bar to bar."""
_LETTER = 0.62
"""Of the size of a font: the width of a letter, at most, in a number."""


class Bar(NamedTuple):
    """One bar. Without a value there is none, only the text, which says why.

    `is_whole`: filled, else hatched. `sign`: a mark at its end, filled or not; None for none.
    """

    name: str
    value: float | None
    text: str
    is_whole: bool = True
    sign: bool | None = None


def make_bars(bars: Sequence[Bar], size: Size) -> Chart:
    """Draw bars one under the other, in their order."""
    names = [f"{place:04}" for place in range(len(bars))]
    given = [
        {
            "place": name,
            "value": bar.value,
            "end": bar.value or 0,
            "name": label(bar.name),
            "text": label(bar.text),
            "whole": bar.is_whole,
            "sign": bar.sign,
        }
        for name, bar in zip(names, bars, strict=True)
    ]
    left = _longest(bars, size)
    most = max((bar.value or 0 for bar in bars), default=0) or 1
    widest = max(len(bar.text) for bar in bars) * size.font * _LETTER + 24
    width = size.width - left
    room = max(40.0, width - widest)
    # In the order of their names: altair would copy a list of them several hundred times.
    y = alt.Y("place:O", axis=None, title=None)
    # The scale leaves room for the numbers behind the bars.
    scale = alt.Scale(domain=[0, most * width / room])
    x = alt.X("end:Q", scale=scale, axis=None)
    base = alt.Chart().encode(y=y)
    behind = 17 if any(bar.sign is not None for bar in bars) else 7
    drawn = base.transform_filter("isValid(datum.value)")
    thick = _STEP - 8
    bar = drawn.encode(x=alt.X("value:Q", scale=scale, axis=None))
    sign = drawn.encode(x=x)
    layers = alt.layer(
        base.mark_text(align="right", fontSize=size.font, color=INK, limit=size.label).encode(
            x=alt.value(-8), text=alt.Text("name:N")
        ),
        bar.transform_filter("datum.whole").mark_bar(size=thick, color=ACCENT),
        bar.transform_filter("!datum.whole").mark_bar(
            size=thick, fill=HATCH, stroke=ACCENT, strokeWidth=1
        ),
        sign.transform_filter("datum.sign === true").mark_point(
            shape="circle", size=32, fill=INK, stroke=INK, strokeWidth=1.3, opacity=1, xOffset=8
        ),
        sign.transform_filter("datum.sign === false").mark_point(
            shape="circle", size=32, fill=SURFACE, stroke=INK, strokeWidth=1.3, opacity=1, xOffset=8
        ),
        base.transform_filter("isValid(datum.value)")
        .mark_text(
            align="left",
            dx=behind,
            fontSize=size.font,
            color=INK,
        )
        .encode(x=x, text=alt.Text("text:N")),
        base.transform_filter("!isValid(datum.value)")
        .mark_text(align="left", dx=3, fontSize=size.font, color=MUTED, fontStyle="italic")
        .encode(x=x, text=alt.Text("text:N")),
    ).properties(
        width=width,
        height=alt.Step(_STEP),
        padding={"left": left, "right": 0, "top": 2, "bottom": 2},
        autosize="none",
    )
    return Chart(layers, given)


def _longest(bars: Sequence[Bar], size: Size) -> float:
    longest = max(len(label(bar.name)) for bar in bars) * size.font * _LETTER
    return min(size.label, longest) + 12


def draw_bars(bars: Sequence[Bar], title: str, phrases: Phrases, name: str) -> Drawing:
    """Draw bars, and say of them what a person sees who looks at them."""
    largest = max(bars, key=lambda bar: bar.value or 0)
    told = phrases.say(
        "drawn_bars", of=title, count=len(bars), label=largest.name, value=largest.text
    )
    return draw(lambda size: make_bars(bars, size), title, told, name)
