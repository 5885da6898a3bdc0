"""Which figure read stands for which figure of the gold, and what is wrong with it. Pure.

Figures are paired one to one. Only grounded figures are: the quote stands in the text and holds the
value. An ungrounded one is never paired, so that no right label can make up for it.

1. Figures of equal value: of all assignments, one with the most pairs; among these the one with the
   most strict pairs, then full pairs, then labels that agree, then quotes that overlap.
   Labels that the gold leaves out are neither right nor wrong.
2. What is left of both sides has no equal value on the other. A figure read is there taken for a
   gold figure with the wrong value where it states the same fact: unit and service agree, and
   either the quotes overlap, or detail, status, period and place agree too and the editions do not
   contradict each other (a missing one contradicts none). Most pairs first, then overlapping
   quotes, then labels. These pairs are wrong in every measure.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter, eq, itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eval.labels.labelled import is_labelled
from pipeline.checks.grounding import value_fault
from pipeline.lazy import lazy
from pipeline.quotes import locate_figure
from pipeline.spanish.folding import fold
from pipeline.spanish.places import JOINT, read_places
from schemas.finding import Span
from schemas.report import Figure, Unit

if TYPE_CHECKING:
    from scipy import optimize
else:
    optimize = lazy("scipy.optimize")

STRICT = ("value", "unit", "service", "detail", "status", "period")
"""The fields of a figure that say what was counted."""

FULL = (*STRICT, "edition", "place", "approximate")
"""The fields that all gold has; the quote is what a figure is found by, not what it says."""

OPTIONAL = ("days", "basis")
"""What gold may leave out: the days (`starts_on` with `ends_on`), and what a percentage is of."""

COMPARED = (*FULL, *OPTIONAL)
"""All that is compared, in the order of `comparable_fields`."""

LABELS = COMPARED[1:]


class FigureOutcome(StrEnum):
    """What became of a figure; each ends in exactly one of these."""

    RIGHT = "right"
    WRONG_LABEL = "wrong_label"
    WRONG_VALUE = "wrong_value"
    OMITTED = "omitted"
    INVENTED = "invented"
    UNGROUNDED = "ungrounded"


class FigureVerdict(NamedTuple):
    """One figure of the gold, of the reading, or of both where they are paired.

    `wrong` names the labels that differ, in the order of `COMPARED`; it is ("value",) for a wrong
    value and empty where nothing is paired. Numbers are places in the reports' figures, from 1.
    """

    outcome: FigureOutcome
    wrong: tuple[str, ...]
    gold_number: int | None
    gold: Figure | None
    read_number: int | None
    read: Figure | None


class _Fact(NamedTuple):
    number: int
    figure: Figure
    labels: tuple[Hashable, ...]  # as in COMPARED
    places: tuple[Span, ...]  # where the quote stands in the text


_Pair = tuple[_Fact, _Fact]  # read, gold
_Likeness = tuple[int, ...]  # by criterion, the most important first


def align(read: Sequence[Figure], gold: Sequence[Figure], text: str) -> tuple[FigureVerdict, ...]:
    """Pair the figures of a reading with those of the gold.

    Verdicts come in the gold's order, then those on figures that no gold figure is paired with, in
    the reading's order. `text` is what the spans point into.
    """
    read_facts = _make_facts(read, comparable_fields, text)
    gold_facts = _make_facts(gold, _labelled_fields, text)
    verdicts: dict[int, FigureVerdict] = {}  # of pairs, by the number of the gold figure
    used: set[int] = set()  # numbers of the figures read that are paired
    ungrounded: set[int] = set()
    for reads, golds in _group(read_facts, gold_facts, _VALUE):
        for fact in reads.copy():
            if not _is_grounded(fact, golds, text):
                ungrounded.add(fact.number)
                reads.remove(fact)
        for one, other in _pair(reads, golds, _likeness):
            verdicts[other.number] = _compare(one, other)
            used.add(one.number)
    for reads, golds in _group(
        [f for f in read_facts if f.number not in used and f.number not in ungrounded],
        [f for f in gold_facts if f.number not in verdicts],
        _UNIT_AND_SERVICE,
    ):
        for one, other in _pair(reads, golds, _likeness_of_facts):
            verdicts[other.number] = _verdict_on_pair(
                FigureOutcome.WRONG_VALUE, ("value",), one, other
            )
            used.add(one.number)
    of_gold = [verdicts.get(f.number) or _verdict_on_gold(f) for f in gold_facts]
    others = [
        _verdict_on_read(f, f.number in ungrounded) for f in read_facts if f.number not in used
    ]
    return (*of_gold, *others)


def _compare(read: _Fact, gold: _Fact) -> FigureVerdict:
    labels = zip(COMPARED, read.labels, gold.labels, strict=True)
    wrong = tuple(
        name for name, one, other in labels if one != other and _NOT_SAID not in (one, other)
    )
    outcome = FigureOutcome.WRONG_LABEL if wrong else FigureOutcome.RIGHT
    return _verdict_on_pair(outcome, wrong, read, gold)


def _verdict_on_pair(
    outcome: FigureOutcome, wrong: tuple[str, ...], read: _Fact, gold: _Fact
) -> FigureVerdict:
    return FigureVerdict(outcome, wrong, gold.number, gold.figure, read.number, read.figure)


def _verdict_on_gold(fact: _Fact) -> FigureVerdict:
    return FigureVerdict(FigureOutcome.OMITTED, (), fact.number, fact.figure, None, None)


def _verdict_on_read(fact: _Fact, ungrounded: bool) -> FigureVerdict:  # noqa: FBT001 - one use, above
    outcome = FigureOutcome.UNGROUNDED if ungrounded else FigureOutcome.INVENTED
    return FigureVerdict(outcome, (), None, None, fact.number, fact.figure)


# What is compared


_NOT_SAID = "-"
"""Stands for what a figure does not say: it differs from none."""


def comparable_fields(figure: Figure) -> tuple[Hashable, ...]:
    """Return the fields of `COMPARED`, places by their canonical names in alphabetical order."""
    before: tuple[Hashable, ...] = _BEFORE_PLACE(figure)
    days = (figure.starts_on, figure.ends_on)
    basis = figure.basis if has(figure, "basis") else _NOT_SAID
    return (*before, _fold_place(figure.place), figure.approximate, days, basis)


def has(figure: Figure, label: str) -> bool:
    """Tell whether a label is one of such a figure: a count is no share of anything."""
    return label != "basis" or figure.unit is Unit.PERCENT


def _labelled_fields(gold: Figure) -> tuple[Hashable, ...]:
    fields = comparable_fields(gold)
    optional = (
        value if is_labelled(gold, label) else _NOT_SAID
        for label, value in zip(OPTIONAL, fields[len(FULL) :], strict=True)
    )
    return (*fields[: len(FULL)], *optional)


_BEFORE_PLACE = attrgetter(*FULL[: FULL.index("place")])


@lru_cache(maxsize=4096)
def _fold_place(place: str) -> str:
    return JOINT.join(sorted(fold(read_places(place).name).split(JOINT)))


def _make_facts(
    figures: Sequence[Figure], fields: Callable[[Figure], tuple[Hashable, ...]], text: str
) -> list[_Fact]:
    return [
        _Fact(number, figure, fields(figure), locate_figure(text, figure))
        for number, figure in enumerate(figures, start=1)
    ]


_VALUE, _UNIT_AND_SERVICE = slice(1), slice(1, 3)  # of the labels
_EDITION = COMPARED.index("edition")
_OF_A_FACT = itemgetter(*map(COMPARED.index, ("detail", "status", "period", "place")))


def _group(
    read: Iterable[_Fact], gold: Iterable[_Fact], key: slice
) -> Iterable[tuple[list[_Fact], list[_Fact]]]:
    groups: dict[tuple[Hashable, ...], tuple[list[_Fact], list[_Fact]]] = {}
    for side, facts in enumerate((read, gold)):
        for fact in facts:
            labels = fact.labels[key]
            if labels not in groups:
                groups[labels] = ([], [])
            groups[labels][side].append(fact)
    return groups.values()


def _is_grounded(fact: _Fact, same_value: Sequence[_Fact], text: str) -> bool:
    """Tell whether a quote of `fact` holds its value, in whatever unit: that is a label.

    A quote that encloses one of the gold with this value holds it too, and so does one that cuts
    nothing off it but words that are no part of a number in digits. Only else is a numeral read.
    """
    for gold in same_value:
        for quoted in gold.places:
            for place in fact.places:
                if _holds_as_much(text, place, quoted):
                    return True
    return any(_holds(text[slice(*place)], fact.figure.value) for place in fact.places)


_DIGIT = re.compile(r"\d")
_OF_A_NUMBER = re.compile(r"\d|r?mi[l1]|medi|cient|[a-z]0|y", re.IGNORECASE)


def _holds_as_much(text: str, place: Span, gold: Span) -> bool:
    """Tell whether `place` overlaps the gold's quote, and holds surely what that holds."""
    if place.end <= gold.start or gold.end <= place.start:
        return False
    before, after = text[gold.start : place.start], text[place.end : gold.end]
    if not before and not after:
        return True
    cut_off = _OF_A_NUMBER.search(before) or _OF_A_NUMBER.search(after)
    return not cut_off and _DIGIT.search(text, *gold) is not None


