"""Grounding: every figure's quote stands in the text, and a numeral in it is worth its value."""

import re
from functools import lru_cache

from pipeline.numerals import numerals
from schemas.document import Document, Numeral, NumeralKind
from schemas.finding import Finding, Severity, Span
from schemas.report import Figure, JornadaReport, Unit

_SPACE = re.compile(r"\s+")
_QUOTATION_MARKS = str.maketrans("“”„«»‘’´`", '"""""\'\'\'\'')


def locate(text: str, quote: str) -> tuple[Span, ...]:
    """Find all places where `quote` stands in `text`.

    Verbatim places come alone where there are any; else white space, typographic quotation marks
    and hyphens at line ends are folded. Letters and digits are never folded.
    """
    if not quote.strip():
        return ()
    exact = tuple(Span(match.start(), match.end()) for match in re.finditer(re.escape(quote), text))
    return exact or tuple(
        Span(match.start(), match.end())
        for match in _loose(quote).finditer(text.translate(_QUOTATION_MARKS))
    )


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


def numerals_worth(text: str, value: float, unit: Unit) -> tuple[Numeral, ...]:
    """Return the numerals of `text` that print `value` in `unit`; "un" and "una" count as 1."""
    return tuple(
        numeral
        for numeral in numerals(text, articles=value == 1)
        if numeral.value == value and _fits(numeral, unit)
    )


def _fits(numeral: Numeral, unit: Unit) -> bool:
    if unit is Unit.PERCENT:
        return numeral.kind in (NumeralKind.PERCENT, NumeralKind.COUNT)
    # Four bare digits look like a year, but a quote may well count 1998 consultations.
    return numeral.kind in (NumeralKind.COUNT, NumeralKind.YEAR)


def value_fault(quote: str, value: float, unit: Unit) -> str | None:
    """Say why `quote` does not hold `value`; None where one of its numerals is worth it."""
    if numerals_worth(quote, value, unit):
        return None
    printed = [
        f"{numeral.raw!r} ({numeral.value})"
        for numeral in numerals(quote)
        if numeral.kind in (NumeralKind.COUNT, NumeralKind.PERCENT)
    ]
    found = " and ".join(printed) if printed else "no number"
    return f"the quote {quote!r} holds {found}, not the value {value}"


def figure_fault(text: str, figure: Figure) -> str | None:
    """Say why a figure is not grounded in `text`; None where quote, span and value hold."""
    if figure.char_start is None or figure.char_end is None:
        return f"the figure {figure.value} has no span"
    if text[figure.char_start : figure.char_end] != figure.quote:
        return f"the quote {figure.quote!r} does not stand at {figure.char_start}"
    return value_fault(figure.quote, figure.value, figure.unit)


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
        )
        for _, fault in faults
        if fault
    )
    if not findings:
        return report, ()
    kept = tuple(figure for figure, fault in faults if fault is None)
    return report.model_copy(update={"figures": kept}), findings
