"""Grounding: every figure's quote stands in the text, and a numeral of its own in it is its value.

Where print can be read in several ways, each plausible reading grounds a value, and no other does.
What a numeral is, what stands around it says (`numeral_use`): an age is no count of anything.
"""

from collections.abc import Iterable, Iterator, Sequence

from pipeline.checks.numeral_use import article_misuse, misuse
from pipeline.numerals import ARTICLE
from pipeline.quotes import cut_numeral, numerals_at, other_numerals_in, span_of, span_within
from pipeline.spanish.folding import fold
from schemas.document import QUANTITIES, Document, Numeral
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure, JornadaReport, Service, Unit

DROPPED = "dropped: "
"""How the message of a figure that goes begins."""


def value_fault(
    text: str, span: Span, value: float, unit: Unit, service: Service | None = None
) -> str | None:
    """Say why the quote at `span` does not hold `value`; None where a numeral in it is worth it.

    The numerals are those of the whole text that lie inside the span, not what the quote would
    say by itself. "un" and "una" count as 1 before a noun of the `service`, or of any where none is
    given, and a percentage may lack its "por ciento" where that stands nearby.
    """
    start, end = span
    inside = [
        numeral
        for numeral in numerals_at(text, span)
        if start <= numeral.start and numeral.end <= end
    ]
    worth = (one for one in (*inside, *other_numerals_in(text, span)) if one.value == value)
    misuses = [misuse(text, numeral, unit, service) for numeral in worth]
    if value == 1 and unit is Unit.COUNT:
        misuses += _article_misuses(text, span, inside, service)
    if None in misuses:
        return None
    quote = f"the quote {text[start:end]!r}"
    if misuses:
        counted = "percentage" if unit is Unit.PERCENT else f"count of {service or 'services'}"
        return f"{quote} holds {value} as {misuses[0]}, which is no {counted}"
    printed = [
        f"{numeral.raw!r} ({numeral.value})" for numeral in inside if numeral.kind in QUANTITIES
    ]
    found = " and ".join(printed) if printed else "no number"
    return f"{quote} holds {found}, not the value {value}"


def _article_misuses(
    text: str, span: Span, inside: Sequence[Numeral], service: Service | None
) -> list[str | None]:
    """Say how each "un" and "una" is used that is no part of a larger number ("un millón")."""
    return [
        article_misuse(text, match.end(), service)
        for match in ARTICLE.finditer(fold(text), span.start, span.end)
        if not any(numeral.start <= match.start() < numeral.end for numeral in inside)
    ]


def figure_fault(text: str, figure: Figure) -> str | None:
    """Say why a figure is not grounded in `text`; None where quote, span and value hold."""
    span = span_of(figure)
    if span is None:
        return f"the figure {figure.value} has no span"
    if text[slice(*span)] != figure.quote:
        return f"the quote {figure.quote!r} does not stand at {span.start}"
    if cut := cut_numeral(text, span):
        return f"the quote {figure.quote!r} cuts the number {cut.raw!r} in two"
    return value_fault(text, span, figure.value, figure.unit, figure.service)


def keep_grounded(
    document: Document, report: JornadaReport
) -> tuple[JornadaReport, tuple[Finding, ...]]:
    """Split off the figures that the text does not hold; each gives a finding of severity error.

    A number that is printed once is one figure: of several that say they are it, the first is kept.
    """
    text = document.text
    faults = [figure_fault(text, figure) for figure in report.figures]
    sound = [at for at, fault in enumerate(faults) if fault is None]
    for at in _superfluous(text, report.figures, sound):
        quote = report.figures[at].quote
        faults[at] = f"the number in {quote!r} is another figure already; one number is one figure"
    findings = tuple(
        Finding(
            check="grounding",
            severity=Severity.ERROR,
            field="figures",
            message=f"{DROPPED}{fault}",
            span=span_within(text, figure),
        )
        for figure, fault in zip(report.figures, faults, strict=True)
        if fault
    )
    if not findings:
        return report, ()
    kept = tuple(
        figure for figure, fault in zip(report.figures, faults, strict=True) if fault is None
    )
    return report.model_copy(update={"figures": kept}), findings


def _superfluous(text: str, figures: Sequence[Figure], sound: Iterable[int]) -> Iterator[int]:
    """Give the indices of those that are left without a number of their own.

    A quote that holds its number once comes first, in the order of the report; then those whose
    quotes end first get the first place that is free. No sharing out leaves fewer without.
    """
    places = {at: _places_of_value(text, figures[at]) for at in sound}
    taken: set[int] = set()

    def turn(at: int) -> tuple[bool, int]:
        has_choice = len(places[at]) > 1
        return has_choice, (figures[at].char_end or 0) if has_choice else at

    for at in sorted(places, key=turn):
        free = next((place for place in places[at] if place not in taken), None)
        if free is None:
            yield at
        else:
            taken.add(free)


def _places_of_value(text: str, figure: Figure) -> list[int]:
    """Return where within its quote a figure's number may stand, the first place first."""
    span = span_of(figure)
    if span is None:
        return []
    found = (*numerals_at(text, span), *other_numerals_in(text, span))
    places = {one.start for one in found if one.value == figure.value}
    if figure.value == 1:
        places |= {one.start() for one in ARTICLE.finditer(fold(text), *span)}
    return sorted(places)
