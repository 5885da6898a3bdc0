"""What a bulletin says. A gold label file is a valid `JornadaReport` in JSON."""

import math
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticKnownError

from schemas.codebook import codebook


class Unit(StrEnum):
    """What a figure's value counts in."""

    COUNT = "count"
    PERCENT = "percent"


class Service(StrEnum):
    """The kind of service that a figure counts: the services of the codebook."""

    TOTAL = "total"
    CONSULTATION = "consultation"
    SURGERY = "surgery"
    SCREENING = "screening"
    ANCILLARY_STUDY = "ancillary_study"
    TRANSPLANT = "transplant"
    DONATION = "donation"
    FAMILY_PLANNING = "family_planning"
    VACCINATION = "vaccination"
    SOCIAL_WORK = "social_work"
    HOSPITAL_DISCHARGE = "hospital_discharge"
    DIALYSIS = "dialysis"
    STAFF = "staff"
    OTHER = "other"


class Status(StrEnum):
    """Whether the services were given or are a goal."""

    PERFORMED = "performed"
    PLANNED = "planned"


class Period(StrEnum):
    """The time that a figure covers."""

    JORNADA = "jornada"
    CUMULATIVE = "cumulative"
    OTHER = "other"


class Basis(StrEnum):
    """What a percentage is a share of."""

    GOAL = "goal"  # the share of a goal that was reached
    ABOVE_GOAL = "above_goal"  # the excess over a goal
    PRODUCTIVITY = "productivity"  # the share of a year's or the usual output


class YearSource(StrEnum):
    """How the year of a jornada is known."""

    PRINTED = "printed"  # in the text, a dateline included
    METADATA = "metadata"  # from the day of publication that the source states
    INFERRED = "inferred"  # the one year in which its days fall on its usual weekdays


class PlaceKind(StrEnum):
    """What sort of place the services of a figure were given in."""

    NATIONAL = "national"
    SIDE = "side"  # OOAD or UMAE, where a bulletin sets them against each other
    STATE = "state"
    OOAD = "ooad"
    MUNICIPALITY = "municipality"
    UNIT = "unit"
    SEVERAL = "several"


class JornadaKind(StrEnum):
    """What sort of campaign weekend a jornada is."""

    NATIONAL = "national"
    MONOTHEMATIC = "monothematic"
    STATE = "state"
    EXTRAORDINARY = "extraordinary"


class BulletinKind(StrEnum):
    """What a bulletin is for."""

    RESULTS = "results"
    ANNOUNCEMENT = "announcement"
    BALANCE = "balance"


class PlaceRole(StrEnum):
    """How a bulletin mentions a place."""

    PARTICIPANT = "participant"
    HIGHLIGHTED = "highlighted"


_LARGEST_VALUE = 2**53
"""Up to here the database tells whole numbers apart. No bulletin prints a larger one."""
_LARGEST_ORDINAL = 2**31 - 1
"""What the database has room for."""


def _number(value: object, read: ValidatorFunctionWrapHandler) -> int | float:
    try:
        number: int | float = read(value)
    except ValidationError:  # one for each type that it might have had
        raise PydanticKnownError("float_type") from None
    # Said here and not by constraints, which would go into the schema, and which not all servers
    # take. Large integers are compared as they are: no float holds them.
    if number > _LARGEST_VALUE:
        raise PydanticKnownError("less_than_equal", {"le": _LARGEST_VALUE})
    if math.isnan(number):
        raise PydanticKnownError("finite_number")
    if number < 0:
        raise PydanticKnownError("greater_than_equal", {"ge": 0})
    return int(number) if number == int(number) else number


def _storable_ordinal(ordinal: int) -> int:
    if ordinal > _LARGEST_ORDINAL:
        raise PydanticKnownError("less_than_equal", {"le": _LARGEST_ORDINAL})
    return ordinal


Value = Annotated[int | float, WrapValidator(_number)]
"""A number; 58610.0 and 58610 are the same value, kept as the integer."""

Ordinal = Annotated[int, Field(ge=1), AfterValidator(_storable_ordinal)]
"""A number that says which: 8 for the 8th."""


class Shape(BaseModel):
    """Frozen, and strict about unknown fields: a misspelt label is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Jornada(Shape):
    """One identifiable campaign weekend. `subject` marks the one that the bulletin is about.

    `year_source` says how the year is known, and is None where it is not.
    """

    edition: Ordinal | None = None
    kind: JornadaKind
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    year_source: YearSource | None = None
    start: date | None = None
    end: date | None = None
    subject: bool


class Figure(Shape):
    """One number of services, or percent of a goal, with the words that say so.

    `detail` holds codes of the codebook: "diabetes+hypertension" for several kinds of one number.
    `starts_on` and `ends_on` are the first and the last day that the number covers, each None where
    it is not known. `basis` says what a percentage is a share of.

    `quote` is verbatim and `text[char_start:char_end] == quote`; gold files may leave the span out
    where the quote alone is enough to find it.
    """

    value: Value
    unit: Unit
    service: Service
    detail: str | None = None
    status: Status
    period: Period
    edition: Ordinal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    place: Annotated[str, Field(min_length=1)]
    approximate: bool
    basis: Basis | None = None
    quote: Annotated[str, Field(min_length=1)]
    char_start: Annotated[int, Field(ge=0)] | None = None
    char_end: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if fault := codebook().fault_of(self.service, self.detail):
            raise ValueError(f"detail: {fault}")
        if self.edition is not None and self.period is not Period.JORNADA:
            raise ValueError("edition belongs only to a figure whose period is 'jornada'")
        if self.basis is not None and self.unit is not Unit.PERCENT:
            raise ValueError("basis belongs only to a figure whose unit is 'percent'")
        if (self.char_start is None) != (self.char_end is None):
            raise ValueError("give char_start and char_end together")
        if (
            self.char_start is not None
            and self.char_end is not None
            and self.char_end - self.char_start != len(self.quote)
        ):
            raise ValueError("char_end - char_start must be the length of the quote")
        return self


class Specialty(Shape):
    """A medical specialty named in the bulletin, in Spanish as printed."""

    service: Service
    name: str

    @model_validator(mode="after")
    def _consultation_or_surgery(self) -> Self:
        if self.service not in (Service.CONSULTATION, Service.SURGERY):
            raise ValueError("a specialty's service is 'consultation' or 'surgery'")
        return self


class PlaceMention(Shape):
    """A state, representation or hospital named in the bulletin."""

    name: str
    role: PlaceRole


class SetAside(Shape):
    """A count or percent numeral that is no figure, and why."""

    quote: str
    reason: str
    char_start: Annotated[int, Field(ge=0)]
    char_end: Annotated[int, Field(ge=0)]


class JornadaReport(BaseModel):
    """Everything that is read from one bulletin.

    `relevant` is False for a text that reports on no such health services: it has no figures.
    Unknown top-level keys are let pass, so that a gold file may carry an `id` and a `source`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    relevant: bool = True
    title: str | None = None
    published_on: date | None = None
    bulletin_kind: BulletinKind
    programme: str | None = None
    jornadas: tuple[Jornada, ...] = ()
    figures: tuple[Figure, ...] = ()
    specialties: tuple[Specialty, ...] = ()
    places: tuple[PlaceMention, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