def _holds(quote: str, value: float) -> bool:
    """Tell whether a numeral of the quote, read by itself, is worth the value."""
    # Reading the numerals of the whole text would take longer than all of the rest.
    whole = Span(0, len(quote))
    return any(value_fault(quote, whole, value, unit) is None for unit in Unit)


# How alike two figures are, and the best assignment


def _likeness(one: _Fact, other: _Fact) -> _Likeness:
    """Compare two figures of equal value: by strict, by full, labels that agree, overlap."""
    same = sum(map(eq, one.labels, other.labels))
    strict, full = (
        one.labels[: len(names)] == other.labels[: len(names)] for names in (STRICT, FULL)
    )
    return (strict, full, same, _overlap(one, other))


def _likeness_of_facts(one: _Fact, other: _Fact) -> _Likeness | None:
    """Compare two figures of equal unit and service; None where they are not about one fact."""
    overlap = _overlap(one, other)
    if not overlap:
        editions = one.labels[_EDITION], other.labels[_EDITION]
        if _OF_A_FACT(one.labels) != _OF_A_FACT(other.labels) or (
            editions[0] != editions[1] and None not in editions
        ):
            return None
    return (1, overlap, sum(map(eq, one.labels, other.labels)))


def _overlap(one: _Fact, other: _Fact) -> bool:
    return one.places == other.places or any(
        a[0] < b[1] and b[0] < a[1] for a in one.places for b in other.places
    )


