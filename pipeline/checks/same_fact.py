"""The same fact with two values: a headline that rounds, or a bulletin that contradicts itself.

Labels are coarser than facts: two days of a jornada, two hospitals' wards or two groups of patients
may carry the same ones. So what counts is a headline against the one number of the body that it can
be about, and elsewhere what looks like a slip of the pen.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations
from operator import attrgetter

from pipeline.documents.headline import title_of
from pipeline.facts import are_days_alike, format_value, kind_of, labels_of, scope_of
from pipeline.numerals import numerals
from pipeline.quotes import locate, span_of
from pipeline.spanish.approximation import EXCEED, MORE_THAN, pattern_of
from pipeline.spanish.folding import fold
from schemas.document import Document
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure, JornadaReport, Period, Service

_MOST_APART = 2
"""Two values of one fact that differ by more than this factor are two facts."""
_MOST_ABOVE = 1.15
"""A number that is rounded up by more than this says something else: 10 thousand for 8,210."""
_PAIR = 2
_MOST_VALUES = 8
"""More values than this under the same labels are a list, and no contradiction."""
_ROUND = 1000
_LONG = 4
"""Digits; shorter numbers look alike by chance."""
_MORE_THAN = re.compile(pattern_of((*MORE_THAN, *EXCEED)))
_BEFORE = 25
_WORD = re.compile(r"[a-z]{4,}")


def check(document: Document, report: JornadaReport) -> Iterable[Finding]:
    """Report each pair of values of one fact: a warning, or info where one rounds the other."""
    facts: dict[Hashable, dict[float, Figure]] = defaultdict(dict)
    for figure in report.figures:
        facts[labels_of(figure), figure.basis].setdefault(figure.value, figure)
    several = [list(v.values()) for v in facts.values() if 1 < len(v) <= _MOST_VALUES]
    if not several:
        return
    headlines = _headlines_of(document)
    body = _values_beside(document.text, headlines) if headlines else frozenset()
    for figures in several:
        head = _head_of(headlines, body, figures, report)
        for one, other in combinations(figures, 2):
            if not _may_be_same(one, other):
                continue
            severity = _severity(document.text, one, other)
            if severity is None and head in (one, other) and _contradicts(one, other, head):
                severity = Severity.WARNING
            if severity is not None:
                yield _finding(one, other, severity)


def _headlines_of(document: Document) -> tuple[Span, ...]:
    """Return where the headline stands, which a page may print twice."""
    title = document.metadata.title or title_of(document.text)
    return locate(document.text, title) if title else ()


def _values_beside(text: str, headlines: Sequence[Span]) -> frozenset[float]:
    """Return the values of all numbers that stand in no headline."""
    return frozenset(one.value for one in numerals(text) if not _is_in(headlines, one.start))


def _head_of(
    headlines: Sequence[Span],
    body: AbstractSet[float],
    figures: Sequence[Figure],
    report: JornadaReport,
) -> Figure | None:
    """Return which of two values is the headline's alone, where both are of one time.

    `body` are the values that stand elsewhere. Where the body has several numbers, the headline may
    be about any of them, or their sum.
    """
    heads = [figure for figure in figures if _is_in(headlines, figure.char_start)]
    if (
        len(figures) != _PAIR
        or len(heads) != 1
        or not _are_of_one_time(figures[0], figures[1], report)
    ):
        return None
    (head,) = heads
    return None if head.value in body else head


def _are_of_one_time(one: Figure, other: Figure, report: JornadaReport) -> bool:
    """Tell whether two numbers of the same labels are surely of one jornada, or of one span."""
    days = ((one.starts_on, other.starts_on), (one.ends_on, other.ends_on))
    if any(first is not None and first == second for first, second in days):
        return True
    return one.period is Period.JORNADA and (one.edition is not None or len(report.jornadas) == 1)


def _is_in(spans: Sequence[Span], start: int | None) -> bool:
    """Tell whether one of `spans` holds an offset; they are in order, and none is in another."""
    if start is None:
        return False
    behind = bisect_right(spans, start, key=attrgetter("start"))
    return behind > 0 and start < spans[behind - 1].end


def _may_be_same(one: Figure, other: Figure) -> bool:
    """Tell days, and donors from what they gave, apart: the latter carry the same labels."""
    if not are_days_alike(one, other):
        return False
    return one.service is not Service.DONATION or bool(_nouns(one) & _nouns(other))


def _nouns(figure: Figure) -> set[str]:
    return set(_WORD.findall(fold(figure.quote))) - {"millon", "millones"}


def _severity(text: str, one: Figure, other: Figure) -> Severity | None:
    """Judge two values by their digits; None where they are most likely two facts."""
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
        value % _ROUND == 0 and rest % _ROUND and _rounds(value, rest)
        for value, rest in ((low, high), (high, low))
    ):
        return Severity.INFO
    return Severity.WARNING if _is_slip(low, high) else None


def _contradicts(one: Figure, other: Figure, head: Figure) -> bool:
    """Tell whether a headline says something else than the body, be it rounded."""
    body = other if one is head else one
    low, high = sorted((head.value, body.value))
    if high > _MOST_APART * low or _rounds(head.value, body.value):
        return False
    return not (body.approximate and _rounds(body.value, head.value))


def _rounds(rough: float, exact: float) -> bool:
    """Tell whether `exact` comes to `rough` at its precision, rounded up, down or off."""
    if rough > _MOST_ABOVE * exact:
        return False
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
    """Tell whether two numbers differ by one digit, or by digits that changed places.

    The zeros that both end in do not count: 150 thousand and 155 thousand are short numbers.
    """
    while one and other and one % 10 == 0 and other % 10 == 0:
        one, other = one // 10, other // 10
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
