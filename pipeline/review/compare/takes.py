"""What to decide so that a figure is as one of two readings has it. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from pipeline.decisions.numeral_place import overlap, places_of
from pipeline.review.compare.diff import Pair, Placed, differing_labels
from schemas.decision import DecisionKind
from schemas.finding import Span
from schemas.report import Figure, JornadaReport

Take = dict[str, Any]
"""A decision as JSON, but for its ID, who decides and when."""


def takes_of(
    text: str, pairs: Sequence[Pair], decided: JornadaReport | None
) -> dict[str, dict[str, Take]]:
    """Give by the number of each pair that differs (from 1) a decision for `one` and `other`.

    `decided` is the document's report as it is now. A reading that lacks the figure takes it away.
    A figure whose numeral is not found in the text cannot be decided of.
    """
    figures = decided.figures if decided else ()
    placed = zip(places_of(text, figures), figures, strict=True)
    now = sorted(((place, figure) for place, figure in placed if place), key=itemgetter(0))
    takes: dict[str, dict[str, Take]] = {}
    for number, pair in enumerate(pairs, 1):
        if pair.is_same or pair.is_elsewhere:
            continue
        span = next((side.place for side in (pair.one, pair.other) if side and side.place), None)
        if span is None:
            continue
        own = {
            name: _take(side, span, now)
            for name, side in (("one", pair.one), ("other", pair.other))
            if side is None or side.place is not None
        }
        takes[str(number)] = own
    return takes


def _take(side: Placed | None, span: Span, now: Sequence[tuple[Span, Figure]]) -> Take:
    if side is None or side.place is None:
        return {"kind": DecisionKind.DELETE.value, "span": list(span), "figure": None}
    # Numerals do not overlap: the first that ends behind is the one that can be there.
    at = bisect_right(now, side.place.start, key=_end)
    kind = DecisionKind.ADD
    if at < len(now) and overlap(now[at][0], side.place):
        is_so = not differing_labels(now[at][1], side.figure)
        kind = DecisionKind.ACCEPT if is_so else DecisionKind.CHANGE
    return {
        "kind": kind.value,
        "span": list(side.place),
        "figure": side.figure.model_dump(mode="json"),
    }


def _end(placed: tuple[Span, Figure]) -> int:
    return placed[0].end
