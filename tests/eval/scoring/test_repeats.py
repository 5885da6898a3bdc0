import math

import numpy as np
import pytest

from eval.scoring.ratio import Counts
from eval.scoring.repeats import Spread, Variances, measure_spread, part_variances
from tests.eval.scoring.count_samples import counts


def test_spread_is_that_of_repeats_and_not_of_documents() -> None:
    # Documents differ widely, repeats hardly: 12 and 14 right of 20.
    repeats = [counts((10, 10, 10), (2, 10, 10)), counts((10, 10, 10), (4, 10, 10))]
    assert measure_spread(repeats).f1 == (0.6, 0.7)
    assert measure_spread(repeats).deviation == pytest.approx(0.1 / math.sqrt(2))


def test_one_repeat_has_no_spread() -> None:
    assert measure_spread([counts((1, 2, 2), (2, 2, 2))]) == Spread((0.75,), None)
    assert measure_spread([]) == Spread((), None)


def drawn(
    rng: np.random.Generator, bulletins: int, repeats: int, between: float, within: float
) -> list[Counts]:
    """Draw bulletins of 1,000 figures whose share of right ones varies by so many variances."""
    ease = 0.5 + math.sqrt(between) * rng.standard_normal(bulletins)
    noise = math.sqrt(within) * rng.standard_normal((repeats, bulletins))
    right = np.clip((1000 * (ease + noise)).round(), 0, 1000).astype(np.int64)
    return [np.stack([row, row * 0 + 1000, row * 0 + 1000], axis=1) for row in right]


def test_both_variances_are_found_again() -> None:
    found = part_variances(drawn(np.random.default_rng(1), 2000, 3, 0.01, 0.005))
    assert found is not None
    assert found.between == pytest.approx(0.01, rel=0.1)
    assert found.within == pytest.approx(0.005, rel=0.1)
    assert (found.bulletins, found.repeats) == (2000, 3)
    assert found.repeats_share == pytest.approx(0.005 / 3 / (0.01 + 0.005 / 3), rel=0.15)


def test_a_difference_has_the_repeats_of_both_and_only_the_bulletins_that_tell_apart() -> None:
    rng = np.random.default_rng(2)
    one = drawn(rng, 2000, 2, 0.01, 0.001)
    # The same bulletins are hard for both: nothing between them is left.
    other = [each.copy() for each in one]
    for each in other:
        each[:, 0] = np.clip(each[:, 0] + rng.normal(0, 50, 2000).round(), 0, 1000)
    found = part_variances(one, other)
    assert found is not None
    assert found.within == pytest.approx(2 * 0.001 + 0.0025, rel=0.15)
    assert found.between < 0.001


def test_repeats_are_worth_as_many_bulletins_as_make_the_score_as_sure() -> None:
    found = Variances(between=0.02, within=0.04, bulletins=30, repeats=5)
    # 0.028 / 30 is what 0.06 / 64.3 is.
    assert found.worth == pytest.approx(30 * 0.06 / 0.028)
    assert found.most_worth == pytest.approx(90)
    assert found.repeats_share == pytest.approx(0.008 / 0.028)


def test_what_a_sentence_says_repeats_are_worth_is_so_when_scores_are_drawn() -> None:
    rng = np.random.default_rng(3)
    between, within, bulletins, repeats = 0.005, 0.01, 20, 4
    worth = Variances(between, within, bulletins, repeats).worth

    def spread_of_f1(n: int, m: int) -> float:
        scores = [
            np.mean([each[:, 0].mean() for each in drawn(rng, n, m, between, within)])
            for _ in range(1500)
        ]
        return float(np.var(scores))

    assert spread_of_f1(bulletins, repeats) == pytest.approx(spread_of_f1(round(worth), 1), rel=0.2)


def test_repeats_that_never_change_are_worth_nothing_and_bulletins_alike_are_worth_all() -> None:
    steady = [counts((1, 4, 4), (4, 4, 4), (2, 4, 4), (0, 4, 4))] * 3
    found = part_variances(steady)
    assert found is not None
    assert (found.within, found.worth, found.most_worth) == (0, 4, 4)
    alike = [counts(*[(right, 4, 4)] * 4) for right in (1, 2, 3)]
    found = part_variances(alike)
    assert found is not None
    assert (found.between, found.worth, found.most_worth) == (0, 12, None)
    assert found.repeats_share == 1


def test_without_repeats_or_bulletins_or_scores_nothing_is_known() -> None:
    some = counts((1, 4, 4), (4, 4, 4), (2, 4, 4), (0, 4, 4))
    assert part_variances([some]) is None
    assert part_variances([]) is None
    assert part_variances([some[:3], some[1:]]) is None, "three bulletins"
    assert part_variances([some, some], [some]) is None, "as many repeats of each"
    assert part_variances([0 * some, 0 * some]) is None
    assert part_variances([some, some], [some, some]) is None, "nothing varies"
