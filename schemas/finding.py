"""What a check found wrong or noteworthy in a reading."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Span(NamedTuple):
    """Characters of the document's text, end exclusive."""

    start: int
    end: int


class Severity(StrEnum):
    """How much a finding should worry its reader."""

    ERROR = "error"  # a figure or numeral that cannot be trusted or was lost
    WARNING = "warning"  # the bulletin or the reading contradicts itself
    INFO = "info"  # worth knowing


class Finding(BaseModel):
    """One finding of one check; `span` points at the words it is about, where there are any."""

    model_config = ConfigDict(frozen=True)

    check: str
    severity: Severity
    field: str | None = None
    message: str
    span: Span | None = None