def _pair(
    read: list[_Fact], gold: list[_Fact], likeness: Callable[[_Fact, _Fact], _Likeness | None]
) -> list[_Pair]:
    """Assign the figures of a group to one another, so that the sums of likeness are greatest.

    An earlier criterion outweighs all later ones together. Groups by value need no more than that:
    a pair of different values counts nothing, so the best assignment is the best of each group.
    """
    if not read or not gold:
        return []
    if len(read) == len(gold) == 1:
        one, other = read[0], gold[0]
        equal = one.labels[_VALUE] == other.labels[_VALUE]
        return [(one, other)] if equal or likeness(one, other) else []
    # Among equally good assignments one is chosen that depends neither on the order of the figures
    # nor on which side is the gold, as the sums by single label may differ between them.
    rows, columns = sorted(read, key=_canonical), sorted(gold, key=_canonical)
    if [_canonical(fact) for fact in rows] <= [_canonical(fact) for fact in columns]:
        return _assign(rows, columns, likeness)
    return [(row, column) for column, row in _assign(columns, rows, likeness)]


def _assign(
    rows: Sequence[_Fact],
    columns: Sequence[_Fact],
    likeness: Callable[[_Fact, _Fact], _Likeness | None],
) -> list[_Pair]:
    # The sum of a criterion over all pairs stays below the weight of the one before it, and all
    # sums are whole numbers that a float holds exactly, in groups of up to a thousand figures.
    base = len(COMPARED) * min(len(rows), len(columns)) + 1
    weights = np.array(
        [[_weight(likeness(row, column) or (), base) for column in columns] for row in rows],
        dtype=np.float64,
    )
    best = optimize.linear_sum_assignment(weights, maximize=True)
    return [
        (rows[row], columns[column])
        for row, column in zip(*(indices.tolist() for indices in best), strict=True)
        if weights[row, column]
    ]


def _weight(likeness: _Likeness, base: int) -> int:
    weight = 0
    for criterion in likeness:
        weight = weight * base + criterion
    return weight


def _canonical(fact: _Fact) -> tuple[object, ...]:
    return (*map(str, fact.labels), fact.places)
