"""Scores and amounts of variants, held against bounds."""

import pytest

from eval.gates.amounts import FoundAmount
from eval.gates.bounds import judge_bound, judge_limit, judge_low, judge_threshold
from eval.gates.gate import GateResult, Limit, Part, Threshold
from eval.gates.parsing import parse_gate
from eval.runs.reasks import FaultKind, ScoredAnswer
from eval.runs.stored_readings import WAS_NOT_READ
from eval.runs.summary import summarise
from eval.runs.variant import ScoredReading, VariantResult
from eval.scoring.ratio import Interval
from eval.scoring.score import Score
from tests.eval.runs.test_summary import bulletin, reading, result, with_figures

STRICT = Threshold("strict", "f1", ">=", 0.9)


@pytest.mark.parametrize(
    ("operator", "passes"),
    [(">=", (False, True, True)), (">", (False, False, True)),
     ("<=", (True, True, False)), ("<", (True, False, False))],
)  # fmt: skip
def test_thresholds_hold_on_their_side_alone(operator: str, passes: tuple[bool, ...]) -> None:
    gate = Threshold("strict", "recall", operator, 0.9)
    scores = [Score(right, 20, 20) for right in (17, 18, 19)]
    assert tuple(judge_threshold(gate, score, "baseline").passed for score in scores) == passes
    limit = Limit("failed", operator, 2)
    amounts = [FoundAmount(n, "9 bulletins") for n in (1, 2, 3)]
    assert tuple(judge_limit(limit, each, "baseline").passed for each in amounts) == passes


def test_a_threshold_says_score_bound_and_n() -> None:
    passed = judge_threshold(STRICT, Score(19, 20, 20), "baseline")
    assert passed == (
        True,
        "strict F1 of baseline is 0.950, at least 0.900 (n = 20 in gold, 20 read)",
    )
    failed = judge_threshold(STRICT, Score(10, 12, 20), "baseline")
    assert failed == (
        False,
        "strict F1 of baseline is 0.625, below 0.900 (n = 20 in gold, 12 read)",
    )


def test_a_near_miss_is_not_rounded_up_to_the_bound() -> None:
    result = judge_threshold(STRICT, Score(89_999, 100_000, 100_000), "baseline")
    assert not result.passed
    assert "is 0.89999, below 0.90000 " in result.why


def test_a_score_that_just_meets_the_bound_is_shown_as_the_bound() -> None:
    result = judge_threshold(STRICT, Score(18, 20, 20), "baseline")
    assert result.passed
    assert "is 0.900, at least 0.900 " in result.why


@pytest.mark.parametrize(
    ("statistic", "score", "why"),
    [
        ("f1", Score(0, 0, 0), "gold has nothing to read and nothing was read"),
        ("precision", Score(0, 0, 7), "nothing was read (n = 7 in gold, 0 read)"),
        ("recall", Score(0, 3, 0), "gold has nothing to read (n = 0 in gold, 3 read)"),
    ],
)
@pytest.mark.parametrize("operator", [">=", "<="])
def test_an_undefined_score_never_passes(
    statistic: str, score: Score, why: str, operator: str
) -> None:
    result = judge_threshold(Threshold("strict", statistic, operator, 0.0), score, "baseline")
    assert not result.passed
    assert "undefined" in result.why
    assert why in result.why


def test_amounts_are_shown_in_their_own_unit() -> None:
    failed = judge_limit(Limit("failed", "<=", 0), FoundAmount(2, "30 bulletins"), "baseline")
    assert failed == (False, "failed bulletins of baseline: 2, above 0 (n = 30 bulletins)")
    cost = judge_limit(Limit("cost_usd", "<", 1.5), FoundAmount(0.25, "30 bulletins"), "big")
    assert cost == (True, "total cost in USD of big: 0.250, below 1.500 (n = 30 bulletins)")


def test_an_unknown_cost_never_passes() -> None:
    result = judge_limit(Limit("cost", "<=", 1.5), FoundAmount(None, "30 bulletins"), "big")
    assert result == (False, "total cost in USD of big: not known (n = 30 bulletins)")


# A variant, by a gate as it is written

BULLETINS = tuple(
    bulletin(number, figures=4, noise=("ocr",) if number < 3 else ()) for number in range(12)
)


def variant(*reads: ScoredReading, repeats: int = 1) -> VariantResult:
    return result(*reads, name="new", repeats=repeats)


