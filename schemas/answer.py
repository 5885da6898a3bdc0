"""What a model returns in the quoted form.

The JSON schema is part of the prompt: every key is required and no other is allowed, as strict
servers demand, and patterns are anchored, as grammars demand. Reading is more lenient: keys that
were not asked for are ignored, and a detail is brought into its form where that loses nothing.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from schemas.report import (
    BulletinKind,
    JornadaKind,
    Period,
    PlaceRole,
    Service,
    Status,
    Unit,
    Value,
)


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
