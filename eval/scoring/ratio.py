"""Micro-F1 as what statistics see in it: a ratio of two sums over bulletins.

Bulletins are what is drawn and exchanged, never single figures: figures of one bulletin are read
well or badly together. Where bulletins are one release (reposts), they are drawn as one.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]  # (documents, 3): right, read, gold of each, repeats added up
Floats = npt.NDArray[np.float64]

FEWEST_DRAWN = 4
"""Bulletins; on fewer, no interval is worth its name."""


class Interval(NamedTuple):
    """Two-sided confidence interval."""

    low: float
    high: float


def micro_f1(counts: Counts) -> float | None:
    """Micro-F1 of all documents; None where there was nothing to read and nothing was read."""
    right, items = split_columns(counts)
    estimate = float(divide(right.sum(), items.sum()))
    return None if math.isnan(estimate) else estimate


def split_columns(counts: Counts) -> tuple[Floats, Floats]:
    """Twice the right figures, and read plus gold ones: F1 is the ratio of their sums."""
    rows = counts.reshape(*counts.shape[:-1], 3).astype(np.float64)
    return 2 * rows[..., 0], rows[..., 1] + rows[..., 2]


def divide(right: npt.ArrayLike, items: npt.ArrayLike) -> Floats:
    """Divide; 0 / 0 is NaN: undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.true_divide(right, items)


def residuals(counts: Counts) -> Floats:
    """How far each row pulls F1 to its side: (2 right - F1 items) / mean items; their sum is 0.

    The mean of n of them, drawn anew, moves as F1 does (its linearisation: Cochran, Sampling
    Techniques, 6.3). Any shape (..., 3); NaN where F1 is undefined.
    """
    right, items = split_columns(counts)
    return divide(right - divide(right.sum(), items.sum()) * items, items.mean())


def join_releases(counts: Counts, releases: Sequence[int] | None) -> Counts:
    """Add up the rows of one release; `releases` labels each row, None: each stands for itself."""
    if releases is None:
        return counts
    labels, places = np.unique(np.asarray(releases, dtype=np.int64), return_inverse=True)
    if len(places) != len(counts):
        raise ValueError(f"{len(places)} labels of releases for {len(counts)} documents")
    joined = np.zeros((len(labels), 3), dtype=np.int64)
    np.add.at(joined, places, counts)
    return joined
