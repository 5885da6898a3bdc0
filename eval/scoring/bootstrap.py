"""How sure a score is, and whether two differ: paired statistics on micro-F1 over documents.

Documents are what is drawn and exchanged, never single figures: figures of one bulletin are read
well or badly together. The same counts always give the same numbers, and measures of as many
documents are all resampled alike, since each call starts from one seed.
"""

import dataclasses
import functools
import math
import statistics
import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

Counts = npt.NDArray[np.int64]  # (documents, 3): right, read, gold of each, repeats added up

_Floats = npt.NDArray[np.float64]

_SEED = 20_240_217
_RESAMPLES = 9_999
_CELLS = 2_000_000  # resamples times documents held at once: some 100 MB
_LEVEL = 0.95
_POWER = 0.8
_ROUNDING = 1e-9  # quantiles are interpolated
_FEWEST = 6  # documents: on five the permutation test cannot go below 2 / 2**5
# Standard errors between zero and a difference that is shown with that power.
_REACH = float(stats.norm.ppf((1 + _LEVEL) / 2) + stats.norm.ppf(_POWER))


class Interval(NamedTuple):
    """Two-sided confidence interval."""

    low: float
    high: float


class Difference(NamedTuple):
    """F1 of b minus F1 of a, on the same documents.

    `interval` holds 95 %; `p` is that of the paired permutation test, two-sided. `more`: how many
    more gold bulletins would show a difference of this size (80 % power, 5 % two-sided): 0 if these
    show it (the interval leaves out zero and p is at most 0.05), None if there is none to show.
    `least`: the smallest difference that this many bulletins would show with that power. What the
    documents leave undefined is None.
    """

    estimate: float | None
    interval: Interval | None
    p: float | None
    documents: int
    more: int | None
    least: float | None = None


class Spread(NamedTuple):
    """How far a variant's repeats on the same documents lie apart.

    `deviation` is the standard deviation (n - 1) of those F1 that are defined; None for fewer
    than two. It says nothing of how documents differ: that is what `f1_interval` is for.
    """

    f1: tuple[float | None, ...]
    deviation: float | None


class _Resampling(NamedTuple):
    interval: Interval | None
    error: float


def micro_f1(counts: Counts) -> float | None:
    """Micro-F1 of all documents; None where there was nothing to read and nothing was read."""
    estimate = float(_micro(*_columns(counts), axis=0))
    return None if math.isnan(estimate) else estimate


def f1_interval(counts: Counts, level: float = _LEVEL) -> Interval | None:
    """Bootstrap interval of micro-F1 over documents.

    None where resampling cannot see how sure the score is: it is undefined, there are fewer than
    two documents, or each resample gives the same (all documents alike, all right, all wrong).
    """
    estimate = micro_f1(counts)
    if estimate is None or len(counts) < 2:  # noqa: PLR2004 - nothing to draw from one
        return None
    return _resample(_columns(counts), _micro, level, estimate).interval


def difference(a: Counts, b: Counts) -> Difference:
    """Compare two variants, paired by document: row i of both is the same bulletin.

    Two that are equal on every document differ by 0, interval (0, 0), p 1. Of a single document
    nothing but the estimate is known.
    """
    if a.shape != b.shape:
        raise ValueError(f"not the same documents: counts of shape {a.shape} and {b.shape}")
    documents = len(a)
    before, after = micro_f1(a), micro_f1(b)
    if before is None or after is None:
        return Difference(None, None, None, documents, None)
    estimate = after - before
    if documents < 2:  # noqa: PLR2004 - nothing to draw from one
        return Difference(estimate, None, None, documents, None)
    a, b = _same_weight(a, b)
    columns = (*_columns(a), *_columns(b))
    if np.array_equal(columns[:2], columns[2:]):
        return Difference(0.0, Interval(0.0, 0.0), 1.0, documents, None)
    interval, error = _resample(columns, _contrast, _LEVEL, estimate)
    if interval is None:  # every draw of documents gives the same difference
        interval = Interval(estimate, estimate)
    p = _permutation_p(columns)
    is_shown = interval is not None and not interval.low <= 0 <= interval.high and p <= 1 - _LEVEL
    return Difference(
        estimate,
        interval,
        p,
        documents,
        0 if is_shown else bulletins_needed(documents, _REACH * error, estimate),
        _REACH * error or None,
    )


def bulletins_needed(documents: int, least: float | None, distance: float) -> int | None:
    """How many more bulletins would show `distance`, where `documents` show `least`; at least 1.

    None if there is no distance, or no knowing what these documents would show.
    """
    if not least or not distance:
        return None
    # A standard error shrinks with the square root of the number of documents.
    needed = math.ceil(documents * (least / distance) ** 2)
    return max(needed, documents + 1, _FEWEST) - documents


