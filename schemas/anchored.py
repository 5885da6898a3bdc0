"""What a model returns in the anchored form.

The numbers of a bulletin are marked [1], [2], ... in the text that the model is shown, and the
answer names them by these marks alone: value, unit and quote come from the text. Keys are single
common words, which cost a model no more than letters do.
"""

from typing import Annotated, Any

from pydantic import Field, model_validator

from schemas.answer import AnyCase, Day, Edition, Kinds, Part, QuotedJornada, Text, Words
from schemas.by_mark import gather_scopes
from schemas.report import BulletinKind, Ordinal, Period, Service, Status

Mark = Ordinal
"""A number of the bulletin, by the mark that it is shown with."""


class AnchoredFigure(Part):
    """One number that is a figure."""

    n: Annotated[Mark, Field(description="its mark")]
    service: Annotated[Service, AnyCase]
    detail: Annotated[Kinds, Field(description="codes of the service, most specific kind")]


class AnchoredScope(Part):
    """Figures that share status, period, edition, days and place."""

    # The figures come last, so that a scope that is cut off still says what holds for them.
    status: Annotated[Status, AnyCase]
    period: Annotated[Period, AnyCase]
    edition: Annotated[Edition, Field(description="only where period is jornada")]
    starts_on: Annotated[Day, Field(description="first day that they cover")] = None
    ends_on: Annotated[Day, Field(description="last day that they cover")] = None
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

    relevant: Annotated[bool, Field(description="reports on health services of the kind")] = True
    title: Annotated[Words, Field(description="null if the source states it")]
    day: Annotated[Day, Field(description="published on; null if the source states it")]
    kind: Annotated[BulletinKind, AnyCase]
    programme: Words
    jornadas: tuple[QuotedJornada, ...]
    scopes: tuple[AnchoredScope, ...]
    aside: Annotated[tuple[Mark, ...], Field(description="numbers that are no figure")]
    approx: Annotated[tuple[Mark, ...], Field(description="figures that are approximate")]
    percent: Annotated[
        tuple[Mark, ...], Field(description="percentages printed without their sign")
    ]
    above_goal: Annotated[
        tuple[Mark, ...], Field(description="percentages that are the excess over a goal")
    ] = ()
    productivity: Annotated[
        tuple[Mark, ...], Field(description="percentages of a year's or the usual output")
    ] = ()
    specialties: AnchoredSpecialties
    places: AnchoredPlaces

    @model_validator(mode="before")
    @classmethod
    def _in_scopes(cls, given: Any) -> Any:  # noqa: ANN401 - any JSON
        return gather_scopes(given) if isinstance(given, dict) else given
