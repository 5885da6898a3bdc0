import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eval.scoring.bootstrap import (
    Counts,
    Difference,
    Interval,
    Spread,
    bulletins_needed,
    difference,
    f1_interval,
    holm,
    measure_spread,
    micro_f1,
)
from eval.scoring.score import Score, add_scores


def counts(*rows: tuple[int, int, int]) -> Counts:
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def golds(rng: np.random.Generator, documents: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return rng.poisson(8, documents).astype(np.int64)


def reading(
    rng: np.random.Generator,
    gold: np.ndarray[tuple[int], np.dtype[np.int64]],
    accuracy: float,
) -> Counts:
    """Read as many figures as gold has, each right with a chance that differs by document."""
    chance = rng.beta(10 * accuracy, 10 * (1 - accuracy), len(gold))
    return np.stack([rng.binomial(gold, chance), gold, gold], axis=1).astype(np.int64)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Counts, Counts]:
    """Two readings of the same documents, some without figures."""
    gold = draw(st.lists(st.integers(0, 6), min_size=0, max_size=8))

    def one() -> Counts:
        rights = [draw(st.integers(0, n)) for n in gold]
        return counts(
            *((r, r + draw(st.integers(0, 3)), n) for r, n in zip(rights, gold, strict=True))
        )

    return one(), one()


FEW = settings(max_examples=60, deadline=None)


@given(pairs())
def test_f1_is_that_of_the_summed_scores(both: tuple[Counts, Counts]) -> None:
    assert micro_f1(both[0]) == add_scores(Score(*map(int, row)) for row in both[0]).f1


@pytest.mark.parametrize(
    "undefined",
    [
        counts(),
        counts((0, 0, 0)),
        counts((0, 0, 0), (0, 0, 0), (0, 0, 0)),
    ],
)
def test_nothing_to_read_and_nothing_read_is_undefined(undefined: Counts) -> None:
    assert micro_f1(undefined) is None
    assert f1_interval(undefined) is None
    assert difference(undefined, undefined) == (None, None, None, len(undefined), None, None)
    assert measure_spread([undefined, undefined]) == ((None, None), None)


def test_a_difference_to_an_undefined_score_is_undefined() -> None:
    silent, invented = counts((0, 0, 0), (0, 0, 0)), counts((0, 2, 0), (0, 1, 0))
    assert micro_f1(invented) == 0
    assert difference(silent, invented) == (None, None, None, 2, None, None)


def test_of_one_document_only_the_estimate_is_known() -> None:
    one, other = counts((3, 4, 5)), counts((4, 4, 5))
    assert f1_interval(one) is None
    assert difference(one, other) == (8 / 9 - 6 / 9, None, None, 1, None, None)


@pytest.mark.parametrize("row", [(3, 4, 5), (5, 5, 5), (0, 4, 5)])
def test_documents_that_are_all_alike_show_no_interval(row: tuple[int, int, int]) -> None:
    assert f1_interval(counts(*[row] * 9)) is None


def test_a_perfect_score_on_unlike_documents_has_no_interval() -> None:
    assert f1_interval(counts((5, 5, 5), (7, 7, 7), (0, 0, 0), (2, 2, 2))) is None


def test_a_difference_that_every_draw_gives_is_its_own_interval() -> None:
    found = difference(counts(*[(3, 4, 5)] * 8), counts(*[(4, 4, 5)] * 8))
    assert found.estimate == pytest.approx(2 / 9)
    assert found.interval == pytest.approx((2 / 9, 2 / 9))
    assert found.p == 2 / 2**8
    assert (found.more, found.least) == (0, None)
    few = difference(counts(*[(3, 4, 5)] * 4), counts(*[(4, 4, 5)] * 4))
    assert few.p == 2 / 2**4
    assert few.more is None, "four bulletins show nothing, however alike"