def holm(ps: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjust p-values for their number by Holm's step-down method; None does not count."""
    order = sorted((p, place) for place, p in enumerate(ps) if p is not None)
    adjusted: list[float | None] = [None] * len(ps)
    floor = 0.0
    for rank, (p, place) in enumerate(order):
        floor = max(floor, min(1.0, p * (len(order) - rank)))
        adjusted[place] = floor
    return tuple(adjusted)


def measure_spread(repeats: Sequence[Counts]) -> Spread:
    """Micro-F1 of each repeat on all documents, and how far they lie apart."""
    scores = tuple(micro_f1(counts) for counts in repeats)
    defined = [score for score in scores if score is not None]
    return Spread(scores, statistics.stdev(defined) if len(defined) > 1 else None)


def _columns(counts: Counts) -> tuple[_Floats, _Floats]:
    """Twice the right figures, and read plus gold ones: F1 is the ratio of their sums."""
    rows = counts.reshape(-1, 3).astype(np.float64)
    return 2 * rows[:, 0], rows[:, 1] + rows[:, 2]


def _ratio(right: npt.ArrayLike, items: npt.ArrayLike) -> _Floats:
    with np.errstate(invalid="ignore"):
        return np.true_divide(right, items)  # 0 / 0 is NaN: undefined


def _micro(right: _Floats, items: _Floats, axis: int) -> _Floats:
    return _ratio(right.sum(axis), items.sum(axis))


def _contrast(
    a_right: _Floats, a_items: _Floats, b_right: _Floats, b_items: _Floats, axis: int
) -> _Floats:
    return _micro(b_right, b_items, axis) - _micro(a_right, a_items, axis)


def _same_weight(a: Counts, b: Counts) -> tuple[Counts, Counts]:
    """Scale both to the same gold: three repeats of one against a single one of the other.

    The F1 of either stays as it is, but what is exchanged must weigh the same on both sides.
    """
    a_gold, b_gold = int(a[:, 2].sum()), int(b[:, 2].sum())
    if a_gold == b_gold or not a_gold or not b_gold:
        return a, b
    shared = math.gcd(a_gold, b_gold)
    return a * (b_gold // shared), b * (a_gold // shared)


def _resample(
    columns: tuple[_Floats, ...], statistic: Callable[..., _Floats], level: float, estimate: float
) -> _Resampling:
    """Draw documents with replacement: BCa interval, or percentiles where BCa is of no use.

    That is where it is undefined, or leaves out the estimate itself. Resamples in which F1 is
    undefined are left out: the interval is for sets of bulletins that have something to score.
    """
    bootstrap = functools.partial(
        stats.bootstrap,
        columns,
        statistic,
        paired=True,
        vectorized=True,
        batch=max(1, _CELLS // len(columns[0])),
        confidence_level=_widen_level(level, len(columns[0])),
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        drawn = bootstrap(n_resamples=_RESAMPLES, method="percentile", rng=_generator())
        values = drawn.bootstrap_distribution
        values = values[~np.isnan(values)]
        if not values.size or np.ptp(values) == 0:
            return _Resampling(None, 0.0)
        kept = dataclasses.replace(drawn, bootstrap_distribution=values)
        result = bootstrap(n_resamples=0, method="BCa", bootstrap_result=kept)
        low, high = result.confidence_interval
        if not low - _ROUNDING <= estimate <= high + _ROUNDING:  # nor where either is NaN
            result = bootstrap(n_resamples=0, method="percentile", bootstrap_result=kept)
            low, high = result.confidence_interval
    interval = Interval(min(float(low), estimate), max(float(high), estimate))
    return _Resampling(interval, float(result.standard_error))


def _widen_level(level: float, documents: int) -> float:
    """Give the level at which percentiles of few documents hold what `level` promises.

    The bootstrap draws from the documents at hand as if they were all, so that its intervals are
    too narrow by sqrt(1 - 1/n) and know no t distribution (Hesterberg 2015, section 3.2).
    """
    t = stats.t.ppf((1 + level) / 2, documents - 1) * math.sqrt(documents / (documents - 1))
    return min(1 - 2 * float(stats.norm.sf(t)), 1 - 1e-6)


def _permutation_p(columns: tuple[_Floats, ...]) -> float:
    """Exchange whole documents between both variants; exact where at most 13 differ.

    Exchanging those that are the same changes nothing, so they stay. scipy flips the sign of a
    single sample: here it says which way round a document lies. The sum over both variants never
    changes, so that with the signed difference it gives the sum of either.
    """
    a_right, a_items, b_right, b_items = columns
    right, items = b_right - a_right, b_items - a_items
    same_last = np.argsort((right == 0) & (items == 0), kind="stable")
    differing = int(np.count_nonzero((right != 0) | (items != 0)))
    moved = same_last[: max(2, differing)]  # scipy asks for two
    all_right, all_items = (a_right + b_right).sum(), (a_items + b_items).sum()

    def statistic(signs: _Floats, axis: int) -> _Floats:
        by_right = np.moveaxis(signs, axis, -1) @ right[moved]
        by_items = np.moveaxis(signs, axis, -1) @ items[moved]
        # Undefined for one side only where gold has nothing: then all others are 0, and p is 1.
        return _ratio(all_right + by_right, all_items + by_items) - _ratio(
            all_right - by_right, all_items - by_items
        )

    result = stats.permutation_test(
        (np.ones(len(moved)),),
        statistic,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=max(1, _CELLS // len(moved)),
        rng=_generator(),
    )
    return float(result.pvalue)


def _generator() -> np.random.Generator:
    return np.random.default_rng(_SEED)
