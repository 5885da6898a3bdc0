"""What a person decided about a reading. Decisions are only added; the last of a thing holds."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticSerializationError

from schemas.finding import Span
from schemas.report import Figure


class DecisionKind(StrEnum):
    """What was decided: of a figure, of another field of the report, or of an earlier decision."""

    ACCEPT = "accept"  # the figure, or the field, is right as `figure` or `value` says
    CHANGE = "change"  # it is so instead
    DELETE = "delete"  # the number at `span` is no figure
    ADD = "add"  # the number at `span` is a figure that the reading lacks
    UNDO = "undo"  # the decision `undoes` counts no more


REPORT_FIELDS = (
    "relevant",
    "title",
    "published_on",
    "bulletin_kind",
    "programme",
    "jornadas",
    "specialties",
    "places",
)
"""The fields of a report that can be decided as a whole; figures are decided one by one."""


def _in_utc(time: datetime) -> datetime:
    return time if time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)


class Decision(BaseModel):
    """One decision of one person about one document.

    About a figure, `span` is where its numeral stands in the document's text (not its quote): by
    that a figure is the same in every reading of the text. `figure` is the whole figure as
    decided, None for a deleted one. About another field of the report, `field` names it, and
    `value` is what it is, as JSON. `decision_id` comes from whoever decides, so that what is sent
    twice is kept once.

    `apart`: it is of a person's own labels, of a text that several label without seeing each
    other's; it changes nothing for others. `carried_from`: nobody made it on this text; it is that
    decision about what the same source said before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    document_id: str
    kind: DecisionKind
    span: Span | None = None
    figure: Figure | None = None
    field: str | None = None
    value: JsonValue = None
    undoes: str | None = None
    reading_id: str | None = None
    """The reading that was looked at."""
    who: Annotated[str, Field(min_length=1, max_length=100)]
    decided_at: Annotated[datetime, AfterValidator(_in_utc)]
    """In UTC, without a zone, as the tables keep it."""
    apart: bool = False
    carried_from: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        about = [self.span is not None, self.field is not None, self.undoes is not None]
        if about.count(True) != 1:
            raise ValueError("a decision is about a span, a field or an earlier decision")
        if (self.undoes is not None) != (self.kind is DecisionKind.UNDO):
            raise ValueError("only an undo undoes a decision")
        if self.field is not None and self.field not in REPORT_FIELDS:
            raise ValueError(f"field: one of {', '.join(REPORT_FIELDS)}")
        if self.field is not None and self.kind not in (DecisionKind.ACCEPT, DecisionKind.CHANGE):
            raise ValueError("a field is accepted or changed")
        wants_figure = self.span is not None and self.kind is not DecisionKind.DELETE
        if (self.figure is not None) != wants_figure:
            raise ValueError("give the whole figure that is accepted, changed or added")
        try:
            self.model_dump_json()
        except PydanticSerializationError as error:  # half of a pair of surrogates
            raise ValueError("it holds a character that no file can keep") from error
        return self


class DecidedMark(NamedTuple):
    """What a person did with a figure (`accepted`, `changed` or `added`), who, and when (UTC)."""

    kind: str
    who: str
    when: datetime
