"""What the rest will take: intervals that hold what they say, and words for them."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.calls.estimate import FEWEST, Estimate, estimate, in_words
from pipeline.plain_text import format_duration
from tests.processes import run_program

COSTS = st.lists(st.floats(0, 100), min_size=FEWEST, max_size=40)


@settings(deadline=None)  # the first imports scipy
@given(COSTS, st.integers(1, 10**7))
def test_an_interval_holds_its_mean_and_is_never_negative(
    costs: list[float], remaining: int
) -> None:
    told = estimate(costs, remaining=remaining)
    assert told is not None
    assert told.n == len(costs)
    assert told.mean == pytest.approx(sum(costs) / len(costs) * remaining)
    assert 0 <= told.low <= told.mean * (1 + 1e-9)
    assert told.mean <= told.high * (1 + 1e-9) < float("inf")


@settings(deadline=None)  # the first imports scipy
@given(COSTS, st.floats(1e-6, 1e6))
def test_the_unit_does_not_matter(costs: list[float], factor: float) -> None:
    costs = [cost + 1.0 for cost in costs]
    one = estimate(costs, remaining=100)
    other = estimate([cost * factor for cost in costs], remaining=100)
    assert one is not None
    assert other is not None
    assert other[:3] == pytest.approx([each * factor for each in one[:3]], rel=1e-6)


@pytest.mark.parametrize("known", range(FEWEST))
def test_from_fewer_than_five_documents_nothing_is_said(known: int) -> None:
    assert estimate([0.1] * known, remaining=10) is None


def test_equal_costs_leave_no_doubt() -> None:
    told = estimate([0.25] * 8, remaining=40)
    assert told is not None
    assert told == pytest.approx((10.0, 10.0, 10.0, 8))


def test_what_cost_nothing_will_cost_nothing() -> None:
    assert estimate([0.0] * 8, remaining=40) == (0.0, 0.0, 0.0, 8)


def test_nothing_that_remains_takes_nothing() -> None:
    assert estimate([1.0, 2.0, 3.0, 4.0, 5.0], remaining=0) == (0.0, 0.0, 0.0, 5)


def test_the_same_question_has_the_same_answer() -> None:
    costs = [0.1, 0.2, 0.15, 0.4, 0.11, 0.13]
    assert estimate(costs, remaining=9) == estimate(costs, remaining=9)


def test_the_mean_of_few_to_come_is_less_sure_than_that_of_many() -> None:
    costs = [0.1, 0.2, 0.15, 0.4, 0.11, 0.13, 0.2, 0.3]
    few, many = estimate(costs, remaining=4), estimate(costs, remaining=4000)
    assert few is not None
    assert many is not None
    assert few.high / few.mean > many.high / many.mean


def test_of_many_documents_the_interval_is_that_of_their_mean() -> None:
    costs = np.random.default_rng(1).lognormal(0.0, 0.3, 50_000).tolist()
    told = estimate(costs, remaining=10**9)
    assert told is not None
    half = 1.96 * np.std(costs) / np.sqrt(len(costs)) * 1e9
    assert (told.high - told.mean) == pytest.approx(half, rel=0.05)
    assert (told.mean - told.low) == pytest.approx(half, rel=0.05)


@pytest.mark.parametrize("kind", ["long and short", "asked again", "skewed"])
def test_nine_totals_in_ten_and_more_are_inside(kind: str) -> None:
    random = np.random.default_rng(7)
    inside = 0
    widths: list[float] = []
    rounds = 250
    for _ in range(rounds):
        lengths = random.lognormal(7.5, 0.6, 325)
        costs = (0.004 + lengths * 1e-6) * random.lognormal(0.0, 0.2, 325)
        if kind == "asked again":
            costs *= 1 + (random.random(325) < 0.12)
        if kind == "skewed":
            costs = random.lognormal(0.0, 1.0, 325)
        total = costs[25:].sum()
        told = estimate(costs[:25].tolist(), remaining=300)
        assert told is not None
        inside += told.low <= total <= told.high
        widths.append((told.high - told.low) / total)
    assert inside >= 0.9 * rounds
    assert np.median(widths) < 2.0  # an interval that holds all is no use


@pytest.mark.parametrize("wrong", [-0.1, float("nan"), float("inf")])
def test_impossible_numbers_are_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        estimate([0.1] * 5 + [wrong], remaining=3)
    with pytest.raises(ValueError, match="finite"):
        estimate([0.1] * 5, remaining=-1)


def test_an_estimate_in_words() -> None:
    assert in_words(Estimate(4.1, 3.6, 4.7, 25)) == (
        "about $4.10 ($3.60 to $4.70, from 25 documents)"
    )
    assert in_words(Estimate(7800.0, 6600.0, 9600.0, 1250), format_duration) == (
        "about 2 h 10 min (1 h 50 min to 2 h 40 min, from 1,250 documents)"
    )


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0, "0 s"),
        (40.2, "40 s"),
        (59.9, "1 min"),
        (60.0, "1 min"),
        (3599.0, "1 h 0 min"),
        (86_399.0, "1 d 0 h"),
        (180_000.0, "2 d 2 h"),
    ],
)
def test_times_are_shown_in_the_units_that_matter(seconds: float, shown: str) -> None:
    assert format_duration(seconds) == shown


def test_nothing_slow_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys; import pipeline.commands.extract, pipeline.commands.retry; "
        "sys.exit(bool({'scipy', 'numpy', 'genai_prices'} & set(sys.modules)))"
    )
    run_program([sys.executable, "-c", code])


def test_from_ten_very_skewed_costs_the_total_is_still_inside() -> None:
    random = np.random.default_rng(11)
    inside = 0
    for _ in range(300):
        costs = random.lognormal(0.0, 1.2, 210)
        told = estimate(costs[:10].tolist(), remaining=200)
        assert told is not None
        inside += told.low <= costs[10:].sum() <= told.high
    assert inside >= 0.92 * 300
