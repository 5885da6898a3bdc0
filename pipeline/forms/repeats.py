"""The same fact printed again: one figure, and the other places set aside."""

from collections.abc import Hashable, Iterable

from pipeline.facts import are_days_alike, fact_of
from pipeline.quotes import span_of
from schemas.finding import Span
from schemas.report import Figure, SetAside

_MOST_ALIKE = 100
"""Figures of one value and the same labels, on other days, with which a further one is compared."""


def merge_repeats(
    figures: Iterable[Figure], text: str
) -> tuple[tuple[Figure, ...], tuple[SetAside, ...]]:
    """Keep one figure of each fact, the first; set the places where it is printed again aside."""
    kept: list[Figure] = []
    places: dict[Hashable, list[int]] = {}
    repeats: list[SetAside] = []
    taken: set[Span] = set()
    for figure in figures:
        same, span = places.setdefault(fact_of(figure), []), span_of(figure)
        at = next((at for at in same if are_days_alike(kept[at], figure)), None)
        if at is None:
            if len(same) < _MOST_ALIKE:
                same.append(len(kept))
            kept.append(figure)
        else:
            kept[at] = _with_more(kept[at], figure)
            if span is not None and span not in taken:
                repeats.append(aside_at(text, span, "the same figure, printed again"))
        if span is not None:
            taken.add(span)
    return tuple(kept), tuple(repeats)


def _with_more(figure: Figure, again: Figure) -> Figure:
    """Add what another print of a figure says more precisely."""
    return figure.model_copy(
        update={
            "starts_on": figure.starts_on or again.starts_on,
            "ends_on": figure.ends_on or again.ends_on,
            # Printed exactly in one place, it is exact, whatever "casi" stands elsewhere.
            "approximate": figure.approximate and again.approximate,
        }
    )


def aside_at(text: str, span: Span, reason: str) -> SetAside:
    """Set the words at `span` aside."""
    start, end = span
    return SetAside(quote=text[start:end], reason=reason, char_start=start, char_end=end)
