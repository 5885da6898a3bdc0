"""How sure a single micro-F1 is: bulletins drawn with replacement.

The same counts always give the same numbers, and measures of as many documents are all resampled
alike, since each call starts from one seed.
"""

import dataclasses
import functools
import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from eval.scoring.ratio import (
    FEWEST_DRAWN,
    Counts,
    Floats,
    Interval,
    divide,
    join_releases,
    micro_f1,
    split_columns,
)
from pipeline.lazy import lazy

if TYPE_CHECKING:
    from scipy import stats
else:
    stats = lazy("scipy.stats")

_SEED = 20_240_217
_RESAMPLES = 9_999
_CELLS = 2_000_000  # resamples times documents held at once: some 100 MB
_LEVEL = 0.95
_ROUNDING = 1e-9  # quantiles are interpolated


def f1_interval(
    counts: Counts, releases: Sequence[int] | None = None, level: float = _LEVEL
) -> Interval | None:
    """Bootstrap interval of micro-F1 over documents, those of one release drawn together.

    BCa, or percentiles where BCa is of no use: where it is undefined, or leaves out the estimate
    itself. Resamples in which F1 is undefined are left out: the interval is for sets of bulletins
    that have something to score. None where resampling cannot see how sure the score is: it is
    undefined, there are fewer than `FEWEST_DRAWN` documents, or each resample gives the same
    (all documents alike, all right, all wrong).
    """
    estimate = micro_f1(counts)
    drawn = join_releases(counts, releases)
    if estimate is None or len(drawn) < FEWEST_DRAWN:
        return None
    bootstrap = functools.partial(
        stats.bootstrap,
        split_columns(drawn),
        _micro,
        paired=True,
        vectorized=True,
        batch=max(1, _CELLS // len(drawn)),
        confidence_level=_widen_level(level, len(drawn)),
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        rng = np.random.default_rng(_SEED)
        result = bootstrap(n_resamples=_RESAMPLES, method="percentile", rng=rng)
        values = result.bootstrap_distribution
        values = values[~np.isnan(values)]
        if not values.size or np.ptp(values) == 0:
            return None
        kept = dataclasses.replace(result, bootstrap_distribution=values)
        low, high = bootstrap(
            n_resamples=0, method="BCa", bootstrap_result=kept
        ).confidence_interval
        if not low - _ROUNDING <= estimate <= high + _ROUNDING:  # nor where either is NaN
            low, high = bootstrap(
                n_resamples=0, method="percentile", bootstrap_result=kept
            ).confidence_interval
    return Interval(min(float(low), estimate), max(float(high), estimate))


def _micro(right: Floats, items: Floats, axis: int) -> Floats:
    return divide(right.sum(axis), items.sum(axis))


def _widen_level(level: float, documents: int) -> float:
    """Give the level at which percentiles of few documents hold what `level` promises.

    The bootstrap draws from the documents at hand as if they were all, so that its intervals are
    too narrow by sqrt(1 - 1/n) and know no t distribution (Hesterberg 2015, section 3.2).
    """
    t = stats.t.ppf((1 + level) / 2, documents - 1) * math.sqrt(documents / (documents - 1))
    return min(1 - 2 * float(stats.norm.sf(t)), 1 - 1e-6)
