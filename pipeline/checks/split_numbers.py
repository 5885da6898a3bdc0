"""Split numbers: a figure that holds a piece alone of what is most likely one number ("64, 255").

OCR and layout take numbers apart, and print leaves it open whether "64, 255" is one number or two.
Both readings are grounded, so a figure of 255 passes: it is told here, unless the other piece is a
figure, too, as in a list.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from pipeline.facts import format_value
from pipeline.numerals import ambiguities
from pipeline.quotes import numerals_at, span_of
from schemas.document import QUANTITIES, Ambiguity, Document, Numeral
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure, JornadaReport

_START = attrgetter("start")


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each likely whole number of which figures take some pieces and leave others."""
    text = document.text
    doubtful = [figure for figure in report.figures if _takes_no_likely_number(text, figure)]
    if not doubtful:
        return
    found = ambiguities(text)
    within: dict[Ambiguity, set[float]] = defaultdict(set)
    for figure in doubtful:
        for ambiguity in _at(found, figure):
            within[ambiguity].add(figure.value)
    for ambiguity, taken in within.items():
        yield from _split(ambiguity, taken)


def _takes_no_likely_number(text: str, figure: Figure) -> bool:
    """Tell whether the likeliest reading has numbers at a figure, and none is worth it."""
    span = span_of(figure)
    if span is None:
        return False
    found = [one for one in numerals_at(text, span) if one.kind in QUANTITIES]
    return bool(found) and all(one.value != figure.value for one in found)


def _at(found: Sequence[Ambiguity], figure: Figure) -> Iterator[Ambiguity]:
    span = span_of(figure)
    if span is None:
        return
    first = max(0, bisect_right(found, span.start, key=_START) - 1)
    for ambiguity in found[first : bisect_left(found, span.end, lo=first, key=_START)]:
        if span.start < ambiguity.end:
            yield ambiguity


def _split(ambiguity: Ambiguity, taken: set[float]) -> Iterator[Finding]:
    for whole in ambiguity.readings[0]:
        for reading in ambiguity.readings[1:]:
            pieces = [one for one in reading if whole.start <= one.start and one.end <= whole.end]
            left = [piece for piece in pieces if piece.value not in taken]
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
