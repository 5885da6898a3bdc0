"""Where the numeral of a figure stands: by that a figure is the same in every reading of a text."""

from collections.abc import Iterable, Iterator, Sequence

from pipeline.checks.numeral_use import article_misuse, misuse
from pipeline.numerals import ARTICLE, ambiguities
from pipeline.quotes import numerals_at, other_numerals_in, span_of
from pipeline.spanish.folding import fold
from schemas.document import Numeral, NumeralKind
from schemas.finding import Span
from schemas.report import Figure


def place_of(text: str, figure: Figure) -> Span | None:
    """Give the span of the numeral that a figure's value is read from; None if it has none.

    Of several numerals of that value in its quote, it is the first that can count what the figure
    counts. Figures that share a quote have places of their own: `places_of` tells them apart.
    """
    return next(iter(possible_places(text, figure)), None)


def places_of(text: str, figures: Sequence[Figure]) -> tuple[Span | None, ...]:
    """Give the same for figures of one report, each with a numeral of its own where there is one.

    A figure whose quote holds its value once comes first, then those whose quotes end first.
    """
    possible = [possible_places(text, figure) for figure in figures]
    given: list[Span | None] = [None] * len(figures)
    taken: set[Span] = set()

    def turn(at: int) -> tuple[bool, int, int]:
        has_choice = len(possible[at]) > 1
        return has_choice, (figures[at].char_end or 0) if has_choice else 0, at

    for at in sorted(range(len(figures)), key=turn):
        if not possible[at]:
            continue
        place = next((one for one in possible[at] if one not in taken), possible[at][0])
        given[at] = place
        taken.add(place)
    return tuple(given)


def possible_places(text: str, figure: Figure) -> tuple[Span, ...]:
    """List the spans of the numerals in a figure's quote that can be its value.

    The likeliest comes first. Print that can be read in several ways is read in each.
    """
    span = span_of(figure)
    if span is None or text[slice(*span)] != figure.quote:
        return ()
    found = [
        (misuse(text, one, figure.unit, figure.service) is not None, one.start, one.end)
        for one in (*numerals_at(text, span), *other_numerals_in(text, span))
        if one.value == figure.value and span.start <= one.start and one.end <= span.end
    ]
    if figure.value == 1:
        found += [
            (article_misuse(text, one.end, figure.service) is not None, one.start, one.end)
            for one in _articles(text, span)
        ]
    return tuple(dict.fromkeys(Span(start, end) for _, start, end in sorted(found)))


def numerals_of(text: str, span: Span) -> tuple[Numeral, ...]:
    """List the numerals that stand at just this span, one for each way to read it.

    The likeliest comes first. "un" and "una" are among them, as 1.
    """
    found: Iterable[Numeral] = (
        *numerals_at(text, span),
        *(one for doubt in ambiguities(text) for reading in doubt.readings for one in reading),
        *_articles(text, span),
    )
    return tuple(dict.fromkeys(one for one in found if (one.start, one.end) == span))


def overlap(one: Span, other: Span) -> bool:
    """Tell whether two spans have a character in common."""
    return one.start < other.end and other.start < one.end


def is_alone_in(text: str, place: Span, words: Span) -> bool:
    """Tell whether words hold no other number than the one at this place."""
    return all(overlap(Span(one.start, one.end), place) for one in numerals_at(text, words))


def _articles(text: str, span: Span) -> Iterator[Numeral]:
    """Yield each "un" and "una" in a span that is no part of a larger number."""
    for match in ARTICLE.finditer(fold(text), *span):
        start, end = match.span()
        if not any(one.start <= start < one.end for one in numerals_at(text, Span(start, end))):
            yield Numeral(start, end, text[start:end], 1, NumeralKind.COUNT)
