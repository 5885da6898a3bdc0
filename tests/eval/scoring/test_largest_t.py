import numpy as np
import pytest
from scipy import stats

from eval.scoring.largest_t import draw_largest_t


def quantile(apart: np.ndarray[tuple[int, int], np.dtype[np.float64]], freedom: int) -> float:
    return float(np.quantile(draw_largest_t(apart, freedom), 0.95))


def test_of_one_it_is_t_and_of_copies_too() -> None:
    apart = np.random.default_rng(1).standard_normal((30, 1))
    expected = stats.t.ppf(0.975, 29)
    assert quantile(apart, 29) == pytest.approx(expected, rel=0.03)
    assert quantile(np.repeat(apart, 8, axis=1), 29) == pytest.approx(quantile(apart, 29))


@pytest.mark.slow
def test_of_several_it_is_the_multivariate_t() -> None:
    """Comparisons that share a reference are alike by a half."""
    rng = np.random.default_rng(2)
    shared = rng.standard_normal((5000, 1))
    apart = rng.standard_normal((5000, 5)) - shared
    ends = np.full(5, quantile(apart, 60))
    alike = np.full((5, 5), 0.5) + 0.5 * np.eye(5)
    within = stats.multivariate_t(shape=alike, df=60, seed=1).cdf(ends, lower_limit=-ends)
    assert within == pytest.approx(0.95, abs=0.007)


def test_what_never_differs_adds_nothing() -> None:
    apart = np.random.default_rng(3).standard_normal((30, 1))
    with_nothing = np.hstack([apart, 0 * apart])
    assert quantile(with_nothing, 29) == pytest.approx(quantile(apart, 29))