@given(pairs().map(lambda both: both[0]).filter(lambda a: len(a) > 1 and a.sum() > 0))
@FEW
def test_equal_on_every_document_is_a_difference_of_zero(same: Counts) -> None:
    zero = Difference(0.0, Interval(0.0, 0.0), 1.0, len(same), None, None)
    assert difference(same, same.copy()) == zero
    # Repeats of a reader that always answers alike change nothing either.
    if same[:, 2].any():
        assert difference(same, 3 * same) == zero


@given(pairs())
@example((counts((5, 5, 5), *[(0, 0, 0)] * 7), counts((4, 6, 5), *[(0, 0, 0)] * 7)))
@example((counts((0, 2, 0), (0, 0, 0)), counts((0, 0, 0), (0, 3, 0))))
@example((counts((111, 111, 111), (0, 0, 0)), counts((2, 5, 111), (0, 5, 0))))
@FEW
def test_whatever_the_counts_what_is_said_holds_together(both: tuple[Counts, Counts]) -> None:
    for one in both:
        estimate, interval = micro_f1(one), f1_interval(one)
        if interval is not None:
            assert estimate is not None
            assert 0 <= interval.low <= estimate <= interval.high <= 1
    found = difference(*both)
    assert found.documents == len(both[0])
    if found.estimate is None:
        assert found == (None, None, None, found.documents, None, None)
    if found.interval is not None:
        assert found.estimate is not None
        assert -1 <= found.interval.low <= found.estimate <= found.interval.high <= 1
    assert found.p is None or 0 < found.p <= 1
    assert found.more is None or found.more >= 0
    if found.more and found.estimate is not None:
        assert found.more == bulletins_needed(found.documents, found.least, found.estimate)
    assert found.more is None or found.estimate != 0
    if found.more == 0:
        assert found.interval is not None
        assert found.p is not None
        assert not found.interval.low <= 0 <= found.interval.high
        assert found.p <= 0.05
    assert found.least is None or found.least > 0


def mirrored(found: Difference) -> list[float | None]:
    low, high = found.interval or (None, None)
    turned = [None if x is None else -x for x in (found.estimate, high, low)]
    return [*turned, found.p, found.documents, found.more, found.least]


def plain(found: Difference) -> list[float | None]:
    return [found.estimate, *(found.interval or (None, None)), *found[2:]]


@given(pairs())
@FEW
def test_the_other_way_round_only_signs_change(both: tuple[Counts, Counts]) -> None:
    a, b = both
    for left, right in zip(plain(difference(a, b)), mirrored(difference(b, a)), strict=True):
        assert left == right or left == pytest.approx(right, abs=1e-9)


def test_the_other_way_round_holds_where_exchanges_are_drawn() -> None:
    rng = np.random.default_rng(5)
    gold = golds(rng, 40)
    a, b = reading(rng, gold, 0.8), reading(rng, gold, 0.75)
    assert plain(difference(a, b)) == pytest.approx(mirrored(difference(b, a)))


def test_the_same_counts_always_give_the_same_numbers() -> None:
    rng = np.random.default_rng(6)
    gold = golds(rng, 30)
    a, b = reading(rng, gold, 0.8), reading(rng, gold, 0.75)
    assert difference(a, b) == difference(a.copy(), b.copy())
    assert f1_interval(a) == f1_interval(a.copy())


def exact(read: Counts) -> Fraction:
    right, said, gold = (int(n) for n in read.sum(axis=0))
    return Fraction(2 * right, said + gold)


def brute_force_p(a: Counts, b: Counts, moved: int) -> float:
    """Exchange every subset of the last documents; count differences at least as large."""
    observed = exact(b) - exact(a)
    null = []
    for exchanged in itertools.product([False, True], repeat=moved):
        swap = np.array((*[False] * (len(a) - moved), *exchanged))[:, None]
        null.append(exact(np.where(swap, a, b)) - exact(np.where(swap, b, a)))
    extreme = sum(abs(change) >= abs(observed) for change in null)
    return extreme / len(null)


