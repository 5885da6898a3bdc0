"""Repeats of the same bulletins: how far they lie apart, and what they are worth."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from eval.scoring.ratio import FEWEST_DRAWN, Counts, micro_f1, residuals


class Spread(NamedTuple):
    """How far a variant's repeats on the same documents lie apart.

    `deviation` is the standard deviation (n - 1) of those F1 that are defined; None for fewer
    than two. It says nothing of how documents differ: that is what `f1_interval` is for.
    """

    f1: tuple[float | None, ...]
    deviation: float | None


class Variances(NamedTuple):
    """Where the uncertainty of an F1, or of a difference of two, comes from.

    `between` is the variance of a bulletin's residual from bulletin to bulletin, `within` that
    from repeat to repeat: F1 of n bulletins, m repeats each, has the variance
    (between + within / m) / n.
    """

    between: float
    within: float
    bulletins: int
    repeats: int

    @property
    def repeats_share(self) -> float:
        """What part of the variance of this F1 more and more repeats would do away with."""
        within = self.within / self.repeats
        return within / (self.between + within)

    @property
    def worth(self) -> float:
        """How many bulletins, read once each, would say as much as these with their repeats."""
        one = self.between + self.within
        return self.bulletins * one / (self.between + self.within / self.repeats)

    @property
    def most_worth(self) -> float | None:
        """What these bulletins are worth with endless repeats; None where that has no end."""
        one = self.between + self.within
        return self.bulletins * one / self.between if self.between else None


def measure_spread(repeats: Sequence[Counts]) -> Spread:
    """Micro-F1 of each repeat on all documents, and how far they lie apart."""
    scores = tuple(micro_f1(counts) for counts in repeats)
    defined = [score for score in scores if score is not None]
    return Spread(scores, statistics.stdev(defined) if len(defined) > 1 else None)


def part_variances(*sides: Sequence[Counts]) -> Variances | None:
    """Part the variance of an F1 (one side), or of the difference of two, by its repeats.

    Each side is a sequence of repeats of the same bulletins in one order, as many on each. None
    where there are fewer than two repeats or `FEWEST_DRAWN` bulletins, an F1 is undefined, or
    nothing varies. The usual estimates of a one-way layout: a negative one is 0.
    """
    repeats = {len(side) for side in sides}
    if len(repeats) != 1 or min(repeats) < 2:  # noqa: PLR2004 - see above
        return None
    (times,), bulletins = repeats, len(sides[0][0])
    if bulletins < FEWEST_DRAWN:
        return None
    stacked = [residuals(np.stack(side)) for side in sides]
    if any(np.isnan(each).any() for each in stacked):
        return None
    within = sum(float(each.var(axis=0, ddof=1).mean()) for each in stacked)
    means = stacked[-1].mean(axis=0) - (stacked[0].mean(axis=0) if len(stacked) > 1 else 0)
    between = max(0.0, float(means.var(ddof=1)) - within / times)
    if not between + within:
        return None
    return Variances(between, within, bulletins, times)
