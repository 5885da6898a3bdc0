"""Numbers and results of an eval in words for people. Pure; what is undefined is a dash."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from eval.runs.result import Comparison
from eval.scoring.bootstrap import Difference, Interval

DASH = "–"
_ALPHA = 0.05
_SMALL_P = 0.001
_LONGEST = 10**15
_MOST_TICKS = 7


class Axis(NamedTuple):
    """A scale shared by several drawings; `ticks` are its round numbers, ends included."""

    ticks: tuple[float, ...]

    def at(self, value: float) -> str:
        """Return the place of a value in percent of the drawing's width, a margin left free."""
        low, high = self.ticks[0], self.ticks[-1]
        return f"{4 + 92 * (value - low) / (high - low):.2f}%"


def axis(values: Iterable[float]) -> Axis:
    """Make the smallest scale of few round numbers that holds all values."""
    listed = sorted(values) or [0.0, 1.0]
    for hundredths in (1, 2, 5, 10, 20, 25, 50):
        first = math.floor(listed[0] * 100 / hundredths + 1e-9)
        last = max(first + 1, math.ceil(listed[-1] * 100 / hundredths - 1e-9))
        if last - first < _MOST_TICKS:
            break
    return Axis(tuple(step * hundredths / 100 for step in range(first, last + 1)))


def ratio(value: float | None) -> str:
    """Show an F1, a precision or a recall."""
    return DASH if value is None else f"{value:.3f}"


def signed(value: float | None) -> str:
    """Show a difference with its sign, a real minus."""
    if value is None:
        return DASH
    text = f"{value:+.3f}".replace("-", "−")
    return text if text.strip("+−0.") else "0.000"


def count(value: float | None) -> str:
    """Show a number of things; a very long one by its size alone."""
    if value is None:
        return DASH
    return f"{value:,.6g}" if abs(value) >= _LONGEST else f"{value:,}"


def rounded(value: float | None) -> str:
    """Show an average with as many digits as matter."""
    if value is None or not value:
        return DASH if value is None else "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def money(value: float | None) -> str:
    """Show US dollars, small amounts by two digits that matter."""
    if value is None:
        return DASH
    return f"${value:,.2f}" if value >= 1 or not value else f"${rounded(value)}"


def probability(p: float | None) -> str:
    """Show a p-value, never more exactly than a thousandth."""
    if p is None:
        return DASH
    return f"< {_SMALL_P}" if p < _SMALL_P else f"{p:.{2 if p >= _ALPHA else 3}f}"


def span(interval: Interval | None) -> str:
    """Show both ends of an interval of a score."""
    return DASH if interval is None else f"{interval.low:.3f} to {interval.high:.3f}"


def signed_span(interval: Interval | None) -> str:
    """Show both ends of an interval of a difference."""
    if interval is None:
        return DASH
    return f"{signed(interval.low)} to {signed(interval.high)}"


def distinct(comparison: Comparison) -> bool:
    """Tell whether the strict difference is shown, all comparisons of the eval considered."""
    p = comparison.p_holm
    return comparison.measures["strict"].more == 0 and p is not None and p <= _ALPHA


def sentence(comparison: Comparison) -> str:
    """Say in one sentence whether a variant beats the reference."""
    found = comparison.measures["strict"]
    one, other = comparison.name, comparison.reference
    if found.estimate is None:
        return f"{one} and {other} cannot be compared: strict F1 is undefined for one of them."
    if found.estimate == 0 and found.interval == (0, 0):
        return f"{one} and {other} have the same strict score on all {_bulletins(found.documents)}."
    if found.interval is None or found.p is None:
        return (
            f"{one} and {other} are not told apart: strict F1 differs by {signed(found.estimate)} "
            f"on {_bulletins(found.documents)}, too few or too like to say how sure that is."
        )
    corrected = "" if comparison.p_holm == found.p else " corrected for the number of variants"
    facts = (
        f"(95 % interval {signed_span(found.interval)}, p {probability(comparison.p_holm)}"
        f"{corrected}, {_bulletins(found.documents)})"
    )
    if distinct(comparison):
        verb = "beats" if found.estimate > 0 else "is worse than"
        return f"{one} {verb} {other} by {abs(found.estimate):.3f} strict F1 {facts}."
    return (
        f"{one} and {other} are not told apart: strict F1 differs by "
        f"{signed(found.estimate)} {facts}{_wanted(found)}."
    )


def _wanted(found: Difference) -> str:
    if not found.more:
        return ""
    # Two digits: the estimate that it follows from is no surer.
    size = 10 ** max(0, len(str(found.more)) - 2)
    more = math.ceil(found.more / size) * size
    return f"; about {_bulletins(more, 'more gold ')} would show a difference of this size"


def _bulletins(number: int, kind: str = "") -> str:
    return f"{number:,} {kind}{'bulletin' if number == 1 else 'bulletins'}"
