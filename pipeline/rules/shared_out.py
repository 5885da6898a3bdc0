"""Values and kinds shared out in order: "58%, 69% y 77%, respectivamente"."""

import re
from bisect import bisect_left
from operator import attrgetter

from pipeline.rules.nouns import detail_for
from pipeline.rules.spot import Item, Spot
from pipeline.rules.vocabulary import NAMING_ROLES, Role
from schemas.document import Numeral, NumeralKind
from schemas.report import Service

_IN_ORDER = re.compile(r"\b(?:respectivamente|en (?:es[et]|el mismo) orden)\b")
_JOINT = re.compile(r"\s*(?:,|y|e|,\s*y)\s*(?:(?:de|del|el|a|l[ao]s)\s+){0,2}")
_AND = re.compile(r"\s*,?\s*[ye]\b")
_MOST_PERCENT = 1000
_START = attrgetter("start")
_ORDER_REACH = 400
_LONGEST_ROW = 12


def run_of(spot: Spot) -> tuple[Numeral, ...]:
    """Return the numbers that stand in one row with this one: "58, 69 y 77"."""
    quantities = spot.sentence.quantities
    first = last = bisect_left(quantities, spot.numeral.start, key=_START)
    if last == len(quantities) or quantities[last].start != spot.numeral.start:
        return (spot.numeral,)
    floor, ceiling = max(0, first - _LONGEST_ROW), min(len(quantities), last + _LONGEST_ROW)
    while first > floor and _are_joined(spot, quantities[first - 1], quantities[first]):
        first -= 1
    while last + 1 < ceiling and _are_joined(spot, quantities[last], quantities[last + 1]):
        last += 1
    return quantities[first : last + 1]


def is_percent(spot: Spot) -> bool:
    """Tell whether a number is a percentage, also where the sign stands at the end of its row."""
    if spot.numeral.kind is NumeralKind.PERCENT:
        return True
    row = run_of(spot)
    if row[-1].kind is not NumeralKind.PERCENT or spot.numeral.value > _MOST_PERCENT:
        return False
    # "58, 69 y 77%" is one row, "2 mil 870, 48 por ciento de la meta" is a count and its share.
    return _AND.match(spot.folded, row[-2].end, row[-1].start) is not None


def shared_out(spot: Spot) -> Item | None:
    """Return what a number of a row counts whose kinds are named before, in the same order."""
    end = min(spot.sentence.end, spot.numeral.end + _ORDER_REACH)
    if not _IN_ORDER.search(spot.folded, spot.numeral.end, end):
        return None
    row = run_of(spot)
    if len(row) == 1:
        return None
    place = next(i for i, n in enumerate(row) if n.start == spot.numeral.start)
    kinds = _kinds_named(spot, row)
    if kinds is None:
        return None
    before = spot.context.before[: _figures_before(spot, row)]
    for figures in (
        before[-len(row) :],
        distinct(spot.context.listed),
        spot.context.listed[-len(row) :],
    ):
        kinds = kinds if len(kinds) == len(row) else figures
    if len(kinds) != len(row):
        return None
    return Item(kinds[place].service, kinds[place].detail, spot.numeral.start, spot.numeral.end)


def _are_joined(spot: Spot, first: Numeral, second: Numeral) -> bool:
    return _JOINT.fullmatch(spot.folded, first.end, second.start) is not None


def _figures_before(spot: Spot, row: tuple[Numeral, ...]) -> int:
    """Count the figures of the sentence that stand before the row."""
    return sum(1 for item in spot.context.before if item.first < row[0].start)


def distinct(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return one item of each kind, in order; without the whole that the others are parts of."""
    seen = {(item.service, item.detail): item for item in reversed(items)}
    kinds = sorted(seen.values(), key=lambda item: item.first)
    if (
        len(kinds) > 1
        and kinds[0].detail is None
        and kinds[0].service
        in (
            Service.TOTAL,
            kinds[1].service,
        )
    ):
        return tuple(kinds[1:])
    return tuple(kinds)


def _kinds_named(spot: Spot, row: tuple[Numeral, ...]) -> tuple[Item, ...] | None:
    """Read the kinds named right behind a row, or right before it: one for each number.

    None where the row has one noun of its own, which all its numbers count.
    """
    before = [n.end for n in spot.sentence.quantities if n.end <= row[0].start]
    floor = max(before, default=spot.sentence.start)
    behind = [n.start for n in spot.sentence.quantities if n.start >= row[-1].end]
    ceiling = min(behind, default=spot.sentence.end)
    for start, end in ((row[-1].end, ceiling), (floor, row[0].start)):
        terms = spot.terms(start, end, NAMING_ROLES)
        heads = [head for term in terms if (head := term.get(Role.HEAD)) and head.service]
        if len(heads) == len(row) == len(terms):
            return tuple(Item(head.service, head.detail, 0, 0) for head in heads if head.service)
        service = heads[0].service if heads else None
        details = [d for term in terms if service and (d := detail_for(term, service))]
        if service and len(details) == len(row):
            return tuple(Item(service, detail, 0, 0) for detail in details)
        if start == row[-1].end and heads:
            return None
    return ()
