from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.scoring.kappa import cohen_kappa

PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=30)


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        ({"yy": 20, "yn": 5, "ny": 10, "nn": 15}, 0.4),  # (0.7 - 0.5) / (1 - 0.5)
        ({"yy": 45, "yn": 15, "ny": 25, "nn": 15}, 0.130434782608696),  # (0.6 - 0.54) / 0.46
        ({"yy": 25, "yn": 35, "ny": 5, "nn": 35}, 0.259259259259259),  # (0.6 - 0.46) / 0.54
        ({"yn": 1, "ny": 1}, -1.0),
        ({"yy": 1, "nn": 1}, 1.0),
        ({"yy": 3, "yn": 1}, 0.0),  # one of the two says nothing but y
    ],
)
def test_kappa_as_worked_out_by_hand(table: dict[str, int], kappa: float) -> None:
    pairs = [(one, other) for (one, other), count in table.items() for _ in range(count)]
    assert cohen_kappa(pairs) == pytest.approx(kappa, abs=1e-12)


@pytest.mark.parametrize("pairs", [[], [("a", "a")], [("a", "a")] * 9])
def test_what_is_undefined_is_none_and_not_one_or_zero(pairs: list[tuple[str, str]]) -> None:
    assert cohen_kappa(pairs) is None


@given(PAIRS)
def test_kappa_is_what_shuffling_one_side_would_leave(pairs: list[tuple[str, str]]) -> None:
    """Chance is what agrees when everything the one has said meets everything of the other."""
    if not pairs:
        return
    firsts, seconds = zip(*pairs, strict=True)
    chance = [one == other for one, other in product(firsts, seconds)]
    expected = Fraction(sum(chance), len(chance))
    observed = Fraction(sum(one == other for one, other in pairs), len(pairs))
    wanted = None if expected == 1 else float((observed - expected) / (1 - expected))
    assert cohen_kappa(pairs) == (wanted if wanted is None else pytest.approx(wanted))


@given(PAIRS)
def test_it_does_not_matter_who_is_the_first(pairs: list[tuple[str, str]]) -> None:
    assert cohen_kappa(pairs) == cohen_kappa([(other, one) for one, other in pairs])
