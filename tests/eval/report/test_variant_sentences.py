"""What is said beside the table, word by word, with the numbers that it must hold."""

import pytest

from eval.report.variant_sentences import (
    describe_few,
    describe_repeats,
    describe_total_failures,
)
from eval.runs.summary import summarise
from eval.runs.total_failures import TotalFailure
from eval.scoring.repeats import Variances
from tests.eval.runs.test_summary import bulletin, reading, result


@pytest.mark.parametrize(
    ("bulletins", "reposts", "said"),
    [
        (1, 0, ["Only 1 bulletin: fewer than 6 cannot show any difference and give no interval"]),
        (3, 0, ["Only 3 bulletins: fewer than 6 cannot show any difference and give no interval"]),
        (5, 0, ["Only 5 bulletins: fewer than 6 cannot show any difference"]),
        (6, 0, []),
        (9, 3, []),
        (7, 2, ["Only 7 bulletins, 2 of them reposts: fewer than 6 cannot show any difference"]),
    ],
)
def test_few_bulletins_are_warned_of(bulletins: int, reposts: int, said: list[str]) -> None:
    assert list(describe_few(bulletins, reposts)) == [
        f"{each}, whatever the scores." for each in said
    ]


def failed_on(*failures: TotalFailure, bulletins: int, most: float | None) -> list[str]:
    """Say of a variant that it failed on these."""
    summary = summarise(result(reading(bulletin(0), 3)))._replace(
        total_failures=failures, bulletins=bulletins, most_failing=most
    )
    return list(describe_total_failures("a", summary))


def test_bulletins_that_failed_are_named_with_how_common_that_may_be() -> None:
    failures = (TotalFailure("12-x", 0, 1), TotalFailure("13-y", 1, 1), TotalFailure("14-z", 1, 3))
    (line,) = failed_on(*failures, bulletins=50, most=0.148)
    assert line == (
        "a failed on 3 of 50 bulletins: 12-x (nothing right), 13-y (no reading), "
        "14-z (no reading 1 of 3 times). Of all such bulletins it may be up to 15 % (95 % sure)."
    )
    assert failed_on(bulletins=50, most=0.058) == []


def test_of_many_failures_the_first_are_named_and_the_others_counted() -> None:
    failures = [TotalFailure(f"b{number}", 1, 1) for number in range(9)]
    (line,) = failed_on(*failures, bulletins=9, most=1.0)
    assert "b4 (no reading) and 4 more." in line
    assert "b5" not in line
    assert "up to 100 %" in line


@pytest.mark.parametrize(
    ("variances", "said"),
    [
        (
            Variances(0.02, 0.04, 30, 5),
            (
                "a: 5 repeats of 30 are worth 64 bulletins read once, endless repeats 90; "
                "71 % of what is open is between bulletins: label more of them."
            ),
        ),
        (
            Variances(0.01, 0.09, 40, 2),
            (
                "a: 2 repeats of 40 are worth 73 bulletins read once, endless repeats 400; "
                "82 % of what is open comes from answers that change: more repeats tell more, "
                "and need no labels."
            ),
        ),
        (
            Variances(0.0, 0.09, 40, 2),
            (
                "a: 2 repeats of 40 are worth 80 bulletins read once; "
                "all that is open comes from answers that change: more repeats tell more, "
                "and need no labels."
            ),
        ),
    ],
)
def test_what_repeats_are_worth_is_said_by_the_numbers(variances: Variances, said: str) -> None:
    assert list(describe_repeats("a", variances)) == [said]


def test_without_repeats_nothing_is_said_of_them() -> None:
    assert list(describe_repeats("a", None)) == []


def test_of_a_reader_whose_answers_never_change_nothing_is_said() -> None:
    assert list(describe_repeats("a", Variances(0.01, 0.0, 40, 2))) == []
