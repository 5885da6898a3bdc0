"""What makes two figures the same fact, or comparable ones, and how a message names them."""

from collections.abc import Callable, Hashable
from operator import attrgetter
from typing import NamedTuple

from schemas.report import Figure, Period, Service, Status, Unit

DISTINCTIVE_FROM = 100
"""From here up, a count printed again is the same fact, whatever words stand beside it."""


class Scope(NamedTuple):
    """When and where: figures of one scope belong to the same campaign in the same place."""

    status: Status
    period: Period
    edition: int | None
    place: str

    def __str__(self) -> str:
        """Name it as a message does: "performed, jornada 10, national"."""
        when = self.period.value if self.edition is None else f"jornada {self.edition}"
        return f"{self.status.value}, {when}, {self.place}"


class Kind(NamedTuple):
    """What is counted."""

    service: Service
    detail: str | None

    def __str__(self) -> str:
        """Name it as a message does: "consultation (family medicine)"."""
        name = self.service.value.replace("_", " ")
        return name if self.detail is None else f"{name} ({self.detail.replace('_', ' ')})"


_LABELS = (*Scope._fields, *Kind._fields, "unit")

labels_of: Callable[[Figure], Hashable] = attrgetter(*_LABELS)
"""All that a figure says of its value: scope, kind and unit, as they are cheapest to compare."""

fact_of: Callable[[Figure], Hashable] = attrgetter("value", *_LABELS)
"""What makes two figures the same fact: the value and its labels."""


def scope_of(figure: Figure) -> Scope:
    """Return when and where a figure's services were given."""
    return Scope(figure.status, figure.period, figure.edition, figure.place)


def kind_of(figure: Figure) -> Kind:
    """Return what a figure counts."""
    return Kind(figure.service, figure.detail)


def distance(one: Figure, other: Figure) -> int:
    """Count the characters between the starts of two quotes; 0 where a place is not known."""
    if one.char_start is None or other.char_start is None:
        return 0
    return abs(one.char_start - other.char_start)


def format_value(value: float, unit: Unit = Unit.COUNT) -> str:
    """Print a value for a person: "58,610", "71.2 per cent"."""
    return f"{value:,}" if unit is Unit.COUNT else f"{value:,} per cent"
