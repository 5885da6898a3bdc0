"""Quotes: where words stand in a text, and which of its numerals they hold or cut."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter

from pipeline.numerals import ambiguities, numerals
from schemas.document import QUANTITIES, Ambiguity, Numeral
from schemas.finding import Span
from schemas.report import Figure

_START = attrgetter("start")
_SPACE = re.compile(r"\s+")
LINE_END_HYPHEN = re.compile(r"(?<=[^\W\d_])-\s*\n\s*(?=[^\W\d_])")
"""A hyphen between letters, at a line's end."""
_QUOTATION_MARKS = str.maketrans("“”„«»‘’´`", '"""""\'\'\'\'')


def locate(text: str, quote: str) -> tuple[Span, ...]:
    """Find all places where `quote` stands in `text`.

    Verbatim places come alone where there are any; else white space, typographic quotation marks
    and hyphens at line ends are folded, and accents may be written in either way. Letters and
    digits are never folded.
    """
    if not quote.strip():
        return ()
    exact: list[Span] = []
    start = text.find(quote)
    while start >= 0:
        end = start + len(quote)
        exact.append(Span(start, end))
        start = text.find(quote, end)
    if exact or _letters_of(quote) not in _text_letters(text):
        return tuple(exact)  # to look for its letters is much faster than for a pattern
    return tuple(
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


def span_within(text: str, figure: Figure) -> Span | None:
    """Return the same, None also where it would end behind the end of `text`."""
    span = span_of(figure)
    return span if span and span.end <= len(text) else None


def _letters_of(text: str) -> str:
    """Return letters and digits alone, without accents: a quote's stand so wherever it is found."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFD", text)))


_text_letters = lru_cache(maxsize=64)(_letters_of)  # asked for each quote of a text


@lru_cache(maxsize=4096)
def _loose(quote: str) -> re.Pattern[str]:
    """Build a pattern for `quote` with any white space, and words cut by a line-end hyphen.

    The hyphen may be in the text, or in the quote of a text that is not cut any more.
    """
    composed = unicodedata.normalize("NFC", quote).translate(_QUOTATION_MARKS).strip()
    return re.compile("-?".join(map(_loose_words, LINE_END_HYPHEN.split(composed))))


def _loose_words(quote: str) -> str:
    cut = r"(?:-\s*\n\s*)?"
    patterns = (
        "".join(
            _letter(char) + (cut if char.isalpha() and after.isalpha() else "")
            for char, after in zip(word, word[1:] + " ", strict=True)
        )
        for word in _SPACE.split(quote)
    )
    return r"\s+".join(patterns)


def _letter(char: str) -> str:
    """Match a character, also with its accent written apart."""
    apart = unicodedata.normalize("NFD", char)
    return re.escape(char) if apart == char else f"(?:{re.escape(char)}|{re.escape(apart)})"


def cut_numeral(text: str, span: Span) -> Numeral | None:
    """Return the quantity of `text` that an edge of `span` falls into, None where there is none.

    "8 mil 610" stands in "58 mil 610", but it is not what the text says. Print that can be read in
    several ways is cut only if it is in each of them.
    """
    for numeral in numerals_at(text, span):
        if _cuts(span, numeral) and not any(
            ambiguity.start <= numeral.start < ambiguity.end and _whole_readings(ambiguity, span)
            for ambiguity in _ambiguities_at(text, span)
        ):
            return numeral
    return None


def other_numerals_in(text: str, span: Span) -> Iterator[Numeral]:
    """Yield the numerals inside `span` that other readings than the likeliest have there."""
    for ambiguity in _ambiguities_at(text, span):
        for reading in _whole_readings(ambiguity, span):
            yield from (n for n in reading if span.start <= n.start and n.end <= span.end)


def _ambiguities_at(text: str, span: Span) -> tuple[Ambiguity, ...]:
    found = ambiguities(text)
    if not found:
        return ()
    first = max(0, bisect_right(found, span.start, key=_START) - 1)
    last = bisect_left(found, span.end, lo=first, key=_START)
    return tuple(one for one in found[first:last] if one.end > span.start)


def _whole_readings(ambiguity: Ambiguity, span: Span) -> list[tuple[Numeral, ...]]:
    """Return the readings of which `span` cuts no quantity."""
    return [one for one in ambiguity.readings if not any(_cuts(span, numeral) for numeral in one)]


def _cuts(span: Span, numeral: Numeral) -> bool:
    reaches_in = numeral.start < span.end and span.start < numeral.end
    is_cut = numeral.start < span.start or numeral.end > span.end
    return reaches_in and is_cut and numeral.kind in QUANTITIES


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
