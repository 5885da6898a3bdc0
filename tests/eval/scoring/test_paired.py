"""Whether variants differ: what is said holds together, both ways round, alone and of several."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from scipy import stats

from eval.scoring.needed import bulletins_needed
from eval.scoring.paired import Difference, difference, differences
from eval.scoring.ratio import Counts, Interval, micro_f1, residuals
from tests.eval.scoring.count_samples import FEW, counts, golds, pairs, reading


def test_a_difference_to_an_undefined_score_is_undefined() -> None:
    silent, invented = counts((0, 0, 0), (0, 0, 0)), counts((0, 2, 0), (0, 1, 0))
    assert micro_f1(invented) == 0
    assert difference(silent, invented) == Difference(None, None, None, 2, None)
    assert difference(silent[:1], silent[:1]) == Difference(None, None, None, 1, None)
    assert difference(counts(), counts()) == Difference(None, None, None, 0, None)


@pytest.mark.parametrize("documents", [1, 2, 3])
def test_of_up_to_three_documents_only_the_estimate_is_known(documents: int) -> None:
    one, other = counts(*[(3, 4, 5)] * documents), counts(*[(4, 4, 5)] * documents)
    found = difference(one, other)
    assert found == Difference(found.estimate, None, None, documents, None)
    assert found.estimate == pytest.approx(8 / 9 - 6 / 9)


def test_one_document_that_has_all_the_figures_tells_nothing_of_others() -> None:
    empty = [(0, 0, 0)] * 9
    found = difference(counts((3, 4, 5), *empty), counts((4, 4, 5), *empty))
    assert (found.interval, found.p, found.more) == (None, None, None)


def test_inventions_alone_tell_nothing_apart() -> None:
    a, b = counts((0, 2, 0), *[(0, 0, 0)] * 9), counts((0, 0, 0), *[(0, 3, 0)] * 9)
    assert difference(a, b) == Difference(0.0, None, None, 10, None)


def test_a_difference_that_every_draw_gives_is_its_own_interval() -> None:
    found = difference(counts(*[(3, 4, 5)] * 8), counts(*[(4, 4, 5)] * 8))
    assert found.estimate == pytest.approx(2 / 9)
    assert found.interval == pytest.approx((2 / 9, 2 / 9))
    assert found.p == 2 / 2**8
    assert (found.more, found.least) == (0, None)
    few = difference(counts(*[(3, 4, 5)] * 4), counts(*[(4, 4, 5)] * 4))
    assert few.p == 2 / 2**4
    assert (few.interval, few.more) == (None, None), "four bulletins show nothing, however alike"


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
    found = difference(*both)
    assert found.documents == len(both[0])
    if found.estimate is None:
        assert found == Difference(None, None, None, found.documents, None)
    if found.interval is not None:
        assert found.estimate is not None
        assert -1 <= found.interval.low <= found.estimate <= found.interval.high <= 1
    assert found.p is None or 0 < found.p <= 1
    assert found.more is None or found.more >= 0
    if found.more and found.estimate is not None:
        needed = found.needed(found.estimate)
        assert needed is not None
        assert needed.fewest <= found.more <= needed.most
    assert found.more is None or found.estimate != 0
    if found.interval is not None:
        assert found.p is not None
        leaves_out_zero = not found.interval.low <= 0 <= found.interval.high
        assert leaves_out_zero == (found.p <= 0.05) == (found.more == 0)
    assert found.least is None or found.least > 0
    if found.error is not None:
        assert 0 < found.error.low <= found.error.high


def plain(found: Difference) -> list[float | None]:
    """List all that is said, for `approx`."""
    low, high = found.interval or (None, None)
    ends = found.error or (None, None)
    rest = (found.p, found.documents, found.more, found.least, *ends, found.reposts)
    return [found.estimate, low, high, *rest]


def mirrored(found: Difference) -> list[float | None]:
    """List the same as it would be the other way round."""
    estimate, low, high, *rest = plain(found)
    return [*(None if x is None else -x for x in (estimate, high, low)), *rest]


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
    # A little more: it is a t of 51 degrees, and half of the documents are alike.
    assert found.least == pytest.approx((1.960 + 0.842) * math.sqrt(0.25 / 100), rel=0.045)


def test_counts_of_different_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="not the same documents"):
        difference(counts((1, 1, 1)), counts((1, 1, 1), (2, 2, 2)))


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


@pytest.mark.parametrize("gap", [0.0, 0.03, 0.1])
def test_the_interval_is_that_of_a_paired_t_where_all_bulletins_differ_alike(gap: float) -> None:
    rng = np.random.default_rng(31)
    gold = np.full(60, 20, dtype=np.int64)
    right = rng.integers(5, 12, 60)
    a = np.stack([right, gold, gold], axis=1)
    b = np.stack([right + rng.permutation([1, -1, 2, -2, 3, -3] * 10), gold, gold], axis=1)
    b[:, 0] += round(20 * gap)
    found, apart = difference(a, b), residuals(b) - residuals(a)
    expected = stats.t.ppf(0.975, 59) * stats.sem(apart)
    assert found.estimate is not None
    assert found.interval is not None
    # A little wider: by 60/59 for what each bulletin pulls F1 its way, and by chance.
    assert expected <= found.interval.high - found.estimate <= 1.05 * expected


def test_bulletins_that_are_the_same_in_both_make_few_others_no_surer() -> None:
    """One or two that differ must not be taken for all that ever will."""
    same = [(8, 10, 10)] * 48
    a, b = counts((5, 10, 10), (5, 10, 10), *same), counts((9, 10, 10), (10, 10, 10), *same)
    found, apart = difference(a, b), residuals(b) - residuals(a)
    plain_reach = stats.t.ppf(0.975, 49) * stats.sem(apart)
    assert found.estimate is not None
    assert found.interval is not None
    assert found.interval.high - found.estimate > 2 * plain_reach


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
    trials, told = 100, 0
    for _ in range(trials):
        gold = golds(rng, 30)
        found = difference(reading(rng, gold, 0.8), reading(rng, gold, 0.8))
        told += found.more == 0
    assert told / trials <= 0.12


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


@given(pairs(), pairs())
@FEW
def test_of_several_what_is_said_of_each_holds_together(
    some: tuple[Counts, Counts], others: tuple[Counts, Counts]
) -> None:
    shared = min(len(some[0]), len(others[0]))
    a, *variants = (each[:shared] for each in (*some, *others))
    for each in variants:
        each[:, 2] = a[:, 2]
        each[:, 0] = np.minimum(each[:, 0], each[:, 2])
    for found, alone in zip(
        differences(a, variants), [difference(a, each) for each in variants], strict=True
    ):
        assert found.estimate == alone.estimate
        if found.interval is None or found.p is None:
            continue
        assert (not found.interval.low <= 0 <= found.interval.high) == (found.p <= 0.05)
        if alone.interval is not None and alone.p is not None:
            assert found.interval.low <= alone.interval.low + 1e-12
            assert found.interval.high >= alone.interval.high - 1e-12


def test_one_of_many_that_is_lucky_is_not_told_from_the_first() -> None:
    """Alone it would be: of so many readers by chance, one does that well."""
    rng = np.random.default_rng(35)
    gold = golds(rng, 30)
    first = reading(rng, gold, 0.8)
    many = [reading(rng, gold, 0.8) for _ in range(8)]
    assert any(difference(first, each).more == 0 for each in many)
    assert all(found.more != 0 for found in differences(first, many))


def test_variants_that_answer_alike_need_hardly_a_correction() -> None:
    rng = np.random.default_rng(35)
    gold = golds(rng, 30) + 1
    first, other = reading(rng, gold, 0.8), reading(rng, gold, 0.65)
    (alone,) = differences(first, [other])
    copies = differences(first, [other] * 10)
    assert alone.interval is not None
    for each in copies:
        assert each.p == pytest.approx(alone.p, abs=0.005)
        assert each.interval == pytest.approx(alone.interval, abs=0.002)


def test_reposts_are_drawn_as_one() -> None:
    rng = np.random.default_rng(36)
    gold = golds(rng, 12) + 1
    a, b = reading(rng, gold, 0.8), reading(rng, gold, 0.6)
    releases = [*range(12)] * 2
    once = difference(a, b)
    twice = difference(np.vstack([a, a]), np.vstack([b, b]), releases)
    assert (twice.documents, twice.reposts, twice.drawn) == (24, 12, 12)
    assert plain(twice)[:4] == pytest.approx(plain(once)[:4])
    taken_for_new = difference(np.vstack([a, a]), np.vstack([b, b]))
    assert taken_for_new.interval is not None
    assert once.interval is not None
    assert taken_for_new.interval.low > once.interval.low


@pytest.mark.slow
@pytest.mark.parametrize("fails", [0.0, 0.1])
def test_the_range_of_bulletins_needed_holds_the_true_number_four_times_in_five(
    fails: float,
) -> None:
    rng = np.random.default_rng(41)
    found = []
    for _ in range(120):
        gold = golds(rng, 30)
        b = reading(rng, gold, 0.75)
        b[rng.random(30) < fails, :2] = 0
        found.append(difference(reading(rng, gold, 0.8), b))
    error = float(np.std([one.estimate for one in found], ddof=1))
    needed = bulletins_needed(30, (1.960 + 0.842) * error, 0.01)
    assert needed is not None
    ranges = [one.needed(0.01) for one in found]
    holds = [one is not None and one.fewest <= needed <= one.most for one in ranges]
    assert 0.7 <= sum(holds) / len(holds) <= 0.97
