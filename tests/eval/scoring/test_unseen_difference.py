"""How much may hide behind bulletins that are all alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from eval.scoring.unseen_difference import most_unseen


@given(st.integers(1, 500), st.floats(0.5, 0.999))
def test_it_is_the_exact_binomial_bound(bulletins: int, level: float) -> None:
    bound = stats.binomtest(0, bulletins, alternative="less").proportion_ci(level, "exact").high
    assert most_unseen(bulletins, level) == pytest.approx(bound)


def test_fifty_alike_leave_some_six_in_a_hundred_open() -> None:
    assert most_unseen(50) == pytest.approx(0.0582, abs=1e-4)
    assert most_unseen(0) == 1
