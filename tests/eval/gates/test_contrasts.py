"""No worse, or better: what passes, what does not, and which line says so."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.gates.contrasts import judge_better, judge_no_worse
from eval.gates.gate import GateResult, NoWorse
from eval.gates.judging import judge_gates
from eval.gates.parsing import parse_gate
from eval.gates.reference import find_references
from eval.runs.variant import VariantResult
from eval.scoring.paired import Difference
from eval.scoring.ratio import Interval
from pipeline.errors import UsageError
from schemas.reading import ReaderKey
from tests.eval.gates.gated import BULLETINS, FIGURES, keep, score

NO_WORSE = NoWorse("run7", 0.01)
VERSUS = "strict F1 of new minus that of run7"


def no_worse(found: Difference) -> GateResult:
    return judge_no_worse(NO_WORSE, found, VERSUS, f"(n = {found.documents} bulletins)")


def test_no_worse_passes_where_the_whole_interval_lies_above_the_margin() -> None:
    found = Difference(-0.0004, Interval(-0.0098, 0.005), 0.9, 40, 3000, 0.01)
    result = no_worse(found)
    assert result.passed
    assert result.why == (
        "strict F1 of new minus that of run7 is +0.000, 95 % interval -0.0098 to +0.005, "
        "all above -0.0100 (n = 40 bulletins)"
    )


def test_no_worse_fails_where_it_is_worse() -> None:
    found = Difference(-0.05, Interval(-0.08, -0.02), 0.001, 40, 0, 0.04)
    result = no_worse(found)
    assert not result.passed
    assert result.why == (
        "strict F1 of new minus that of run7 is -0.050, 95 % interval -0.080 to -0.020: "
        "not above -0.010 (n = 40 bulletins)"
    )


def test_no_worse_on_too_few_bulletins_says_how_many_more_would_do() -> None:
    found = Difference(0.01, Interval(-0.02, 0.04), 0.5, 40, 700, 0.04, Interval(0.0107, 0.01784))
    result = no_worse(found)
    assert not result.passed
    # By these standard errors 40 bulletins show 0.03 to 0.05; 0.01 is 0.02 above the margin.
    assert (
        "not all above -0.010: too few bulletins to tell; about 50 to 210 more would do"
        in result.why
    )
    assert "(n = 40 bulletins)" in result.why


def test_no_worse_without_knowing_the_spread_gives_no_number() -> None:
    found = Difference(0.01, Interval(-0.02, 0.04), 0.5, 40, None, None)
    result = no_worse(found)
    assert "too few bulletins to tell (n = 40 bulletins)" in result.why


def test_an_equal_run_is_no_worse() -> None:
    found = Difference(0.0, Interval(0.0, 0.0), 1.0, 40, None)
    assert no_worse(found).passed


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Difference(None, None, None, 40, None), "is undefined"),
        (Difference(0.2, None, None, 1, None), "no interval"),
    ],
)
def test_no_worse_fails_where_nothing_can_be_said(found: Difference, why: str) -> None:
    result = no_worse(found)
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
    result = judge_no_worse(NoWorse("run7", margin), found, VERSUS, "(n = 9 bulletins)")
    assert result.passed == (interval.low > -margin)
    assert "\n" not in result.why


@pytest.mark.parametrize(
    ("found", "is_distinct", "passes", "why"),
    [
        (Difference(0.05, Interval(0.02, 0.08), 0.001, 40, 0, 0.04), True, True, "to be better"),
        (Difference(0.05, Interval(0.02, 0.08), 0.03, 40, 0, 0.04), False, False, "not shown to"),
        (Difference(-0.05, Interval(-0.08, -0.02), 0.001, 40, 0, 0.04), True, False, "be worse"),
        (Difference(None, None, None, 40, None), False, False, "is undefined"),
        (Difference(0.2, None, None, 40, None), False, False, "no interval"),
    ],
)
def test_better_is_what_a_comparison_tells_as_better(
    found: Difference, *, is_distinct: bool, passes: bool, why: str
) -> None:
    result = judge_better(found, VERSUS, "(n = 40 bulletins)", is_distinct=is_distinct)
    assert result.passed is passes
    assert why in result.why
    assert "(n = 40 bulletins)" in result.why


# Variants and runs


class Read(NamedTuple):
    """A database with what four prompts have read, a run of each, and what they scored."""

    db: Path
    results: dict[str, VariantResult]

    def judge(self, gate: str, *prompts: str) -> list[tuple[bool, str]]:
        """Judge by a gate what prompts have read, by the scores that there are."""
        return judged(self.db, gate, prompts, lambda: tuple(self.results[one] for one in prompts))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    made = tmp_path_factory.mktemp("gates") / "a.duckdb"
    keep(made, "good", {}, BULLETINS)
    keep(made, "copy", {}, BULLETINS)
    keep(made, "poor", dict.fromkeys(range(9), FIGURES - 2), BULLETINS)
    keep(made, "lossy", {3: 0, 4: None}, BULLETINS)
    prompts = ("good", "copy", "poor", "lossy")
    return Read(made, dict(zip(prompts, score(made, *prompts), strict=True)))


def judged(
    db: Path, gate: str, prompts: tuple[str, ...], results: Callable[[], tuple[VariantResult, ...]]
) -> list[tuple[bool, str]]:
    gates = [parse_gate(gate)]
    names = [(f"{prompt} · m", prompt) for prompt in prompts]
    references = find_references(gates, names, BULLETINS, db)
    return [tuple(result) for result in judge_gates(gates, results(), references)]


def judge(db: Path, gate: str, *prompts: str) -> list[tuple[bool, str]]:
    return judged(db, gate, prompts, lambda: score(db, *prompts))


@pytest.mark.slow
def test_a_threshold_is_about_every_variant(read: Read) -> None:
    found = read.judge("strict_recall>=0.9", "good", "poor")
    assert [passed for passed, _ in found] == [True, False]


def test_a_variant_of_the_same_eval_is_what_the_others_are_held_against(read: Read) -> None:
    ((passed, why),) = read.judge("no worse than good by 0.01", "good", "poor")
    assert not passed
    assert why.startswith("strict F1 of poor · m minus that of good is -0.231")
    assert "(n = 12 bulletins)" in why
    ((passed, why),) = read.judge("no worse than poor by 0.01", "good", "poor")
    assert passed
    assert "good · m minus that of poor is +0.231" in why


def test_an_earlier_run_is_named_by_its_id(read: Read) -> None:
    ((passed, why),) = read.judge("no worse than poor by 0.01", "good")
    assert passed
    assert "minus that of poor (run " in why


def test_what_is_identical_passes_as_no_worse_and_says_what_may_hide(read: Read) -> None:
    ((passed, why),) = read.judge("no worse than good by 0.01", "good", "copy")
    assert passed
    assert "is 0, identical on all 12: up to 22.1 % of such bulletins may still differ" in why
    assert "same readings" not in why
    ((passed, why),) = read.judge("better than good", "good", "copy")
    assert not passed
    assert "identical on all 12" in why


def test_a_variant_that_is_held_against_its_own_readings_is_told_so(read: Read) -> None:
    ((passed, why),) = read.judge("no worse than good by 0.01", "good")
    assert passed
    assert "these are the same readings, nothing was asked anew" in why


def test_better_is_shown_of_each_variant_by_itself(read: Read) -> None:
    good, lossy = read.judge("better than poor", "poor", "good", "lossy")
    assert good[0]
    assert "good · m minus that of poor is +0.231" in good[1]
    assert "shown to be better" in good[1]
    assert not lossy[0]
    ((passed, why),) = read.judge("better than good", "poor")
    assert not passed
    assert "shown to be worse" in why


def test_bulletins_of_which_one_has_nothing_right_are_named(read: Read) -> None:
    ((_, why),) = read.judge("no worse than good by 0.9", "good", "lossy")
    assert "; lossy · m alone has F1 0 on b3, b4" in why
    ((_, why),) = read.judge("no worse than lossy by 0.9", "good")
    assert "; lossy (run " in why
    assert ") alone has F1 0 on b3, b4" in why
    ((_, why),) = read.judge("no worse than lossy by 0.9", "lossy")
    assert "F1 0" not in why


def test_many_such_bulletins_are_counted(tmp_path: Path) -> None:
    db = tmp_path / "a.duckdb"
    keep(db, "good", {}, BULLETINS)
    keep(db, "broken", dict.fromkeys(range(7)), BULLETINS)
    ((_, why),) = judge(db, "no worse than good by 0.9", "good", "broken")
    assert "broken · m alone has F1 0 on b0, b1, b2, b3, b4 and 2 more" in why


def test_repeats_weigh_no_more_than_a_single_reading(tmp_path: Path) -> None:
    db = tmp_path / "a.duckdb"
    for _ in range(2):
        keep(db, "good", {}, BULLETINS)
    score(db, "good")
    gates = [parse_gate("no worse than good by 0.01")]
    references = find_references(gates, [("good",)], BULLETINS, db)
    results = score(db, "good", repeats=2)
    ((passed, why),) = judge_gates(gates, results, references)
    assert passed
    assert "identical on all 12" in why
    assert "same readings" not in why


def test_a_variant_that_has_read_a_part_holds_nobody_to_anything(tmp_path: Path) -> None:
    """As where stored readings are scored: what it never read counts as missed."""
    db = tmp_path / "a.duckdb"
    keep(db, "good", {}, BULLETINS)
    keep(db, "begun", {}, BULLETINS[:5])
    keep(db, "most", {}, BULLETINS[:11])
    ((passed, why),) = judge(db, "no worse than begun by 0.9", "begun", "good")
    assert not passed
    assert why == "begun has read 5 of 12 bulletins: too few to hold anything against"
    ((passed, why),) = judge(db, "no worse than most by 0.9", "most", "good")
    assert passed
    assert why.endswith("(n = 11 bulletins); 1 more that it has not read")
    ((passed, why),) = judge(db, "no worse than good by 0.01", "begun", "good")
    assert not passed
    assert "(n = 12 bulletins)" in why


def test_no_variant_passes_for_being_no_worse_than_nothing(tmp_path: Path) -> None:
    db = tmp_path / "a.duckdb"
    keep(db, "good", {}, BULLETINS)
    keep(db, "broken", dict.fromkeys(range(12)), BULLETINS)
    ((passed, why),) = judge(db, "no worse than broken by 0.01", "broken", "good")
    assert not passed
    assert why == "broken has no figure right in 12 bulletins: nothing is worse than that"
    ((passed, _),) = judge(db, "better than broken", "broken", "good")
    assert passed


def _unanswer(db: Path, prompt: str) -> None:
    """Make calls without an answer of what failed."""
    with duckdb.connect(db) as con:
        con.execute(
            "UPDATE attempts SET outcome = 'unanswered' WHERE reading_id IN "
            "(SELECT reading_id FROM readings WHERE prompt = ? AND status = 'failed')",
            [prompt],
        )


def test_a_variant_whose_server_was_down_holds_nobody_to_what_it_missed(tmp_path: Path) -> None:
    db = tmp_path / "a.duckdb"
    keep(db, "poor", dict.fromkeys(range(9), FIGURES - 2), BULLETINS)
    keep(db, "down", dict.fromkeys(range(5)), BULLETINS)
    ((passed, _),) = judge(db, "no worse than down by 0.9", "down", "poor")
    assert passed  # a model gave useless answers
    _unanswer(db, "down")
    ((passed, why),) = judge(db, "no worse than down by 0.9", "down", "poor")
    assert not passed
    assert why == "down has read 7 of 12 bulletins: too few to hold anything against"


@pytest.mark.parametrize("is_earlier", [True, False])
def test_a_repeat_without_answers_makes_no_reference_easier(
    tmp_path: Path, *, is_earlier: bool
) -> None:
    db = tmp_path / "a.duckdb"
    keep(db, "flaky", {}, BULLETINS)
    keep(db, "flaky", dict.fromkeys(range(12)), BULLETINS)
    keep(db, "poor", dict.fromkeys(range(9), FIGURES - 2), BULLETINS)
    _unanswer(db, "flaky")
    gates = [parse_gate("no worse than flaky by 0.01")]
    if is_earlier:
        score(db, "flaky", repeats=2)
        with pytest.raises(UsageError, match="has read 0 of these 12 texts"):
            find_references(gates, [("poor",)], BULLETINS, db)
        return
    names = [("flaky",), ("poor",)]
    references = find_references(gates, names, BULLETINS, db)
    ((passed, why),) = judge_gates(gates, score(db, "flaky", "poor", repeats=2), references)
    assert not passed
    assert "has read 0 of 12 bulletins" in why


@pytest.mark.parametrize("then", ["http://one/v1", "http://two/v1", None])
def test_a_run_at_another_server_is_said_to_be(read: Read, then: str | None) -> None:
    gates = [parse_gate("no worse than good by 0.01")]
    now = read.results["copy"]
    now = now._replace(key=_asked_at(now.key, "http://two/v1"))
    found = find_references(gates, [("copy",)], BULLETINS, read.db)["good"]
    assert found.earlier
    earlier = found.earlier._replace(key=_asked_at(found.earlier.key, then))
    ((_, why),) = judge_gates(gates, [now], {"good": found._replace(earlier=earlier)})
    told = "; that one was asked at one, this one at two"
    assert (told in why) is (then == "http://one/v1")


def _asked_at(key: ReaderKey, server: str | None) -> ReaderKey:
    return key.model_copy(update={"parameters": json.dumps({"server": server})})