@pytest.mark.parametrize("seed", range(8))
def test_p_is_that_of_every_exchange_there_is(seed: int) -> None:
    rng = np.random.default_rng(seed)
    gold = golds(rng, 6) + 1
    a, b = reading(rng, gold, 0.8), reading(rng, gold, 0.5)
    assert difference(a, b).p == pytest.approx(brute_force_p(a, b, moved=6))


def test_documents_that_are_the_same_in_both_leave_p_exact() -> None:
    rng = np.random.default_rng(9)
    gold = golds(rng, 6) + 1
    same = np.repeat(reading(rng, golds(rng, 2), 0.8), [1, 40], axis=0)
    a = np.vstack([same, reading(rng, gold, 0.8)])
    b = np.vstack([same, reading(rng, gold, 0.5)])
    # Each of the 2**6 ways to exchange the six counts as often as any other.
    p = difference(a, b).p
    assert p is not None
    assert (p * 2**6).is_integer()
    assert p == brute_force_p(a, b, moved=6)


def test_inventions_alone_tell_nothing_apart() -> None:
    a, b = counts((0, 2, 0), (0, 0, 0), (0, 0, 0)), counts((0, 0, 0), (0, 3, 0), (0, 1, 0))
    assert (difference(a, b).estimate, difference(a, b).p) == (0, 1)


def test_one_document_that_differs_proves_nothing() -> None:
    same = [(5, 6, 7), (3, 3, 4), (0, 0, 0), (8, 8, 8)] * 10
    found = difference(counts((0, 9, 9), *same), counts((9, 9, 9), *same))
    assert found.p == 1
    assert found.more is not None
    assert found.more > 0


def test_repeats_of_one_side_alone_do_not_outweigh_the_other() -> None:
    rng = np.random.default_rng(11)
    gold = golds(rng, 10) + 1
    a, b = reading(rng, gold, 0.8), reading(rng, gold, 0.5)
    assert plain(difference(3 * a, b)) == pytest.approx(plain(difference(a, b)))
    assert plain(difference(2 * a, 5 * b)) == pytest.approx(plain(difference(a, b)))


def test_the_least_difference_shown_is_28_tenths_of_its_standard_error() -> None:
    # Of +1 on half of 100 documents of one figure each and -1 on none the error is known.
    rows = [(0, 1, 1)] * 50 + [(1, 1, 1)] * 50
    found = difference(counts(*[(0, 1, 1)] * 100), counts(*rows))
    assert found.least == pytest.approx((1.960 + 0.842) * math.sqrt(0.25 / 100), rel=0.03)


def test_counts_of_different_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="not the same documents"):
        difference(counts((1, 1, 1)), counts((1, 1, 1), (2, 2, 2)))


def test_the_interval_covers_the_true_score_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(20)
    truth, trials = 0.8, 200
    covered = 0
    for _ in range(trials):
        interval = f1_interval(reading(rng, golds(rng, 30), truth))
        assert interval is not None
        covered += interval.low <= truth <= interval.high
    # Bootstrap intervals on 30 documents hold a little less than they say.
    assert 0.89 <= covered / trials <= 0.99


def test_a_lower_level_gives_a_narrower_interval() -> None:
    rng = np.random.default_rng(21)
    read = reading(rng, golds(rng, 30), 0.8)
    wide, narrow = f1_interval(read), f1_interval(read, level=0.5)
    assert wide is not None
    assert narrow is not None
    assert wide.low < narrow.low < narrow.high < wide.high


def test_a_prompt_made_worse_is_shown_to_be_worse() -> None:
    rng = np.random.default_rng(30)
    gold = golds(rng, 30)
    good = reading(rng, gold, 0.9)
    spoilt = good.copy()
    spoilt[:, 0] = rng.binomial(good[:, 0], 0.85)
    found = difference(good, spoilt)
    assert found.estimate is not None
    assert found.estimate < 0
    assert found.interval is not None
    assert found.interval.high < 0
    assert found.p is not None
    assert found.p < 0.05
    assert found.more == 0