def mixed(**changes: object) -> VariantResult:
    """Read all of every second bulletin, which is a PDF and longer, and half of the others."""
    return variant(
        *(reading(each, 2 + 2 * (n % 2))._replace(**changes) for n, each in enumerate(BULLETINS))
    )


def judge(text: str, of: VariantResult) -> GateResult:
    gate = parse_gate(text)
    assert isinstance(gate, Threshold | Limit)
    return judge_bound(gate, of)


def test_a_measure_and_its_repeats_are_named() -> None:
    twice = [reading(each, 4, repeat=repeat) for each in BULLETINS for repeat in (1, 2)]
    found = judge("value_recall>=0.9", variant(*twice, repeats=2))
    assert found.passed
    assert found.why == (
        "value recall of new in 2 readings of each bulletin is 1.000, at least 0.900 "
        "(n = 96 in gold, 96 read)"
    )


def test_the_lower_end_of_an_interval_is_what_counts() -> None:
    f1 = judge("strict_f1>=0.8", mixed())
    assert f1.passed
    low = judge("strict_f1_low>=0.8", mixed())
    assert not low.passed
    assert "lower end of the 95 % interval of strict F1 of new is 0.7" in low.why
    assert low.why.endswith("below 0.800 (F1 0.857, n = 12 bulletins)")
    assert judge("value_f1_low>=0.6", mixed()).passed


@pytest.mark.parametrize(
    ("score", "bulletins", "interval", "why"),
    [
        (Score(2, 3, 4), 9, Interval(0.4, 0.6), "fewer than 10 bulletins say too little"),
        (Score(4, 4, 4), 30, None, "how sure it is cannot be said"),
        (Score(0, 0, 0), 30, None, "F1 undefined"),
    ],
)
def test_an_interval_that_says_nothing_never_passes(
    score: Score, bulletins: int, interval: Interval | None, why: str
) -> None:
    for sign in (">=", "<="):
        gate = Threshold("strict", "f1_low", sign, 0.4)
        found = judge_low(gate, [score] * bulletins, interval, "new", bulletins)
        assert not found.passed
        assert why in found.why


def test_an_interval_of_bulletins_that_are_all_right_is_none() -> None:
    found = judge("strict_f1_low>=0.1", variant(*(reading(each, 4) for each in BULLETINS)))
    assert not found.passed
    assert "is undefined: no bulletin is scored otherwise than another" in found.why


def test_bulletins_with_nothing_to_score_make_no_interval_surer() -> None:
    empty = [each._replace(gold=with_figures(each, 0)) for each in BULLETINS[3:]]
    reads = [reading(each, n + 1) for n, each in enumerate(BULLETINS[:3])]
    found = judge("strict_f1_low>=0", variant(*reads, *(reading(each, 0) for each in empty)))
    assert not found.passed
    assert found.why.endswith("n = 12 bulletins (3 of them with anything new to score))")


@pytest.mark.parametrize(
    ("part", "f1", "n"),
    [
        ("format=pdf", 1.0, 24),
        ("format=txt", 2 / 3, 24),
        ("length=1,000 to 2,000 characters", 1.0, 24),
        ("noise=ocr", 2 * 8 / (8 + 12), 12),
        ("kind=results", 6 / 7, 48),
        ("service=consultation", 6 / 7, 48),
        ("unit=count", 6 / 7, 48),
    ],
)
def test_a_part_is_scored_by_itself(part: str, f1: float, n: int) -> None:
    for bound, passes in ((f1 - 1e-6, True), (min(f1 + 1e-6, 1), f1 == 1)):
        found = judge(f"strict_f1[{part}]>={bound}", mixed())
        assert found.passed is passes
        assert f"of new on {part} is" in found.why
        assert f"(n = {n} in gold" in found.why


def test_the_interval_of_a_part_is_over_its_own_bulletins() -> None:
    assert not judge("strict_f1_low[noise=ocr]>=0.1", mixed()).passed
    assert "n = 12 bulletins" in judge("strict_f1_low[service=consultation]>=0.1", mixed()).why


def test_what_is_read_of_a_label_and_never_labelled_so_is_undefined() -> None:
    found = judge_bound(Threshold("strict", "f1", ">=", 0.0, Part("service", "surgery")), mixed())
    assert not found.passed


