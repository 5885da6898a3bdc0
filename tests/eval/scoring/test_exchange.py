"""The exchanges, beside the same done one by one with the definitions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given

from eval.scoring.exchange import (
    Pair,
    contrast,
    count_share,
    critical_t,
    exchange,
    pair_up,
    studentise,
)
from eval.scoring.ratio import Counts, Floats, micro_f1, residuals
from tests.eval.scoring.count_samples import FEW, counts, golds, pairs, reading


def by_definition(a: Counts, b: Counts) -> float:
    """Give |t| of two variants: the difference in standard errors, long bulletins made up for."""
    estimate = abs((micro_f1(b) or 0) - (micro_f1(a) or 0))
    items = (a + b)[:, 1:].sum(axis=1)
    apart = (residuals(b) - residuals(a)) / (1 - items / items.sum())
    error = math.sqrt((apart**2).sum() / (len(a) * (len(a) - 1)))
    if error < 1e-9:
        return math.inf if estimate > 1e-9 else 0.0
    return estimate / error


def each_exchange(a: Counts, b: Counts) -> list[float]:
    found = []
    for exchanged in itertools.product([False, True], repeat=len(a)):
        swap = np.array(exchanged)[:, None]
        found.append(by_definition(np.where(swap, b, a), np.where(swap, a, b)))
    return sorted(found)


def all_differ(seed: int, documents: int) -> tuple[Counts, Counts]:
    """Give two readings that differ on each document."""
    rng = np.random.default_rng(seed)
    gold = golds(rng, documents) + 2
    a, b = reading(rng, gold, 0.8), reading(rng, gold, 0.8)
    b[:, 0] = (a[:, 0] + 1 + b[:, 0] % gold) % (gold + 1)
    return a, b


def is_whole(read: Counts) -> bool:
    return len(read) > 1 and bool((read[:, 2] > 0).all())


def t_of(pair: Pair) -> Floats:
    return studentise(contrast(pair, np.ones((1, len(pair.right)))))


@pytest.mark.parametrize("seed", range(4))
def test_exchanges_are_all_that_there_are_by_the_definition(seed: int) -> None:
    a, b = all_differ(seed, 7)
    assert exchange([pair_up(a, b)]) == pytest.approx(each_exchange(a, b))


@given(pairs().filter(lambda both: is_whole(both[0])))
@FEW
def test_t_is_that_of_the_definition(both: tuple[Counts, Counts]) -> None:
    assert t_of(pair_up(*both))[0] == pytest.approx(by_definition(*both), abs=1e-6)


@given(pairs().filter(lambda both: is_whole(both[0]) and len(both[0]) < 7))
@FEW
def test_bulletins_that_are_the_same_in_both_need_not_be_exchanged(
    both: tuple[Counts, Counts],
) -> None:
    a, b = both
    changed = a.copy()
    changed[:2] = b[:2]
    if not (a[:, :2] != changed[:, :2]).any():
        return
    whole = np.array(each_exchange(a, changed))
    few = exchange([pair_up(a, changed)])
    for t in few:
        assert count_share(few, t) == pytest.approx((whole >= t * (1 - 1e-6) - 1e-12).mean())


def test_where_exchanges_are_drawn_the_observed_one_is_among_them() -> None:
    rng = np.random.default_rng(3)
    gold = golds(rng, 40)
    a, b = reading(rng, gold, 0.95), reading(rng, gold, 0.1)
    pair = pair_up(a, b)
    drawn = exchange([pair])
    assert len(drawn) == 10_000
    assert drawn[-1] == pytest.approx(t_of(pair)[0])
    assert count_share(drawn, drawn[-1]) == pytest.approx(1 / 10_000)


def test_drawn_exchanges_give_what_all_would() -> None:
    pair = pair_up(*all_differ(4, 14))
    signs = 1.0 - 2 * ((np.arange(2**14)[:, None] >> np.arange(14)) & 1)
    whole = np.sort(studentise(contrast(pair, signs)))
    drawn = exchange([pair])
    assert len(drawn) == 10_000
    for t in (0.5, 1.0, 2.0, 3.0):
        assert count_share(drawn, t) == pytest.approx(count_share(whole, t), abs=0.015)


def test_the_largest_of_several_is_never_less_than_that_of_one() -> None:
    a, b = all_differ(5, 10)
    several = [pair_up(a, b), pair_up(a, b[::-1] * [1, 0, 0] + a * [0, 1, 1])]
    together = exchange(several)
    for one in several:
        assert (together >= exchange([one]) - 1e-12).all()


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.3])
def test_a_t_beyond_the_critical_one_has_a_small_p_and_no_other_has(alpha: float) -> None:
    found = exchange([pair_up(*all_differ(6, 12))])
    critical = critical_t(found, alpha)
    assert count_share(found, critical * (1 - 1e-6)) > alpha
    assert count_share(found, critical * (1 + 1e-6)) <= alpha


def test_five_hundred_of_ten_thousand_are_five_in_a_hundred() -> None:
    """To the last digit: else an interval could leave out zero where p is said to be above 0.05."""
    found = np.arange(1, 10_001, dtype=np.float64)
    assert count_share(found, 9_501.0) == 0.05
    assert 9_500 < critical_t(found, 0.05) < 9_501


def test_what_is_the_same_everywhere_has_no_error() -> None:
    pair = pair_up(counts(*[(3, 4, 5)] * 8), counts(*[(4, 4, 5)] * 8))
    assert t_of(pair).tolist() == [math.inf]
    assert exchange([pair])[-2:].tolist() == [math.inf, math.inf]
    assert exchange([pair])[-3] < math.inf
