import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.scoring.needed import Needed, bulletins_needed, needed_range
from eval.scoring.ratio import Interval


@pytest.mark.parametrize(
    ("documents", "least", "distance", "more"),
    [
        (40, 0.04, 0.02, 120),
        (40, 0.04, -0.02, 120),
        (40, 0.04, 0.04, 1),
        (40, 0.04, 0.5, 1),
        (3, 0.04, 0.5, 3),
        (40, 0.04, 0.0, None),
        (40, None, 0.02, None),
        (40, 0.0, 0.02, None),
    ],
)
def test_bulletins_needed_go_with_the_square_of_the_distance(
    documents: int, least: float | None, distance: float, more: int | None
) -> None:
    assert bulletins_needed(documents, least, distance) == more


@given(
    st.integers(2, 500),
    st.floats(0.001, 0.5),
    st.floats(0, 0.5),
    st.floats(-0.5, 0.5).filter(lambda distance: not 0 < abs(distance) < 1e-9),
)
def test_a_range_is_that_of_both_ends(
    documents: int, low: float, wide: float, distance: float
) -> None:
    found = needed_range(documents, Interval(low, low + wide), distance)
    if not distance:
        assert found is None
        return
    assert found is not None
    assert found.fewest == bulletins_needed(documents, low, distance)
    assert found.most == bulletins_needed(documents, low + wide, distance)
    assert 1 <= found.fewest <= found.most


def test_nothing_known_needs_no_one_knows_how_many() -> None:
    assert needed_range(40, None, 0.02) is None


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        (Needed(1, 1), "1"),
        (Needed(83, 210), "83 to 210"),
        (Needed(118, 1201), "120 to 1,300"),
        (Needed(112, 118), "120"),
    ],
)
def test_a_range_is_written_with_two_digits(needed: Needed, said: str) -> None:
    assert str(needed) == said
