"""What quality costs in money and in time, and which variants no other one beats. Pure."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from eval.runs.summary import VariantSummary
from eval.runs.variant import VariantResult


class TradeOff(NamedTuple):
    """One variant as a choice; what is unknown or undefined is None.

    `usd` is what a bulletin costs, in US dollars; 0 for the baseline, which asks nobody.
    `p95_seconds` is what 95 of 100 readings keep to. `on_front`: no other variant is at least as
    good in all three and better in one.
    """

    name: str
    strict_f1: float | None
    usd: float | None
    p95_seconds: float | None
    on_front: bool


def weigh_variants(
    results: Sequence[VariantResult], summaries: Sequence[VariantSummary]
) -> tuple[TradeOff, ...]:
    """Weigh the variants of an eval against each other, in their order."""
    return find_front(
        [
            TradeOff(
                result.name,
                summary.strict.f1,
                0.0 if result.key.reader == "baseline" else summary.each(summary.cost_usd),
                summary.p95_seconds,
                on_front=False,
            )
            for result, summary in zip(results, summaries, strict=True)
        ]
    )


def find_front(points: Sequence[TradeOff]) -> tuple[TradeOff, ...]:
    """Mark what no other point beats (the Pareto front); equal points beat none of each other.

    An unknown cost or time counts as worse than any known one, and so neither brings a point onto
    the front nor lets it beat one whose is known. Without a score there is nothing to choose.
    """
    return tuple(
        point._replace(
            on_front=point.strict_f1 is not None
            and not any(_beats(other, point) for other in points)
        )
        for point in points
    )


def _beats(one: TradeOff, other: TradeOff) -> bool:
    ours, theirs = _drawbacks(one), _drawbacks(other)
    return ours != theirs and all(a <= b for a, b in zip(ours, theirs, strict=True))


def _drawbacks(point: TradeOff) -> tuple[float, ...]:
    """Give what is better the less there is of it."""
    lost = math.inf if point.strict_f1 is None else -point.strict_f1
    amounts = (math.inf if it is None else it for it in (point.usd, point.p95_seconds))
    return (lost, *amounts)
