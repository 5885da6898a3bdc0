"""A reading: what one reader made of one document, with everything needed to trace it."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from schemas.finding import Finding
from schemas.report import JornadaReport


class ReadingStatus(StrEnum):
    """Whether a reading can be used."""

    OK = "ok"
    PARTIAL = "partial"  # what holds was kept; findings say what is missing
    FAILED = "failed"


class ReaderKey(BaseModel):
    """What a reading depends on beside the text: two equal keys give the same reading."""

    model_config = ConfigDict(frozen=True)

    reader: str
    model: str | None = None
    prompt: str | None = None
    prompt_hash: str | None = None
    schema_hash: str


class Attempt(BaseModel):
    """One answer of a model, or one call that brought none, as it came."""

    model_config = ConfigDict(frozen=True)

    number: int
    outcome: str
    raw_answer: str | None = None
    errors: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    seconds: float


class Reading(BaseModel):
    """A report, or a failure, with its provenance. Unknown tokens and cost are None, never 0."""

    model_config = ConfigDict(frozen=True)

    document_id: str
    key: ReaderKey
    status: ReadingStatus
    report: JornadaReport | None = None
    error: str | None = None
    findings: tuple[Finding, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    seconds: float
