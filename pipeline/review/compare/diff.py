"""Two readings of one text: which figures are the same in both, and what differs. Pure."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple

from pipeline.decisions.numeral_place import overlap, places_of
from pipeline.quotes import span_of
from schemas.decision import REPORT_FIELDS
from schemas.finding import Span
from schemas.report import Figure, JornadaReport

LABELS = (
    "value",
    "unit",
    "service",
    "detail",
    "status",
    "period",
    "edition",
    "starts_on",
    "ends_on",
    "place",
    "approximate",
    "basis",
)
"""What is compared of two figures. A quote may be longer in one reading: it says the same."""


class Placed(NamedTuple):
    """A figure, its place in its report (from 1), and where its numeral stands, if anywhere."""

    number: int
    figure: Figure
    place: Span | None

    @property
    def span(self) -> Span | None:
        """Give where it stands: its numeral, else its quote."""
        if self.place is not None:
            return self.place
        return span_of(self.figure)


class Pair(NamedTuple):
    """A figure of one reading, of the other, or of both, and the labels that differ."""

    one: Placed | None
    other: Placed | None
    differing: tuple[str, ...] = ()

    @property
    def either(self) -> Placed:
        """Give the figure of the first reading, or else of the other."""
        found = self.one or self.other
        if found is None:  # no pair is made of nothing
            raise ValueError("a pair without a figure")
        return found

    @property
    def is_same(self) -> bool:
        """Tell whether both readings have it, and say the same of it."""
        return self.one is not None and self.other is not None and not self.differing

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether each reading has it from another place of the text."""
        return bool(
            self.one
            and self.other
            and self.one.span
            and self.other.span
            and not overlap(self.one.span, self.other.span)
        )


class FieldPair(NamedTuple):
    """A field of the report that differs, and what each reading has there."""

    name: str
    one: object
    other: object


class Counts(NamedTuple):
    """How many figures are the same, differ by label, or are in one reading alone."""

    same: int
    differing: int
    labels: tuple[tuple[str, int], ...]
    """How many differ by each label, the most frequent first."""
    only_one: int
    only_other: int


def pair_figures(text: str, one: Sequence[Figure], other: Sequence[Figure]) -> tuple[Pair, ...]:
    """Line the figures of two readings up, in the order of the text.

    Figures of one numeral belong together, then those of numerals that overlap, then those of
    equal value; of several, those that are most alike.
    """
    left, right = _placed(text, one), _placed(text, other)
    pairs: list[Pair] = []
    for key in (_by_place, _by_value):
        found = _pair(left, right, key)
        if key is _by_place:
            found += _pair_overlapping(_without(left, found), _without(right, found))
        pairs += found
        left, right = _without(left, found), _without(right, found)
    pairs += [Pair(each, None) for each in left]
    pairs += [Pair(None, each) for each in right]
    return tuple(sorted(pairs, key=_order))


def differing_labels(one: Figure, other: Figure) -> tuple[str, ...]:
    """Name the labels that differ, in the order of `LABELS`."""
    return tuple(name for name in LABELS if getattr(one, name) != getattr(other, name))


def differing_fields(one: JornadaReport, other: JornadaReport) -> tuple[FieldPair, ...]:
    """Give the fields of the report, but for its figures, that differ."""
    pairs = (FieldPair(name, getattr(one, name), getattr(other, name)) for name in REPORT_FIELDS)
    return tuple(pair for pair in pairs if _comparable(pair.one) != _comparable(pair.other))


def count(pairs: Iterable[Pair]) -> Counts:
    """Count what became of the figures."""
    pairs = tuple(pairs)
    both = [pair for pair in pairs if pair.one and pair.other]
    labels = Counter(name for pair in both for name in pair.differing)
    return Counts(
        same=sum(pair.is_same for pair in both),
        differing=sum(not pair.is_same for pair in both),
        labels=tuple(sorted(labels.items(), key=lambda item: (-item[1], LABELS.index(item[0])))),
        only_one=sum(pair.other is None for pair in pairs),
        only_other=sum(pair.one is None for pair in pairs),
    )


def _placed(text: str, figures: Sequence[Figure]) -> list[Placed]:
    places = places_of(text, figures)
    both = zip(figures, places, strict=True)
    return [Placed(number, figure, place) for number, (figure, place) in enumerate(both, 1)]


def _by_place(each: Placed) -> Hashable:
    return each.place


def _by_value(each: Placed) -> Hashable:
    return each.figure.value


def _pair(left: Iterable[Placed], right: Iterable[Placed], key: Any) -> list[Pair]:  # noqa: ANN401
    """Pair figures of the same key, the most alike first; a key of None belongs to none."""
    groups: defaultdict[Hashable, tuple[list[Placed], list[Placed]]] = defaultdict(lambda: ([], []))
    for side, figures in enumerate((left, right)):
        for each in figures:
            if (own := key(each)) is not None:
                groups[own][side].append(each)
    return [pair for group in groups.values() for pair in _pair_alike(*group)]


def _pair_alike(left: Sequence[Placed], right: Sequence[Placed]) -> Iterable[Pair]:
    """Pair the figures of a group one to one: those first that differ least, then those near."""
    if len(left) * len(right) > _MOST_COMPARED:
        yield from (_make(*both) for both in zip(left, right, strict=False))
        return
    ranked = sorted(
        (len(differing_labels(a.figure, b.figure)), _distance(a, b), a.number, b.number, a, b)
        for a in left
        for b in right
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    for *_, a, b in ranked:
        if a.number not in taken[0] and b.number not in taken[1]:
            taken[0].add(a.number)
            taken[1].add(b.number)
            yield _make(a, b)


def _pair_overlapping(left: Sequence[Placed], right: Sequence[Placed]) -> list[Pair]:
    """Pair figures whose numerals share characters: "58 mil" and "58 mil 610"."""
    rest = sorted((each for each in right if each.place), key=lambda each: each.place or Span(0, 0))
    pairs: list[Pair] = []
    for each in sorted((each for each in left if each.place), key=lambda one: one.place or (0, 0)):
        while rest and each.place and rest[0].place and rest[0].place.end <= each.place.start:
            rest.pop(0)
        if rest and each.place and rest[0].place and overlap(each.place, rest[0].place):
            pairs.append(_make(each, rest.pop(0)))
    return pairs


_MOST_COMPARED = 10_000
"""Pairs of figures of one value: more are a list of the same number."""


def _make(one: Placed, other: Placed) -> Pair:
    return Pair(one, other, differing_labels(one.figure, other.figure))


def _without(figures: Sequence[Placed], pairs: Iterable[Pair]) -> list[Placed]:
    taken = {id(each) for pair in pairs for each in (pair.one, pair.other)}
    return [each for each in figures if id(each) not in taken]


def _distance(one: Placed, other: Placed) -> int:
    return abs(one.span.start - other.span.start) if one.span and other.span else 0


def _order(pair: Pair) -> tuple[int, int]:
    span = pair.either.span
    return (span.start if span else 0, pair.either.number)


def _comparable(value: object) -> object:
    """Give lists without their order: it says nothing."""
    return Counter(map(repr, value)) if isinstance(value, tuple) else value
