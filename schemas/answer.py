"""What a model returns in the quoted form.

The JSON schema is part of the prompt: every key is required and no other is allowed, as strict
servers demand, and patterns are anchored, as grammars demand. Reading is more lenient: keys that
were not asked for are ignored, some that say nothing may be missing, a code may be written in
capitals or with spaces, nothing may be a text that says so, and a detail may be a text as well as a
list. Whether its parts are codes of the service is judged with the rest of the answer.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from schemas.codebook import JOINT, codebook
from schemas.report import (
    Basis,
    BulletinKind,
    JornadaKind,
    Ordinal,
    Period,
    PlaceRole,
    Service,
    Status,
    Unit,
    Value,
)

_BETWEEN_WORDS = re.compile(r"[\s\-]+")
_NOTHING = frozenset(("", "null", "none", "n/a"))


def _as_code(written: object) -> object:
    return _BETWEEN_WORDS.sub("_", written.strip().lower()) if type(written) is str else written


def _as_none(written: object) -> object:
    if isinstance(written, str) and written.strip().lower() in _NOTHING:
        return None
    return written


AnyCase = BeforeValidator(_as_code)
"""Reads "Family planning" and "FAMILY-PLANNING" as the code family_planning."""

OrNothing = BeforeValidator(_as_none)
"""Reads a text that says nothing, as "null" does, as nothing."""


def _as_kinds(detail: object) -> object:
    if detail is None:
        return ()
    return detail.split(JOINT) if isinstance(detail, str) else detail


class _KindsOfTheCodebook:
    """Lists all codes in the JSON schema, once it is asked for: nothing is read at import time."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "array",
            "items": {"type": "string", "enum": list(codebook().all_kinds())},
        }


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Text = Annotated[str, AfterValidator(_not_blank)]
Edition = Annotated[Ordinal | None, OrNothing]
Day = Annotated[date | None, OrNothing]
Words = Annotated[str | None, OrNothing]
Kinds = Annotated[tuple[str, ...], BeforeValidator(_as_kinds), _KindsOfTheCodebook]
"""The codes of the most specific kinds that are printed; empty where nothing more is said."""


def _demand_all_keys(schema: dict[str, Any]) -> None:
    schema["required"] = list(schema["properties"])
    schema["additionalProperties"] = False
    for each in schema["properties"].values():
        each.pop("default", None)


class Part(BaseModel):
    """Frozen; its JSON schema demands all keys and no others, which reading ignores."""

    model_config = ConfigDict(frozen=True, json_schema_extra=_demand_all_keys)


class QuotedJornada(Part):
    """One single, identifiable campaign weekend."""

    edition: Annotated[Edition, Field(description="the printed ordinal")]
    kind: Annotated[JornadaKind, AnyCase]
    year: Annotated[Annotated[int, Field(ge=1900, le=2100)] | None, OrNothing]
    start: Day
    end: Day
    subject: Annotated[bool, Field(description="the bulletin is about this one")]


class QuotedFigure(Part):
    """One number of services, or percentage of a goal."""

    # The quote comes first, so that the words are copied before their number is computed.
    quote: Annotated[Text, Field(description="verbatim: the number and the words it counts")]
    value: Value
    unit: Annotated[Unit, AnyCase]
    service: Annotated[Service, AnyCase]
    detail: Annotated[Kinds, Field(description="codes of the service, most specific kind")]
    status: Annotated[Status, AnyCase]
    period: Annotated[Period, AnyCase]
    edition: Annotated[Edition, Field(description="only where period is jornada")]
    starts_on: Annotated[Day, Field(description="first day that it covers")] = None
    ends_on: Annotated[Day, Field(description="last day that it covers")] = None
    place: Text
    approximate: bool
    basis: Annotated[
        Basis | None, AnyCase, OrNothing, Field(description="only where unit is percent")
    ] = None


class QuotedSetAside(Part):
    """A number of the text that is no figure."""

    quote: Annotated[Text, Field(description="verbatim: the number and its noun")]
    reason: Text


class QuotedSpecialty(Part):
    """A medical specialty, in Spanish as printed."""

    service: Annotated[Literal[Service.CONSULTATION, Service.SURGERY], AnyCase]
    name: Text


class QuotedPlace(Part):
    """A state, representation or hospital."""

    name: Text
    role: Annotated[PlaceRole, AnyCase]


class QuotedAnswer(Part):
    """What one bulletin says, each figure with its verbatim quote."""

    relevant: Annotated[bool, Field(description="reports on health services of the kind")] = True
    title: Words
    published_on: Annotated[Day, Field(description="only a full, stated day")]
    bulletin_kind: Annotated[BulletinKind, AnyCase]
    programme: Words
    jornadas: tuple[QuotedJornada, ...]
    figures: tuple[QuotedFigure, ...]
    set_aside: tuple[QuotedSetAside, ...]
    specialties: tuple[QuotedSpecialty, ...]
    places: tuple[QuotedPlace, ...]
