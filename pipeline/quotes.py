"""Quotes: where words stand in a text, and which of its numerals they hold or cut."""

import re
from bisect import bisect_left
from functools import lru_cache

from pipeline.numerals import numerals
from schemas.document import QUANTITIES, Numeral
from schemas.finding import Span
from schemas.report import Figure

_SPACE = re.compile(r"\s+")
_QUOTATION_MARKS = str.maketrans("“”„«»‘’´`", '"""""\'\'\'\'')


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


def locate_figure(text: str, figure: Figure) -> tuple[Span, ...]:
    """Find where a figure stands: at its span if its quote is there, else wherever the quote is."""
    span = span_of(figure)
    if span is not None and text[slice(*span)] == figure.quote:
        return (span,)
    return locate(text, figure.quote)


def span_of(figure: Figure) -> Span | None:
    """Return the place of a figure's quote as the figure has it, None where it has none."""
    if figure.char_start is None or figure.char_end is None:
        return None
    return Span(figure.char_start, figure.char_end)


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
    for numeral in numerals_at(text, span):
        is_cut = numeral.start < span.start or numeral.end > span.end
        if is_cut and numeral.kind in QUANTITIES:
            return numeral
    return None


def numerals_at(text: str, span: Span) -> tuple[Numeral, ...]:
    """Return the numerals of `text` that lie inside `span` or reach into it."""
    found, starts = _index(text)
    first = bisect_left(starts, span.start)
    if first and found[first - 1].end > span.start:
        first -= 1
    return found[first : bisect_left(starts, span.end)]


@lru_cache(maxsize=64)  # asked for each figure of a text
def _index(text: str) -> tuple[tuple[Numeral, ...], list[int]]:
    found = numerals(text)
    return found, [numeral.start for numeral in found]
