"""Faults of single numbers: digits, a "mil" lost or doubled, a number in two, a percentage."""

import random
from collections.abc import Iterator
from itertools import combinations

from benchmarks.checks.bulletin import (
    Bulletin,
    Planted,
    append,
    change_digit,
    counts,
    numeral_of,
    place_of,
    placed,
    print_number,
    revalue,
    rewrite,
    with_figures,
)
from pipeline.facts import Kind, Scope, kind_of, scope_of
from schemas.finding import Span
from schemas.report import Figure, Period, Service, SetAside, Status, Unit

_SMALLEST_SUM = 100
"""Below it numbers add up to others by chance."""
_FEWEST_PARTS, _MOST_FIGURES = 3, 14
_OF_A_SIZE = 20
"""Two services that differ by no more are of a size."""
_COMMON = frozenset(
    (
        Kind(Service.CONSULTATION, None),
        Kind(Service.CONSULTATION, "family_medicine"),
        Kind(Service.CONSULTATION, "specialty"),
        Kind(Service.SCREENING, None),
    )
)
_MIL = 1000
_GAPS = (", ", " , ", ",\n")


def breakdowns(bulletin: Bulletin) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield each total that three or more figures of its scope add up to, and those, by index."""
    scopes: dict[Scope, list[int]] = {}
    for index, figure in counts(bulletin):
        scopes.setdefault(scope_of(figure), []).append(index)
    for indices in scopes.values():
        for whole in indices:
            yield from _breakdowns_of(bulletin.report.figures, whole, indices)


def _breakdowns_of(
    figures: tuple[Figure, ...], whole: int, indices: list[int]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    total = figures[whole]
    rest = [
        index
        for index in indices
        if index != whole
        and (total.service is Service.TOTAL or figures[index].service is total.service)
        and figures[index].service not in (Service.TOTAL, Service.STAFF, Service.DONATION)
    ]
    if total.detail or total.value < _SMALLEST_SUM or len(rest) > _MOST_FIGURES:
        return
    for count in range(_FEWEST_PARTS, len(rest) + 1):
        for parts in combinations(rest, count):
            if sum(figures[index].value for index in parts) == total.value:
                yield whole, parts


def part(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Change a digit of a part."""
    for _, parts in breakdowns(bulletin):
        for index in parts:
            value = change_digit(bulletin.report.figures[index].value, rng)
            if planted := revalue(bulletin, index, value):
                yield planted


def total(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Change a digit of a total."""
    for whole, _ in breakdowns(bulletin):
        value = change_digit(bulletin.report.figures[whole].value, rng)
        if planted := revalue(bulletin, whole, value):
            yield planted


def _of_a_size(bulletin: Bulletin) -> list[int]:
    """List the figures that have another of their size beside them, or in the plan."""
    found: set[int] = set()
    for (i, one), (j, other) in combinations(counts(bulletin), 2):
        low, high = sorted((one.value, other.value))
        if not low or high > _OF_A_SIZE * low:
            continue
        kinds = {kind_of(one), kind_of(other)}
        if scope_of(one) == scope_of(other):
            is_pair = len(kinds) > 1 and kinds <= _COMMON
        else:
            same = scope_of(one)._replace(status=other.status) == scope_of(other)
            is_pair = same and len(kinds) == 1 and one.period is Period.JORNADA
        if is_pair:
            found |= {i, j}
    return sorted(found)


def lost_mil(bulletin: Bulletin, _rng: random.Random) -> Iterator[Planted]:
    """Print "58" where "58 mil 610" or "58 mil" stood."""
    for index in _of_a_size(bulletin):
        value = int(bulletin.report.figures[index].value)
        if value >= 2 * _MIL and (planted := revalue(bulletin, index, value // _MIL)):
            yield planted


def doubled_mil(bulletin: Bulletin, _rng: random.Random) -> Iterator[Planted]:
    """Print "418 mil" where "418" stood."""
    for index in _of_a_size(bulletin):
        value = bulletin.report.figures[index].value
        if 1 < value < _MIL and (planted := revalue(bulletin, index, value * _MIL)):
            yield planted


def split(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Part "58 mil 610" as print does ("58, 610"), and read its last digits alone."""
    for index, figure in counts(bulletin):
        numeral = numeral_of(bulletin.document.text, figure)
        thousands, rest = divmod(int(figure.value), _MIL)
        # What is counted stands behind the number, whose last digits can stand alone.
        if numeral is None or place_of(figure).start != numeral.start:
            continue
        if not 0 < thousands < _MIL or rest < _MIL / 10:
            continue
        head = f"{thousands}{rng.choice(_GAPS)}"
        document, report = rewrite(
            bulletin, Span(numeral.start, numeral.end), f"{head}{rest}", {index: rest}
        )
        start, end = place_of(report.figures[index])
        figures = list(report.figures)
        figures[index] = placed(figures[index], document.text, Span(start + len(head), end))
        printed = str(thousands)
        aside = SetAside(
            quote=printed, reason="no figure", char_start=start, char_end=start + len(printed)
        )
        update = {"figures": tuple(figures), "set_aside": (*report.set_aside, aside)}
        yield Planted(Bulletin(document, report.model_copy(update=update)), rest)


def percentage(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Change a digit of a percentage that planned and performed numbers give."""
    for index, figure in enumerate(bulletin.report.figures):
        numeral = numeral_of(bulletin.document.text, figure)
        whole = str(int(figure.value))
        if (
            figure.unit is Unit.PERCENT
            and figure.status is Status.PERFORMED
            and numeral
            and numeral.raw.startswith(whole)
            and _is_share(bulletin, figure)
        ):
            other = change_digit(int(whole), rng)
            value = other + round(figure.value % 1, 2)
            words = numeral.raw.replace(whole, str(other), 1)
            span = Span(numeral.start, numeral.end)
            yield Planted(rewrite(bulletin, span, words, {index: value}), value)


def _is_share(bulletin: Bulletin, percent: Figure) -> bool:
    alike = [
        figure
        for _, figure in counts(bulletin)
        if kind_of(figure) == kind_of(percent)
        and scope_of(figure)._replace(status=percent.status) == scope_of(percent)
    ]
    shares = [
        100 * done.value / planned.value
        for done in alike
        for planned in alike
        if done.status is Status.PERFORMED and planned.status is Status.PLANNED and planned.value
    ]
    value = percent.value
    return any(min(abs(share - value), abs(abs(share - 100) - value)) < 1 for share in shares)


def repeated_plan(bulletin: Bulletin, rng: random.Random) -> Iterator[Planted]:
    """Let the parts add up to what was planned, and the result be another."""
    figures = bulletin.report.figures
    for whole, parts in breakdowns(bulletin):
        figure = figures[whole]
        if figure.service is not Service.TOTAL or figure.status is not Status.PERFORMED:
            continue
        if len({kind_of(figures[index]) for index in parts}) < len(parts):
            continue
        value = int(figure.value * (1 + rng.choice((0.04, 0.07, 0.12))))
        planted = revalue(bulletin, whole, value)
        if planted is None:
            continue
        opening, quote = "Se habían programado ", f"{print_number(figure.value)} acciones"
        new = append(planted.bulletin, f"{opening}{quote}.")
        end = len(new.document.text) - 1
        span = Span(end - len(quote), end)
        plan = placed(figure, new.document.text, span, status=Status.PLANNED, value=figure.value)
        yield Planted(with_figures(new, plan), value)
