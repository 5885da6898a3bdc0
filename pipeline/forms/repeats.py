"""The same fact printed again: one figure, and the other places set aside."""

from collections.abc import Hashable, Iterable

from pipeline.facts import fact_of
from pipeline.quotes import span_of
from schemas.finding import Span
from schemas.report import Figure, SetAside


def merge_repeats(
    figures: Iterable[Figure], text: str
) -> tuple[tuple[Figure, ...], tuple[SetAside, ...]]:
    """Keep one figure of each fact, the first; set the places where it is printed again aside."""
    kept: dict[Hashable, Figure] = {}
    repeats: list[SetAside] = []
    taken: set[Span] = set()
    for figure in figures:
        fact, span = fact_of(figure), span_of(figure)
        if fact not in kept:
            kept[fact] = figure
        else:
            # Printed exactly in one place, the figure is exact, whatever "casi" stands elsewhere.
            if not figure.approximate:
                kept[fact] = kept[fact].model_copy(update={"approximate": False})
            if span is not None and span not in taken:
                repeats.append(aside_at(text, span, "the same figure, printed again"))
        if span is not None:
            taken.add(span)
    return tuple(kept.values()), tuple(repeats)


def aside_at(text: str, span: Span, reason: str) -> SetAside:
    """Set the words at `span` aside."""
    start, end = span
    return SetAside(quote=text[start:end], reason=reason, char_start=start, char_end=end)
