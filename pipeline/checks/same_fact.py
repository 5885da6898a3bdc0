"""The same fact with two values: a headline that rounds, or a bulletin that contradicts itself.

Labels are coarser than facts: two spans of months, two hospitals' wards or two groups of patients
may carry the same ones. Outside of one known jornada only what looks like a slip of the pen counts.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from itertools import combinations

from pipeline.facts import format_value, kind_of, labels_of, scope_of
from pipeline.quotes import span_of
from pipeline.spanish.approximation import EXCEED, MORE_THAN, pattern_of
from pipeline.spanish.folding import fold
from schemas.document import Document
from schemas.finding import Finding, Severity
from schemas.report import Figure, JornadaReport, Period, Unit

_MOST_APART = 2
"""Two values of one fact that differ by more than this factor are two facts."""
_MOST_VALUES = 8
"""More values than this under the same labels are a list, and no contradiction."""
_ROUND = 1000
_LONG = 4
"""Digits; shorter numbers look alike by chance."""
_MORE_THAN = re.compile(pattern_of((*MORE_THAN, *EXCEED)))
_BEFORE = 25


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each pair of values of one fact: a warning, or info where one rounds the other."""
    facts: dict[Hashable, dict[float, Figure]] = defaultdict(dict)
    for figure in report.figures:
        facts[labels_of(figure)].setdefault(figure.value, figure)
    for values in facts.values():
        if 1 < len(values) <= _MOST_VALUES:
            figures = list(values.values())
            exact = [figure for figure in figures if not figure.approximate]
            sole = _is_one_jornada(figures[0], report) and len(exact) <= 2  # noqa: PLR2004 - more are more facts
            for one, other in combinations(figures, 2):
                severity = _severity(document.text, one, other, sole=sole)
                if severity is not None:
                    yield _finding(one, other, severity)


def _is_one_jornada(figure: Figure, report: JornadaReport) -> bool:
    if figure.period is not Period.JORNADA or figure.unit is not Unit.COUNT:
        return False
    return figure.edition is not None or len(report.jornadas) == 1


def _severity(text: str, one: Figure, other: Figure, *, sole: bool) -> Severity | None:
    """Judge two different values of one fact; None where they are most likely two facts."""
    if one.approximate and other.approximate:
        return None
    rough, exact = (one, other) if one.approximate else (other, one)
    if rough.approximate:
        if not _rounds(rough.value, exact.value):
            return None
        denied = rough.value > exact.value and _says_more_than(text, rough)
        return Severity.WARNING if denied else Severity.INFO
    low, high = sorted((one.value, other.value))
    if any(
        value % _ROUND == 0 and _rounds(value, rest) for value, rest in ((low, high), (high, low))
    ):
        return Severity.INFO
    if (sole and high <= _MOST_APART * low) or _is_slip(low, high):
        return Severity.WARNING
    return None


def _rounds(rough: float, exact: float) -> bool:
    """Tell whether `exact` comes to `rough` at its precision, rounded up, down or off."""
    precision = 1.0 if rough == int(rough) else 0.1
    while rough and rough % (precision * 10) == 0:
        precision *= 10
    return abs(rough - exact) < precision


def _says_more_than(text: str, figure: Figure) -> bool:
    span = span_of(figure)
    return span is not None and bool(
        _MORE_THAN.search(fold(text[max(0, span.start - _BEFORE) : span.end]))
    )


def _is_slip(one: float, other: float) -> bool:
    """Tell whether two numbers differ by one digit, or by digits that changed places."""
    first, second = str(one), str(other)
    if len(first) != len(second) or len(first) < _LONG:
        return False
    differing = sum(a != b for a, b in zip(first, second, strict=True))
    return differing == 1 or (differing == 2 and sorted(first) == sorted(second))  # noqa: PLR2004 - a pair changes places


def _finding(one: Figure, other: Figure, severity: Severity) -> Finding:
    first, second = sorted((one, other), key=lambda figure: figure.char_start or 0)
    quote = " ".join(first.quote.split())
    how = "rounded in one place" if severity is Severity.INFO else "with two values"
    return Finding(
        check="same_fact",
        severity=severity,
        field="figures",
        message=(
            f"{kind_of(one)} ({scope_of(one)}) is printed {how}: "
            f"{format_value(first.value, first.unit)} in {quote!r} "
            f"and {format_value(second.value, second.unit)} here"
        ),
        span=span_of(second),
    )
