import numpy as np
import pytest
from hypothesis import given

from eval.scoring.bootstrap import f1_interval
from eval.scoring.ratio import Counts, micro_f1
from tests.eval.scoring.count_samples import FEW, counts, golds, pairs, reading


@pytest.mark.parametrize("undefined", [counts(), counts((0, 0, 0)), counts(*[(0, 0, 0)] * 5)])
def test_an_undefined_score_has_no_interval(undefined: Counts) -> None:
    assert f1_interval(undefined) is None


@pytest.mark.parametrize("row", [(3, 4, 5), (5, 5, 5), (0, 4, 5)])
def test_documents_that_are_all_alike_show_no_interval(row: tuple[int, int, int]) -> None:
    assert f1_interval(counts(*[row] * 9)) is None


def test_a_perfect_score_on_unlike_documents_has_no_interval() -> None:
    assert f1_interval(counts((5, 5, 5), (7, 7, 7), (0, 0, 0), (2, 2, 2))) is None


def test_three_documents_have_no_interval_and_four_have_one() -> None:
    rows = [(3, 4, 5), (1, 4, 5), (5, 5, 6), (2, 3, 3)]
    assert f1_interval(counts(*rows[:3])) is None
    assert f1_interval(counts(*rows)) is not None
    assert f1_interval(counts(*rows), (0, 1, 2, 0)) is None, "three releases"


@given(pairs())
@FEW
def test_an_interval_holds_its_score(both: tuple[Counts, Counts]) -> None:
    for one in both:
        estimate, interval = micro_f1(one), f1_interval(one)
        if interval is not None:
            assert estimate is not None
            assert 0 <= interval.low <= estimate <= interval.high <= 1


def test_the_same_counts_always_give_the_same_numbers() -> None:
    rng = np.random.default_rng(6)
    read = reading(rng, golds(rng, 30), 0.8)
    assert f1_interval(read) == f1_interval(read.copy())


def test_copies_of_each_document_make_an_interval_no_narrower() -> None:
    rng = np.random.default_rng(7)
    read = reading(rng, golds(rng, 12), 0.8)
    copied = np.vstack([read, read])
    once, taken_for_new = f1_interval(read), f1_interval(copied)
    assert once is not None
    assert taken_for_new is not None
    assert taken_for_new.high - taken_for_new.low < 0.8 * (once.high - once.low)
    assert f1_interval(copied, [*range(12)] * 2) == pytest.approx(once)


@pytest.mark.slow
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
