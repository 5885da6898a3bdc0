"""Made-up counts of readings: (right, read, gold) of each document."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from eval.scoring.ratio import Counts


def counts(*rows: tuple[int, int, int]) -> Counts:
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def golds(rng: np.random.Generator, documents: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return rng.poisson(8, documents).astype(np.int64)


def reading(
    rng: np.random.Generator,
    gold: np.ndarray[tuple[int], np.dtype[np.int64]],
    accuracy: float,
) -> Counts:
    """Read as many figures as gold has, each right with a chance that differs by document."""
    chance = rng.beta(10 * accuracy, 10 * (1 - accuracy), len(gold))
    return np.stack([rng.binomial(gold, chance), gold, gold], axis=1).astype(np.int64)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Counts, Counts]:
    """Two readings of the same documents, some without figures."""
    gold = draw(st.lists(st.integers(0, 6), min_size=0, max_size=8))

    def one() -> Counts:
        rights = [draw(st.integers(0, n)) for n in gold]
        return counts(
            *((r, r + draw(st.integers(0, 3)), n) for r, n in zip(rights, gold, strict=True))
        )

    return one(), one()


FEW = settings(max_examples=60, deadline=None)
