"""What a model returns in the quoted form, and how that becomes a `JornadaReport`.

The JSON schema is part of the prompt: every key is required and no other is allowed, as strict
servers demand, and patterns are anchored, as grammars demand. Reading is more lenient: keys that
were not asked for are ignored, and a detail is brought into its form where that loses nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from schemas.finding import Span
from schemas.report import (
    BulletinKind,
    Figure,
    Jornada,
    JornadaKind,
    JornadaReport,
    Period,
    Place,
    PlaceRole,
    Service,
    SetAside,
    Specialty,
    Status,
    Unit,
    Value,
)

Locate = Callable[[str], Sequence[Span]]
"""All places of the text where a quote stands."""


def tidy_detail(detail: object) -> object:
    """Bring a detail into its form where that loses nothing."""
    if not isinstance(detail, str):
        return detail
    parts = {"_".join(part.lower().replace("-", " ").split()) for part in detail.split("+")}
    return "+".join(sorted(parts - {""})) or None


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Text = Annotated[str, AfterValidator(_not_blank)]
Edition = Annotated[int, Field(ge=1)]
Detail = Annotated[str, Field(pattern=r"^[a-z0-9_]+([+][a-z0-9_]+)*$")]


class Part(BaseModel):
    """Frozen; its JSON schema allows no further keys, while reading ignores them."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"additionalProperties": False})


class QuotedJornada(Part):
    """One single, identifiable campaign weekend."""

    edition: Annotated[Edition | None, Field(description="the printed ordinal")]
    kind: JornadaKind
    year: Annotated[int, Field(ge=1900, le=2100)] | None
    start: date | None
    end: date | None
    subject: Annotated[bool, Field(description="the bulletin is about this one")]


class QuotedFigure(Part):
    """One number of services, or percentage of a goal."""

    # The quote comes first, so that the words are copied before their number is computed.
    quote: Annotated[Text, Field(description="verbatim: the number and the words it counts")]
    value: Value
    unit: Unit
    service: Service
    detail: Annotated[
        Detail | None,
        BeforeValidator(tidy_detail),
        Field(description="most specific kind, snake_case English"),
    ]
    status: Status
    period: Period
    edition: Annotated[Edition | None, Field(description="only where period is jornada")]
    place: Text
    approximate: bool


class QuotedSetAside(Part):
    """A number of the text that is no figure."""

    quote: Annotated[Text, Field(description="verbatim: the number and its noun")]
    reason: Text


class QuotedSpecialty(Part):
    """A medical specialty, in Spanish as printed."""

    service: Literal[Service.CONSULTATION, Service.SURGERY]
    name: Text


class QuotedPlace(Part):
    """A state, representation or hospital."""

    name: Text
    role: PlaceRole


class QuotedAnswer(Part):
    """What one bulletin says, each figure with its verbatim quote."""

    title: str | None
    published_on: Annotated[date | None, Field(description="only a full, stated day")]
    bulletin_kind: BulletinKind
    programme: str | None
    jornadas: tuple[QuotedJornada, ...]
    figures: tuple[QuotedFigure, ...]
    set_aside: tuple[QuotedSetAside, ...]
    specialties: tuple[QuotedSpecialty, ...]
    places: tuple[QuotedPlace, ...]


def to_report(answer: QuotedAnswer, text: str, locate: Locate) -> JornadaReport:
    """Turn an answer into a report with spans into `text`. Pure; drops nothing that was read.

    Where a quote stands several times, its figure gets the first place that no figure with other
    labels has taken. A quote that stands nowhere stays, without a span. The same fact twice is one
    figure, and its repetition is set aside. An edition outside of a jornada is left out. A number
    is set aside at every place where its quote stands, as long as the quote holds its noun too.
    """
    figures, repeated = one_of_each(_placed(answer.figures, text, locate), text)
    return JornadaReport(
        title=answer.title or None,
        published_on=answer.published_on,
        bulletin_kind=answer.bulletin_kind,
        programme=answer.programme or None,
        jornadas=tuple(Jornada.model_validate(dict(jornada)) for jornada in answer.jornadas),
        figures=figures,
        set_aside=(*repeated, *_set_aside(answer.set_aside, figures, text, locate)),
        specialties=tuple(Specialty(service=s.service, name=s.name) for s in answer.specialties),
        places=tuple(Place(name=place.name, role=place.role) for place in answer.places),
    )


_fact = attrgetter("value", "unit", "service", "detail", "status", "period", "edition", "place")
"""What makes two figures the same fact."""


def _placed(quoted: Iterable[QuotedFigure], text: str, locate: Locate) -> Iterator[Figure]:
    taken: set[Span] = set()
    for one in quoted:
        spans = locate(one.quote)
        span = next((span for span in spans if span not in taken), spans[0] if spans else None)
        if span is not None:
            taken.add(span)
        yield Figure(
            value=one.value,
            unit=one.unit,
            service=one.service,
            detail=one.detail,
            status=one.status,
            period=one.period,
            edition=one.edition if one.period is Period.JORNADA else None,
            place=one.place,
            approximate=one.approximate,
            quote=text[slice(*span)] if span else one.quote,
            char_start=span.start if span else None,
            char_end=span.end if span else None,
        )


def one_of_each(
    placed: Iterable[Figure], text: str
) -> tuple[tuple[Figure, ...], tuple[SetAside, ...]]:
    """Keep one figure of each fact, the first; set the places where it is printed again aside."""
    figures: dict[tuple[object, ...], Figure] = {}
    repeated: list[SetAside] = []
    taken: set[Span] = set()
    for one in placed:
        fact = _fact(one)
        start, end = one.char_start, one.char_end
        span = None if start is None or end is None else Span(start, end)
        if fact not in figures:
            figures[fact] = one
        else:
            # Printed exactly in one place, the figure is exact, whatever "casi" stands elsewhere.
            if not one.approximate:
                figures[fact] = figures[fact].model_copy(update={"approximate": False})
            if span is not None and span not in taken:
                repeated.append(aside_at(text, span, "the same figure, printed again"))
        if span is not None:
            taken.add(span)
    return tuple(figures.values()), tuple(repeated)


def _set_aside(
    quoted: Iterable[QuotedSetAside], figures: Iterable[Figure], text: str, locate: Locate
) -> Iterable[SetAside]:
    taken = {(figure.char_start, figure.char_end) for figure in figures}
    for one in quoted:
        free = [span for span in locate(one.quote) if tuple(span) not in taken]
        # A bare number says too little to stand for its like elsewhere in the text.
        for start, end in free if len(one.quote.split()) > 1 else free[:1]:
            taken.add((start, end))
            yield aside_at(text, Span(start, end), one.reason)


def aside_at(text: str, span: Span, reason: str) -> SetAside:
    """Set the words at `span` aside."""
    start, end = span
    return SetAside(quote=text[start:end], reason=reason, char_start=start, char_end=end)
