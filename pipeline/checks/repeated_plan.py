"""A body that repeats the plan: its parts add up to the planned total, not to the performed one.

Press offices fill last week's draft with this week's headline. The parts are tried passage by
passage, as the right ones may stand in the headline of the same bulletin.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import product
from operator import attrgetter
from typing import NamedTuple

from pipeline.facts import Scope, format_value, kind_of, scope_of
from pipeline.quotes import locate
from schemas.document import Document
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure, JornadaReport, Service, Status, Unit

_MAIN = frozenset(
    (Service.CONSULTATION, Service.SURGERY, Service.SCREENING, Service.ANCILLARY_STUDY)
)
_FEWEST = 3
"""Fewer parts may add up to the plan by chance."""
_FARTHEST = 300
"""Characters between two parts of one passage."""
_MOST_PLACES = 100
"""Where one quote stands: no bulletin says anything so often."""
_MOST_SUMS = 1024
_MOST_FIGURES = 100
"""Of one scope: more are no bulletin's, and whatever they are, some add up by chance."""


class _PlacedFigure(NamedTuple):
    span: Span
    figure: Figure


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each passage whose performed parts add up to the planned total."""

    @cache
    def places_of(quote: str) -> tuple[Span, ...]:
        return locate(document.text, quote)[:_MOST_PLACES]

    scopes: dict[Scope, list[Figure]] = {}
    for figure in report.figures:
        if figure.unit is Unit.COUNT and not figure.approximate:
            scope = scope_of(figure)._replace(status=Status.PERFORMED)
            scopes.setdefault(scope, []).append(figure)
    for same in scopes.values():
        totals = [f for f in same if f.service is Service.TOTAL and f.detail is None]
        planned = [total for total in totals if total.status is Status.PLANNED]
        performed = [total for total in totals if total.status is Status.PERFORMED]
        if planned and performed and len(same) <= _MOST_FIGURES:
            told = [pair for pair in product(planned, performed) if pair[0].value != pair[1].value]
            if told:
                yield from _in_scope(places_of, told, same)


def _in_scope(
    places_of: Callable[[str], Iterable[Span]],
    told: Sequence[tuple[Figure, Figure]],
    same: Sequence[Figure],
) -> Iterator[Finding]:
    """Compare each passage with what was planned and performed in all, of which `told` are pairs.

    `places_of` tells where a quote stands.
    """
    parts = [f for f in same if f.service in _MAIN and f.status is Status.PERFORMED]
    # A few transplants are often given as planned and as performed, far from the other parts.
    others = [f.value for f in same if f.service not in _MAIN and f.service is not Service.TOTAL]
    for passage in _passages(places_of, parts):
        if len(passage) < _FEWEST:
            continue
        sums = _sums(sum(part.figure.value for part in passage), others)
        for plan, result in told:
            if plan.value in sums and result.value not in sums:
                yield _finding(plan, result, passage)


def _passages(
    places_of: Callable[[str], Iterable[Span]], parts: Iterable[Figure]
) -> Iterator[Sequence[_PlacedFigure]]:
    """Yield runs of parts that stand close to each other, each kind once."""
    printed = sorted(
        (_PlacedFigure(span, figure) for figure in parts for span in places_of(figure.quote)),
        key=attrgetter("span"),
    )
    passage: list[_PlacedFigure] = []
    for one in printed:
        if passage and (
            one.span.start - passage[-1].span.end > _FARTHEST
            or kind_of(one.figure) in {kind_of(part.figure) for part in passage}
        ):
            yield passage
            passage = []
        passage.append(one)
    yield passage


def _sums(base: float, others: Iterable[float]) -> set[float]:
    sums = {base}
    for value in others:
        sums |= {total + value for total in sums}
        if len(sums) > _MOST_SUMS:
            return {base}
    return sums


def _finding(plan: Figure, result: Figure, passage: Sequence[_PlacedFigure]) -> Finding:
    added = sum(part.figure.value for part in passage)
    missing = plan.value - added
    with_others = f" with {format_value(missing)} more given elsewhere" if missing else ""
    return Finding(
        check="repeated_plan",
        severity=Severity.WARNING,
        field="figures",
        message=(
            f"this passage seems to repeat the plan: its parts add up to {format_value(added)},"
            f"{with_others} to the {format_value(plan.value)} planned, not to the "
            f"{format_value(result.value)} performed"
        ),
        span=Span(passage[0].span.start, passage[-1].span.end),
    )
