"""Gates as they are written: what is read of them, and what is refused with which words."""

import pytest

from eval.gates.amounts import AMOUNTS
from eval.gates.gate import Better, Limit, NoWorse, Part, Threshold
from eval.gates.parsing import SLICES, STATISTICS, parse_gate
from eval.runs.slices import LABELS
from eval.scoring.score import MEASURES
from pipeline.errors import UsageError

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
        ("strict_f1_low>=0.8", Threshold("strict", "f1_low", ">=", 0.8)),
        ("published_on_f1_low>0", Threshold("published_on", "f1_low", ">", 0)),
        ("first_try_f1>=0.8", Threshold("first_try", "f1", ">=", 0.8)),
        ("seconds<=2.5", Limit("seconds", "<=", 2.5)),
        ("seconds_p95<9", Limit("seconds_p95", "<", 9)),
        ("tokens<=4000", Limit("tokens", "<=", 4000)),
        ("cost<=1", Limit("cost", "<=", 1)),
        ("reask_precision>=0.5", Limit("reask_precision", ">=", 0.5)),
        (
            "strict_f1[kind=announcement]>=0.8",
            Threshold("strict", "f1", ">=", 0.8, Part("kind", "announcement")),
        ),
        (
            " place_f1_low [ length = 1,000 to 2,000 characters ] > 0.5",
            Threshold("place", "f1_low", ">", 0.5, Part("length", "1,000 to 2,000 characters")),
        ),
        (
            "strict_recall[service=surgery]>=0.7",
            Threshold("strict", "recall", ">=", 0.7, Part("service", "surgery")),
        ),
        ("failed[noise=ocr]<=1", Limit("failed", "<=", 1, Part("noise", "ocr"))),
        ("better than run7", Better("run7")),
        ("Better  than quoted-v1 · m ", Better("quoted-v1 · m")),
        ("no worse than run7~1 by 0.01", NoWorse("run7~1", 0.01)),
        ("no worse than run7 by 0.01", NO_WORSE),
        ("No worse  than run7 by 1e-2", NO_WORSE),
        ("no worse than sold by the dozen by 0.05", NoWorse("sold by the dozen", 0.05)),
    ],
)
def test_gates_are_read(text: str, gate: object) -> None:
    assert parse_gate(text) == gate


@pytest.mark.parametrize(
    "text",
    [
        "",
        "strict_f1",
        "strict_f1=0.9",
        "strict_f1=>0.9",
        ">=0.9",
        "no worse than by 0.01",
        "better than",
        "better than ",
        "strict_f1[kind]>=0.9",
        "strict_f1[]>=0.9",
        "strict_f1[kind=a>=0.9",
    ],
)
def test_what_is_no_gate_is_refused_with_the_forms_that_are(text: str) -> None:
    message = refusal(text)
    assert "strict_f1>=0.9" in message
    assert "no worse than RUN by 0.01" in message
    assert "better than RUN" in message
    assert "strict_f1[kind=announcement]>=0.8" in message


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("stritc_f1>=0.9", "strict_f1"),
        ("strict_fl>=0.9", "strict_f1"),
        ("speciality_recall>=0.9", "specialties_recall"),
        ("fail<=0", "failed"),
        ("strict_low>=0.9", "strict_f1_low"),
        ("first_tryf1>=0.9", "first_try_f1"),
        ("second<=1", "seconds"),
        ("strict_f1[kinds=results]>=0.9", "kind"),
        ("strict_f1[services=surgery]>=0.9", "service"),
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


@pytest.mark.parametrize("text", ["cost<=-1", "seconds>=-0.1", "failed>=-1"])
def test_a_bound_that_no_amount_can_cross_is_refused(text: str) -> None:
    assert "lies at 0 or above" in refusal(text)


def test_a_share_is_bounded_like_a_score() -> None:
    assert "between 0 and 1" in refusal("reask_precision>=50")


def test_an_unknown_slice_is_told_all_slices() -> None:
    message = refusal("strict_f1[zzz=results]>=0.9")
    assert "did you mean" not in message
    assert all(name in message for name in SLICES)


@pytest.mark.parametrize("label", LABELS)
def test_what_is_not_counted_by_label_is_refused_with_what_is(label: str) -> None:
    assert f"write strict_f1[{label}=a]" in refusal(f"place_f1[{label}=a]>=0.9")
    assert "slices of bulletins are kind, format, noise, length" in refusal(f"cost[{label}=a]<=1")
