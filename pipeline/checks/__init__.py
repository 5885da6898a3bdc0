"""Checks: each looks at one document and its report and says what it found."""

from collections.abc import Callable, Iterable

from pipeline.checks import (
    completeness,
    dates,
    goals,
    hidden_text,
    pages,
    repeated_plan,
    same_fact,
    services,
    sizes,
    split_numbers,
    sums,
)
from schemas.document import Document
from schemas.finding import Finding
from schemas.report import JornadaReport

Check = Callable[[Document, JornadaReport], Iterable[Finding]]

# What the gate is made of is no member: it drops what it finds, and `extract` passes it before.
CHECKS: tuple[Check, ...] = (
    completeness.check,
    sums.check,
    goals.check,
    repeated_plan.check,
    same_fact.check,
    sizes.check,
    split_numbers.check,
    dates.check,
    services.check,
    pages.check,
    hidden_text.check,
)

NAMES = frozenset(
    {
        *("completeness", "dates", "goals", "hidden_text", "ocr", "page_without_words"),
        *("repeated_plan", "same_fact", "services", "sizes", "split_number", "sums"),
    }
)
"""The names by which the findings of these checks go: who checks anew leaves the old ones out."""
