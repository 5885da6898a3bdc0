"""Checks: each looks at one document and its report and says what it found."""

from collections.abc import Callable, Iterable

from pipeline.checks import (
    completeness,
    dates,
    goals,
    hidden_text,
    pages,
    places,
    repeated_plan,
    same_fact,
    sizes,
    split_numbers,
    sums,
)
from schemas.document import Document
from schemas.finding import Finding
from schemas.report import JornadaReport

Check = Callable[[Document, JornadaReport], Iterable[Finding]]

# Grounding and years are no members: they drop what they find, and `extract` applies them before.
CHECKS: tuple[Check, ...] = (
    completeness.check,
    sums.check,
    goals.check,
    repeated_plan.check,
    same_fact.check,
    sizes.check,
    split_numbers.check,
    dates.check,
    places.check,
    pages.check,
    hidden_text.check,
)
