"""Gates: how they are written, what passes them, which variants and runs they are about."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.runs import history
from eval.runs.db_rows import make_rows
from eval.runs.gates import (
    AMOUNTS,
    STATISTICS,
    Limit,
    NoWorse,
    Threshold,
    judge_gates,
    judge_limit,
    judge_no_worse,
    judge_threshold,
    parse_gate,
)
from eval.runs.summary import summarise
from eval.runs.variant import VariantResult
from eval.scoring.paired import Difference
from eval.scoring.ratio import Interval
from eval.scoring.score import MEASURES, Score
from pipeline.errors import UsageError
from pipeline.store import Store
from tests.eval.runs.test_summary import bulletin, copied, reading
from tests.readings import KEY

STRICT = Threshold("strict", "f1", ">=", 0.9)
NO_WORSE = NoWorse("run7", 0.01)


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse_gate(text)
    message = str(caught.value)
    assert "\n" not in message
    assert repr(text) in message
    return message


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("statistic", STATISTICS)
def test_every_measure_can_be_gated(measure: str, statistic: str) -> None:
    assert parse_gate(f"{measure}_{statistic}>=0.5") == Threshold(measure, statistic, ">=", 0.5)


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("strict_f1>=0.9", STRICT),
        ("  strict_f1  >=  .9 ", STRICT),
        ("published_on_recall>0", Threshold("published_on", "recall", ">", 0)),
        ("value_precision<=1", Threshold("value", "precision", "<=", 1)),
        ("full_f1<0.25", Threshold("full", "f1", "<", 0.25)),
        ("failed<=0", Limit("failed", "<=", 0)),
        ("partial<3", Limit("partial", "<", 3)),
        ("cost_usd <= 1.50", Limit("cost_usd", "<=", 1.5)),
        ("no worse than run7 by 0.01", NO_WORSE),
        ("No worse  than run7 by 1e-2", NO_WORSE),
        ("no worse than sold by the dozen by 0.05", NoWorse("sold by the dozen", 0.05)),
    ],
)
def test_gates_are_read(text: str, gate: object) -> None:
    assert parse_gate(text) == gate


@pytest.mark.parametrize(
    "text",
    ["", "strict_f1", "strict_f1=0.9", "strict_f1=>0.9", ">=0.9", "no worse than by 0.01"],
)
def test_what_is_no_gate_is_refused_with_the_forms_that_are(text: str) -> None:
    message = refusal(text)
    assert "strict_f1>=0.9" in message
    assert "no worse than RUN by 0.01" in message


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("stritc_f1>=0.9", "strict_f1"),
        ("strict_fl>=0.9", "strict_f1"),
        ("speciality_recall>=0.9", "specialties_recall"),
        ("fail<=0", "failed"),
    ],
)
def test_a_misspelt_name_is_told_what_it_may_mean(text: str, meant: str) -> None:
    assert f"did you mean {meant}?" in refusal(text)


def test_an_unknown_name_is_told_all_names() -> None:
    message = refusal("zzz>=0.9")
    assert "did you mean" not in message
    assert all(name in message for name in (*MEASURES, *STATISTICS, *AMOUNTS))


@pytest.mark.parametrize("number", ["high", "0,9", "nan", "inf", "90%"])
def test_a_bound_that_is_no_number_is_refused(number: str) -> None:
    assert f"{number} is not a number" in refusal(f"strict_f1>={number}")
    assert f"{number} is not a number" in refusal(f"no worse than run7 by {number}")


@pytest.mark.parametrize("number", ["90", "-0.1", "1.01"])
def test_a_bound_that_no_score_can_cross_is_refused(number: str) -> None:
    assert "between 0 and 1" in refusal(f"strict_f1>={number}")


@pytest.mark.parametrize("margin", ["0", "-0.01", "1.5"])
def test_a_margin_that_decides_nothing_is_refused(margin: str) -> None:
    assert "margin" in refusal(f"no worse than run7 by {margin}")


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
    assert tuple(judge_limit(limit, n, 9, "baseline").passed for n in (1, 2, 3)) == passes


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
    failed = judge_limit(Limit("failed", "<=", 0), 2, 30, "baseline")
    assert failed == (False, "failed bulletins of baseline: 2, above 0 (n = 30 bulletins)")
    cost = judge_limit(Limit("cost_usd", "<", 1.5), 0.25, 30, "big")
    assert cost == (True, "total cost in USD of big: 0.250, below 1.500 (n = 30 bulletins)")


def test_an_unknown_cost_never_passes() -> None:
    result = judge_limit(Limit("cost_usd", "<=", 1.5), None, 30, "big")
    assert result == (False, "total cost in USD of big: not known (n = 30 bulletins)")


def test_no_worse_passes_where_the_whole_interval_lies_above_the_margin() -> None:
    found = Difference(-0.0004, Interval(-0.0098, 0.005), 0.9, 40, 3000, 0.01)
    result = judge_no_worse(NO_WORSE, found, "new")
    assert result.passed
    assert result.why == (
        "strict F1 of new minus that of run7 is +0.000, 95 % interval -0.0098 to +0.005, "
        "all above -0.0100 (n = 40 bulletins)"
    )


def test_no_worse_fails_where_it_is_worse() -> None:
    found = Difference(-0.05, Interval(-0.08, -0.02), 0.001, 40, 0, 0.04)
    result = judge_no_worse(NO_WORSE, found, "new")
    assert not result.passed
    assert result.why == (
        "strict F1 of new minus that of run7 is -0.050, 95 % interval -0.080 to -0.020: "
        "not above -0.010 (n = 40 bulletins)"
    )


def test_no_worse_on_too_few_bulletins_says_how_many_more_would_do() -> None:
    found = Difference(0.01, Interval(-0.02, 0.04), 0.5, 40, 700, 0.04, Interval(0.0125, 0.0178))
    result = judge_no_worse(NO_WORSE, found, "new")
    assert not result.passed
    # 40 bulletins show 2.8 errors, 0.035 to 0.05; 0.01 above zero is 0.02 above the margin.
    assert "too few bulletins to tell; about 83 to 210 more would do" in result.why
    assert "(n = 40 bulletins)" in result.why


def test_no_worse_without_knowing_the_spread_gives_no_number() -> None:
    found = Difference(0.01, Interval(-0.02, 0.04), 0.5, 40, None, None)
    result = judge_no_worse(NO_WORSE, found, "new")
    assert "too few bulletins to tell (n = 40 bulletins)" in result.why


def test_an_equal_run_is_no_worse() -> None:
    found = Difference(0.0, Interval(0.0, 0.0), 1.0, 40, None)
    assert judge_no_worse(NO_WORSE, found, "new").passed


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Difference(None, None, None, 40, None), "is undefined"),
        (Difference(0.2, None, None, 1, None), "no interval"),
    ],
)
def test_no_worse_fails_where_nothing_can_be_said(found: Difference, why: str) -> None:
    result = judge_no_worse(NO_WORSE, found, "new")
    assert not result.passed
    assert why in result.why
    assert f"(n = {found.documents} bulletins)" in result.why


@given(
    st.floats(-1, 1), st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.001, 1), st.integers(2, 99)
)
def test_no_worse_is_decided_by_the_lower_end_alone(
    estimate: float, below: float, above: float, margin: float, documents: int
) -> None:
    interval = Interval(estimate - below, estimate + above)
    found = Difference(estimate, interval, 0.5, documents, None, 1.4 * (below + above))
    result = judge_no_worse(NoWorse("run7", margin), found, "new")
    assert result.passed == (interval.low > -margin)
    assert "\n" not in result.why


# Variants and runs

BULLETINS = tuple(bulletin(number, figures=4) for number in range(8))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "a.duckdb")
    made.prepare()
    return made


def variant(prompt: str, missing: int = 0, bulletins: int = 8, run: str = "") -> VariantResult:
    """Make a variant that misses so many figures in every second bulletin."""
    reads = tuple(
        reading(each, 4 - missing * (number % 2))
        for number, each in enumerate(BULLETINS[:bulletins])
    )
    key = KEY.model_copy(update={"prompt": prompt})
    return VariantResult(f"{run or prompt}-run", key, f"{prompt} · m", 1, reads)


def judge(store: Store, text: str, *results: VariantResult) -> list[tuple[bool, str]]:
    for result in results:
        store.insert(make_rows(result, summarise(result), "gold", BULLETINS))
    summaries = [summarise(result) for result in results]
    return [tuple(result) for result in judge_gates([parse_gate(text)], results, summaries, store)]


def test_a_threshold_is_about_every_variant(store: Store) -> None:
    found = judge(store, "strict_recall>=0.9", variant("good"), variant("poor", 2))
    assert [passed for passed, _ in found] == [True, False]


def test_a_variant_of_the_same_eval_is_what_the_others_are_held_against(store: Store) -> None:
    judge(store, "failed<=0", variant("good", 3, run="older"))
    ((passed, why),) = judge(
        store, "no worse than good by 0.01", variant("good"), variant("poor", 2)
    )
    assert not passed
    assert "poor · m minus that of good" in why


def test_the_only_variant_is_held_against_its_earlier_run(store: Store) -> None:
    with pytest.raises(UsageError, match="no eval run 'good'"):
        judge(store, "no worse than good by 0.01", variant("good", run="first"))
    ((passed, _),) = judge(store, "no worse than good by 0.01", variant("good", 2, run="second"))
    assert not passed


def test_bulletins_that_the_run_had_not_are_told_of(store: Store) -> None:
    judge(store, "failed<=0", variant("good", 1, bulletins=5))
    ((_, why),) = judge(store, "no worse than good by 0.5", variant("other"))
    assert "(n = 5 bulletins)" in why
    assert why.endswith("the other 3 bulletins were not scored in good")
    assert len(history.fetch_eval_runs(store)) == 2


def test_of_several_variants_of_that_name_the_first_is_the_reference(store: Store) -> None:
    edited = variant("good", 3, run="edited")
    ((passed, why),) = judge(store, "no worse than good by 0.01", variant("good"), edited)
    assert not passed
    assert "(n = 8 bulletins)" in why


def test_labels_that_changed_since_the_run_are_told_of(store: Store) -> None:
    run = variant("good")
    rows = make_rows(run, summarise(run), "gold", BULLETINS)
    rows["eval_runs"][0]["gold_hash"] = "of other labels"
    store.insert(rows)
    ((_, why),) = judge(store, "no worse than good by 0.5", variant("other"))
    assert why.endswith("; the labels have changed since that run")


def test_reposts_are_no_further_bulletins_for_a_gate(store: Store) -> None:
    releases = [bulletin(number, figures=4) for number in (1, 3, 5)]
    reposts = [copied(releases[number % 3], number) for number in range(5)]

    def read(prompt: str, right: int) -> VariantResult:
        reads = tuple(
            reading(each, right - number % 2) for number, each in enumerate(releases + reposts)
        )
        return VariantResult(
            f"{prompt}-run", KEY.model_copy(update={"prompt": prompt}), prompt, 1, reads
        )

    ((passed, why),) = judge(store, "no worse than old by 0.9", read("old", 4), read("new", 3))
    assert not passed
    assert "these bulletins give it no interval" in why, "eight bulletins, but three releases"
