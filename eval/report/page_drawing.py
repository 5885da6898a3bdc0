"""Scales and places of the page's drawings, in percent of their width or height. Pure."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eval.runs.tradeoff import TradeOff

_MOST_STEPS = 6
_MARGIN = 4


class Axis(NamedTuple):
    """A scale shared by several drawings; `ticks` are its round numbers, ends included."""

    ticks: tuple[float, ...]

    def at(self, value: float) -> str:
        """Return the place of a value in percent of the drawing's width, a margin left free."""
        return f"{self._share(value):.2f}%"

    def up(self, value: float) -> str:
        """Return the place of a value in percent of the drawing's height, from its top."""
        return f"{100 - self._share(value):.2f}%"

    def _share(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return _MARGIN + (100 - 2 * _MARGIN) * (value - low) / (high - low)


class TradeoffPlot(NamedTuple):
    """Strict F1 drawn against one cost: each variant's number, its place, if it is on the front.

    `front` joins those of the front that are drawn; `unknown` are numbers without a place.
    """

    across: Axis
    up: Axis
    points: tuple[tuple[int, float, float, bool], ...]
    front: tuple[tuple[float, float], ...]
    unknown: tuple[int, ...]


def make_axis(values: Iterable[float], *, finest: float = 0.01) -> Axis:
    """Make the smallest scale of few round numbers that holds all values.

    `finest` is a power of ten, the smallest step.
    """
    listed = sorted(values) or [0.0, 1.0]
    power = round(math.log10(finest))
    while True:
        for factor in (1, 2, 5):
            # Through whole numbers, so that ticks are as round as can be.
            places = max(0, -power)
            scale = 10**places if power <= 0 else 1
            step = factor * (1 if power <= 0 else 10**power)
            first = math.floor(listed[0] * scale / step + 1e-9)
            last = max(first + 1, math.ceil(listed[-1] * scale / step - 1e-9))
            if last - first <= _MOST_STEPS:
                return Axis(tuple(number * step / scale for number in range(first, last + 1)))
        power += 1


def span_estimates(
    estimates: Iterable[tuple[float | None, Sequence[float] | None]], *also: float
) -> Axis:
    """Make the scale that holds estimates with their intervals, and `also` these values."""
    listed = [(value, *(interval or ())) for value, interval in estimates]
    return make_axis([*also, *(each for row in listed for each in row if each is not None)])


def draw_tradeoff(tradeoffs: Sequence[TradeOff], costs: Sequence[float | None]) -> TradeoffPlot:
    """Place the variants by strict F1 and one of their costs, in the order of both."""
    placed = [
        (number, cost, one.strict_f1, one.on_front)
        for number, (one, cost) in enumerate(zip(tradeoffs, costs, strict=True), 1)
        if cost is not None and one.strict_f1 is not None
    ]
    drawn = {number for number, *_ in placed}
    return TradeoffPlot(
        make_axis([0.0, *(cost for _, cost, _, _ in placed)], finest=1e-9),
        make_axis(f1 for _, _, f1, _ in placed),
        tuple(placed),
        tuple(sorted((cost, f1) for _, cost, f1, on_front in placed if on_front)),
        tuple(number for number in range(1, len(tradeoffs) + 1) if number not in drawn),
    )
