"""Whether variants differ: paired statistics on micro-F1 over the same bulletins.

The interval is that of a paired t on linearised residuals, never narrower than the permutation
test allows; p is the larger of both tests'. So an interval leaves out zero exactly where p is at
most 0.05.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eval.scoring.exchange import (
    Pair,
    contrast,
    count_share,
    critical_t,
    exchange,
    pair_up,
    studentise,
)
from eval.scoring.largest_t import draw_largest_t
from eval.scoring.needed import Needed, bulletins_needed, needed_range
from eval.scoring.ratio import (
    FEWEST_DRAWN,
    Counts,
    Floats,
    Interval,
    join_releases,
    micro_f1,
    residuals,
)
from pipeline.lazy import lazy

if TYPE_CHECKING:
    from scipy import stats
else:
    stats = lazy("scipy.stats")

LEVEL = 0.95
_ALPHA = 0.05
_POWER = 0.8
_Z_POWER = NormalDist().inv_cdf(_POWER)
# Standard errors between zero and a difference that many bulletins show with that power.
_REACH = NormalDist().inv_cdf(1 - _ALPHA / 2) + _Z_POWER


class Difference(NamedTuple):
    """F1 of b minus F1 of a, on the same documents.

    `interval` holds 95 %; `p` is two-sided: the larger of the paired permutation test's and the
    paired t's, so that it is at most 0.05 where the interval leaves out zero and nowhere else.
    Where several variants were compared with one, both are for all of them together. `more`: how
    many more gold bulletins would show a difference of this size (80 % power): 0 if these show it,
    None if there is none to show; as a range, `needed`. `least`: the smallest difference that this
    many bulletins would show with that power. `error`: where the standard error of the difference
    lies, four times in five. `reposts` of the `documents` are drawn together with another of the
    same release. What the documents leave undefined is None.
    """

    estimate: float | None
    interval: Interval | None
    p: float | None
    documents: int
    more: int | None
    least: float | None = None
    error: Interval | None = None
    reposts: int = 0

    @property
    def drawn(self) -> int:
        """How many documents, or releases of several, were drawn and exchanged."""
        return self.documents - self.reposts

    def needed(self, distance: float) -> Needed | None:
        """How many more bulletins would show `distance` (80 % power), four times in five.

        None if there is no distance, or no knowing how much bulletins differ.
        """
        if self.error is None:
            return None
        least = Interval(_REACH * self.error.low, _REACH * self.error.high)
        return needed_range(self.drawn, least, distance)

    @property
    def is_identical(self) -> bool:
        """Whether both have the same score on all that is drawn."""
        return self.estimate == 0 and self.interval == (0, 0)


def difference(a: Counts, b: Counts, releases: Sequence[int] | None = None) -> Difference:
    """Compare two variants, paired by document: row i of both is the same bulletin.

    Documents with the same label in `releases` are drawn as one. Two that are equal on every
    document differ by 0, interval (0, 0), p 1: what that may hide says `bounds.most_share`. Of
    fewer than `FEWEST_DRAWN` nothing but the estimate is known.
    """
    (found,) = differences(a, [b], releases)
    return found


def differences(
    a: Counts, others: Sequence[Counts], releases: Sequence[int] | None = None
) -> tuple[Difference, ...]:
    """Compare each of several variants with `a`; intervals and p hold for all of them together.

    That is what the largest |t| of all is judged by. See `difference`.
    """
    for b in others:
        if a.shape != b.shape:
            raise ValueError(f"not the same documents: counts of shape {a.shape} and {b.shape}")
    a_drawn = join_releases(a, releases)
    rows = [_weigh(a_drawn, join_releases(b, releases)) for b in others]
    reposts = len(a) - len(a_drawn)
    pairs = [pair_up(*row) if _is_testable(*row) else None for row in rows]
    tested = [pair for pair in pairs if pair is not None]
    chances = (exchange(tested), *_draw_together(rows, pairs)) if tested else ()
    return tuple(
        _judge(_describe(a, b), row, pair, chances)._replace(reposts=reposts)
        for b, row, pair in zip(others, rows, pairs, strict=True)
    )


def _draw_together(
    rows: Sequence[tuple[Counts, Counts]], pairs: Sequence[Pair | None]
) -> tuple[Floats, ...]:
    """Draw the largest t of several variants by chance; nothing for one, whose t is known."""
    tested = [(row, pair) for row, pair in zip(rows, pairs, strict=True) if pair is not None]
    if len(tested) < 2:  # noqa: PLR2004 - one has no others beside it
        return ()
    apart = np.stack([residuals(b) - residuals(a) for (a, b), _ in tested], axis=1)
    return (draw_largest_t(apart, min(_tell_of_few(pair)[0] for _, pair in tested)),)


def _weigh(a: Counts, b: Counts) -> tuple[Counts, Counts]:
    """Scale both to the same gold: three repeats of one against a single one of the other.

    The F1 of either stays as it is, but what is exchanged must weigh the same on both sides.
    """
    a_gold, b_gold = int(a[:, 2].sum()), int(b[:, 2].sum())
    if a_gold == b_gold or not a_gold or not b_gold:
        return a, b
    shared = math.gcd(a_gold, b_gold)
    return a * (b_gold // shared), b * (a_gold // shared)


def _is_testable(a: Counts, b: Counts) -> bool:
    if len(a) < FEWEST_DRAWN or _is_same(a, b):
        return False
    if not (a[:, 2].any() and b[:, 2].any()):  # each F1 is 0, or undefined
        return False
    # A single bulletin that has figures says nothing of others.
    return int((a + b).any(axis=1).sum()) > 1


def _is_same(a: Counts, b: Counts) -> bool:
    return bool((a[:, 0] == b[:, 0]).all() and (a[:, 1:].sum(1) == b[:, 1:].sum(1)).all())


def _describe(a: Counts, b: Counts) -> Difference:
    before, after = micro_f1(a), micro_f1(b)
    estimate = None if before is None or after is None else after - before
    return Difference(estimate, None, None, len(a), None)


def _judge(
    known: Difference, row: tuple[Counts, Counts], pair: Pair | None, chances: Sequence[Floats]
) -> Difference:
    """Hold a t against its own distribution, and against each of those that were drawn."""
    a, b = row
    if known.estimate is None or len(a) < 2:  # noqa: PLR2004 - nothing to draw from one
        return known
    if _is_same(a, b):
        return known._replace(estimate=0.0, interval=Interval(0.0, 0.0), p=1.0)
    if pair is None:
        return known
    found = contrast(pair, np.ones((1, len(a))))
    error, t = float(found.error[0]), float(studentise(found)[0])
    freedom, widening = _tell_of_few(pair)
    exchanged, *together = chances
    p = max(
        2 * float(stats.t.sf(t / widening, freedom)),
        count_share(exchanged, t),
        *(count_share(drawn, t / widening) for drawn in together),
    )
    critical = max(
        float(stats.t.isf(_ALPHA / 2, freedom)) * widening,
        critical_t(exchanged, _ALPHA),
        *(critical_t(drawn, _ALPHA) * widening for drawn in together),
    )
    if not math.isfinite(critical):  # no difference without error, however many, is beyond chance
        return known._replace(p=p)
    reach = critical * error
    interval = Interval(max(-1.0, known.estimate - reach), min(1.0, known.estimate + reach))
    least = (critical + _Z_POWER) * error or None
    more = 0 if p <= _ALPHA else bulletins_needed(len(a), _REACH * error, known.estimate)
    wide = _vary(error, row) if error else None
    return known._replace(interval=interval, p=p, more=more, least=least, error=wide)


def _tell_of_few(pair: Pair) -> tuple[int, float]:
    """Give the degrees of freedom, and how much wider than t the interval is for them.

    n - 1 and 1 where all bulletins differ. Those that are the same in both say nothing of how large
    differences are, and few that differ little of how many there will be: of k that differ there
    are k + 1 degrees, and two more like them are reckoned with, as Agresti and Coull do for shares.
    """
    n = len(pair.right)
    differing = int(np.count_nonzero((pair.right_half != 0) | (pair.items_half != 0)))
    return min(n - 1, differing + 1), math.sqrt(1 + 2 * (1 - differing / n) / differing)


def _vary(error: float, row: tuple[Counts, Counts]) -> Interval:
    """Say where the true standard error may lie, as far as these bulletins tell.

    A variance has 2n / (excess kurtosis + 2n / (n - 1)) degrees of freedom (O'Neill 2014). Few
    bulletins show less kurtosis than there is: at 95 % it holds four times in five.
    """
    a, b = row
    apart, n = residuals(b) - residuals(a), len(a)
    kurtosis = max(0.0, float(stats.kurtosis(apart, bias=False)))
    freedom = 2 * n / (kurtosis + 2 * n / (n - 1))
    tail = (1 - LEVEL) / 2
    low, high = (
        error * math.sqrt(freedom / float(stats.chi2.isf(share, freedom)))
        for share in (tail, 1 - tail)
    )
    return Interval(min(low, error), max(high, error))
