"""What makes two figures comparable, and how a message names them."""

from typing import NamedTuple

from schemas.finding import Span
from schemas.report import Figure, Period, Service, Status, Unit


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


def scope_of(figure: Figure) -> Scope:
    """Return when and where a figure's services were given."""
    return Scope(figure.status, figure.period, figure.edition, figure.place)


def kind_of(figure: Figure) -> Kind:
    """Return what a figure counts."""
    return Kind(figure.service, figure.detail)


def span_of(figure: Figure) -> Span | None:
    """Return the place of a figure's quote, where it is known."""
    if figure.char_start is None or figure.char_end is None:
        return None
    return Span(figure.char_start, figure.char_end)


def distance(one: Figure, other: Figure) -> int:
    """Count the characters between the starts of two quotes; 0 where a place is not known."""
    if one.char_start is None or other.char_start is None:
        return 0
    return abs(one.char_start - other.char_start)


def shown(value: float, unit: Unit = Unit.COUNT) -> str:
    """Print a value for a person: "58,610", "71.2 per cent"."""
    return f"{value:,}" if unit is Unit.COUNT else f"{value:,} per cent"
