"""Goals: a printed percentage against the planned and performed numbers printed with it.

A goal that is missed is news, no fault; a percentage that the numbers do not give is one.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from pipeline.facts import Kind, distance, format_value, kind_of, scope_of
from pipeline.quotes import span_of
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.report import Figure, JornadaReport, Period, Status, Unit

_NEAR = 500
"""Characters. A percentage farther from two cumulative numbers may be about others."""
_MOST_BESIDE = 20
"""Numbers before a percentage, and after it, that it may be about: no text has more goals."""
_ALL = 100


class _Goal(NamedTuple):
    kind: Kind
    period: Period
    edition: int | None
    place: str


class _Exact(NamedTuple):
    """The exact counts of a goal, in the order of the text."""

    planned: list[Figure]
    performed: list[Figure]

    @classmethod
    def of(cls, figures: Iterable[Figure]) -> "_Exact":
        counts = sorted(
            (one for one in figures if one.unit is Unit.COUNT and not one.approximate), key=_start
        )
        return cls(
            planned=[one for one in counts if one.status is Status.PLANNED and one.value],
            performed=[one for one in counts if one.status is Status.PERFORMED],
        )


def check(_document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each percentage that is neither performed / planned nor the excess over it."""
    if not any(_is_reached(figure) for figure in report.figures):
        return
    goals: dict[_Goal, list[Figure]] = defaultdict(list)
    for figure in report.figures:
        scope = scope_of(figure)
        goals[_Goal(kind_of(figure), scope.period, scope.edition, scope.place)].append(figure)
    for figures in goals.values():
        percents = [figure for figure in figures if _is_reached(figure)]
        if percents:
            exact = _Exact.of(figures)
            for percent in percents:
                yield from _misprint(percent, exact)


def _is_reached(figure: Figure) -> bool:
    return figure.unit is Unit.PERCENT and figure.status is Status.PERFORMED


def _misprint(percent: Figure, exact: _Exact) -> Iterator[Finding]:
    pairs = list(_pairs(percent, exact))
    if not pairs or percent.approximate or any(_fits(percent.value, *pair) for pair in pairs):
        return
    planned, performed = min(pairs, key=lambda pair: _error(percent.value, *pair))
    share = _ALL * performed.value / planned.value
    yield Finding(
        check="goals",
        severity=Severity.WARNING,
        field="figures",
        message=(
            f"{format_value(percent.value, Unit.PERCENT)} does not fit: "
            f"{format_value(performed.value)} performed of {format_value(planned.value)} planned "
            f"is {share:,.1f} per cent, {abs(share - _ALL):,.1f} per cent "
            f"{'above' if share >= _ALL else 'below'} the goal"
        ),
        span=span_of(percent),
    )


def _pairs(percent: Figure, exact: _Exact) -> Iterator[tuple[Figure, Figure]]:
    """Yield what was planned and performed and may belong to `percent`."""
    return product(_beside(percent, exact.planned), _beside(percent, exact.performed))


def _beside(percent: Figure, counts: list[Figure]) -> list[Figure]:
    """Tell the counts of a jornada, and others that are near, that stand next to `percent`."""
    at = bisect(counts, _start(percent), key=_start)
    return [
        figure
        for figure in counts[max(at - _MOST_BESIDE, 0) : at + _MOST_BESIDE]
        if figure.period is Period.JORNADA or distance(figure, percent) <= _NEAR
    ]


def _start(figure: Figure) -> int:
    return figure.char_start or 0


def _fits(percent: float, planned: Figure, performed: Figure) -> bool:
    """Allow for rounding up, down or off at the last printed digit."""
    decimals = len(str(percent).partition(".")[2])
    return _error(percent, planned, performed) < 10.0**-decimals


def _error(percent: float, planned: Figure, performed: Figure) -> float:
    share = _ALL * performed.value / planned.value
    return min(abs(share - percent), abs(abs(share - _ALL) - percent))
