"""Numbers of a text that can become figures, each with all its plausible readings. Pure."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.checks.numeral_use import misuse
from pipeline.forms.shortest_quote import quote_of
from pipeline.numerals import numerals
from pipeline.quotes import numerals_at, other_numerals_in
from pipeline.rules.reader import read_report
from schemas.document import QUANTITIES, Document, Numeral, NumeralKind
from schemas.finding import Span
from schemas.report import Figure, Unit

_COUNTED = (*QUANTITIES, NumeralKind.YEAR)
"""Kinds of numerals that can be figures: four digits may count for once."""
_LONGEST_READ = 200_000
"""Characters; to read a longer text for the sake of one number's labels keeps a person waiting."""
_CARRIED = ("status", "period", "edition", "starts_on", "ends_on", "place")
"""Labels that a number often shares with the one before it."""


class PlainReading(NamedTuple):
    """A plausible reading of a numeral as printed: its worth, its place, and its quote."""

    value: int | float
    unit: Unit
    span: Span
    quote: Span


class Candidate(NamedTuple):
    """A number that can become a figure, with its readings, the likeliest first."""

    span: Span
    readings: tuple[PlainReading, ...]


def readings_at(text: str, span: Span) -> tuple[PlainReading, ...]:
    """List the plausible readings of the numeral at `span`, each once, the likeliest first.

    Where print can be read as one number or as two, the two are among them, at their own places.
    """
    found: dict[PlainReading, None] = {}
    for numeral in _numerals_over(text, span):
        found.update(dict.fromkeys(_readings_of(text, numeral)))
    return tuple(found)


def find_candidates(text: str, selected: Span) -> tuple[Candidate, ...]:
    """Find the numbers that a selection holds or touches, in order; "una" is one, too."""
    apart: list[Numeral] = []
    for numeral in sorted({*_of_kinds(numerals_at(text, selected)), *_articles(text, selected)}):
        if not apart or numeral.start >= apart[-1].end:
            apart.append(numeral)
    return tuple(
        Candidate(span, readings_at(text, span))
        for span in (Span(one.start, one.end) for one in apart)
    )


def _numerals_over(text: str, span: Span) -> Iterator[Numeral]:
    yield from _of_kinds(numerals_at(text, span))
    yield from _of_kinds(
        one
        for one in other_numerals_in(text, _widest(text, span))
        if one.start < span.end and span.start < one.end
    )
    yield from _articles(text, span)


def _widest(text: str, span: Span) -> Span:
    """Widen a span to the numerals that reach into it."""
    over = numerals_at(text, span)
    starts, ends = [one.start for one in over], [one.end for one in over]
    return Span(min([span.start, *starts]), max([span.end, *ends]))


def _articles(text: str, span: Span) -> Iterator[Numeral]:
    for one in _lone_articles(text):
        if one.start < span.end and span.start < one.end:
            yield one


@lru_cache(maxsize=16)
def _lone_articles(text: str) -> tuple[Numeral, ...]:
    known = set(numerals(text))
    return tuple(one for one in numerals(text, articles=True) if one not in known)


def _of_kinds(found: Sequence[Numeral] | Iterator[Numeral]) -> Iterator[Numeral]:
    return (one for one in found if one.kind in _COUNTED)


def _readings_of(text: str, numeral: Numeral) -> Iterator[PlainReading]:
    """Give its value as what it says, and, where its sign stands elsewhere, as a percentage."""
    span, quote = Span(numeral.start, numeral.end), quote_of(text, numeral)
    if numeral.kind is NumeralKind.PERCENT:
        yield PlainReading(numeral.value, Unit.PERCENT, span, quote)
        return
    yield PlainReading(numeral.value, Unit.COUNT, span, quote)
    if misuse(text, numeral, Unit.PERCENT) is None:
        yield PlainReading(numeral.value, Unit.PERCENT, span, quote)


def guess_labels(
    document: Document, candidate: Candidate, figures: Sequence[Figure], *, by_rules: bool = True
) -> dict[str, object]:
    """Guess labels for a number, for a person to look at: as rules read it, else by the one before.

    Without `by_rules` only by the one before, for who is to see no reader's labels.

    `figures` are those of the report, in the order of the text. Of a neighbour only what it may
    share is taken, and no service. Empty where there is nothing to go by.
    """
    if by_rules and len(document.text) <= _LONGEST_READ:
        for figure in _read_by_rules(document):
            if _is_quoted_around(figure, candidate.span) and any(
                (one.value, one.unit) == (figure.value, figure.unit) for one in candidate.readings
            ):
                return figure.model_dump(mode="json")
    before = [
        figure
        for figure in figures
        if figure.char_start is not None and figure.char_start < candidate.span.start
    ]
    neighbour = before[-1] if before else next(iter(figures), None)
    return neighbour.model_dump(mode="json", include=set(_CARRIED)) if neighbour else {}


def _is_quoted_around(figure: Figure, span: Span) -> bool:
    start, end = figure.char_start, figure.char_end
    return start is not None and end is not None and start <= span.start and span.end <= end


@lru_cache(maxsize=8)  # asked for each number that is looked at
def _read_by_rules(document: Document) -> tuple[Figure, ...]:
    return read_report(document).figures