def test_amounts_of_a_part_are_of_its_bulletins_alone() -> None:
    reads = [reading(each, None if n < 3 else 4) for n, each in enumerate(BULLETINS)]
    assert judge("failed<=3", variant(*reads)).passed
    assert not judge("failed<=2", variant(*reads)).passed
    assert judge("failed[noise=clean]<=0", variant(*reads)).passed
    assert judge("failed[noise=ocr]<=2", variant(*reads)) == (
        False,
        "failed bulletins of new on noise=ocr: 3, above 2 (n = 3 bulletins)",
    )


def test_first_tries_are_scored_without_what_asking_again_bought() -> None:
    reads = variant(*(reading(each, 4, first=2) for each in BULLETINS))
    assert judge("strict_f1>=1", reads).passed
    assert judge("first_try_recall<=0.5", reads).passed
    assert not judge("first_try_f1>=0.7", reads).passed


@pytest.mark.parametrize(
    "gate",
    ["first_try_f1>=0", "reask_precision>=0", "reask_precision<=1", "cost<=9", "cost_usd<=9",
     "tokens<=9", "tokens>=0", "seconds<=9", "seconds_p95<=9"],
)  # fmt: skip
def test_what_nobody_knows_never_passes(gate: str) -> None:
    unknown = mixed(input_tokens=None, output_tokens=None, cost_usd=None, seconds=0.0)
    found = judge(gate, unknown)
    assert not found.passed
    assert "not known" in found.why


def test_a_reading_whose_tokens_are_unknown_leaves_the_mean_unknown() -> None:
    reads = [reading(each, 4) for each in BULLETINS]
    assert judge("tokens<=120", variant(*reads)).passed
    assert not judge("tokens<120", variant(*reads)).passed
    for unknown in ({"output_tokens": None}, {"input_tokens": None, "output_tokens": None}):
        reads[0] = reads[0]._replace(**unknown)
        assert "not known" in judge("tokens<=120", variant(*reads)).why
    reads[0] = reading(BULLETINS[0], None)  # a call without an answer took none
    assert judge("tokens<=120", variant(*reads)).passed


@pytest.mark.parametrize("gate", ["cost<=9", "tokens<=200", "seconds<=3", "seconds_p95<=3"])
def test_no_amount_of_a_part_passes_for_the_whole(gate: str) -> None:
    """As of readings that are stored: most of the gold was never read."""
    reads = [reading(each, 4) for each in BULLETINS]
    assert judge(gate, variant(*reads)).passed
    reads[0] = reading(BULLETINS[0], None)._replace(error=WAS_NOT_READ, seconds=None, attempts=0)
    found = judge(gate, variant(*reads))
    assert not found.passed
    assert found.why.endswith("not known (n = 1 of 12 readings were never made)")


def test_seconds_are_a_readings_and_those_that_nobody_waited_for_are_not_known() -> None:
    reads = [reading(each, 4)._replace(seconds=float(n + 1)) for n, each in enumerate(BULLETINS)]
    mean = judge("seconds<=6.5", variant(*reads))
    assert mean == (True, "mean seconds a reading of new: 6.5, at most 6.5 (n = 12 readings)")
    assert not judge("seconds<6.5", variant(*reads)).passed
    slow = judge("seconds_p95<=11.5", variant(*reads))
    assert slow == (
        False, "seconds that 95 % of readings take of new: 12.0, above 11.5 (n = 12 readings)"
    )  # fmt: skip
    assert summarise(variant(*reads)).p95_seconds == 12  # as tables have it
    in_a_batch = judge("seconds<=99", variant(reads[0]._replace(seconds=None), *reads[1:]))
    assert not in_a_batch.passed
    assert in_a_batch.why.endswith("not known (n = 1 of 12 readings were not timed)")


def test_reasks_are_held_against_how_often_they_bettered_the_answer() -> None:
    def answered(*right: int) -> ScoredReading:
        answers = tuple(ScoredAnswer(Score(n, 4, 4), frozenset({FaultKind.QUOTE})) for n in right)
        return reading(BULLETINS[0], 4, first=1)._replace(answers=answers)

    reads = variant(answered(1, 2), answered(1, 1), answered(4), answered(3, 4), answered(2, 4))
    found = judge("reask_precision>=0.75", reads)
    assert found.passed
    assert found.why.endswith(": 0.750, at least 0.750 (n = 4 answers sent back)")
    assert not judge("reask_precision>0.75", reads).passed
    assert not judge("reask_precision>=0", variant(answered(4))).passed