def test_two_equal_prompts_with_errors_of_their_own_are_not_told_apart() -> None:
    rng = np.random.default_rng(33)
    gold = golds(rng, 30)
    found = difference(reading(rng, gold, 0.8), reading(rng, gold, 0.8))
    assert found.estimate != 0
    assert found.interval is not None
    assert found.interval.low < 0 < found.interval.high
    assert found.p is not None
    assert found.p > 0.05
    assert found.more is not None
    assert found.more > 0


@pytest.mark.slow
def test_equal_prompts_are_told_apart_about_one_time_in_twenty() -> None:
    rng = np.random.default_rng(32)
    trials, by_interval, by_p, by_both = 100, 0, 0, 0
    for _ in range(trials):
        gold = golds(rng, 30)
        found = difference(reading(rng, gold, 0.8), reading(rng, gold, 0.8))
        assert found.interval is not None
        assert found.p is not None
        by_interval += not found.interval.low <= 0 <= found.interval.high
        by_p += found.p <= 0.05
        by_both += found.more == 0
    assert by_both <= min(by_interval, by_p)
    assert max(by_interval, by_p) / trials <= 0.12


@pytest.mark.slow
def test_as_many_bulletins_as_asked_for_show_the_difference_four_times_in_five() -> None:
    rng = np.random.default_rng(40)
    gold = golds(rng, 400)
    # What 400 documents would show tells what 20 would. The true difference is 0.14.
    large = difference(reading(rng, gold, 0.8), reading(rng, gold, 0.66))
    assert large.least is not None
    needed = bulletins_needed(20, large.least * math.sqrt(400 / 20), 0.14)
    assert needed is not None
    assert needed > 1
    shown, trials = 0, 120
    for _ in range(trials):
        gold = golds(rng, 20 + needed)
        found = difference(reading(rng, gold, 0.8), reading(rng, gold, 0.66))
        shown += found.p is not None and found.p <= 0.05
    # On few documents the tails are heavier than the normal ones of the formula.
    assert 0.65 <= shown / trials <= 0.93


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


def test_holm_agrees_with_a_worked_example() -> None:
    # 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04 raised to the one before it.
    adjusted = holm([0.01, 0.04, 0.03, 0.005])
    assert adjusted == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_holm_leaves_out_what_has_no_p() -> None:
    assert holm([None, 0.25, None, 0.5]) == (None, 0.5, None, 0.5)
    assert holm([None]) == (None,)
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1) | st.none(), max_size=8))
def test_holm_keeps_order_and_lies_between_p_and_bonferroni(ps: list[float | None]) -> None:
    adjusted = holm(ps)
    known = [(p, q) for p, q in zip(ps, adjusted, strict=True) if p is not None and q is not None]
    assert [p is None for p in ps] == [q is None for q in adjusted]
    assert all(p <= q <= 1 for p, q in known)
    assert all(q <= max(p for p, _ in known) * len(known) for _, q in known)
    assert [q for _, q in sorted(known)] == sorted(q for _, q in known)


def test_spread_is_that_of_repeats_and_not_of_documents() -> None:
    # Documents differ widely, repeats hardly: 12 and 14 right of 20.
    repeats = [counts((10, 10, 10), (2, 10, 10)), counts((10, 10, 10), (4, 10, 10))]
    assert measure_spread(repeats).f1 == (0.6, 0.7)
    assert measure_spread(repeats).deviation == pytest.approx(0.1 / math.sqrt(2))


def test_one_repeat_has_no_spread() -> None:
    assert measure_spread([counts((1, 2, 2), (2, 2, 2))]) == Spread((0.75,), None)
    assert measure_spread([]) == Spread((), None)


def test_a_repeat_without_a_score_is_shown_and_left_out_of_the_spread() -> None:
    found = measure_spread([counts((0, 0, 0)), counts((0, 1, 0)), counts((0, 2, 0))])
    assert found == Spread((None, 0.0, 0.0), 0.0)
