"""A reading: what one reader made of one document, with everything needed to trace it."""

import uuid
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.finding import Finding
from schemas.report import JornadaReport
from schemas.usage import Usage


class ReadingStatus(StrEnum):
    """Whether a reading can be used."""

    OK = "ok"
    PARTIAL = "partial"  # what holds was kept; findings say what is missing
    FAILED = "failed"


class ReaderKey(BaseModel):
    """What a reading depends on beside the text: two equal keys give the same reading.

    `parameters` is JSON with sorted keys: what else bears on a model's answers (the room that an
    answer has, how often it is asked again). None for a reader without any.
    """

    model_config = ConfigDict(frozen=True)

    reader: str
    model: str | None = None
    prompt: str | None = None
    prompt_hash: str | None = None
    schema_hash: str
    parameters: str | None = None


class AttemptOutcome(StrEnum):
    """What came of a call to a model."""

    ANSWERED = "answered"  # not judged yet
    OK = "ok"  # judged: it holds
    INVALID = "invalid"  # judged: it does not
    CUT_OFF = "cut off"  # for want of room
    REFUSED = "refused"  # by the model, in words
    UNANSWERED = "unanswered"  # the call may succeed if made again
    REJECTED = "rejected"  # it never will
    UNUSED = "unused"  # kept from a run that was broken off, and not asked for again

    @property
    def is_paid(self) -> bool:
        """Tell whether an answer came, and so took tokens."""
        return self not in UNPAID


UNPAID = (AttemptOutcome.UNANSWERED, AttemptOutcome.REJECTED)
"""Outcomes of calls that brought no answer."""


class Attempt(BaseModel):
    """One answer of a model, or one call that brought none, as it came."""

    model_config = ConfigDict(frozen=True)

    number: int
    outcome: AttemptOutcome
    raw_answer: str | None = None
    errors: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    thought_tokens: int | None = None
    """Of the output, those that were thought and not written."""
    cached_tokens: int | None = None
    """Of the input, those that came out of the provider's prompt cache."""
    schema_mode: str | None = None
    """How the server was held to the schema: strict, schema, marks, json or none."""
    seconds: float

    @property
    def usage(self) -> Usage:
        """Give its tokens and cost together."""
        return Usage(self.input_tokens, self.output_tokens, self.cost_usd)


class Reading(BaseModel):
    """A report, or a failure, with its provenance. Unknown tokens and cost are None, never 0.

    `cause` names what stopped it where that was not the document's own fault, in words that are
    the same for each document that it stops; with `ends_run` it would stop every other, too; it is
    `given_up` where it passed the limits of time or memory. A
    reading that asked nobody says in `derived` how it
    came about: `near`, from the reading of a nearly identical bulletin; `recheck`, from the stored
    answers of an earlier reading; `review`, from an earlier reading and what people decided of it.
    `derived_from` is the ID of that reading.
    """

    model_config = ConfigDict(frozen=True)

    reading_id: str = Field(default_factory=lambda: uuid.uuid4().hex)
    document_id: str
    key: ReaderKey
    status: ReadingStatus
    report: JornadaReport | None = None
    error: str | None = None
    cause: str | None = None
    ends_run: bool = False
    given_up: bool = False
    derived: Literal["near", "recheck", "review"] | None = None
    derived_from: str | None = None
    findings: tuple[Finding, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    seconds: float

    @property
    def usage(self) -> Usage:
        """Give its tokens and cost together."""
        return Usage(self.input_tokens, self.output_tokens, self.cost_usd)

    def fail(self, error: str) -> "Reading":
        """Give it as a failed one, with all that was asked and paid for."""
        return self.model_copy(
            update={
                "status": ReadingStatus.FAILED,
                "report": None,
                "findings": (),
                "error": error,
            }
        )
