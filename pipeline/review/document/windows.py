"""Windows of a text: a long one is shown in parts, and each part can be drawn at once. Pure."""

from functools import lru_cache

from pipeline.numerals import numerals
from schemas.finding import Span

MOST_CHARACTERS = 60_000
"""Three dozen pages; bulletins have two or three."""
MOST_NUMERALS = 400
_LINE_REACH = 2_000
"""Characters at the end of a window in which a line's end is looked for."""


@lru_cache(maxsize=64)  # asked for each time that somebody decides
def windows(text: str) -> tuple[Span, ...]:
    """Cut a text into windows that are it together; no numeral is cut in two.

    Where a window ends the text alone says, not what was read of it. There is always one.
    """
    if len(text) <= MOST_NUMERALS:
        return (Span(0, len(text)),)
    found, at = numerals(text), 0
    cuts, start = [0], 0
    while True:
        limit = start + MOST_CHARACTERS
        if at + MOST_NUMERALS < len(found):
            limit = min(limit, found[at + MOST_NUMERALS].start)
        if limit >= len(text):
            break
        start = _line_end(text, start, limit)
        while at < len(found) and found[at].end <= start:
            at += 1
        if at < len(found) and found[at].start < start:
            start, at = found[at].end, at + 1
        cuts.append(start)
    return tuple(map(Span, cuts, (*cuts[1:], len(text))))


def window_at(text: str, position: int) -> int:
    """Tell which window a character stands in, the first being 0."""
    spans = windows(text)
    return next((at for at, span in enumerate(spans) if position < span.end), len(spans) - 1)


def _line_end(text: str, start: int, limit: int) -> int:
    end = text.rfind("\n", max(start, limit - _LINE_REACH), limit)
    return end + 1 if end >= start else limit
