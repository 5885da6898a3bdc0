"""Sizes: a number that is a thousand times smaller or larger than its like ("mil" lost or doubled).

Numbers of one scope are compared where they are known to be of a size: services that every jornada
gives by the thousand, what was planned and what was done, a fact that is printed twice, and the
part that alone keeps the others from adding up to their total.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from pipeline.checks.breakdown import breakdown_of
from pipeline.facts import Kind, Scope, format_value, kind_of, scope_of
from pipeline.quotes import span_of
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.report import Figure, JornadaReport, Period, Service, Status, Unit

_MIL = 1000
_TOTAL = Kind(Service.TOTAL, None)
_COMMON = frozenset(
    (
        _TOTAL,
        Kind(Service.CONSULTATION, None),
        Kind(Service.CONSULTATION, "family_medicine"),
        Kind(Service.CONSULTATION, "general_medicine"),
        Kind(Service.CONSULTATION, "specialty"),
        Kind(Service.SCREENING, None),
        Kind(Service.OTHER, "preventive_action"),
    )
)
"""Services that are given in such numbers that one differs from another by 40 times at most."""
_FAR = 100
"""Two of the common services that differ by more than this factor are not of a size."""
_NEAR = 40
_FAR_FROM_PLAN, _NEAR_PLAN = 300, 3
_FEWEST_PARTS = 3
"""Fewer may be examples."""
_DISTINCTIVE = 10
"""Below it a number times a thousand is like another one by chance."""
_value = attrgetter("value")

Kinds = Mapping[Kind, Sequence[Figure]]


class _Misfit(NamedTuple):
    """A figure that seems a thousand times too small, or too large, and the one that says so."""

    figure: Figure
    like: Figure
    why: str


def check(_document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each figure once that would be of its like's size with a "mil" more or less."""
    scopes: dict[Scope, dict[Kind, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for figure in report.figures:
        if figure.unit is Unit.COUNT and figure.value and figure.service is not Service.STAFF:
            scopes[scope_of(figure)][kind_of(figure)].append(figure)
    told: set[int] = set()
    for misfit in _misfits(scopes):
        if id(misfit.figure) not in told:
            told.add(id(misfit.figure))
            yield _finding(misfit)


def _misfits(scopes: Mapping[Scope, Kinds]) -> Iterator[_Misfit]:
    for scope, kinds in scopes.items():
        for figures in kinds.values():
            yield from _printed_twice(figures)
        yield from _beside_others({k: f for k, f in kinds.items() if k in _COMMON})
        yield from _in_breakdown(kinds)
        if scope.status is Status.PERFORMED and scope.period is Period.JORNADA:
            planned = scopes.get(scope._replace(status=Status.PLANNED), {})
            for kind in kinds.keys() & planned.keys():
                yield from _against_plan(kinds[kind], planned[kind])


def _printed_twice(figures: Sequence[Figure]) -> Iterator[_Misfit]:
    """Find "58 consultas" where "58 mil 610 consultas" of the same labels stand, too."""
    by_thousands = {figure.value // _MIL: figure for figure in figures if figure.value >= _MIL}
    for figure in figures:
        if _DISTINCTIVE <= figure.value < _MIL and (whole := by_thousands.get(figure.value)):
            yield _Misfit(figure, whole, "the same labels")


def _beside_others(kinds: Kinds) -> Iterator[_Misfit]:
    """Find the one of the common services that is not of the others' size."""
    if len(kinds) < 2:  # noqa: PLR2004 - none is beside another
        return
    lows = sorted((min(figures, key=_value) for figures in kinds.values()), key=_value)
    highs = sorted((max(figures, key=_value) for figures in kinds.values()), key=_value)
    if lows[1].value > _FAR * lows[0].value and _is_near(lows[0].value * _MIL, lows[1].value):
        yield _Misfit(lows[0], lows[1], "the same time and place")
    elif (
        len(kinds) > 2  # noqa: PLR2004 - of two, the smaller one is told
        and highs[-1].value > _FAR * highs[-2].value
        and _is_near(highs[-1].value / _MIL, highs[-2].value)
    ):
        yield _Misfit(highs[-1], highs[-2], "the same time and place")


def _is_near(one: float, other: float, factor: float = _NEAR) -> bool:
    return one <= factor * other and other <= factor * one


def _in_breakdown(kinds: Kinds) -> Iterator[_Misfit]:
    """Find the part with which, a thousand times larger, all parts would add up to their total."""
    wholes = kinds.get(_TOTAL, ())
    if len(wholes) != 1 or wholes[0].approximate:
        return
    exact = {
        kind: kept
        for kind, figures in kinds.items()
        if (kept := [figure for figure in figures if not figure.approximate])
    }
    parts = [group[0] for group in breakdown_of(exact).core if len(group) == 1]
    if len(parts) < _FEWEST_PARTS:
        return
    missing = wholes[0].value - sum(part.value for part in parts)
    for part in parts:
        rest = missing - (_MIL - 1) * part.value
        # Of "58 mil 610" the last words may be lost with the "mil".
        if rest == 0 or (_DISTINCTIVE <= part.value < _MIL and 0 < rest < _MIL):
            yield _Misfit(part, wholes[0], "the total that the parts would add up to")


def _against_plan(performed: Sequence[Figure], planned: Sequence[Figure]) -> Iterator[_Misfit]:
    """Find what was done to the thousandth part of what was planned, or the other way round."""
    for few, many in ((performed, planned), (planned, performed)):
        most, least = max(few, key=_value), min(many, key=_value)
        if least.value > _FAR_FROM_PLAN * most.value and _is_near(
            most.value * _MIL, least.value, _NEAR_PLAN
        ):
            yield _Misfit(most, least, f"what was {least.status.value}")


def _finding(misfit: _Misfit) -> Finding:
    figure, like, why = misfit
    return Finding(
        check="sizes",
        severity=Severity.WARNING,
        field="figures",
        message=(
            f"{kind_of(figure)} ({scope_of(figure)}): {format_value(figure.value)} beside "
            f"{format_value(like.value)} ({kind_of(like)}, {why}) seems to be out by a factor "
            "of a thousand: a 'mil' was lost or printed twice"
        ),
        span=span_of(figure),
    )
