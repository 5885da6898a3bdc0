"""Completeness: each number that surely counts something is in a figure's quote or set aside."""

from collections.abc import Iterable, Iterator

from pipeline.exclusions import NOT_SURE, exclusion_of, is_surely_quantity
from pipeline.facts import DISTINCTIVE_FROM
from pipeline.numerals import ambiguities, numerals
from pipeline.quotes import locate, span_of
from schemas.document import QUANTITIES, Document, Numeral
from schemas.finding import Finding, Severity, Span
from schemas.report import JornadaReport, SetAside, Unit


def find_unclaimed(text: str, report: JornadaReport) -> tuple[Numeral, ...]:
    """Return the numerals that surely count something and that nothing in the report covers."""
    return tuple(one for one in list_unclaimed(text, report) if is_surely_quantity(text, one))


def explain_unclaimed(text: str, report: JornadaReport) -> tuple[SetAside, ...]:
    """Set all other unclaimed numerals aside, each with the reason why it is not asked about."""
    return tuple(
        SetAside(
            quote=one.raw,
            reason=exclusion_of(text, one) or NOT_SURE,
            char_start=one.start,
            char_end=one.end,
        )
        for one in list_unclaimed(text, report)
        if not is_surely_quantity(text, one)
    )


def list_unclaimed(text: str, report: JornadaReport) -> tuple[Numeral, ...]:
    """Return the count and percent numerals of `text` that no figure and no set-aside covers.

    A fact that is printed twice is one figure: its quote claims every place where it stands, and a
    number of three digits or more claims its repetitions whatever words stand beside it. Where
    print can be read in several ways, it is read in the way that claims the most.
    """
    known: set[tuple[float, str]] = {
        (figure.value, figure.unit)
        for figure in report.figures
        if figure.value >= DISTINCTIVE_FROM or figure.unit is Unit.PERCENT
    }
    covered = bytearray(len(text))

    # Kinds of quantities and units have the same names, by which they compare.
    def is_open(numeral: Numeral) -> bool:
        return (
            numeral.kind in QUANTITIES
            and (numeral.value, numeral.kind) not in known
            and not all(covered[numeral.start : numeral.end])
        )

    unclaimed = numerals(text)
    for claims in (_own_claims(report), _repeated_claims(text, report)):
        # Few texts need the second: to look each quote up takes as long as the text is.
        if not any(map(is_open, unclaimed)):
            return ()
        for span in claims:
            covered[span.start : span.end] = b"\1" * (span.end - span.start)
    unclaimed = tuple(filter(is_open, unclaimed))
    if not unclaimed:
        return ()
    doubtful = ambiguities(text)
    likeliest = {numeral for ambiguity in doubtful for numeral in ambiguity.readings[0]}
    left_open = [numeral for numeral in unclaimed if numeral not in likeliest]
    for ambiguity in doubtful:
        left = [[one for one in reading if is_open(one)] for reading in ambiguity.readings]
        claimed = [len(r) - len(o) for r, o in zip(ambiguity.readings, left, strict=True)]
        left_open += min(zip(left, claimed, strict=True), key=lambda one: (len(one[0]), -one[1]))[0]
    return tuple(sorted(left_open))


def _own_claims(report: JornadaReport) -> Iterator[Span]:
    yield from filter(None, map(span_of, report.figures))
    for aside in report.set_aside:
        yield Span(aside.char_start, aside.char_end)


def _repeated_claims(text: str, report: JornadaReport) -> Iterator[Span]:
    for quote in {figure.quote for figure in report.figures}:
        yield from locate(text, quote)


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
