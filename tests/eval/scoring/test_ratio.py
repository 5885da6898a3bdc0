import numpy as np
import pytest
from hypothesis import given

from eval.scoring.ratio import Counts, join_releases, micro_f1, residuals
from eval.scoring.score import Score, add_scores
from tests.eval.scoring.count_samples import counts, golds, pairs, reading


@given(pairs())
def test_f1_is_that_of_the_summed_scores(both: tuple[Counts, Counts]) -> None:
    assert micro_f1(both[0]) == add_scores(Score(*map(int, row)) for row in both[0]).f1


@pytest.mark.parametrize("undefined", [counts((0, 0, 0)), counts(*[(0, 0, 0)] * 3)])
def test_nothing_to_read_and_nothing_read_is_undefined(undefined: Counts) -> None:
    assert micro_f1(undefined) is None
    assert np.isnan(residuals(undefined)).all()
    assert micro_f1(counts()) is None


def test_residuals_are_as_defined_and_cancel_out() -> None:
    # F1 is 2 x 4 / 16; a bulletin has 8 items in the mean.
    assert residuals(counts((1, 4, 4), (3, 3, 5))).tolist() == [-2 / 8, 2 / 8]
    rng = np.random.default_rng(1)
    assert residuals(reading(rng, golds(rng, 30), 0.7)).sum() == pytest.approx(0, abs=1e-12)


def test_the_mean_residual_of_a_document_more_is_how_f1_moves() -> None:
    rng = np.random.default_rng(2)
    read = reading(rng, golds(rng, 4000), 0.7)
    more = np.vstack([read, read[:1]])
    moved = (micro_f1(more) or 0) - (micro_f1(read) or 0)
    assert moved == pytest.approx(residuals(read)[0] / 4000, rel=0.01)


def test_rows_of_one_release_are_added_up_and_others_stay() -> None:
    rows = counts((1, 2, 3), (4, 5, 6), (1, 1, 1))
    assert join_releases(rows, (0, 1, 0)).tolist() == [[2, 3, 4], [4, 5, 6]]
    assert join_releases(rows, (0, 1, 2)).tolist() == rows.tolist()
    assert join_releases(rows, None) is rows
    with pytest.raises(ValueError, match="2 labels of releases for 3 documents"):
        join_releases(rows, (0, 1))
