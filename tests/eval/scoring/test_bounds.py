import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from eval.scoring.bounds import most_share


@given(st.integers(1, 1000))
def test_of_what_was_never_seen_the_bound_is_known_exactly(of: int) -> None:
    assert most_share(0, of) == pytest.approx(1 - 0.05 ** (1 / of))


@pytest.mark.parametrize(("found", "of"), [(0, 50), (1, 50), (3, 15), (49, 50)])
def test_at_the_bound_so_few_are_found_one_time_in_twenty(found: int, of: int) -> None:
    share = most_share(found, of)
    assert share is not None
    assert stats.binom.cdf(found, of, share) == pytest.approx(0.05)


def test_the_ends() -> None:
    assert most_share(0, 0) is None
    assert most_share(7, 7) == 1
    assert most_share(0, 50) == pytest.approx(0.058, abs=0.0005)
    with pytest.raises(ValueError, match="8 of 7"):
        most_share(8, 7)
