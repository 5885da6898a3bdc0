"""What the rest of a backlog will take, in money or time, told from documents that were read.

The 95 % interval is one for the total: it holds both that the mean is known from n documents only
and that the remaining ones vary. Costs are skewed (long bulletins, a few asked again), so that
Student's interval is too short above. Taken is the wider, on each side, of two that fail in
different places: the bootstrap-t (Efron and Tibshirani, An Introduction to the Bootstrap, 12.5),
and Cox's interval for a log-normal mean (Zhou and Gao, Statistics in Medicine 16, 1997) with
Student's quantile.

Measured, on 600 simulated backlogs a case, with 5, 10, 20, 25 and 60 documents read and 100 or 5000
to come: of proportional, affine, log-normal (sigma 0.8 and 1.2) costs and such where 12 % are asked
again, the interval holds 90.3 to 98.3 % of the totals (Student's: 78.3 to 95.2 %).
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from pipeline.plain_text import format_dollars

FEWEST = 5
"""Documents below which nothing is said."""
_SAMPLES = 999
_MOST_RESAMPLED = 1000  # documents; a mean of more is as good as normal
_NORMAL = 1.959964  # the 97.5 % quantile


class Estimate(NamedTuple):
    """What all remaining documents take together, from `n` that were read; 95 % in low to high."""

    mean: float
    low: float
    high: float
    n: int


def estimate(costs: Sequence[float], *, remaining: int) -> Estimate | None:
    """Tell what `remaining` more documents will take; None from fewer than five.

    `costs` are what each document read took, in whatever unit (dollars, seconds). The documents
    read should be like those to come, that is, drawn at random. ValueError where a number is
    negative or not finite.
    """
    if not all(0 <= number < math.inf for number in (*costs, remaining)):
        raise ValueError("costs must be finite and not negative")
    if len(costs) < FEWEST:
        return None
    if remaining == 0:
        return Estimate(0.0, 0.0, 0.0, len(costs))

    scale = max(costs) or 1.0
    each = np.asarray(costs, dtype=np.float64) / scale
    mean = max(0.0, float(each.mean()))
    spread = _NORMAL / math.sqrt(remaining)
    low, high = _resampled(each, spread)
    if each.min() > 0:
        other_low, other_high = _log_normal(each, spread)
        low, high = min(low, other_low), max(high, other_high)
    total = scale * remaining
    low, high = min(max(0.0, low), mean), max(high, mean)
    return Estimate(mean * total, low * total, high * total, len(costs))


def in_words(told: Estimate, shown: Callable[[float], str] = format_dollars) -> str:
    """Say it, as "about $4.10 ($3.60 to $4.70, from 25 documents)"; `shown` puts the unit."""
    return (
        f"about {shown(told.mean)} ({shown(told.low)} to {shown(told.high)}, "
        f"from {told.n:,} documents)"
    )


def _resampled(each: NDArray[np.float64], spread: float) -> tuple[float, float]:
    """Give the bootstrap-t interval of the mean, with `spread` standard deviations of its own."""
    n, mean, deviation = len(each), float(each.mean()), float(each.std(ddof=1))
    student = float(stdtrit(n - 1, 0.975)) / math.sqrt(n)
    below = above = student
    nothing = 1e-9 * max(mean, deviation)  # a deviation that is but rounding
    if n <= _MOST_RESAMPLED and deviation > nothing:
        # Always the same draws: who asks twice is told the same.
        drawn = each[np.random.default_rng(0).integers(0, n, (_SAMPLES, n))]
        deviations = drawn.std(axis=1, ddof=1)
        some = deviations > nothing
        if some.sum() > _SAMPLES // 2:
            t = (drawn.mean(axis=1) - mean)[some] / deviations[some]
            least, most = np.quantile(t, [0.025, 0.975])
            below, above = max(student, float(most)), max(student, float(-least))
    return (
        mean - deviation * math.hypot(below, spread),
        mean + deviation * math.hypot(above, spread),
    )


def _log_normal(each: NDArray[np.float64], spread: float) -> tuple[float, float]:

    n, logs = len(each), np.log(each)
    variance = float(logs.var(ddof=1))
    # Beyond, costs are not log-normal, and the interval would say nothing.
    if variance > 4:  # noqa: PLR2004
        return math.inf, 0.0
    middle = float(logs.mean()) + variance / 2
    unsure = float(stdtrit(n - 1, 0.975)) * math.sqrt(variance / n + variance**2 / (2 * (n - 1)))
    width = math.hypot(unsure, spread * math.sqrt(math.expm1(variance)))
    return math.exp(middle - width), math.exp(middle + width)
