"""What a model returns in the anchored form.

The numbers of a bulletin are marked [1], [2], ... in the text that the model is shown, and the
answer names them by these marks alone: value, unit and quote come from the text. Keys are single
common words, which cost a model no more than letters do.
"""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from schemas.answer import (
    Detail,
    Edition,
    Part,
    QuotedJornada,
    Text,
    tidy_detail,
)
from schemas.report import BulletinKind, Period, Service, Status

Mark = Annotated[int, Field(ge=1)]
"""A number of the bulletin, by the mark that it is shown with."""


class AnchoredFigure(Part):
    """One number that is a figure."""

    n: Annotated[Mark, Field(description="its mark")]
    service: Service
    detail: Annotated[
        Detail | None,
        BeforeValidator(tidy_detail),
        Field(description="most specific kind, snake_case English"),
    ]


class AnchoredScope(Part):
    """Figures that share status, period, edition and place."""

    # The figures come last, so that a scope that is cut off still says what holds for them.
    status: Status
    period: Period
    edition: Annotated[Edition | None, Field(description="only where period is jornada")]
    place: Text
    figures: tuple[AnchoredFigure, ...]


class AnchoredSpecialties(Part):
    """Medical specialties, in Spanish as printed."""

    consultation: tuple[str, ...]
    surgery: tuple[str, ...]


class AnchoredPlaces(Part):
    """States, representations and hospitals, as printed."""

    participant: tuple[str, ...]
    highlighted: tuple[str, ...]


class AnchoredAnswer(Part):
    """What one bulletin says: every marked number is in a scope or in aside."""

    title: Annotated[str | None, Field(description="null if the source states it")]
    day: Annotated[date | None, Field(description="published on; null if the source states it")]
    kind: BulletinKind
    programme: str | None
    jornadas: tuple[QuotedJornada, ...]
    scopes: tuple[AnchoredScope, ...]
    aside: Annotated[tuple[Mark, ...], Field(description="numbers that are no figure")]
    approx: Annotated[tuple[Mark, ...], Field(description="figures that are approximate")]
    percent: Annotated[
        tuple[Mark, ...], Field(description="percentages printed without their sign")
    ]
    specialties: AnchoredSpecialties
    places: AnchoredPlaces
