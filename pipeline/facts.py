"""What makes two figures the same fact, or comparable ones, and how a message names them."""

from collections.abc import Callable, Hashable
from datetime import date
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
    starts_on: date | None
    ends_on: date | None
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


_DAYS = ("starts_on", "ends_on")
_LABELS = (*(name for name in Scope._fields if name not in _DAYS), *Kind._fields, "unit")

labels_of: Callable[[Figure], Hashable] = attrgetter(*_LABELS)
"""All that a figure says of its value but its days: they may be known in one place alone."""

fact_of: Callable[[Figure], Hashable] = attrgetter("value", *_LABELS)
"""What makes two figures the same fact, where their days do not contradict each other."""


def scope_of(figure: Figure) -> Scope:
    """Return when and where a figure's services were given."""
    return Scope(
        figure.status,
        figure.period,
        figure.edition,
        figure.starts_on,
        figure.ends_on,
        figure.place,
    )


def are_days_alike(one: Figure, other: Figure) -> bool:
    """Tell whether no day of one figure contradicts that of the other; unknown ones do not."""
    return all(
        None in days or days[0] == days[1]
        for days in ((one.starts_on, other.starts_on), (one.ends_on, other.ends_on))
    )


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
