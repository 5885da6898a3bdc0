"""Completeness: each count or percent numeral is in a figure's quote or set aside with a reason."""

from collections.abc import Iterable

from pipeline.facts import DISTINCTIVE_FROM
from pipeline.numerals import numerals
from pipeline.quotes import locate, span_of
from schemas.document import QUANTITIES, Document, Numeral
from schemas.finding import Finding, Severity, Span
from schemas.report import JornadaReport, Unit


def find_unclaimed(text: str, report: JornadaReport) -> tuple[Numeral, ...]:
    """Return the count and percent numerals of `text` that no figure and no set-aside covers.

    A fact that is printed twice is one figure: its quote claims every place where it stands, and a
    number of three digits or more claims its repetitions whatever words stand beside it.
    """
    known: set[tuple[float, str]] = {
        (figure.value, figure.unit)
        for figure in report.figures
        if figure.value >= DISTINCTIVE_FROM or figure.unit is Unit.PERCENT
    }
    # Kinds of quantities and units have the same names, by which they compare.
    unknown = [
        numeral
        for numeral in numerals(text)
        if numeral.kind in QUANTITIES and (numeral.value, numeral.kind) not in known
    ]
    if not unknown:
        return ()
    covered = bytearray(len(text))
    for span in _claims(text, report):
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    return tuple(numeral for numeral in unknown if not all(covered[numeral.start : numeral.end]))


def _claims(text: str, report: JornadaReport) -> Iterable[Span]:
    for figure in report.figures:
        if span := span_of(figure):
            yield span
        yield from locate(text, figure.quote)
    for aside in report.set_aside:
        yield Span(aside.char_start, aside.char_end)


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each numeral that the reader neither used nor explained."""
    for numeral in find_unclaimed(document.text, report):
        yield Finding(
            check="completeness",
            severity=Severity.ERROR,
            field="figures",
            message=f"{numeral.raw!r} ({numeral.value}) is in no figure and not set aside",
            span=Span(numeral.start, numeral.end),
        )
