"""The simulation tells right from wrong: by differences that are known, and by readers drawn."""

import numpy as np
import pytest

from benchmarks.eval_statistics import (
    Scenario,
    draw,
    gold_sizes,
    judge,
    simulate,
    true_difference,
)
from eval.scoring.paired import Difference
from eval.scoring.ratio import Interval, micro_f1


def found(estimate: float, low: float, high: float) -> Difference:
    told = 0 if low > 0 or high < 0 else 9
    return Difference(estimate, Interval(low, high), 0.03, 30, told)


def test_what_is_said_is_held_against_the_truth() -> None:
    row = judge([found(-0.02, -0.05, 0.01)], -0.03)
    assert (row["covered"], row["told"], row["gate"]) == (True, False, False)
    assert row["width"] == pytest.approx(0.06)
    above = judge([found(0.02, 0.01, 0.03)], -0.03)
    assert (above["covered"], above["told"], above["wrong"], above["gate"]) == (0, 1, 1, 1)
    below = judge([found(-0.2, -0.3, -0.1)], -0.03)
    assert (below["covered"], below["told"], below["wrong"], below["gate"]) == (0, 1, 0, 0)


def test_of_several_all_must_be_covered_and_any_is_told() -> None:
    row = judge([found(0.0, -0.1, 0.1), found(0.2, 0.1, 0.3)], 0.0)
    assert (row["covered"], row["told"]) == (False, True)


def test_readers_are_drawn_as_the_scenario_says() -> None:
    rng, sizes = np.random.default_rng(1), gold_sizes()
    assert len(sizes) > 40
    first, (other,) = draw(rng, sizes, 20_000, Scenario("", same=0.7, fails=(0.0, 0.1)))
    read = first[:, 2] > 0
    assert (other[read, 1] == 0).mean() == pytest.approx(0.1, abs=0.02)
    assert (first == other).all(axis=1).mean() > 0.6
    assert 0.7 < (micro_f1(first) or 0) < 0.95
    assert len(draw(rng, sizes, 9, Scenario("", readers=3))[1]) == 3


def test_a_difference_that_is_plain_is_told_and_lies_where_it_is_said_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("benchmarks.eval_statistics.POPULATION", 200_000)
    sizes, much = gold_sizes(), Scenario("", loss=0.5)
    truth = true_difference(sizes, much)
    assert truth == pytest.approx(-0.43, abs=0.05)
    assert true_difference(sizes, Scenario("")) == 0
    shares = simulate(sizes, much, 30, 10, truth)
    assert (shares["told"], shares["wrong"]) == (1, 0)
    assert shares["covered"] >= 0.7
