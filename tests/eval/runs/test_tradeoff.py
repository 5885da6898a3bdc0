"""Variants as choices: which of them no other one beats in quality, cost and time."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.runs.summary import summarise
from eval.runs.tradeoff import TradeOff, find_front, weigh_variants
from schemas.reading import ReaderKey
from tests.eval.runs.test_summary import bulletin, reading, result

amounts = st.sampled_from((0.0, 0.01, 0.5, 2.0))
points = st.lists(
    st.builds(
        TradeOff,
        name=st.just("v"),
        strict_f1=st.none() | st.sampled_from((0.0, 0.5, 0.9, 1.0)),
        usd=st.none() | amounts,
        p95_seconds=st.none() | amounts,
        on_front=st.booleans(),
    ),
    max_size=7,
)


def on_front(*choices: tuple[float | None, float | None, float | None]) -> list[bool]:
    return [
        one.on_front for one in find_front([TradeOff("v", *c, on_front=False) for c in choices])
    ]


def test_what_is_better_dearer_or_quicker_is_a_choice_and_what_is_beaten_is_none() -> None:
    assert on_front(
        (0.90, 0.010, 5.0),
        (0.95, 0.020, 5.0),  # better, and dearer
        (0.89, 0.010, 1.0),  # worse, and quicker
        (0.90, 0.011, 5.0),  # dearer for nothing
    ) == [True, True, True, False]


def test_equal_variants_do_not_beat_each_other() -> None:
    assert on_front((0.9, 0.01, 2.0), (0.9, 0.01, 2.0)) == [True, True]


def test_an_unknown_cost_brings_nobody_onto_the_front() -> None:
    assert on_front((0.9, 0.01, 2.0), (0.8, None, 2.0)) == [True, False]
    assert on_front((0.9, 0.01, 2.0), (0.9, None, 2.0)) == [True, False]
    # What is the best or the quickest of all is so at any price, and beats none whose is known.
    assert on_front((0.9, 0.01, 2.0), (0.95, None, 2.0), (0.8, None, 1.0)) == [True, True, True]
    # Where no price is known, quality and time decide.
    assert on_front((0.9, None, 2.0), (0.9, None, 3.0)) == [True, False]


def test_what_has_no_score_is_no_choice_and_beats_none() -> None:
    assert on_front((None, 0.0, 0.0), (0.1, 1.0, 1.0)) == [False, True]


@given(points)
def test_each_scored_point_is_on_the_front_or_beaten_by_one_that_is(given: list[TradeOff]) -> None:
    found = find_front(given)
    assert [one._replace(on_front=False) for one in found] == [
        one._replace(on_front=False) for one in given
    ]
    front = [one for one in found if one.on_front]
    assert bool(front) == any(one.strict_f1 is not None for one in given)
    for one in found:
        if one.strict_f1 is not None and not one.on_front:
            assert any(
                (other.strict_f1 or 0) >= one.strict_f1
                and known(other.usd) <= known(one.usd)
                and known(other.p95_seconds) <= known(one.p95_seconds)
                for other in front
            )


def known(amount: float | None) -> float:
    return math.inf if amount is None else amount


@given(points, st.integers(0, 6))
def test_a_further_variant_takes_none_onto_the_front(given: list[TradeOff], at: int) -> None:
    without = find_front([one for number, one in enumerate(given) if number != at])
    with_all = [one for number, one in enumerate(find_front(given)) if number != at]
    assert all(
        one.on_front <= before.on_front for one, before in zip(with_all, without, strict=True)
    )


def test_a_point_is_made_of_what_was_measured() -> None:
    several = [bulletin(number) for number in range(20)]
    reads = [
        reading(one, 3, cost=0.5)._replace(seconds=float(at)) for at, one in enumerate(several)
    ]
    dear, unpriced = result(*reads), result(*(one._replace(cost_usd=None) for one in reads))
    found = weigh_variants([dear, unpriced], [summarise(dear), summarise(unpriced)])
    assert found == (
        TradeOff("a", 1.0, 0.5, 18.0, on_front=True),
        TradeOff("a", 1.0, None, 18.0, on_front=False),
    )


def test_the_baseline_costs_nothing_and_that_is_known() -> None:
    one = result(reading(bulletin(0), 3, cost=None))
    plain = one._replace(key=ReaderKey(reader="baseline", schema_hash="s"))
    assert weigh_variants([plain], [summarise(plain)])[0].usd == 0


def test_readings_that_nobody_waited_for_have_no_part_in_times() -> None:
    read, untimed = reading(bulletin(0), 3), reading(bulletin(1), 3)._replace(seconds=None)
    found = summarise(result(read, untimed))
    assert (found.seconds, found.seconds_each, found.p95_seconds) == (2.0, 2.0, 2.0)
    nothing = summarise(result(untimed))
    assert (nothing.seconds, nothing.seconds_each, nothing.p95_seconds) == (None, None, None)


@pytest.mark.parametrize(("count", "most"), [(1, 0.0), (19, 18.0), (20, 18.0), (40, 37.0)])
def test_p95_is_what_95_of_100_readings_keep_to(count: int, most: float) -> None:
    about = bulletin(0, figures=1)
    reads = [reading(about, 1)._replace(seconds=float(second)) for second in range(count)]
    found = summarise(result(*reads)).p95_seconds
    assert found == most
    assert sum(one.seconds <= most for one in reads if one.seconds is not None) >= 0.95 * count
