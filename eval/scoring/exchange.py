"""The paired permutation test: two variants exchange whole bulletins, and are compared anew.

If both read equally well, whose reading of a bulletin is called whose is chance. Each exchange
gives a difference of F1 and its own standard error; where those of several variants are wanted
together, all exchange the same bulletins with the reference at once, so that the largest of them
tells what chance does among so many (Westfall and Young, Resampling-Based Multiple Testing, 2.3).
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from eval.scoring.ratio import Counts, Floats, divide, split_columns

Places = npt.NDArray[np.int64] | slice
ALL = slice(None)

_SEED = 20_240_217
_DRAWN = 10_000  # the observed one among them
_MOST_ENUMERATED = 13  # bulletins that differ: 2**13 exchanges
_CELLS = 2_000_000  # exchanges times documents held at once
_ROUNDING = 1e-9
_CANCELLED = 1e-12  # of the terms that a sum of squares is made of: what is left is rounding


class Pair(NamedTuple):
    """Two variants by bulletin: the mean of both and half of b - a, of twice right and of items.

    `pull` is 1 / (1 - share)^2, where share is what part of all items the bulletin holds: a long
    one draws F1 to itself, so that its residual is too small by as much (HC3; the jackknife).
    """

    right: Floats
    right_half: Floats
    items: Floats
    items_half: Floats
    pull: Floats


class Contrast(NamedTuple):
    """Differences of F1, b - a, and their standard errors: an element an exchange."""

    estimate: Floats
    error: Floats


def pair_up(a: Counts, b: Counts) -> Pair:
    """Lay two variants side by side; row i of both is the same bulletin."""
    (a_right, a_items), (b_right, b_items) = split_columns(a), split_columns(b)
    items = (a_items + b_items) / 2
    share = divide(items, items.sum())
    return Pair(
        (a_right + b_right) / 2,
        (b_right - a_right) / 2,
        items,
        (b_items - a_items) / 2,
        divide(1, (1 - share) ** 2),
    )


@np.errstate(divide="ignore", invalid="ignore")  # an exchange may leave one side without figures
def contrast(pair: Pair, signs: Floats, moved: Places = ALL) -> Contrast:
    """Compare b with a, exchanged where a sign is -1; `signs` has the shape (exchanges, `moved`).

    `moved` are the places of the bulletins that may be exchanged; in others both must be the same.
    The error is the root of sum(pull d^2) / (n (n - 1)), where d are the differences of both
    variants' residuals. Squared out, all of it is linear in the signs.
    """
    x, h, y, k, pull = pair
    n = len(x)
    columns = np.stack([h, k, pull * x * h, pull * x * k, pull * y * h, pull * y * k])
    by_h, by_k, by_xh, by_xk, by_yh, by_yk = columns[:, moved] @ signs.T
    b_items, a_items = y.sum() + by_k, y.sum() - by_k
    b_f1, a_f1 = (x.sum() + by_h) / b_items, (x.sum() - by_h) / a_items
    # d / n = p x + q s h - r y - t s k, with s the sign of a bulletin.
    p, q = 1 / b_items - 1 / a_items, 1 / b_items + 1 / a_items
    r, t = b_f1 / b_items - a_f1 / a_items, b_f1 / b_items + a_f1 / a_items
    terms = (
        p * p * (pull @ x**2),
        q * q * (pull @ h**2),
        r * r * (pull @ y**2),
        t * t * (pull @ k**2),
        -2 * p * r * (pull @ (x * y)),
        -2 * q * t * (pull @ (h * k)),
        2 * p * q * by_xh,
        -2 * p * t * by_xk,
        -2 * q * r * by_yh,
        2 * r * t * by_yk,
    )
    squares = sum(terms)
    is_rounding = squares <= _CANCELLED * sum(map(np.abs, terms))
    return Contrast(b_f1 - a_f1, np.sqrt(np.where(is_rounding, 0, squares) * n / (n - 1)))


def studentise(found: Contrast) -> Floats:
    """Give each difference in standard errors, without its sign.

    Infinite for one without error, and where F1 is undefined.
    """
    estimate = np.abs(found.estimate)
    t = np.where(estimate == 0, 0.0, divide(estimate, found.error))
    return np.where(np.isnan(t), np.inf, t)


def exchange(pairs: Sequence[Pair]) -> Floats:
    """Exchange bulletins in every way, or in 10,000; give the largest |t| of each, ascending.

    Exchanging bulletins that are the same in both changes nothing, so they stay.
    """
    differing = np.any([(one.right_half != 0) | (one.items_half != 0) for one in pairs], axis=0)
    moved = np.flatnonzero(differing)
    largest = [
        np.max([studentise(contrast(pair, signs, moved)) for pair in pairs], axis=0)
        for signs in _list_signs(len(moved))
    ]
    return np.sort(np.concatenate(largest))


def _list_signs(bulletins: int) -> Iterator[Floats]:
    """Give the signs of all exchanges, or of 10,000, some at a time; the first are all 1."""
    is_whole = bulletins <= _MOST_ENUMERATED
    total = 2**bulletins if is_whole else _DRAWN
    rng = np.random.default_rng(_SEED)
    batch = max(1, _CELLS // bulletins)
    for first in range(0, total, batch):
        rows = np.arange(first, min(first + batch, total))
        if is_whole:
            bits = (rows[:, None] >> np.arange(bulletins) & 1).astype(np.uint8)
        else:
            drawn = rng.integers(0, 256, (len(rows), -(-bulletins // 8)), dtype=np.uint8)
            bits = np.unpackbits(drawn, axis=1, count=bulletins)
            bits[rows == 0] = 0
        yield 1 - 2 * bits.astype(np.float64)


def count_share(exchanged: Floats, t: float) -> float:
    """Give the share of exchanges that come to `t` at least: the p of the test."""
    below = int(np.searchsorted(exchanged, t * (1 - _ROUNDING)))
    return (len(exchanged) - below) / len(exchanged)


def critical_t(exchanged: Floats, alpha: float) -> float:
    """Give the t that must be exceeded for `count_share` to be at most `alpha`."""
    allowed = math.floor(alpha * len(exchanged) + _ROUNDING)
    return float(exchanged[-1 - allowed]) * (1 + 2 * _ROUNDING)
