"""Grounding: every figure's quote stands in the text, and a numeral in it is worth its value."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from pipeline.numerals import numerals
from schemas.document import QUANTITIES, Document, Numeral, NumeralKind
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure, JornadaReport, Unit

_SPACE = re.compile(r"\s+")
_QUOTATION_MARKS = str.maketrans("“”„«»‘’´`", '"""""\'\'\'\'')
_ARTICLE = re.compile(r"\buna?\b", re.IGNORECASE)


def locate(text: str, quote: str) -> tuple[Span, ...]:
    """Find all places where `quote` stands in `text`.

    Verbatim places come alone where there are any; else white space, typographic quotation marks
    and hyphens at line ends are folded. Letters and digits are never folded.
    """
    if not quote.strip():
        return ()
    exact: list[Span] = []
    start = text.find(quote)
    while start >= 0:
        end = start + len(quote)
        exact.append(Span(start, end))
        start = text.find(quote, end)
    return tuple(exact) or tuple(
        Span(match.start(), match.end())
        for match in _loose(quote).finditer(text.translate(_QUOTATION_MARKS))
    )


def places(text: str, figure: Figure) -> tuple[Span, ...]:
    """Find where a figure stands: at its span if its quote is there, else wherever the quote is."""
    start, end = figure.char_start, figure.char_end
    if start is not None and end is not None and text[start:end] == figure.quote:
        return (Span(start, end),)
    return locate(text, figure.quote)


@lru_cache(maxsize=4096)
def _loose(quote: str) -> re.Pattern[str]:
    """Build a pattern for `quote` with any white space, and words cut by a line-end hyphen."""
    words = _SPACE.split(quote.translate(_QUOTATION_MARKS).strip())
    cut = r"(?:-\s*\n\s*)?"
    patterns = (
        "".join(
            re.escape(char) + (cut if char.isalpha() and after.isalpha() else "")
            for char, after in zip(word, word[1:] + " ", strict=True)
        )
        for word in words
    )
    return re.compile(r"\s+".join(patterns))


def cut_numeral(text: str, span: Span) -> Numeral | None:
    """Return the quantity of `text` that an edge of `span` falls into, None where there is none.

    "8 mil 610" stands in "58 mil 610", but it is not what the text says.
    """
    return _cut(_touching(text, span), span)


def _touching(text: str, span: Span) -> tuple[Numeral, ...]:
    """Return the numerals of `text` that lie inside `span` or reach into it."""
    found, starts = _indexed(text)
    first = bisect_left(starts, span.start)
    if first and found[first - 1].end > span.start:
        first -= 1
    return found[first : bisect_left(starts, span.end)]


@lru_cache(maxsize=64)  # asked for each figure of a text
def _indexed(text: str) -> tuple[tuple[Numeral, ...], list[int]]:
    found = numerals(text)
    return found, [numeral.start for numeral in found]


def _cut(touching: Sequence[Numeral], span: Span) -> Numeral | None:
    start, end = span
    for numeral in touching:
        if (numeral.start < start or numeral.end > end) and numeral.kind in QUANTITIES:
            return numeral
    return None


def value_fault(text: str, span: Span, value: float, unit: Unit) -> str | None:
    """Say why the quote at `span` does not hold `value`; None where a numeral in it is worth it.

    The numerals are those of the whole text that lie inside the span, not what the quote would
    say by itself. "un" and "una" count as 1, and a percentage may lack its "por ciento".
    """
    return _value_fault(text, span, value, unit, _touching(text, span))


def _value_fault(
    text: str, span: Span, value: float, unit: Unit, touching: Sequence[Numeral]
) -> str | None:
    start, end = span
    inside = [numeral for numeral in touching if start <= numeral.start and numeral.end <= end]
    for numeral in inside:
        if numeral.value == value and _fits(numeral, unit):
            return None
    if value == 1 and unit is Unit.COUNT and _holds_article(text, span, inside):
        return None
    printed = [
        f"{numeral.raw!r} ({numeral.value})" for numeral in inside if numeral.kind in QUANTITIES
    ]
    found = " and ".join(printed) if printed else "no number"
    return f"the quote {text[start:end]!r} holds {found}, not the value {value}"


def _fits(numeral: Numeral, unit: Unit) -> bool:
    if unit is Unit.PERCENT:
        return numeral.kind in QUANTITIES
    # Four bare digits look like a year, but a text may well count 1998 consultations.
    return numeral.kind in (NumeralKind.COUNT, NumeralKind.YEAR)


def _holds_article(text: str, span: Span, inside: Sequence[Numeral]) -> bool:
    """Look for an "un" or "una" that is no part of a larger number ("un millón")."""
    return any(
        not any(numeral.start <= match.start() < numeral.end for numeral in inside)
        for match in _ARTICLE.finditer(text, span.start, span.end)
    )


def figure_fault(text: str, figure: Figure) -> str | None:
    """Say why a figure is not grounded in `text`; None where quote, span and value hold."""
    if figure.char_start is None or figure.char_end is None:
        return f"the figure {figure.value} has no span"
    span = Span(figure.char_start, figure.char_end)
    if text[span.start : span.end] != figure.quote:
        return f"the quote {figure.quote!r} does not stand at {figure.char_start}"
    touching = _touching(text, span)
    if cut := _cut(touching, span):
        return f"the quote {figure.quote!r} cuts the number {cut.raw!r} in two"
    return _value_fault(text, span, figure.value, figure.unit, touching)


def keep_grounded(
    document: Document, report: JornadaReport
) -> tuple[JornadaReport, tuple[Finding, ...]]:
    """Split off the figures that the text does not hold; each gives a finding of severity error."""
    faults = [(figure, figure_fault(document.text, figure)) for figure in report.figures]
    findings = tuple(
        Finding(
            check="grounding",
            severity=Severity.ERROR,
            field="figures",
            message=f"dropped: {fault}",
            span=_place(document.text, figure),
        )
        for figure, fault in faults
        if fault
    )
    if not findings:
        return report, ()
    kept = tuple(figure for figure, fault in faults if fault is None)
    return report.model_copy(update={"figures": kept}), findings


def _place(text: str, figure: Figure) -> Span | None:
    if figure.char_start is None or figure.char_end is None or figure.char_end > len(text):
        return None
    return Span(figure.char_start, figure.char_end)
