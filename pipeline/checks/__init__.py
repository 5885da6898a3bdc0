"""Checks: each looks at one document and its report and says what it found."""

from collections.abc import Callable, Iterable

from schemas.document import Document
from schemas.finding import Finding
from schemas.report import JornadaReport

Check = Callable[[Document, JornadaReport], Iterable[Finding]]

CHECKS: tuple[Check, ...] = ()
