import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.score import STRICT, Score, labels, score, total
from schemas.report import Figure, Period, Service, Status, Unit

SURGERIES = Figure(
    value=90,
    unit=Unit.COUNT,
    service=Service.SURGERY,
    detail=None,
    status=Status.PERFORMED,
    period=Period.CUMULATIVE,
    place="national",
    approximate=False,
    quote="90 cirugías",
)

FIGURES = st.lists(
    st.builds(
        lambda value, status: SURGERIES.model_copy(update={"value": value, "status": status}),
        st.integers(0, 5),
        st.sampled_from(Status),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", 91),
        ("unit", Unit.PERCENT),
        ("service", Service.SCREENING),
        ("detail", "cataract"),
        ("status", Status.PLANNED),
        ("period", Period.OTHER),
    ],
)
def test_one_wrong_label_makes_a_figure_wrong(field: str, value: object) -> None:
    assert field in STRICT
    wrong = SURGERIES.model_copy(update={field: value})
    assert score([wrong], [SURGERIES]) == Score(right=0, read=1, gold=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [("place", "Sonora"), ("approximate", True), ("quote", "noventa"), ("char_start", 3)],
)
def test_other_fields_do_not_count(field: str, value: object) -> None:
    other = SURGERIES.model_copy(update={field: value})
    assert score([other], [SURGERIES]) == Score(right=1, read=1, gold=1)


def test_fewer_fields_can_be_compared() -> None:
    planned = SURGERIES.model_copy(update={"status": Status.PLANNED})
    assert score([planned], [SURGERIES], ("value", "unit")).right == 1
    assert labels(planned, ("value", "unit")) == (90, Unit.COUNT)


def test_a_gold_figure_is_matched_once() -> None:
    assert score([SURGERIES, SURGERIES], [SURGERIES]) == Score(right=1, read=2, gold=1)
    assert score([SURGERIES], [SURGERIES, SURGERIES]) == Score(right=1, read=1, gold=2)


def test_ratios_follow_from_the_counts() -> None:
    counts = Score(right=3, read=4, gold=6)
    assert counts.precision == 0.75
    assert counts.recall == 0.5
    assert counts.f1 == 0.6


def test_what_is_undefined_is_none() -> None:
    assert Score(0, 0, 0) == score([], [])
    assert (score([], []).precision, score([], []).recall, score([], []).f1) == (None, None, None)
    nothing_read = score([], [SURGERIES])
    assert (nothing_read.precision, nothing_read.recall, nothing_read.f1) == (None, 0, 0)


@given(FIGURES, FIGURES)
def test_reading_and_gold_can_change_places(read: list[Figure], gold: list[Figure]) -> None:
    one, other = score(read, gold), score(gold, read)
    assert (one.right, one.f1) == (other.right, other.f1)
    assert one.precision == other.recall
    assert 0 <= one.right <= min(one.read, one.gold)


@given(FIGURES)
def test_gold_itself_is_all_right(gold: list[Figure]) -> None:
    assert score(reversed(gold), gold) == Score(len(gold), len(gold), len(gold))


def test_every_figure_weighs_the_same_in_a_total() -> None:
    assert total([Score(1, 1, 1), Score(0, 2, 9)]) == Score(right=1, read=3, gold=10)
    assert total([]).f1 is None
