"""What a model returns in the anchored form, and how that becomes a `JornadaReport`.

The numbers of a bulletin are marked [1], [2], ... in the text that the model is shown, and the
answer names them by these marks alone: value, unit and quote come from the text. Keys are single
common words, which cost a model no more than letters do.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field

from schemas.answer import (
    Detail,
    Edition,
    Part,
    QuotedJornada,
    Text,
    aside_at,
    one_of_each,
    tidy_detail,
)
from schemas.finding import Span
from schemas.report import (
    BulletinKind,
    Figure,
    Jornada,
    JornadaReport,
    Period,
    Place,
    PlaceRole,
    Service,
    Specialty,
    Status,
    Unit,
)

NO_FIGURE = "called no figure"

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


class Printed(NamedTuple):
    """A marked number as the text has it; `span` is that of its quote."""

    value: float
    unit: Unit
    span: Span


def to_report(answer: AnchoredAnswer, text: str, printed: Mapping[int, Printed]) -> JornadaReport:
    """Turn an answer into a report with spans into `text`. Pure.

    Marks that `printed` does not hold are passed over. Figures come in the order of their marks.
    The same fact under two marks is one figure, and its repetition is set aside.
    """
    placed = sorted(_placed(answer, text, printed), key=lambda figure: figure.char_start or 0)
    figures, repeated = one_of_each(placed, text)
    specialties, places = answer.specialties, answer.places
    return JornadaReport(
        title=answer.title or None,
        published_on=answer.day,
        bulletin_kind=answer.kind,
        programme=answer.programme or None,
        jornadas=tuple(Jornada.model_validate(dict(jornada)) for jornada in answer.jornadas),
        figures=figures,
        set_aside=(
            *repeated,
            *(
                aside_at(text, printed[mark].span, NO_FIGURE)
                for mark in dict.fromkeys(answer.aside)
                if mark in printed
            ),
        ),
        specialties=tuple(
            Specialty(service=service, name=name)
            for service, names in (
                (Service.CONSULTATION, specialties.consultation),
                (Service.SURGERY, specialties.surgery),
            )
            for name in names
        ),
        places=tuple(
            Place(name=name, role=role)
            for role, names in (
                (PlaceRole.PARTICIPANT, places.participant),
                (PlaceRole.HIGHLIGHTED, places.highlighted),
            )
            for name in names
        ),
    )


def _placed(answer: AnchoredAnswer, text: str, printed: Mapping[int, Printed]) -> Iterator[Figure]:
    approximate, percents = set(answer.approx), set(answer.percent)
    for scope in answer.scopes:
        for figure in scope.figures:
            if figure.n not in printed:
                continue
            value, unit, (start, end) = printed[figure.n]
            yield Figure(
                value=value,
                unit=Unit.PERCENT if figure.n in percents else unit,
                service=figure.service,
                detail=figure.detail,
                status=scope.status,
                period=scope.period,
                edition=scope.edition if scope.period is Period.JORNADA else None,
                place=scope.place,
                approximate=figure.n in approximate,
                quote=text[start:end],
                char_start=start,
                char_end=end,
            )
