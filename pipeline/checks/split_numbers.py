"""Split numbers: a figure that holds a piece alone of what is most likely one number ("64, 255").

OCR and layout take numbers apart, and print leaves it open whether "64, 255" is one number or two.
Both readings are grounded, so a figure of 255 passes: it is told here, unless the other piece is a
figure, too, as in a list.
"""

from collections.abc import Iterable, Iterator

from pipeline.facts import format_value
from pipeline.numerals import ambiguities
from pipeline.quotes import numerals_at, span_of
from schemas.document import QUANTITIES, Ambiguity, Document, Numeral
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure, JornadaReport


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each likely whole number of which figures take some pieces and leave others."""
    text = document.text
    doubtful = [figure for figure in report.figures if _takes_no_likely_number(text, figure)]
    if not doubtful:
        return
    values = {figure.value for figure in report.figures}
    for ambiguity in ambiguities(text):
        within = [figure for figure in doubtful if _touches(figure, ambiguity)]
        if within:
            yield from _split(ambiguity, within, values)


def _takes_no_likely_number(text: str, figure: Figure) -> bool:
    """Tell whether the likeliest reading has numbers at a figure, and none is worth it."""
    span = span_of(figure)
    if span is None:
        return False
    found = [one for one in numerals_at(text, span) if one.kind in QUANTITIES]
    return bool(found) and all(one.value != figure.value for one in found)


def _touches(figure: Figure, ambiguity: Ambiguity) -> bool:
    span = span_of(figure)
    return span is not None and span.start < ambiguity.end and ambiguity.start < span.end


def _split(
    ambiguity: Ambiguity, figures: Iterable[Figure], values: set[float]
) -> Iterator[Finding]:
    taken = {figure.value for figure in figures}
    for whole in ambiguity.readings[0]:
        for reading in ambiguity.readings[1:]:
            pieces = [one for one in reading if whole.start <= one.start and one.end <= whole.end]
            left = [piece for piece in pieces if piece.value not in values]
            used = [piece for piece in pieces if piece.value in taken]
            if len(pieces) > 1 and left and used:
                yield _finding(whole, used[0], left[0])
                break


def _finding(whole: Numeral, used: Numeral, left: Numeral) -> Finding:
    return Finding(
        check="split_number",
        severity=Severity.WARNING,
        field="figures",
        message=(
            f"{format_value(used.value)} is a figure and {left.raw!r} beside it is none: "
            f"{' '.join(whole.raw.split())!r} is most likely one number, "
            f"{format_value(whole.value)}"
        ),
        span=Span(whole.start, whole.end),
    )
